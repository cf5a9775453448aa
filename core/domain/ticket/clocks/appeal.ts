import { type Instant, MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import type { Ticket } from '../ticket.ts'
import { endOfWorkingDay, isCalendarMissing } from '../worked-time.ts'
import { isUrgent } from './dispatch.ts'
import { dated, earliest, limited, naturalDays, type Run, type Scene } from './reading.ts'

/** The first answer of a unit that its review did not send back. */
const answeredAt = (ticket: Ticket): Instant | null =>
  ticket.legs.find((leg) => !leg.isAssist && leg.finish === 'replied' && leg.review !== 'failed')?.finishedAt ?? null

/** A clock of so many workdays after the day of receipt; elapsed in whole time of workdays. */
function workingDays({ at, context }: Scene, run: Run, days: number): ClockReading {
  const deadlineAt = endOfWorkingDay(run.startAt, days, context)
  const kind = { name: 'working_days', calendar: context.calendar, zone: context.zone } as const
  return { ...dated(at, { ...run, kind }, deadlineAt), isCalendarMissing: isCalendarMissing(run.startAt, deadlineAt, context) }
}

/** C_APPEAL_CONTACT: received → first contacted, natural time, through holidays, never suspended. */
export function readAppealContact(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, at, context, endAt } = scene
  const run = { clock: 'C_APPEAL_CONTACT', startAt: acceptedAt, stoppedAt: earliest(ticket.firstContactedAt, endAt) } as const
  into.push(limited(at, run, context.limits.appealContact * MINUTE))
}

/** C_APPEAL_INTERNAL: received → a unit's answer to the province centre, working days. */
export function readAppealInternal(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, context, endAt } = scene
  const run = { clock: 'C_APPEAL_INTERNAL', startAt: acceptedAt, stoppedAt: earliest(answeredAt(ticket), endAt) } as const
  into.push(workingDays(scene, run, context.limits.appealInternalWorkingDays))
}

// A ticket that is completed at home has not answered the regulator: only the regulator's side, or taking the ticket away, ends these two.
const regulatorEnd = ({ ticket }: Scene): Instant | null => earliest(ticket.appeal?.closedAt, ticket.cancelledAt, ticket.mergedAt)

/** C_APPEAL_FEEDBACK: received → feedback sent; 10 natural days or the regulator's date if earlier; never suspended or prolonged. */
export function readAppealFeedback(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, context } = scene
  const stoppedAt = earliest(ticket.appeal?.feedbackAt, regulatorEnd(scene))
  const run = { clock: 'C_APPEAL_FEEDBACK', startAt: acceptedAt, stoppedAt } as const
  into.push(naturalDays(scene, run, context.limits.appealFeedbackNaturalDays, ticket.appeal?.dueAt ?? null))
}

/** C_APPEAL_CLOSE: received → closed by the regulator, natural days; the appeal body's own limit, only shown. */
export function readAppealClose(scene: Scene, into: ClockReading[]): void {
  const run = { clock: 'C_APPEAL_CLOSE', startAt: scene.acceptedAt, stoppedAt: regulatorEnd(scene) } as const
  into.push(naturalDays(scene, run, scene.context.limits.appealCloseNaturalDays))
}

const GOV_CHANNEL = 'gov_12345'

/** C_12345: received over the government hot-line → replied; the same day when urgent, else working days by kind [S29]. */
export function readGov12345(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, context, endAt } = scene
  if (ticket.channel !== GOV_CHANNEL) return
  const { gov12345UrgentWorkingDays, gov12345EnquiryWorkingDays, gov12345ComplaintWorkingDays } = context.limits
  const byKind = ticket.kind === 'complaint' || ticket.kind === 'appeal' ? gov12345ComplaintWorkingDays : gov12345EnquiryWorkingDays
  const stoppedAt = earliest(answeredAt(ticket), ticket.customerReplies[0]?.at, endAt)
  const days = isUrgent(ticket) ? Math.min(gov12345UrgentWorkingDays, byKind) : byKind
  into.push(workingDays(scene, { clock: 'C_12345', startAt: acceptedAt, stoppedAt }, days))
}
