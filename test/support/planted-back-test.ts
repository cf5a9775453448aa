/** Puts a marked back-test of one province's city into the line, as done long ago; returns its id. */
export async function plantBackTest(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  of: { readonly cityPath: string; readonly mark: string; readonly at: string },
): Promise<string> {
  const { cityPath, mark, at } = of
  const planted = await run(
    `insert into back_test (rule_id, given, parameters, region_path, from_at, to_at, asked_by, asked_at, state, ticks_total, ended_at)
     values ('MR-01', $1, $1, $2, $3::timestamptz - interval '1 day', $3, $4, $3, 'cancelled', 288, $3) returning id::text as id`,
    [{ note: mark }, cityPath, at, mark],
  )
  return planted['id'] as string
}
