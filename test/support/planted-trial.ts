/** Puts a marked trial of a rule into one province, with what it found of the province's ticket; returns its id. */
export async function plantTrial(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly province: string; readonly mark: string; readonly at: string; readonly ticketKey: string },
): Promise<string> {
  const { province, mark, at, ticketKey } = of
  const trial = await run(
    `insert into rule_trial (rule_id, scope_code, parameters, reason, owner, started_by, started_at, ends_at)
     values ('AT-02', $1, '{}', $2, $2, $2, $3, $3::timestamptz + interval '30 days') returning id::text as id`,
    [province, mark, at],
  )
  await run(`insert into trial_finding (trial_id, ticket_key, level, first_true_at, last_true_at, facts) values ($1, $2, 2, $3, $3, $4)`, [
    trial['id'], ticketKey, at, { cause: mark },
  ])
  // What a risk rule's trial has found is counted by place: here there is one in the province.
  await run(
    `insert into risk_trial_finding (trial_id, region_code, matter_kind, matter, first_true_at, last_true_at, level, value, facts) values ($1, $2, 'phenomenon', $3, $4, $4, 1, 10, '{}')`,
    [trial['id'], province, mark, at],
  )
  return trial['id'] as string
}
