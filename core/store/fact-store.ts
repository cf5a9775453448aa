import type { Tx } from '../platform/database.ts'

/** Appends one difference of what is counted, as JSON text `[[sign, fact], …]`, for the step that folds it into cells exactly once. */
export async function insertFactDifference(tx: Tx, facts: string): Promise<void> {
  await tx.query('insert into fact_difference (facts) values ($1)', [facts])
}
