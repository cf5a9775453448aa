import type { Appointment, Leg, Survey } from '../ticket/parts.ts'
import { visitOverAt } from '../ticket/visit.ts'
import { MINUTE } from '../time.ts'
import { Counts, type FactScene } from './fact-scene.ts'

/** K-14, K-38: at the first dispatch, for the unit that it went to. */
function addDispatch(scene: FactScene): void {
  const { firstDispatchedAt, legs } = scene.ticket
  if (firstDispatchedAt === null) return
  const clock = scene.reading('C_DISPATCH')
  const first = legs.find((leg) => !leg.isAssist && leg.receivedAt === firstDispatchedAt)
  const counts = new Counts<'EVT'>().set('dispatched', true).set('dispatched_in_time', clock !== null && !clock.isOverdue)
  scene.add('EVT', firstDispatchedAt, counts.measures, first === undefined ? {} : { unit: first.unitId ?? '' })
}

/** K-45, by review: a stay that only does over what was refused to the same unit is part of the first one and not reviewed anew. */
function addReviews(scene: FactScene): void {
  let before: Leg | undefined
  for (const leg of scene.ticket.legs) {
    if (leg.isAssist) continue
    const isAgain = before?.review === 'failed' && before.unitId === leg.unitId
    if (leg.reviewedAt !== null && !isAgain) {
      const counts = new Counts<'EVT'>().set('reviewed', true).set('passed_first', leg.review === 'passed')
      scene.add('EVT', leg.reviewedAt, counts.measures, { unit: leg.unitId ?? '' })
    }
    before = leg
  }
}

const isAnswered = ({ result }: Survey): boolean => result === 'satisfied' || result === 'dissatisfied'

/** K-53 by the sent date, each survey; K-54 and K-55 by the answer date, of each ticket the last answer. */
function addSurveys(scene: FactScene): void {
  const { surveys } = scene.ticket
  if (surveys.length === 0) return
  for (const survey of surveys) {
    if (survey.sentAt === null) continue
    const counts = new Counts<'EVT'>().set('survey_sent', true).set('survey_sent_answered', isAnswered(survey))
    scene.add('EVT', survey.sentAt, counts.measures, { survey_mode: survey.mode })
  }
  const last = surveys.findLast(isAnswered)
  if (last === undefined || last.endedAt === null) return
  const counts = new Counts<'EVT'>()
    .set('answered', true)
    .set('satisfied', last.result === 'satisfied')
    .set('scored', last.score !== null)
    .set('score_sum', last.score ?? 0)
  scene.add('EVT', last.endedAt, counts.measures, { survey_mode: last.mode })
}

/** K-56, by the close of the repair. */
function addRepairs(scene: FactScene): void {
  for (const { closedAt: at, isSuccess } of scene.ticket.repairs) {
    if (at === null) continue
    scene.add('EVT', at, new Counts<'EVT'>().set('repairs_closed', true).set('repairs_successful', isSuccess).measures)
  }
}

/** K-49, by payment, cents. */
function addRefunds(scene: FactScene): void {
  for (const { paidAt, amountCents } of scene.ticket.refunds) {
    if (paidAt !== null && amountCents > 0) scene.add('EVT', paidAt, { refund_paid_cents: amountCents })
  }
}

type Visit = 'kept' | 'missed' | 'uncounted'

/**
 * K-66: kept where somebody arrived by the end of the window and its grace, and the company moved it once at most; one that the customer moved
 * is replaced by a new one. Not counted while there is still time, nor where the ticket ended before.
 */
function visitOf(scene: FactScene, appointment: Appointment): Visit {
  const { windowEnd, arrivedAt, finishedAt, companyMoves, replacedBy } = appointment
  if (windowEnd === null || replacedBy === 'customer') return 'uncounted'
  const latest = windowEnd + scene.limits.appointmentGrace * MINUTE
  const arrival = arrivedAt ?? finishedAt
  if (arrival !== null) return arrival <= latest && companyMoves <= 1 ? 'kept' : 'missed'
  const ended = visitOverAt(scene.ticket, appointment)
  if (ended !== null) return ended > latest ? 'missed' : 'uncounted'
  return scene.isReached(latest + 1) ? 'missed' : 'uncounted'
}

/** K-66, by the agreed date; a fault within 15 days after an installation is held against its last visit, where that was kept. */
function addAppointments(scene: FactScene): void {
  const { ticket, customer } = scene
  const last = ticket.appointments.length - 1
  for (const [place, appointment] of ticket.appointments.entries()) {
    const visit = visitOf(scene, appointment)
    const at = appointment.windowStart ?? appointment.windowEnd
    if (visit === 'uncounted' || at === null) continue
    const isFaulted = visit === 'kept' && place === last && ticket.kind === 'install' && customer.faultedAt !== null
    const counts = new Counts<'EVT'>()
      .set('appointments', true)
      .set('appointments_kept', visit === 'kept')
      .set('appointments_faulted', isFaulted)
    scene.add('EVT', at, counts.measures)
  }
}

/** K-73, by payment, once the service is back; the payment is known only from the restoration that names it. */
function addReconnection(scene: FactScene): void {
  const { reconnectPaidAt, serviceRestoredAt } = scene.ticket
  if (reconnectPaidAt === null || serviceRestoredAt === null) return
  const isIn30 = serviceRestoredAt - reconnectPaidAt <= scene.limits.reconnect * MINUTE
  scene.add('EVT', reconnectPaidAt, new Counts<'EVT'>().set('reconnections', true).set('reconnected_30', isIn30).measures)
}

/** `EVT`: what happened, at the instant at which it did. Of a cancelled ticket only the money that was paid (domain.md 3.7-8). */
export function addEvents(scene: FactScene): void {
  addRefunds(scene)
  if (scene.isCancelled) return
  addDispatch(scene)
  addReviews(scene)
  addSurveys(scene)
  addRepairs(scene)
  addAppointments(scene)
  addReconnection(scene)
}
