import { MINUTE, timeOfDay } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import { endOfNaturalDay } from '../worked-time.ts'
import { dated, earliest, limited, type Scene } from './reading.ts'

/** The earliest end of the fault, also one that a reopening took back: a repair that did not hold was an answer all the same. */
const firstEnd = ({ ticket, endAt }: Scene) => earliest(ticket.faultClearedAt, ticket.completions[0]?.at, endAt)

/** C_FAULT_RESPONSE: created → first contacted or an appointment made. */
export function readFaultResponse(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, at, context } = scene
  const stoppedAt = earliest(ticket.firstContactedAt, ticket.appointments[0]?.setAt, firstEnd(scene))
  into.push(limited(at, { clock: 'C_FAULT_RESPONSE', startAt: acceptedAt, stoppedAt }, context.limits.faultResponse * MINUTE))
}

/** C_FAULT_FIRST30: created → first contacted. */
export function readFaultFirst(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, at, context } = scene
  const stoppedAt = earliest(ticket.firstContactedAt, firstEnd(scene))
  into.push(limited(at, { clock: 'C_FAULT_FIRST30', startAt: acceptedAt, stoppedAt }, context.limits.faultFirst * MINUTE))
}

/**
 * C_FAULT_REPAIR: reported strictly before 16:00 → by 24:00 the same day, else within 24 h (S-14-1); stands still while suspended, and from a
 * clearing that completed the ticket to its reopening (domain.md 3.6 Reopen).
 */
export function readFaultRepair(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, at, context, endAt, pauses } = scene
  const { faultSameDayCut, faultNextDay } = context.limits
  const stoppedAt = earliest(ticket.faultClearedAt, endAt)
  const run = { clock: 'C_FAULT_REPAIR', startAt: acceptedAt, stoppedAt, pauses: pauses.both } as const
  const isSameDay = timeOfDay(acceptedAt, context.zone) < faultSameDayCut * MINUTE
  into.push(isSameDay ? dated(at, run, endOfNaturalDay(acceptedAt, 0, context)) : limited(at, run, faultNextDay * MINUTE))
}

/** C_FAULT_HARD: 48 h in towns and for mobile, 72 h in the country [S5]; where the source does not say, the shorter. Stands still as the promise does. */
export function readFaultHard(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, at, context, endAt, pauses } = scene
  const { faultHardRural, faultHardUrban } = context.limits
  const isRural = ticket.urbanRural === 'rural' && ticket.productL1 !== 'mobile'
  const stoppedAt = earliest(ticket.faultClearedAt, endAt)
  const run = { clock: 'C_FAULT_HARD', startAt: acceptedAt, stoppedAt, pauses: pauses.both } as const
  into.push(limited(at, run, (isRural ? faultHardRural : faultHardUrban) * MINUTE))
}
