import type { ClockReading } from '../ticket/clock-reading.ts'
import { isClosedWithoutReply } from '../ticket/closed-without-reply.ts'
import { isExpedited } from '../ticket/expedites.ts'
import { closedAt, isSkipLevel } from '../ticket/ticket.ts'
import { MINUTE, timeOfDay } from '../time.ts'
import { Counts, dayEnd, type FactScene, type Verdict } from './fact-scene.ts'
import { isContactedBy } from './facts-due.ts'
import { isOpenAt, openSpans } from './open-spans.ts'

type Acceptance = Counts<'ACC'>

/** Statuses of an appeal that was not accepted or was merged (domain.md 3.4 row 32): not attributed to the company (K-04). */
const NOT_ATTRIBUTED: ReadonlySet<number | null> = new Set([1, 2])

/** K-18A: completed in time; late, or closed without a reply, or open past the limit; else pending. */
function countHandling(scene: FactScene, counts: Acceptance): void {
  const { handle, ticket } = scene
  if (handle === null) return
  const verdict = scene.verdictOf(handle)
  const isKept = verdict === 'kept' && !isClosedWithoutReply(ticket)
  counts
    .set('pending', verdict === 'pending')
    .set('in_time', isKept)
    .set('late', verdict !== 'pending' && !isKept)
}

/** Both parts of a ratio by acceptance: what is pending is in neither (domain.md 6.2). */
function countVerdict(counts: Acceptance, verdict: Verdict, all: 'half_hour' | 'promised', kept: 'half_hour_kept' | 'promise_kept'): void {
  counts.set(all, verdict === 'kept' || verdict === 'broken').set(kept, verdict === 'kept')
}

/** The clock of the first half hour: of every fault, and of tickets whose unit promises the golden half hour (K-17). */
function halfHour(scene: FactScene): ClockReading | null {
  const { limits } = scene
  if (scene.ticket.kind === 'fault') return scene.reading('C_FAULT_FIRST30')
  const first = scene.reading('C_FIRST')
  return first !== null && limits.goldenUnits.length > 0 && first.limit === limits.firstContactGolden * MINUTE ? first : null
}

function countFirstResponse(scene: FactScene, counts: Acceptance): void {
  const clock = halfHour(scene)
  if (clock === null) return
  countVerdict(counts, scene.verdictOf(clock, isContactedBy(scene.ticket, clock.stoppedAt)), 'half_hour', 'half_hour_kept')
}

/** K-65: installations accepted before the cut (16:00), once they are finished or their day is over. */
function countSameDayInstall(scene: FactScene, counts: Acceptance): void {
  const { ticket, acceptedAt, limits, zone } = scene
  if (ticket.kind !== 'install' || timeOfDay(acceptedAt, zone) >= limits.faultSameDayCut * MINUTE) return
  const midnight = dayEnd(acceptedAt, zone)
  const isSameDay = ticket.completedAt !== null && ticket.completedAt < midnight
  if (ticket.completedAt === null && !scene.isReached(midnight)) return
  counts.set('before_cut', true).set('before_cut_same_day', isSameDay)
}

/** K-68: the promise of the 16:00 rule; and of urban and top-tier lines dispatched before 20:00 those still open at 24:00 of that day. */
function countFaultPromises(scene: FactScene, counts: Acceptance): void {
  const { ticket, limits, zone } = scene
  const repair = scene.reading('C_FAULT_REPAIR')
  if (repair !== null) countVerdict(counts, scene.verdictOf(repair), 'promised', 'promise_kept')
  const { firstDispatchedAt } = ticket
  if (firstDispatchedAt === null || timeOfDay(firstDispatchedAt, zone) >= limits.dayShiftEnd * MINUTE) return
  const isTopTier = ticket.isVip || ticket.isKeyPerson || ticket.star >= limits.highValueStar
  if (ticket.urbanRural !== 'urban' && !isTopTier) return
  const midnight = dayEnd(firstDispatchedAt, zone)
  if (closedAt(ticket) === null && !scene.isReached(midnight)) return
  counts.set('evening_dispatched', true).set('overnight', isOpenAt(openSpans(ticket, scene.acceptedAt), midnight))
}

function countVolume({ ticket, customer, limits, zone }: FactScene, counts: Acceptance): void {
  const isFault = ticket.kind === 'fault'
  const isMass = ticket.incidentId !== null
  counts
    .set('accepted', true)
    .set('repeat', customer.repeatCount30d >= 1)
    .set('repeat_same_matter', customer.repeatSameMatter30d >= 1)
    .set('skip_level', isSkipLevel(ticket))
    .set('strictest_scene', ticket.marks.strictestScene >= 0)
    .set('template', ticket.isTemplate === 1)
    .set('direct', ticket.completedAt !== null && ticket.firstDispatchedAt === null)
    .set('expedited', isExpedited(ticket, limits, zone))
    .set('raised', ticket.raisedAt.length > 0 || ticket.supervisions.length > 0)
    .set('repeat_fault', isFault && !isMass && customer.faultCount30d >= 1)
    .set('mass', isMass)
    .set('attributed', ticket.kind === 'appeal' && !NOT_ATTRIBUTED.has(ticket.appeal?.status ?? null))
}

/**
 * `ACC`, one fact a ticket, at its acceptance. Volume takes cancelled tickets in, what measures timeliness does not (domain.md 3.7-8).
 * A ratio by acceptance leaves out what has no answer yet (6.2). `demand` (K-03) stays empty: no event says that an enquiry is one.
 */
export function addAcceptance(scene: FactScene): void {
  const counts: Acceptance = new Counts()
  countVolume(scene, counts)
  if (!scene.isCancelled) {
    countHandling(scene, counts)
    countFirstResponse(scene, counts)
    countSameDayInstall(scene, counts)
    if (scene.ticket.kind === 'fault') countFaultPromises(scene, counts)
  }
  scene.add('ACC', scene.acceptedAt, counts.measures)
}
