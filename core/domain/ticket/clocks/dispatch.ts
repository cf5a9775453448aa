import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import type { Ticket } from '../ticket.ts'
import type { TimeKind } from '../worked-time.ts'
import { isHighValue } from './handle.ts'
import { earliest, limited, type Scene } from './reading.ts'

/** Urgent and critical; a rush is not yet high urgency (domain.md B.5). */
export const isUrgent = ({ urgency }: Pick<Ticket, 'urgency'>): boolean => urgency === 'urgent' || urgency === 'critical'

/** The window of the day shift, in which C_CLAIM and the clocks of units that suspend by themselves run (domain.md 2.5). */
export function dayWindow({ context }: Pick<Scene, 'context'>): TimeKind {
  const { dayShiftStart, dayShiftEnd } = context.limits
  return { name: 'window', from: dayShiftStart * MINUTE, to: dayShiftEnd * MINUTE, zone: context.zone }
}

/** C_DISPATCH: created → first dispatched; a ticket that the hot-line claims itself or completes needs no dispatch. */
export function readDispatch(scene: Scene, into: ClockReading[]): void {
  const { ticket, context, acceptedAt, at, endAt } = scene
  const isHigh = isHighValue(ticket, context.limits)
  const limit = isHigh || isUrgent(ticket) ? context.limits.dispatchHigh : context.limits.dispatch
  const stoppedAt = earliest(ticket.firstDispatchedAt, ticket.legs[0]?.firstClaimedAt, endAt)
  into.push(limited(at, { clock: 'C_DISPATCH', startAt: acceptedAt, stoppedAt, reason: isHigh ? 'high_value' : 'standard' }, limit * MINUTE))
}

/** C_CLAIM: each stay with a unit, received → first claimed, or whatever ended the stay. Runs in the day shift's window only. */
export function readClaim(scene: Scene, into: ClockReading[]): void {
  const { ticket, at, endAt } = scene
  if (ticket.legs.length === 0) return
  const kind = dayWindow(scene)
  for (const leg of ticket.legs) {
    if (leg.finish === 'recalled') continue
    const stoppedAt = earliest(leg.firstClaimedAt, leg.finishedAt, endAt)
    const run = { clock: 'C_CLAIM', subject: leg.legId, startAt: leg.receivedAt, stoppedAt, kind } as const
    into.push(limited(at, run, scene.context.limits.claimWindow * MINUTE))
  }
}
