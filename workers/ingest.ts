import type { Engine } from '../core/engine/context.ts'
import { foldAround, type FoldClaim, type FoldReport, type TakeWork } from '../core/engine/fold-around.ts'
import { followUpCalls } from '../core/engine/follow-up-calls.ts'
import type { Stretch } from '../core/engine/load-histories.ts'
import { settleKin } from '../core/engine/settle-kin.ts'
import { settlePeers } from '../core/engine/settle-peers.ts'
import type { Instant } from '../core/domain/time.ts'
import type { Clock } from '../core/platform/clock.ts'
import { analyzeLine, claimPending, claimPendingOfTickets, countPending, type Lane, type Pending } from '../core/store/event-store.ts'

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
 * all. Then, each in its own transaction, what can only be judged after a commit: a customer's other tickets, a handler's other replies, a caller's other calls.
 */
export async function runIngest(engine: Engine, now: Instant, { batch = 2_000, lane }: IngestChoice = {}): Promise<FoldReport> {
  const take: TakeWork = async ({ tx }, only) => claimOf(only === null ? await claimPending(tx, batch, lane ?? null) : await claimPendingOfTickets(tx, only))
  const report = await foldAround(engine, now, take)
  const again = [...new Set([...(await settleKin(engine)), ...(await settlePeers(engine, now))])]
  if (again.length > 0) await foldAround(engine, now, take, again)
  await followUpCalls(engine, now)
  return report
}

/** A catch-up that takes longer than this says how far it is, ms, and again after each such time. */
const SAID_EVERY = 10_000

/** A line as long as this is looked at once, as soon as the catch-up is seen to take long: plans made for a short one take it at a tenth of its speed. */
const LONG_LINE = 20_000

/**
 * Folds until nothing waits that others have not taken, each batch as of its own instant; returns the sum. A long catch-up says how far it is
 * in the log; `countPending` tells everybody else.
 */
export async function drainIngest(engine: Engine, clock: Clock, choice: IngestChoice = {}): Promise<FoldReport> {
  const sum = { events: 0, tickets: 0, aside: 0 }
  let saidAt = clock.now()
  let isPlanned = false
  for (;;) {
    const report = await runIngest(engine, clock.now(), choice)
    if (report.events === 0) return sum
    sum.events += report.events
    sum.tickets += report.tickets
    sum.aside += report.aside
    if (clock.now() - saidAt < SAID_EVERY) continue
    saidAt = clock.now()
    const waiting = await countPending(engine.pool)
    engine.log.info({ folded: sum.events, waiting }, 'catching up')
    if (isPlanned || waiting.backlog < LONG_LINE) continue
    isPlanned = true
    await analyzeLine(engine.pool)
  }
}
