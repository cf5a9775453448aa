import type { Sql, Tx } from '../platform/database.ts'

/** The id of this transaction, by which can be asked what became of it when the answer to its COMMIT was lost. */
export async function loadTransactionId(tx: Tx): Promise<string> {
  const { rows } = await tx.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return (rows[0] as { id: string }).id
}

/** What became of a transaction; null where it is too long ago to be known. */
export async function loadTransactionFate(sql: Sql, id: string): Promise<'committed' | 'aborted' | 'in progress' | null> {
  const { rows } = await sql.query<{ fate: 'committed' | 'aborted' | 'in progress' | null }>('select pg_xact_status($1::xid8) as fate', [id])
  return rows[0]?.fate ?? null
}
