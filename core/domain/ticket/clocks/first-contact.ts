import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import type { Ticket } from '../ticket.ts'
import { earliest, limited, type Scene } from './reading.ts'

/** Whether the unit that accepted, or the first that received the ticket, promises the golden half hour: fixed at the start, so never lengthened. */
function isGolden(ticket: Ticket, goldenUnits: readonly string[]): boolean {
  if (goldenUnits.length === 0) return false
  const first = ticket.legs.find((leg) => !leg.isAssist && leg.finish !== 'recalled')
  return [ticket.firstOwner.unitId, first?.unitId].some((unit) => unit !== null && unit !== undefined && goldenUnits.includes(unit))
}

/** C_FIRST: created → first human contact, or an earlier reply with a contact record; the end of the ticket ends it too. */
export function readFirst(scene: Scene, into: ClockReading[]): void {
  const { ticket, context, acceptedAt, at, endAt, pauses } = scene
  const recorded = ticket.customerReplies.find((reply) => reply.recordNo !== null)
  const { firstContact, firstContactGolden, goldenUnits } = context.limits
  const limit = isGolden(ticket, goldenUnits) ? Math.min(firstContactGolden, firstContact) : firstContact
  const stoppedAt = earliest(ticket.firstContactedAt, recorded?.at, endAt)
  into.push(limited(at, { clock: 'C_FIRST', startAt: acceptedAt, stoppedAt, pauses: pauses.both }, limit * MINUTE))
}
