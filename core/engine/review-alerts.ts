import { REOPEN_LIMIT } from '../domain/alert/guards.ts'
import type { RelationTarget } from '../domain/escalation/ladder.ts'
import { REVIEW_PLANS, reviewLimits, toldFrom } from '../domain/review/plan.ts'
import { recurrenceOf } from '../domain/review/recurrence.ts'
import { ROLE_NAMES } from '../domain/role-names.ts'
import type { Instant } from '../domain/time.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { findDueMeasures, lockReviewMeasure, markMeasureTold } from '../store/review-measure-store.ts'
import { endWatch, findToldInVain, findUnreviewed, findUntold, findWatched, loadLaterCases, loadReviewSignatures, lockReview, markReviewTold, type ReviewRow, startRound } from '../store/review-store.ts'
import { insertTransitions } from '../store/transition-store.ts'
import { moveAlert, openAlert } from './alert-life.ts'
import type { Engine, EngineTx } from './context.ts'
import { dayCountOf } from './review-gate.ts'
import { publish } from './ticket-book.ts'
import { inEngineTransaction } from './transaction.ts'

/** The rules by which a measure that is due, and a review whose limit has passed, are told. */
export const MEASURE_RULE = 'RV-01'
export const REVIEW_RULE = 'RV-02'
const AT_ONCE = 200

const inWords = (owners: readonly RelationTarget[]) => owners.map(({ role }) => `${ROLE_NAMES[role].zh} ${ROLE_NAMES[role].en}`).join('、')

/** A blue alert for the posts whose work it is, by the ordinary ladder of a blue case. */
async function tellOwners(etx: EngineTx, review: ReviewRow, told: { readonly ruleId: string; readonly owners: readonly RelationTarget[]; readonly openedAt: Instant; readonly dueAt: Instant; readonly reason: string; readonly facts: Record<string, unknown> }): Promise<string> {
  const facts = { caseId: review.alertId, dueAt: told.dueAt, ...told.facts, owners: told.owners }
  const alert = await openAlert(etx, {
    kind: 'risk', ruleId: told.ruleId, severity: 1, ticketKey: null, regionCode: review.regionCode, facts, parameters: {}, ruleVersion: 1, openedAt: told.openedAt, suppressedBy: null, reason: told.reason,
  })
  return alert.id
}

/** What told of something is over; nothing happens where a person has ended it already. */
export async function endTold(etx: EngineTx, alertId: string | null, reason: string): Promise<void> {
  if (alertId !== null) await moveAlert(etx, alertId, { move: 'auto_resolve', reason }, { kind: 'engine' }, 'engine')
}

/** Ends the alerts of limits of a review that nobody has to be told of any more. */
export async function settleTold(etx: EngineTx, alertId: string): Promise<void> {
  const review = await lockReview(etx.tx, alertId)
  if (review === undefined) return
  for (const which of ['first', 'final'] as const) {
    const toldBy = which === 'first' ? review.firstAlertId : review.finalAlertId
    const isOver = review.status !== 'open' || (which === 'first' && review.firstDoneAt !== null)
    if (toldBy === null || !isOver) continue
    await endTold(etx, toldBy, review.status === 'withdrawn' ? '案件已重开，不再应复盘 / The case was taken up again' : '复盘已完成该步 / The review has got that far')
    await markReviewTold(etx.tx, alertId, which, null)
  }
}

/** A review whose limit has passed is told to who has yet to sign it; once for each limit of a round. */
async function tellLimit(etx: EngineTx, found: { readonly alertId: string; readonly which: 'first' | 'final' }): Promise<boolean> {
  await lockAlerts(etx.tx, [found.alertId])
  const review = await lockReview(etx.tx, found.alertId)
  if (review === undefined || review.status !== 'open') return false
  const isFirst = found.which === 'first'
  const dueAt = isFirst ? review.firstDueAt : review.finalDueAt
  const isTold = isFirst ? review.firstDoneAt !== null || review.firstAlertId !== null : review.finalAlertId !== null
  if (dueAt === null || isTold) return false
  const given = (await loadReviewSignatures(etx.tx, review.alertId)).filter(({ round, withdrawnAt }) => round === review.round && withdrawnAt === null)
  const owners = REVIEW_PLANS[review.severity].signers.filter((_, slot) => !given.some((signature) => signature.slot === slot))
  const reason = isFirst ? `复盘初稿逾期 / The first version of the review is overdue：${inWords(owners)}` : `复盘签字逾期 / The review is not signed in time：${inWords(owners)}`
  const toldBy = await tellOwners(etx, review, { ruleId: REVIEW_RULE, owners, openedAt: toldFrom(dueAt, dayCountOf(etx)), dueAt, reason, facts: {} })
  await markReviewTold(etx.tx, review.alertId, found.which, toldBy)
  return true
}

/** A measure that is due and not done is told to its owner, once (domain.md 7.7). */
async function tellMeasure(etx: EngineTx, found: { readonly id: string; readonly alertId: string }): Promise<boolean> {
  const review = await lockReview(etx.tx, found.alertId)
  const measure = await lockReviewMeasure(etx.tx, found.alertId, found.id)
  if (review === undefined || measure === undefined || measure.doneAt !== null || measure.toldAlertId !== null) return false
  const owners = [{ role: measure.ownerRole, at: measure.ownerAt }]
  const reason = `复盘措施到期未完成 / A measure of a review is due and not done：${measure.what}（${inWords(owners)}）`
  const toldBy = await tellOwners(etx, review, { ruleId: MEASURE_RULE, owners, openedAt: toldFrom(measure.dueAt, dayCountOf(etx)), dueAt: measure.dueAt, reason, facts: { measure: measure.what } })
  await markMeasureTold(etx.tx, measure.id, toldBy)
  return true
}

/** When the watched days are over and the same thing has come back, the review begins again (domain.md 7.7; docs/adr/0036). */
async function endWatchedDays(etx: EngineTx, alertId: string): Promise<boolean> {
  const [alert] = await lockAlerts(etx.tx, [alertId])
  const review = await lockReview(etx.tx, alertId)
  if (alert === undefined || review === undefined || review.watchUntil === null || review.doneAt === null || review.watchUntil > etx.now) return false
  const { regionPath, doneAt, watchUntil } = review
  const again = recurrenceOf({ regionPath, doneAt, watchUntil }, await loadLaterCases(etx.tx, review, doneAt))
  await endWatch(etx.tx, alertId)
  if (again === null) return true
  await startRound(etx.tx, alertId, review.severity, { fromAt: watchUntil, ...reviewLimits(review.severity, watchUntil, dayCountOf(etx)) }, again.alertId)
  const reason = `30 天内同一现象、同一区域再次发生（#${again.alertId}），复盘重启 / It came back within 30 days (#${again.alertId}): the review is open again`
  await insertTransitions(etx.tx, [{ alertId, at: etx.now, actor: { kind: 'engine' }, move: 'note', from: alert, to: alert, reason, detail: { kind: 'review', because: 'recurrence', again: again.alertId }, client: 'engine' }])
  await publish(etx, [{ alert, hasChanged: false, hasLine: true }])
  return true
}

const CLOSE = { move: 'close', reason: '无需复盘，可重开时限已过 / No review is needed, and it can no longer be taken up again' } as const

/**
 * Tells of measures and reviews whose limit has passed, takes back what was told in vain, opens reviews again whose matter came back, and closes cases that need no
 * review; returns how much was done. Once a minute; several workers may run it at once.
 */
export async function runReviews(engine: Engine, now: Instant): Promise<number> {
  let done = 0
  const each = async <T>(items: readonly T[], act: (etx: EngineTx, item: T) => Promise<unknown>) => {
    for (const item of items) if ((await inEngineTransaction(engine, now, (etx) => act(etx, item))) !== false) done += 1
  }
  const days = dayCountOf({ engine, settings: await engine.settings(now) })
  const isToBeTold = ({ dueAt }: { readonly dueAt: Instant }) => toldFrom(dueAt, days) <= now
  await each((await findUntold(engine.pool, now, AT_ONCE)).filter(isToBeTold), tellLimit)
  await each((await findDueMeasures(engine.pool, now, AT_ONCE)).filter(isToBeTold), tellMeasure)
  await each(await findToldInVain(engine.pool, AT_ONCE), settleTold)
  await each(await findWatched(engine.pool, now, AT_ONCE), endWatchedDays)
  await each(await findUnreviewed(engine.pool, now - REOPEN_LIMIT, AT_ONCE), async (etx, id) => (await moveAlert(etx, id, CLOSE, { kind: 'engine' }, 'engine')).ok)
  return done
}
