import type { Actor, Alert } from '../alert/alert.ts'
import { isWithin } from '../region.ts'
import type { Role } from '../vocabulary.ts'

/** 属实 or 失实 (domain.md 1.1, B.5). */
export const CHECK_RESULTS = ['confirmed', 'not_confirmed'] as const
export type CheckResult = (typeof CHECK_RESULTS)[number]

/** What followed for who was responsible (domain.md B.5). */
export const CHECK_MEASURES = ['reminder', 'deduction', 'training'] as const
export type CheckMeasure = (typeof CHECK_MEASURES)[number]

/** "5 % of resolved A2 and all A3–A4 are checked" (domain.md 4.4). */
export const SAMPLED_PERCENT = 5
/** Prime to 100: of any hundred alerts in a row as many as the share says are in the sample, and no rule or place has more than its part. */
export const SAMPLE_FACTOR = 7_919
export const LEAST_SAMPLED = 2
export const LEAST_ALWAYS = 3

/** Whether an alert of level A2 is in the sample: always the same answer for the same alert. */
export const isSampled = (alertId: string): boolean => (BigInt(alertId) * BigInt(SAMPLE_FACTOR)) % 100n < BigInt(SAMPLED_PERCENT)

const CHECKERS: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept']
const WORDS: Readonly<Record<CheckResult | CheckMeasure, { readonly zh: string; readonly en: string }>> = {
  confirmed: { zh: '属实', en: 'confirmed' },
  not_confirmed: { zh: '失实', en: 'not confirmed' },
  reminder: { zh: '提醒', en: 'reminder' },
  deduction: { zh: '扣分', en: 'deduction' },
  training: { zh: '培训', en: 'training' },
}

export type CheckRefusal = 'out_of_scope' | 'role_may_not' | 'not_handled' | 'separation_of_duty'

type Checked = Pick<Alert, 'kind' | 'state' | 'regionPath' | 'handlers'>

/** Why a person may not check an alert, or null where he may: a checker of its place, once it has been handled, and not one of those who handled it (domain.md 2.4, 4.2). */
export function checkRefusal(alert: Checked, actor: Extract<Actor, { kind: 'user' }>): CheckRefusal | null {
  if (!isWithin(alert.regionPath, actor.regionPath)) return 'out_of_scope'
  if (!CHECKERS.includes(actor.role)) return 'role_may_not'
  if (alert.kind !== 'abnormal' || (alert.state !== 'resolved' && alert.state !== 'closed')) return 'not_handled'
  return alert.handlers.includes(actor.userId) ? 'separation_of_duty' : null
}

/** A check as a line of the alert's history, Chinese and English in one text. */
export function checkInWords({ result, measure, note }: { readonly result: CheckResult; readonly measure: CheckMeasure | null; readonly note: string }): string {
  const zh = measure === null ? '' : `，措施：${WORDS[measure].zh}`
  const en = measure === null ? '' : `, measure: ${WORDS[measure].en}`
  return `核查${WORDS[result].zh}${zh} / Checked: ${WORDS[result].en}${en}. ${note}`
}
