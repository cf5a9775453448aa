import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import { NATURAL } from '../worked-time.ts'
import { handleDeadline } from './handle.ts'
import { pausedBetween } from './pauses.ts'
import { dated, earliest, limited, naturalDays, type Scene } from './reading.ts'

/**
 * C_CUSTOMER_REPLY: the last review that passed → customer replied, at the latest the end of C_HANDLE. A reply given between the unit's answer
 * and its review is one too; a later dispatch takes the passed answer back and ends the clock.
 */
export function readCustomerReply(scene: Scene, into: ClockReading[]): void {
  const { ticket, context, at, endAt, pauses } = scene
  const passed = ticket.legs.findLast((leg) => !leg.isAssist && leg.review === 'passed' && leg.reviewedAt !== null)
  if (passed === undefined || passed.reviewedAt === null) return
  const startAt = passed.reviewedAt
  const answeredAt = passed.finishedAt ?? startAt
  const reply = ticket.customerReplies.find((one) => one.at >= answeredAt)
  const next = ticket.legs.find((leg) => !leg.isAssist && leg.finish !== 'recalled' && leg.receivedAt > startAt)
  const stoppedAt = earliest(reply === undefined ? null : Math.max(reply.at, startAt), next?.receivedAt, endAt)
  const end = Math.max(stoppedAt ?? at, startAt)
  const own = context.limits.customerReply * MINUTE
  // C_HANDLE's end without the pauses of this clock, which are added again. Before `startAt` where handling was over already: late at once.
  const latest = handleDeadline(scene, end) - pausedBetween(NATURAL, pauses.both, startAt, end)
  const run = { clock: 'C_CUSTOMER_REPLY', subject: passed.legId, startAt, stoppedAt, pauses: pauses.both } as const
  into.push(latest - startAt >= own ? limited(at, run, own) : dated(at, { ...run, reason: 'end_of_handling' }, latest))
}

/** C_15D: created → replied to the customer, natural days, never suspended; after it the customer may appeal [S4]. The end of the ticket ends it. */
export function readFifteenDays(scene: Scene, into: ClockReading[]): void {
  const { ticket, context, acceptedAt, endAt } = scene
  const stoppedAt = earliest(ticket.customerReplies[0]?.at, endAt)
  into.push(naturalDays(scene, { clock: 'C_15D', startAt: acceptedAt, stoppedAt }, context.limits.complaintAnswerNaturalDays))
}
