import { positionOf } from '../escalation/position.ts'
import type { RelationTarget } from '../escalation/ladder.ts'
import type { RegionTree } from '../region.ts'
import { dayTypeOfDate } from '../day-type.ts'
import { type DayCount, endOfNaturalDay, endOfWorkingDay } from '../ticket/worked-time.ts'
import { atLocal, dateOfDay, dayNumber, dayStart, HOUR, type Instant, localDate, type Zone } from '../time.ts'
import type { Role, Severity } from '../vocabulary.ts'

/** How much a review has to say: `sample` and `short` the same few things, `full` all, `meeting` also what the departments met about. */
export const REVIEW_FORMS = ['sample', 'short', 'full', 'meeting'] as const
export type ReviewForm = (typeof REVIEW_FORMS)[number]

type Limit = { readonly hours: number } | { readonly workdays: number }

interface ReviewPlan {
  readonly form: ReviewForm
  /** When its first version is due; null: none is asked for. */
  readonly first: Limit | null
  readonly final: Limit
  /** One signature for each, by another person each. */
  readonly signers: readonly RelationTarget[]
}

const province = (role: Role): RelationTarget => ({ role, at: 'province' })

/** The table of domain.md 7.7, by the highest colour that the case ever had. */
export const REVIEW_PLANS: Readonly<Record<Severity, ReviewPlan>> = {
  1: { form: 'sample', first: null, final: { workdays: 10 }, signers: [province('duty_leader')] },
  2: { form: 'short', first: null, final: { workdays: 5 }, signers: [province('duty_manager')] },
  3: { form: 'full', first: { workdays: 3 }, final: { workdays: 10 }, signers: [province('province_cs_dept')] },
  4: { form: 'meeting', first: { hours: 24 }, final: { workdays: 5 }, signers: [province('province_cs_dept'), { role: 'group_cs_dept', at: 'group' }] },
}

/** One in so many blue cases is reviewed (domain.md 7.7: a sample of 10 % per month). */
const SAMPLE_ONE_IN = 10

/** FNV-1a, 32 bits: spreads neighbouring numbers, and is the same on every machine. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return (hash ^ (hash >>> 15)) >>> 0
}

/** Whether a blue case belongs to the sample of a month `YYYY-MM`: it follows from its number and the month alone, so that nobody chooses (domain.md 7.7). */
export const isSampled = (caseId: string, month: string): boolean => hashOf(`${month}:${caseId}`) % SAMPLE_ONE_IN === 0

/** The month of an instant, `YYYY-MM`. */
export const monthOf = (at: Instant, zone: Zone): string => localDate(at, zone).slice(0, 7)

/** Whether a case is reviewed at all: yellow and above always, blue when it belongs to the sample of the month in which it was opened. */
export const isReviewed = (highest: Severity, caseId: string, openedAt: Instant, zone: Zone): boolean => highest > 1 || isSampled(caseId, monthOf(openedAt, zone))

const dueAfter = (limit: Limit, from: Instant, days: DayCount): Instant => ('hours' in limit ? from + limit.hours * HOUR : endOfWorkingDay(from, limit.workdays, days))

/** When the first version (null: none is asked for) and the last signature of a review are due, its clock running from `from`; hours natural, days by the calendar, to 24:00 (domain.md 7.7, 3.6). */
export function reviewLimits(highest: Severity, from: Instant, days: DayCount): { readonly firstDueAt: Instant | null; readonly finalDueAt: Instant } {
  const { first, final } = REVIEW_PLANS[highest]
  return { firstDueAt: first === null ? null : dueAfter(first, from, days), finalDueAt: dueAfter(final, from, days) }
}

/** The roles that sign the review of a case at `regionCode`, one signature each, in their order; the group's own people stand in at the root (domain.md 7.2). */
export function signersOf(highest: Severity, regionCode: string, tree: RegionTree): readonly Role[] {
  return REVIEW_PLANS[highest].signers.map((target) => positionOf(target, regionCode, tree)?.role ?? target.role)
}

/** Natural days after the last signature in which the same thing coming back opens the review again (domain.md 7.7). */
const WATCH_DAYS = 30

/** The end of the 30th day after the last signature. */
export const watchedUntil = (doneAt: Instant, days: Pick<DayCount, 'zone'>): Instant => endOfNaturalDay(doneAt, WATCH_DAYS, days)

/** Office hours begin (domain.md 2.5). */
const OFFICE_OPENS = 9 * HOUR

/**
 * When people are told that a limit has passed: of one of whole days, which ends at midnight, at 09:00 of the next workday, because nobody is to be woken for
 * a review (docs/adr/0036); of any other at once.
 */
export function toldFrom(dueAt: Instant, { calendar, zone }: DayCount): Instant {
  if (dueAt !== dayStart(dueAt, zone)) return dueAt
  let day = dayNumber(dueAt, zone)
  while (dayTypeOfDate(dateOfDay(day), calendar) === 'off') day += 1
  return atLocal(dateOfDay(day), OFFICE_OPENS, zone)
}

/** How a limit of a review stands: still to come, passed, kept, kept too late. The limit itself is still in time. */
export type LimitState = 'due' | 'overdue' | 'in_time' | 'late'

/** How a limit stands at `now`, `doneAt` null while what it asks for is not done. */
export function limitState(dueAt: Instant, doneAt: Instant | null, now: Instant): LimitState {
  if (doneAt === null) return now > dueAt ? 'overdue' : 'due'
  return doneAt > dueAt ? 'late' : 'in_time'
}
