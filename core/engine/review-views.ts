import type { CaseReview, ReviewBody, ReviewCard, ReviewFigures, Reviews } from '../contract/reviews.ts'
import { may } from '../domain/access.ts'
import type { Alert } from '../domain/alert/alert.ts'
import { fieldsOf, missingFields } from '../domain/review/content.ts'
import { ownersAt } from '../domain/review/owners.ts'
import { limitState, REVIEW_PLANS, signersOf } from '../domain/review/plan.ts'
import { type SignableReview, signReviewRefusal } from '../domain/review/sign.ts'
import type { RegionTree, Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { loadAlert } from '../store/alert-store.ts'
import { loadCardRow } from '../store/alert-card-store.ts'
import { loadReviewMeasures, type ReviewMeasureRow } from '../store/review-measure-store.ts'
import { countReviews, highestColour, listReviews, loadReview, loadReviewSignatures, loadReviewVersions, type ReviewFilter, type ReviewRow, type ReviewVersionRow, type SignatureRow } from '../store/review-store.ts'
import type { Engine } from './context.ts'
import { draftContent, reviewFigures } from './review-figures.ts'

/** Who reads, writes or signs. */
export interface ReviewReader {
  readonly userId: string
  readonly role: Role
  readonly scope: Scope
}

function cardOf(tree: RegionTree, row: ReviewRow, counts: { readonly signed: number; readonly openMeasures: number; readonly overdueMeasures: number }, now: Instant): ReviewCard {
  const first = row.firstDueAt === null ? null : { dueAt: row.firstDueAt, doneAt: row.firstDoneAt, state: limitState(row.firstDueAt, row.firstDoneAt, now) }
  const final = { dueAt: row.finalDueAt, doneAt: row.doneAt, state: limitState(row.finalDueAt, row.doneAt, now) }
  const node = tree.get(row.regionCode)
  return {
    alertId: row.alertId, ruleId: row.ruleId, matterKind: row.matterKind, matter: row.matter, regionNameZh: node?.nameZh ?? row.regionCode, regionNameEn: node?.nameEn ?? row.regionCode, severity: row.severity,
    form: REVIEW_PLANS[row.severity].form, status: row.status, round: row.round, first, final, isOverdue: row.status === 'open' && (first?.state === 'overdue' || final.state === 'overdue'),
    signers: [...signersOf(row.severity, row.regionCode, tree)], reopenedBy: row.reopenedBy, ...counts,
  }
}

/** The reviews of a scope, with how many are open and overdue in all. */
export async function viewReviews({ pool, tree }: Engine, scope: Scope, filter: ReviewFilter): Promise<Reviews> {
  const rows = await listReviews(pool, scope, filter)
  const items = rows.map((row) => cardOf(tree, row, { signed: row.signatures, openMeasures: row.openMeasures, overdueMeasures: row.overdueMeasures }, filter.now))
  return { asOf: filter.now, ...(await countReviews(pool, scope, filter.now)), items }
}

/** The signatures of the running round that stand. */
export const standing = (review: ReviewRow, signatures: readonly SignatureRow[]): SignatureRow[] => signatures.filter(({ round, withdrawnAt }) => round === review.round && withdrawnAt === null)

/** A review as far as signing it goes. */
export function signable(tree: RegionTree, review: ReviewRow, alert: Alert, parts: { readonly latest: ReviewVersionRow | undefined; readonly measures: number; readonly signatures: readonly SignatureRow[] }): SignableReview {
  const { latest, measures, signatures } = parts
  return {
    status: review.status, severity: review.severity, version: review.version, signers: signersOf(review.severity, review.regionCode, tree), handlers: alert.handlers,
    missing: latest === undefined ? fieldsOf(REVIEW_PLANS[review.severity].form) : missingFields(REVIEW_PLANS[review.severity].form, latest.content, measures),
    signatures: standing(review, signatures),
  }
}

const shownMeasure = ({ alertId: _, ownerAt: _at, ...measure }: ReviewMeasureRow, now: Instant) => ({ ...measure, isOverdue: measure.doneAt === null && now > measure.dueAt })

/** The review of a case as a person of the scope sees it; `not_a_case` for an alert of another kind, undefined outside of the scope. */
export async function viewReview(sql: Sql, tree: RegionTree, reader: ReviewReader, scope: Scope, alertId: string, now: Instant): Promise<CaseReview | 'not_a_case' | undefined> {
  const card = await loadCardRow(sql, scope, alertId)
  const alert = card === undefined ? undefined : await loadAlert(sql, alertId)
  if (card === undefined || alert === undefined) return undefined
  if ((await highestColour(sql, alertId)) === null) return 'not_a_case'
  const review = await loadReview(sql, scope, alertId)
  const figures = await reviewFigures(sql, alertId, now)
  if (review === undefined || figures === undefined) return { alertId: alert.id, review: null, why: alert.state === 'resolved' || alert.state === 'closed' ? 'not_needed' : 'not_ended' }
  const [versions, signatures, measures] = [await loadReviewVersions(sql, alertId), await loadReviewSignatures(sql, alertId), await loadReviewMeasures(sql, alertId)]
  const latest = versions[0]
  const toSign = signable(tree, review, alert, { latest, measures: measures.length, signatures })
  const open = measures.filter(({ doneAt }) => doneAt === null)
  const counts = { signed: toSign.signatures.length, openMeasures: open.length, overdueMeasures: open.filter(({ dueAt }) => now > dueAt).length }
  const mayWrite = may(reader.role, 'see_ticket_text')
  return {
    alertId: alert.id, why: 'owed',
    review: {
      card: cardOf(tree, review, counts, now), version: review.version, missing: [...toSign.missing], fields: [...fieldsOf(REVIEW_PLANS[review.severity].form)],
      content: latest === undefined ? await draftContent(sql, alertId, figures) : (latest.content as ReviewBody), figures, measures: measures.map((measure) => shownMeasure(measure, now)),
      versions: versions.map((version) => ({ ...version, content: version.content as ReviewBody, figures: version.figures as ReviewFigures })),
      signatures: signatures.map(({ round, version, role, name, at, withdrawnAt }) => ({ round, version, role, name, at, withdrawnAt })),
      waiting: review.status === 'open' ? toSign.signers.filter((_, slot) => !toSign.signatures.some((signature) => signature.slot === slot)) : [],
      watchUntil: review.watchUntil, mayWrite, maySign: mayWrite && signReviewRefusal(toSign, reader, review.version) === null, owners: ownersAt(review.regionCode, tree).map(({ role }) => role),
    },
  }
}
