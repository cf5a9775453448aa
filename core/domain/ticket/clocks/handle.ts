import { type Instant, MINUTE } from '../../time.ts'
import type { ClockContext, ClockReading, LimitReason } from '../clock-reading.ts'
import type { ClockLimits } from '../limits.ts'
import type { Ticket } from '../ticket.ts'
import { NATURAL } from '../worked-time.ts'
import { pausedBetween } from './pauses.ts'
import { limited, prolongation, type Scene } from './reading.ts'

/** High value, skip-level or appeal: the shorter limit applies, and keeps applying once started (domain.md 3.1, 3.6 "High value wins"). */
export function isHighValue(ticket: Pick<Ticket, 'limitBasis'>, limits: Pick<ClockLimits, 'highValueStar'>): boolean {
  const { star, isVip, isKeyPerson, isSkipLevel, isAppeal } = ticket.limitBasis
  return star >= limits.highValueStar || isVip || isKeyPerson || isSkipLevel || isAppeal
}

/** A repeat complaint: the customer had an earlier ticket of the kind in the 30 days before (domain.md 3.7-2). Enquiries are no complaints. */
const isRepeat = (ticket: Ticket, { customer }: Pick<ClockContext, 'customer'>): boolean =>
  customer.repeatCount30d >= 1 && (ticket.kind === 'complaint' || ticket.kind === 'appeal')

interface Limit {
  /** ms. */
  readonly limit: number
  readonly reason: LimitReason
}

/** C_HANDLE's limit before prolongations, and which of the fitting ones set it: the shortest; of equals the first of these. */
export function handleLimit(ticket: Ticket, context: Pick<ClockContext, 'limits' | 'customer'>): Limit {
  const { handleMinutes, handleHighValueMinutes } = context.limits
  let minutes = handleMinutes
  let reason: LimitReason = 'standard'
  const fits = (other: number, why: LimitReason) => {
    if (other < minutes) [minutes, reason] = [other, why]
  }
  if (isHighValue(ticket, context.limits)) fits(handleHighValueMinutes, 'high_value')
  if (isRepeat(ticket, context)) fits(handleHighValueMinutes, 'repeat')
  if (ticket.limitMinutesGiven !== null) fits(ticket.limitMinutesGiven, 'given')
  return { limit: minutes * MINUTE, reason }
}

function prolongedLimit(scene: Scene): Limit {
  const { limit, reason } = handleLimit(scene.ticket, scene.context)
  if (scene.ticket.extensions.length === 0) return { limit, reason }
  return { limit: limit + prolongation(scene, { startAt: scene.acceptedAt, limit, kind: NATURAL, pauses: scene.pauses.both }), reason }
}

/** C_HANDLE's deadline as it stood at an instant: with the pauses before it. */
export function handleDeadline(scene: Scene, when: Instant): Instant {
  return scene.acceptedAt + prolongedLimit(scene).limit + pausedBetween(NATURAL, scene.pauses.both, scene.acceptedAt, when)
}

/** C_HANDLE: created → completed; stands still while suspended (up to the cap) and from a completion to its reopening. Natural time. */
export function readHandle(scene: Scene, into: ClockReading[]): void {
  const { limit, reason } = prolongedLimit(scene)
  into.push(limited(scene.at, { clock: 'C_HANDLE', startAt: scene.acceptedAt, stoppedAt: scene.endAt, pauses: scene.pauses.both, reason }, limit))
}

/** C_HANDLE_RAW: the same without suspension, prolongation or class: the group's `is_timeout`. A closed gap is not counted either. */
export function readHandleRaw(scene: Scene, into: ClockReading[]): void {
  const { acceptedAt, at, context, endAt, pauses } = scene
  into.push(limited(at, { clock: 'C_HANDLE_RAW', startAt: acceptedAt, stoppedAt: endAt, pauses: pauses.gaps }, context.limits.handleMinutes * MINUTE))
}
