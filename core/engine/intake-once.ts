import type { IntakeAnswer, ItemOutcome } from '../contract/events.ts'
import { inTransaction } from '../platform/database.ts'
import { loadTransactionFate, loadTransactionId } from '../store/commit-store.ts'
import { type EventIdentity, loadEventOwners } from '../store/event-store.ts'
import type { Engine } from './context.ts'
import { acceptEvents, answerOf, BATCH_LIMIT, type IntakeContext, type Unconfirmed } from './intake.ts'

interface Pending {
  readonly transactionId: string
  readonly fresh: readonly EventIdentity[]
  readonly outcomes: readonly ItemOutcome[]
}

/** Says of a transaction whose answer was lost whether it is in the database; it is in doubt as long as PostgreSQL is still at it. */
async function isStored(engine: Engine, { transactionId, fresh }: Pending): Promise<boolean> {
  const fate = await loadTransactionFate(engine.pool, transactionId)
  if (fate === 'in progress') throw Object.assign(new Error('the transaction whose answer was lost is still going on'), { code: '57P03' })
  if (fate !== 'committed') return false
  // After a crash an id of which nothing had reached the disk is given once more, to another transaction.
  return (await inTransaction(engine.pool, (tx) => loadEventOwners(tx, fresh))).length === fresh.length
}

/**
 * A batch of one transaction that may be handed in again after the database went away, as often as need be: each item is stored, refused and
 * counted once, also where the answer to the COMMIT was lost, and the answer is that of the time at which it was.
 * @throws RangeError for more items than one transaction takes.
 */
export function intakeOnce(items: readonly unknown[], context: IntakeContext): (engine: Engine) => Promise<IntakeAnswer> {
  if (items.length > BATCH_LIMIT) throw new RangeError(`at most ${BATCH_LIMIT} items at once`)
  let pending: Pending | null = null
  const beforeCommit = async ({ tx, fresh, outcomes }: Unconfirmed) => {
    pending = { transactionId: await loadTransactionId(tx), fresh, outcomes }
  }
  return async (engine) => {
    if (pending !== null && (await isStored(engine, pending))) return answerOf([...pending.outcomes])
    pending = null
    return acceptEvents(engine, items, { ...context, beforeCommit })
  }
}
