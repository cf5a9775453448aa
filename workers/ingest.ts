import type { Engine } from '../core/engine/context.ts'
import { foldAround, type FoldClaim, type FoldReport, type TakeWork } from '../core/engine/fold-around.ts'
import { followUpCalls } from '../core/engine/follow-up-calls.ts'
import type { Stretch } from '../core/engine/load-histories.ts'
import { settleKin } from '../core/engine/settle-kin.ts'
import type { Instant } from '../core/domain/time.ts'
import type { Clock } from '../core/platform/clock.ts'
import { claimPending, claimPendingOfTickets, countPending, type Lane, type Pending } from '../core/store/event-store.ts'

export interface IngestChoice {
  /** Waiting events of one transaction; 2,000 when left out. */
  readonly batch?: number
  /** Only the tickets of this share; all when left out. */
  readonly lane?: Lane
}

function claimOf(waiting: readonly Pending[]): FoldClaim {
  const stretches = new Map<string, Stretch>()
  for (const { ticketKey, occurredAt } of waiting) {
    const { from, to } = stretches.get(ticketKey) ?? { from: occurredAt, to: occurredAt }
    stretches.set(ticketKey, { from: Math.min(from, occurredAt), to: Math.max(to, occurredAt) })
  }
  return { stretches, events: waiting.length }
}

/**
 * Folds the oldest waiting events in one transaction as of `now`: events, tickets, subjects of notices, cells, alerts and feed go together or not at
 * all. Then, each in its own transaction, what can only be judged after a commit: a customer's other tickets, a caller's other calls.
 */
export async function runIngest(engine: Engine, now: Instant, { batch = 2_000, lane }: IngestChoice = {}): Promise<FoldReport> {
  const take: TakeWork = async ({ tx }, only) => claimOf(only === null ? await claimPending(tx, batch, lane ?? null) : await claimPendingOfTickets(tx, only))
  const report = await foldAround(engine, now, take)
  const again = await settleKin(engine)
  if (again.length > 0) await foldAround(engine, now, take, again)
  await followUpCalls(engine, now)
  return report
}

/** A catch-up that takes longer than this says how far it is, ms, and again after each such time. */
const SAID_EVERY = 10_000

/**
 * Folds until nothing waits that others have not taken, each batch as of its own instant; returns the sum. A long catch-up says how far it is
 * in the log; `countPending` tells everybody else.
 */
export async function drainIngest(engine: Engine, clock: Clock, choice: IngestChoice = {}): Promise<FoldReport> {
  const sum = { events: 0, tickets: 0, aside: 0 }
  let saidAt = clock.now()
  for (;;) {
    const report = await runIngest(engine, clock.now(), choice)
    if (report.events === 0) return sum
    sum.events += report.events
    sum.tickets += report.tickets
    sum.aside += report.aside
    if (clock.now() - saidAt < SAID_EVERY) continue
    saidAt = clock.now()
    engine.log.info({ folded: sum.events, waiting: await countPending(engine.pool) }, 'catching up')
  }
}
