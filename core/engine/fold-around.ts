import { isSubjectKey } from '../domain/notice/notice.ts'
import type { Instant } from '../domain/time.ts'
import type { Engine, EngineTx } from './context.ts'
import { foldNotices } from './fold-notices.ts'
import { foldTickets, TicketAppeared } from './fold-tickets.ts'
import type { Stretch } from './load-histories.ts'
import { isPassing, putAside } from './put-aside.ts'
import { inEngineTransaction } from './transaction.ts'

/** What a round of folding takes on: tickets, and subjects of notices, with where their new events lie (none for a timer), and how many events that is. */
export interface FoldClaim {
  readonly stretches: ReadonlyMap<string, Stretch | null>
  readonly events: number
}

/** Takes work on inside the transaction that does it; with `only`, no other tickets than these. */
export type TakeWork = (etx: EngineTx, only: readonly string[] | null) => Promise<FoldClaim>

export interface FoldReport {
  /** Events that left the line, those of tickets put aside included. */
  readonly events: number
  readonly tickets: number
  /** Tickets put aside because they could not be folded. */
  readonly aside: number
}

const NOTHING: FoldReport = { events: 0, tickets: 0, aside: 0 }

async function foldOnce(
  engine: Engine,
  now: Instant,
  take: TakeWork,
  only: readonly string[] | null,
  onTaken: (keys: readonly string[]) => void,
): Promise<FoldReport> {
  const attempt = () =>
    inEngineTransaction(engine, now, async (etx) => {
      const { stretches, events } = await take(etx, only)
      if (stretches.size === 0) return NOTHING
      const keys = [...stretches.keys()]
      onTaken(keys)
      const found = new Map([...stretches].filter((entry): entry is [string, Stretch] => entry[1] !== null))
      const tickets = keys.filter((key) => !isSubjectKey(key))
      const notices = new Map([...found].filter(([key]) => isSubjectKey(key)))
      const folded = tickets.length > 0 ? await foldTickets(etx, tickets, { found }) : 0
      if (notices.size > 0) await foldNotices(etx, notices)
      return { events, tickets: folded, aside: 0 }
    })
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof TicketAppeared)) throw error
    }
  }
}

/**
 * Takes work on and folds it in one transaction. When a ticket (or a subject of notices) in it cannot be folded, halves them until it stands alone, puts that
 * one aside and folds the rest: one bad ticket costs itself only. A failure that is the database's own is thrown, and all work is back.
 */
export async function foldAround(engine: Engine, now: Instant, take: TakeWork, only: readonly string[] | null = null): Promise<FoldReport> {
  let keys: readonly string[] = []
  try {
    return await foldOnce(engine, now, take, only, (taken) => {
      keys = taken
    })
  } catch (error) {
    const [first] = keys
    if (isPassing(error) || first === undefined) throw error
    if (keys.length === 1) return { events: await putAside(engine, now, first, error), tickets: 0, aside: 1 }
    const half = Math.ceil(keys.length / 2)
    const left = await foldAround(engine, now, take, keys.slice(0, half))
    const right = await foldAround(engine, now, take, keys.slice(half))
    return { events: left.events + right.events, tickets: left.tickets + right.tickets, aside: left.aside + right.aside }
  }
}
