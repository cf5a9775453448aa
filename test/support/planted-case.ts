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
