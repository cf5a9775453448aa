import type { Sql } from '../platform/database.ts'

/** Names of the migrations that this database has been through, without extension; empty for a database that has had none. */
export async function appliedMigrations(sql: Sql): Promise<Set<string>> {
  const { rows: tables } = await sql.query<{ found: boolean }>(`select to_regclass('pgmigrations') is not null as found`)
  if (tables[0]?.found !== true) return new Set()
  const { rows } = await sql.query<{ name: string }>('select name from pgmigrations')
  return new Set(rows.map(({ name }) => name))
}
