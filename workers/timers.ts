import type { Engine } from '../core/engine/context.ts'
import { foldAround, type FoldReport } from '../core/engine/fold-around.ts'
import type { Instant } from '../core/domain/time.ts'
import { loadDueTickets } from '../core/store/ticket-store.ts'

export interface TimerChoice {
  /** Tickets of one transaction; 200 when left out: each may move two alerts, and whoever answers one of them waits for the commit. */
  readonly limit?: number
}

/**
 * Judges again all tickets whose next check has come by `now`, the longest due first; what fired does so at the exact instant at which it
 * fell due, however late this runs (invariant 4). Returns how many tickets that were.
 */
export async function runTimers(engine: Engine, now: Instant, { limit = 200 }: TimerChoice = {}): Promise<FoldReport> {
  const sum = { events: 0, tickets: 0, aside: 0 }
  for (;;) {
    const report = await foldAround(engine, now, async ({ tx }, only) => {
      const keys = only ?? (await loadDueTickets(tx, now, limit)).map(({ ticketKey }) => ticketKey)
      return { stretches: new Map(keys.map((key) => [key, null])), events: 0 }
    })
    sum.events += report.events
    sum.tickets += report.tickets
    sum.aside += report.aside
    if (report.tickets + report.aside < limit) return sum
  }
}
