import type { ClockName, ClockReading } from '../ticket/clock-reading.ts'
import { isSolvedAtAcceptance } from '../ticket/closed-without-reply.ts'
import type { Leg } from '../ticket/parts.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { Measure } from './fact.ts'
import { Counts, type FactScene } from './fact-scene.ts'

/** What a clock counts where it fell due, and where it was kept; `handle` the other way round (K-21). */
interface Due {
  readonly due: Measure<'DUE'>
  readonly kept?: Measure<'DUE'>
  readonly broken?: Measure<'DUE'>
}

/** Clocks with an indicator by their deadline (domain.md K-15, 16, 18D, 21, 30, 31, 34, 49, 57, 64, 67, 70). */
export const DUE_CLOCKS: ReadonlyMap<ClockName, Due> = new Map<ClockName, Due>([
  ['C_HANDLE', { due: 'handle_due', broken: 'handle_late' }],
  ['C_FIRST', { due: 'first_due', kept: 'first_in_time' }],
  ['C_CLAIM', { due: 'claim_due', kept: 'claim_in_time' }],
  ['C_APPEAL_FEEDBACK', { due: 'feedback_due', kept: 'feedback_in_time' }],
  ['C_REFUND', { due: 'refund_due', kept: 'refund_in_time' }],
  ['C_REPAIR_SAT', { due: 'repair_due', kept: 'repair_in_time' }],
  ['C_SUPERVISION', { due: 'supervision_due', kept: 'supervision_in_time' }],
  ['C_FAULT_RESPONSE', { due: 'fault_response_due', kept: 'fault_response_in_time' }],
  ['C_FAULT_HARD', { due: 'fault_due', kept: 'fault_in_time' }],
  ['C_PROVISION', { due: 'provision_due', kept: 'provision_in_time' }],
])

/** The customer was reached by then: contacted, or told with a record (domain.md 3.6 C_FIRST). A ticket that just ended was not. */
export function isContactedBy({ firstContactedAt, customerReplies }: Ticket, instant: Instant | null): boolean {
  if (instant === null) return false
  return (firstContactedAt !== null && firstContactedAt <= instant) || customerReplies.some(({ at, recordNo }) => recordNo !== null && at <= instant)
}

/** The stay that a reading runs on. A source may use one id for several stays; they differ by when they began. */
export const legOf = (legs: readonly Leg[], { subject, startAt }: ClockReading): Leg | undefined =>
  legs.find((leg) => leg.legId === subject && leg.receivedAt === startAt) ?? legs.findLast((leg) => leg.legId === subject)

/** What the clock waits for has happened; where it only ended with the ticket, and in time, nothing is counted. */
function isAnswered(ticket: Ticket, reading: ClockReading, leg: Leg | undefined): boolean {
  const place = Number(reading.subject)
  switch (reading.clock) {
    case 'C_FIRST':
      return isContactedBy(ticket, reading.stoppedAt)
    case 'C_CLAIM':
      return leg !== undefined && leg.firstClaimedAt !== null
    case 'C_REFUND':
      return (ticket.refunds[place]?.paidAt ?? null) !== null
    case 'C_REPAIR_SAT':
      return (ticket.repairs[place]?.closedAt ?? null) !== null
    case 'C_SUPERVISION':
      return (ticket.supervisions[place]?.answeredAt ?? null) !== null
    default:
      return true
  }
}

function addDueClock(scene: FactScene, reading: ClockReading, { due, kept, broken }: Due): void {
  const { ticket } = scene
  const leg = reading.clock === 'C_CLAIM' ? legOf(ticket.legs, reading) : undefined
  // A helper is asked and answers; nobody claims.
  if (leg?.isAssist === true) return
  const verdict = scene.verdictOf(reading, isAnswered(ticket, reading, leg))
  if (verdict !== 'kept' && verdict !== 'broken') return
  const counts = new Counts<'DUE'>().set(due, true)
  if (kept !== undefined) counts.set(kept, verdict === 'kept')
  if (broken !== undefined) counts.set(broken, verdict === 'broken')
  scene.add('DUE', scene.dueAt(reading), counts.measures, leg === undefined ? {} : { unit: leg.unitId ?? '' })
}

/** K-31: its 15th day ends for every complaint, told or not, whatever else ended; told in the call counts as told. */
function addAnswer(scene: FactScene, { deadlineAt }: ClockReading): void {
  const { ticket } = scene
  const repliedAt = ticket.customerReplies[0]?.at ?? (isSolvedAtAcceptance(ticket) ? ticket.completedAt : null)
  const isToldInTime = repliedAt !== null && repliedAt <= deadlineAt
  if (!isToldInTime && !scene.isReached(deadlineAt + 1)) return
  scene.add('DUE', deadlineAt, new Counts<'DUE'>().set('answer_due', true).set('answer_in_time', isToldInTime).measures)
}

/**
 * `DUE`: each limit at the instant at which it was used up, once it has an answer: kept before it, or reached. A suspended ticket is not due
 * (K-21) unless it was before. A clock that ended without what it waits for counts only where it was late by then.
 */
export function addDue(scene: FactScene): void {
  for (const reading of scene.readings) {
    if (reading.clock === 'C_15D') addAnswer(scene, reading)
    const due = DUE_CLOCKS.get(reading.clock)
    if (due !== undefined) addDueClock(scene, reading, due)
  }
}
