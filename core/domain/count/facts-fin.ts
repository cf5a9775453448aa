import type { ClockReading } from '../ticket/clock-reading.ts'
import { isSurveyEligible } from '../ticket/clocks/survey.ts'
import { isClosedWithoutReply } from '../ticket/closed-without-reply.ts'
import { isSkipLevel, type Ticket } from '../ticket/ticket.ts'
import { DAY, HOUR, type Instant, SECOND } from '../time.ts'
import { Counts, type FactScene } from './fact-scene.ts'

type Completed = Counts<'FIN'>

/** A clock that ended within its limit. */
const isKept = (reading: ClockReading | null): boolean => reading !== null && reading.stoppedAt !== null && !reading.isOverdue

/** The clock whose time the handling of the kind is measured by: C_HANDLE, of a fault and an installation their own (K-26, K-64, K-67). */
function netClock(scene: FactScene): ClockReading | null {
  return scene.handle ?? scene.reading('C_FAULT_HARD') ?? scene.reading('C_PROVISION')
}

/**
 * In time by the clock of the kind: K-18 for complaints, enquiries and queries; K-30's clock for appeals; K-67 for faults, those of mass
 * incidents left out because they are shown apart; K-64 for installations. Without a reply to the customer nothing is in time (AT-16).
 */
function isInTime(scene: FactScene, withoutReply: boolean): boolean {
  if (withoutReply) return false
  switch (scene.ticket.kind) {
    case 'appeal':
      return isKept(scene.reading('C_APPEAL_FEEDBACK'))
    case 'fault':
      return scene.ticket.incidentId === null && isKept(scene.reading('C_FAULT_HARD'))
    case 'install':
      return isKept(scene.reading('C_PROVISION'))
    default:
      return isKept(scene.handle)
  }
}

function countTimeliness(scene: FactScene, counts: Completed): number | null {
  const withoutReply = isClosedWithoutReply(scene.ticket)
  const raw = scene.reading('C_HANDLE_RAW')
  const net = netClock(scene)
  const elapsed = net === null || net.stoppedAt === null ? null : net.netElapsed
  const isSkip = isSkipLevel(scene.ticket)
  counts
    .set('in_time', isInTime(scene, withoutReply))
    .set('raw_48h', raw !== null && raw.stoppedAt !== null && raw.netElapsed <= 48 * HOUR)
    .set('net_24h', elapsed !== null && elapsed <= 24 * HOUR)
    .set('skip_level', isSkip)
    // K-29 is K-18 over skip-level tickets: by C_HANDLE, whatever the kind.
    .set('skip_level_in_time', isSkip && !withoutReply && isKept(scene.handle))
    .set('without_reply', withoutReply)
  if (elapsed === null) return null
  const seconds = Math.round(elapsed / SECOND)
  counts.set('net_seconds', seconds)
  return seconds
}

/** Time between suspension and its end or the completion, s; not cut at the cap, so that K-44 shows what was really suspended. */
function suspendedSeconds({ suspensions }: Ticket, completedAt: Instant): number {
  let sum = 0
  for (const { from, to } of suspensions) sum += Math.max(0, Math.min(to ?? completedAt, completedAt) - from)
  return Math.round(sum / SECOND)
}

/** K-35: not reopened, not repeated in the 30 days after, and no survey that says it was not solved. */
const isSolvedAtFirst = ({ kind, reopenCount, surveys }: Ticket, repeatedAt: Instant | null): boolean =>
  kind === 'complaint' && reopenCount === 0 && repeatedAt === null && !surveys.some(({ solved }) => solved === 'no')

/** K-51: every main stay was with the unit that accepted. Which units are cities' the ticket does not say. */
const isCentral = ({ legs, firstOwner }: Ticket): boolean =>
  legs.every((leg) => leg.isAssist || leg.finish === 'recalled' || leg.unitId === null || leg.unitId === firstOwner.unitId)

/** A survey was sent for the ticket (K-52). */
const isSurveyed = ({ surveys }: Ticket): boolean => surveys.some(({ sentAt }) => sentAt !== null)

/**
 * To be surveyed (3.7-7): as far as the ticket tells, and not skipped by who knows more (a refusal, the black list, a leader's control). One
 * that was surveyed all the same was eligible to whoever sent it, so that K-52 never passes 100.
 */
const isEligible = (ticket: Ticket): boolean =>
  isSurveyed(ticket) || (isSurveyEligible(ticket) && !ticket.surveys.some(({ result }) => result === 'skipped'))

function countQuality({ ticket, customer }: FactScene, completedAt: Instant, counts: Completed): void {
  const { qualification, transferCount, redispatchCount } = ticket
  counts
    .set('appealed_after', ticket.kind === 'complaint' && customer.appealedAt !== null)
    .set('solved_at_first', isSolvedAtFirst(ticket, customer.repeatedAt))
    .set('solved', ticket.resultCode === 'solved')
    .set('transferred', transferCount >= 1)
    .set('transfers', transferCount)
    .set('redispatched', redispatchCount >= 1)
    .set('redispatched_twice', redispatchCount >= 2)
    .set('suspended', ticket.suspensions.length > 0)
    .set('suspended_seconds', suspendedSeconds(ticket, completedAt))
    .set('unclassified', ticket.phenomenonL2 === '' || !qualification?.causes[1] || ticket.isCorrectedLate)
    // A qualification that leaves the liability open says nothing for K-48.
    .set('qualified', qualification !== null && qualification.liability !== '')
    .set('company_liable', qualification?.liability === 'company')
    .set('raise_finished', ticket.isRaiseFinish)
    .set('central', isCentral(ticket))
    .set('survey_eligible', isEligible(ticket))
    .set('surveyed', isSurveyed(ticket))
    .set('faulted_after', ticket.kind === 'install' && customer.faultedAt !== null)
    .set('mass', ticket.incidentId !== null)
}

/** `FIN`, one fact a ticket with a standing completion, at that completion. */
export function addCompletion(scene: FactScene): void {
  const { completedAt } = scene.ticket
  if (completedAt === null) return
  const counts: Completed = new Counts()
  counts.set('finished', true)
  const sketched = countTimeliness(scene, counts)
  countQuality(scene, completedAt, counts)
  scene.add('FIN', completedAt, counts.measures, {}, sketched)
}

/** `FIN1`, at the first completion, standing or not; the reopening within 7 days (K-42). */
export function addFirstCompletion(scene: FactScene): void {
  const first = scene.ticket.completions[0]
  if (first === undefined) return
  const isReopened = first.reopenedAt !== null && first.reopenedAt - first.at <= 7 * DAY
  scene.add('FIN1', first.at, new Counts<'FIN1'>().set('finished_first', true).set('reopened_7d', isReopened).measures)
}
