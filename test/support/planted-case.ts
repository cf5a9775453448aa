/** Puts what people made of a case into one province: a claim, a measure and words that carry its mark; returns the measure's id. */
export async function plantCaseWork(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly riskId: string; readonly mark: string; readonly at: string; readonly userId: unknown },
): Promise<string> {
  const { riskId, mark, at, userId } = of
  await run(`insert into case_claim (alert_id, matter_kind, matter, region_path) values ($1, 'phenomenon', $2, $2)`, [riskId, mark])
  await run('insert into case_line (alert_id, version, text, stated_at, stated_by) values ($1, 1, $2, $3, $4)', [riskId, mark, at, userId])
  await run(
    `insert into case_report (alert_id, kind, severity, made_at, recorded_at, recorded_by, recipient, body) values ($1, 'oral', 3, $3, $3, $4, $2, $5)`,
    [riskId, mark, at, userId, JSON.stringify({ body: { situation: mark, cause: '', measures: '', expectedEnd: '', line: '', spread: '', help: '' }, figures: { ruleId: 'MR-01', phenomenon: mark, regionNameZh: mark, regionNameEn: mark, openedAt: 0, tickets: 1, customers: 1, confirmedUsers: null } })],
  )
  const measure = await run(
    'insert into case_measure (alert_id, what, owner, due_at, recorded_at, recorded_by) values ($1, $2, $2, $3, $3, $4) returning id::text as id',
    [riskId, mark, at, userId],
  )
  return measure['id'] as string
}

/** Puts the review of a case that has ended into one province: a version, a signature and a measure that carry its mark; returns the measure's id. */
export async function plantReview(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly riskId: string; readonly mark: string; readonly at: string; readonly userId: unknown },
): Promise<string> {
  const { riskId, mark, at, userId } = of
  const content = { earlier: 'no', late: 'no', falseAlarm: 'no', behaviour: mark, causes: [{ depth: 0, text: mark }], right: mark, wrong: mark, refunds: '', rules: '', line: '', noMeasures: '', metOn: '', departments: '', minutes: '' }
  const figures = {
    asOf: 0, phenomenon: mark, firstCustomerAt: null, firstTrueAt: 0, firstAlertAt: 0, ackedAt: null, ackDueAt: null, firstMeasureAt: null, endAt: null, resolvedAt: null, isLateDetected: false, relapses: 0,
    voidTickets: 0, tickets: 1, customers: 1, confirmedUsers: null, refunds: { tickets: 0, approvedCents: 0, paidCents: 0 }, appeals: 0, measures: [],
  }
  await run(`insert into case_review (alert_id, severity, status, from_at, final_due_at, done_at, version) values ($1, 2, 'done', $2, $2, $2, 1)`, [riskId, at])
  await run('insert into case_review_version (alert_id, version, round, content, figures, saved_at, saved_by) values ($1, 1, 1, $2, $3, $4, $5)', [riskId, JSON.stringify(content), JSON.stringify(figures), at, userId])
  await run(`insert into case_review_signature (alert_id, round, slot, version, role, user_id, at) values ($1, 1, 0, 1, 'duty_manager', $2, $3)`, [riskId, userId, at])
  const measure = await run(
    `insert into review_measure (alert_id, what, owner_role, owner_at, due_at, recorded_at, recorded_by) values ($1, $2, 'duty_leader', 'province', '2099-01-01', $3, $4) returning id::text as id`,
    [riskId, mark, at, userId],
  )
  return measure['id'] as string
}

/** Puts a silence that begins far from now over a province's city, with its mark; returns its id. */
export async function plantQuietWindow(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly city: { readonly code: string; readonly path: string }; readonly mark: string; readonly at: string; readonly userId: unknown },
): Promise<string> {
  const window = await run(
    `insert into quiet_window (kind, region_code, region_path, rule_ids, from_at, to_at, reason, owner, created_at, created_by)
     values ('silence', $1, $2, '{MR-02}', '2099-01-01', '2099-01-02', $3, $3, $4, $5) returning id::text as id`,
    [of.city.code, of.city.path, of.mark, of.at, of.userId],
  )
  return window['id'] as string
}
