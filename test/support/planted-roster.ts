/** Puts a roster, an override and a gap of one city's owner into one province, all with its mark; returns the id of the override. */
export async function plantRoster(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly mark: string; readonly at: string; readonly cityCode: string; readonly userId: string },
): Promise<string> {
  const { mark, at, cityCode, userId } = of
  const crews = [{ primary: userId, deputy: null }]
  const body = { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations: [{ kinds: ['day', 'night'], crews, anchor: '2026-06-01', turnDays: 1 }] }
  await run(`insert into roster_position (role, region_code, check_at) values ('city_owner', $1, $2::timestamptz + interval '1 day')`, [cityCode, at])
  await run(
    `insert into roster_version (role, region_code, version, effective_from, body, author, reason, created_at) values ('city_owner', $1, 1, $2, $3, $4, $4, $2)`,
    [cityCode, at, body, mark],
  )
  await run(`insert into configuration_alert (code, raised_at, text_zh, text_en, region_code) values ($1, $2, $1, $1, $3)`, [`roster_gap:${mark}`, at, cityCode])
  const change = await run(
    `insert into roster_change (role, region_code, kind, body, from_at, to_at, author, reason, created_at)
     values ('city_owner', $1, 'override', $2, $3, $3::timestamptz + interval '1 day', $4, $4, $3) returning id::text as id`,
    [cityCode, { kind: 'override', shift: { date: at.slice(0, 10), part: 0 }, crew: crews[0] }, at, mark],
  )
  return change['id'] as string
}

/** Puts the record of a change of shift that is long past into one city, with its mark; returns its id. */
export async function plantHandover(run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>, of: { readonly mark: string; readonly at: string; readonly cityCode: string }): Promise<string> {
  const { mark, at, cityCode } = of
  const row = await run(
    `insert into handover (region_code, region_path, at, until, created_at, outgoing, incoming, changed_at, notes)
     select code, path, $2::timestamptz, $2::timestamptz + interval '12 hours', $2, '[]', '[]', $2, $3 from region where code = $1 returning id::text as id`,
    [cityCode, at, mark],
  )
  return row['id'] as string
}
