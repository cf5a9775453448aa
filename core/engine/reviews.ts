import type { ReviewBody } from '../contract/reviews.ts'
import { may } from '../domain/access.ts'
import type { Actor, Alert } from '../domain/alert/alert.ts'
import { isDate } from '../domain/calendar.ts'
import { isFirstVersion, type ReviewContent, type ReviewField } from '../domain/review/content.ts'
import { ownerOf } from '../domain/review/owners.ts'
import { watchedUntil } from '../domain/review/plan.ts'
import { isSigned, signReviewRefusal, slotFor } from '../domain/review/sign.ts'
import { ROLE_NAMES } from '../domain/role-names.ts'
import { dayOfDate, startOfDay } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { insertReviewMeasure, loadReviewMeasures, lockReviewMeasure, markReviewMeasure } from '../store/review-measure-store.ts'
import { insertReviewSignature, insertReviewVersion, loadReview, loadReviewSignatures, loadReviewVersions, lockReview, markReviewDone, type ReviewRow } from '../store/review-store.ts'
import { insertTransitions } from '../store/transition-store.ts'
import { moveAlert } from './alert-life.ts'
import type { EngineTx } from './context.ts'
import { endTold, settleTold } from './review-alerts.ts'
import { reviewFigures } from './review-figures.ts'
import { type ReviewReader, signable } from './review-views.ts'
import { publish } from './ticket-book.ts'

/** A person who writes or signs. */
export type ReviewWriter = ReviewReader & { readonly actor: Extract<Actor, { kind: 'user' }> }

export type ReviewRefusal =
  | { readonly why: 'unknown' | 'role_may_not' | 'not_open' | 'no_owner' | 'in_past' | 'no_such_day' }
  | { readonly why: 'newer_version'; readonly version: number }

interface Held {
  readonly alert: Alert
  readonly review: ReviewRow
}

/** The case and its review under their locks, in that order; `unknown` outside of the scope, and where none is owed. */
async function hold(etx: EngineTx, { scope, role }: ReviewWriter, alertId: string): Promise<Held | ReviewRefusal> {
  if ((await loadReview(etx.tx, scope, alertId)) === undefined) return { why: 'unknown' }
  const [alert] = await lockAlerts(etx.tx, [alertId])
  const review = await lockReview(etx.tx, alertId)
  if (alert === undefined || review === undefined) return { why: 'unknown' }
  return may(role, 'see_ticket_text') ? { alert, review } : { why: 'role_may_not' }
}

/** A line in the timeline of the case, whatever state it is in: what is said of it afterwards belongs to it too (domain.md 7.9). */
async function note(etx: EngineTx, { alert }: Pick<Held, 'alert'>, actor: Actor, reason: string, detail: Record<string, unknown>): Promise<void> {
  await insertTransitions(etx.tx, [{ alertId: alert.id, at: etx.now, actor, move: 'note', from: alert, to: alert, reason, detail: { kind: 'review', ...detail }, client: 'api' }])
  await publish(etx, [{ alert, hasChanged: false, hasLine: true }])
}

/** Keeps the next version of a review with the figures of this moment; an edit made upon an older one is refused with the number of the newest. */
export async function saveReview(etx: EngineTx, writer: ReviewWriter, alertId: string, order: { readonly basedOn: number; readonly content: ReviewBody }): Promise<ReviewRefusal | 'done'> {
  const held = await hold(etx, writer, alertId)
  if ('why' in held) return held
  const { review } = held
  if (review.status !== 'open') return { why: 'not_open' }
  if (order.basedOn !== review.version) return { why: 'newer_version', version: review.version }
  await keepVersion(etx, writer, review, order.content)
  await note(etx, held, writer.actor, `复盘第 ${review.version + 1} 版 Review, version ${review.version + 1}`, { version: review.version + 1 })
  await settleTold(etx, alertId)
  return 'done'
}

/** Freezes these words with the figures and measures of this moment; signatures under an older version are withdrawn by it. */
async function keepVersion(etx: EngineTx, writer: ReviewWriter, review: ReviewRow, content: ReviewContent): Promise<void> {
  const figures = await reviewFigures(etx.tx, review.alertId, etx.now)
  await insertReviewVersion(etx.tx, review, { content, figures, isFirst: isFirstVersion(content), by: writer.userId, at: etx.now })
}

/** Why a signature was not given, beside what stands in the way of writing. */
export type SignRefusal =
  | { readonly why: 'not_signer'; readonly signers: readonly Role[] }
  | { readonly why: 'incomplete'; readonly missing: readonly ReviewField[] }
  | { readonly why: 'same_person' | 'own_case' | 'no_version' }

/** Gives a signature for a version; the last one ends the review and closes the case (domain.md 7.1, 7.7). */
export async function signReview(etx: EngineTx, writer: ReviewWriter, alertId: string, version: number): Promise<ReviewRefusal | SignRefusal | 'done'> {
  const held = await hold(etx, writer, alertId)
  if ('why' in held) return held
  const { alert, review } = held
  const [versions, signatures, measures] = [await loadReviewVersions(etx.tx, alertId), await loadReviewSignatures(etx.tx, alertId), await loadReviewMeasures(etx.tx, alertId)]
  const toSign = signable(etx.engine.tree, review, alert, { latest: versions[0], measures: measures.length, signatures })
  const why = signReviewRefusal(toSign, writer, version)
  const slot = slotFor(toSign, writer.role)
  if (why === 'role_may_not') return { why: 'not_signer', signers: toSign.signers.filter((_, index) => !toSign.signatures.some((signature) => signature.slot === index)) }
  if (why === 'newer_version') return { why, version: review.version }
  if (why === 'not_open') return { why }
  if (why === 'incomplete') return { why, missing: toSign.missing }
  if (why !== null) return { why }
  if (slot === null) throw new Error('a signature that may be given has its place')
  const signature = { slot, role: writer.role, userId: writer.userId, at: etx.now }
  await insertReviewSignature(etx.tx, review, signature)
  await note(etx, held, writer.actor, `复盘签字 Review signed：${ROLE_NAMES[writer.role].zh} ${ROLE_NAMES[writer.role].en}，v${version}`, { version, slot })
  if (isSigned({ ...toSign, signatures: [...toSign.signatures, signature] })) await finish(etx, held)
  return 'done'
}

/** The review is done: the case is closed where a person had resolved it, and whoever was told of its limits need not look any more. */
async function finish(etx: EngineTx, { alert, review }: Held): Promise<void> {
  await markReviewDone(etx.tx, review.alertId, etx.now, watchedUntil(etx.now, etx.engine))
  if (alert.state === 'resolved') await moveAlert(etx, alert.id, { move: 'close', reason: '复盘已签字 / Its review is signed' }, { kind: 'engine' }, 'engine')
  await settleTold(etx, review.alertId)
}

/** Adds a measure to an open review, its owner a post of the case's place and due at the end of a day. What is signed holds its measures: where there is a version, a new one is kept. */
export async function addReviewMeasure(etx: EngineTx, writer: ReviewWriter, alertId: string, order: { readonly what: string; readonly ownerRole: Role; readonly dueOn: string }): Promise<ReviewRefusal | 'done'> {
  const held = await hold(etx, writer, alertId)
  if ('why' in held) return held
  const { review } = held
  if (review.status !== 'open') return { why: 'not_open' }
  const owner = ownerOf(order.ownerRole, review.regionCode, etx.engine.tree)
  if (owner === null) return { why: 'no_owner' }
  if (!isDate(order.dueOn)) return { why: 'no_such_day' }
  const dueAt = startOfDay(dayOfDate(order.dueOn) + 1, etx.engine.zone)
  if (dueAt <= etx.now) return { why: 'in_past' }
  await insertReviewMeasure(etx.tx, alertId, { what: order.what, ownerRole: owner.role, ownerAt: owner.at, dueAt, by: writer.userId, at: etx.now })
  const [latest] = await loadReviewVersions(etx.tx, alertId)
  if (latest !== undefined) await keepVersion(etx, writer, review, latest.content)
  await note(etx, held, writer.actor, `复盘措施 Measure of the review：${order.what}（${ROLE_NAMES[owner.role].zh} ${ROLE_NAMES[owner.role].en}，${order.dueOn}）`, {})
  return 'done'
}

/** Says that a measure is done, or takes that back, before and after the review is signed; what told its owner is over with it. Saying it twice changes nothing. */
export async function finishReviewMeasure(etx: EngineTx, writer: ReviewWriter, alertId: string, order: { readonly id: string; readonly isDone: boolean }): Promise<ReviewRefusal | 'done'> {
  const held = await hold(etx, writer, alertId)
  if ('why' in held) return held
  const measure = await lockReviewMeasure(etx.tx, alertId, order.id)
  if (measure === undefined) return { why: 'unknown' }
  if ((measure.doneAt !== null) === order.isDone) return 'done'
  await markReviewMeasure(etx.tx, measure.id, order.isDone ? writer.userId : null, etx.now)
  if (order.isDone) await endTold(etx, measure.toldAlertId, '措施已完成 / The measure is done')
  await note(etx, held, writer.actor, `${order.isDone ? '复盘措施完成 Measure done' : '复盘措施改为未完成 Measure not done'}：${measure.what}`, {})
  return 'done'
}
