import type { Alert } from '../domain/alert/alert.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { isReviewed, reviewLimits } from '../domain/review/plan.ts'
import type { DayCount } from '../domain/ticket/worked-time.ts'
import { highestColour, startRound, withdrawReview } from '../store/review-store.ts'
import type { MovedAlert } from './alert-runs.ts'
import type { EngineTx } from './context.ts'

/** What workdays are counted by now. */
export const dayCountOf = (etx: Pick<EngineTx, 'engine' | 'settings'>): DayCount => ({ calendar: calendarFrom(etx.settings.calendar.body), zone: etx.engine.zone })

async function begin(etx: EngineTx, { id, openedAt, endedAt }: Alert): Promise<void> {
  const highest = await highestColour(etx.tx, id)
  const from = endedAt ?? etx.now
  if (highest === null || !isReviewed(highest, id, openedAt, etx.engine.zone)) return
  await startRound(etx.tx, id, highest, { fromAt: from, ...reviewLimits(highest, from, dayCountOf(etx)) }, null)
}

/**
 * A case that a person has resolved owes its review from then on, in the transaction that resolves it, so that it cannot be closed in between; one that is taken
 * up again owes it no more (domain.md 7.1, 7.7). Alerts that are no cases, and what went into another case, owe none.
 */
export async function settleReviews(etx: EngineTx, moves: readonly Pick<MovedAlert, 'before' | 'after'>[]): Promise<void> {
  for (const { before, after } of moves) {
    if (after.kind !== 'risk' || before.state === after.state) continue
    if (after.state === 'resolved') await begin(etx, after)
    else if (before.state === 'resolved' && after.state !== 'closed') await withdrawReview(etx.tx, after.id)
  }
}
