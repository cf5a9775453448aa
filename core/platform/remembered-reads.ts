import type pg from 'pg'
import type { Tx } from './database.ts'

/** Answers of one moment, by statement and values. */
export type ReadMemory = Map<string, Promise<pg.QueryResult>>

/**
 * A transaction whose statements are sent only where the memory holds no answer to them: several who look at the same moment read alike what they have in common. For reads with texts and
 * values only; what comes back is shared, so its rows cannot be put in another order. A statement that fails is not remembered.
 */
export function remembering(tx: Tx, memory: ReadMemory): Tx {
  const query = (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
    const key = JSON.stringify([text, values])
    const known = memory.get(key)
    if (known !== undefined) return known
    const asked = tx.query(text, [...values]).then((result) => {
      Object.freeze(result.rows)
      return result
    })
    memory.set(key, asked)
    asked.catch(() => memory.delete(key))
    return asked
  }
  return Object.create(tx, { query: { value: query } }) as Tx
}
