import type { ReviewBody, ReviewFigures } from '../contract/reviews.ts'
import { EMPTY_CONTENT } from '../domain/review/content.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadLines } from '../store/case-work-store.ts'
import { countReviewAppeals, loadReviewFacts, loadReviewRefunds } from '../store/review-figure-store.ts'
import { loadReviewMeasures } from '../store/review-measure-store.ts'

/** Appeals this long after the opening belong to a case (domain.md 7.7). */
const APPEALS_WITHIN = 30 * DAY

/** What the system knows of a case for its review, as of `now`; undefined for an alert that is no case. The caller has checked the scope. */
export async function reviewFigures(sql: Sql, alertId: string, now: Instant): Promise<ReviewFigures | undefined> {
  const facts = await loadReviewFacts(sql, alertId)
  if (facts === undefined) return undefined
  const measures = await loadReviewMeasures(sql, alertId)
  return {
    asOf: now,
    ...facts,
    refunds: await loadReviewRefunds(sql, alertId),
    appeals: await countReviewAppeals(sql, alertId, facts.firstAlertAt, facts.firstAlertAt + APPEALS_WITHIN),
    measures: measures.map(({ what, ownerRole, dueAt, doneAt }) => ({ what, ownerRole, dueAt, doneAt })),
  }
}

/** A draft from what is known: whether it told late (late data, or answered after its limit), the words that were said. The rest is for people to say. */
export async function draftContent(sql: Sql, alertId: string, figures: ReviewFigures): Promise<ReviewBody> {
  const [line] = await loadLines(sql, alertId)
  const isLate = figures.isLateDetected || (figures.ackDueAt !== null && (figures.ackedAt ?? figures.asOf) > figures.ackDueAt)
  return { ...EMPTY_CONTENT, causes: [], late: isLate ? 'yes' : null, line: line?.text ?? '' }
}
