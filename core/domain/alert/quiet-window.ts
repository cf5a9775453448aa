import { isWithin } from '../region.ts'
import { covers, type Matter } from '../risk/matter.ts'
import type { RiskParameters } from '../risk/reading.ts'
import { DAY, type Instant } from '../time.ts'
import type { AlertKind, Severity } from '../vocabulary.ts'

/** Announced work, or a silence that a person asks for; both record what they hide, page nobody and end by themselves (domain.md 7.4). */
export const QUIET_KINDS = ['maintenance', 'silence'] as const
export type QuietKind = (typeof QUIET_KINDS)[number]

export interface QuietWindow {
  readonly id: string
  readonly kind: QuietKind
  readonly regionPath: string
  /** The product that is worked on: its phenomena and its incidents; null: everything in the region. */
  readonly product: string | null
  /** Only these rules; empty: all. */
  readonly ruleIds: readonly string[]
  readonly from: Instant
  /** The end, not included. */
  readonly to: Instant
  /** Ended early. */
  readonly endedAt: Instant | null
}

/** An alert, as far as a window goes. */
export interface QuietAlert {
  readonly kind: AlertKind
  readonly ruleId: string
  readonly severity: Severity
  readonly regionPath: string
  /** What it is about: a case's matter, a ticket's phenomenon. */
  readonly matter: Matter
}

/** The longest that anything is kept quiet; what lasts longer is asked for again. */
export const LONGEST_WINDOW = 30 * DAY
/** How long after its beginning a window may still be announced. */
export const ANNOUNCED_WITHIN = DAY

/** Tickets of these rules are never hidden (domain.md 4.1-6), nor are cases of these (7.4). */
const NEVER_HIDDEN: readonly string[] = ['AT-13', 'AT-14', 'AT-25', 'MR-10', 'MR-17']

/** Whether an alert is heard whatever window it lies in: MR-07 when red, MR-10, MR-17 and tickets that no case hides either; and of silences, all that is red. */
export function isHeard(window: Pick<QuietWindow, 'kind'>, { ruleId, severity }: Pick<QuietAlert, 'ruleId' | 'severity'>): boolean {
  if (NEVER_HIDDEN.includes(ruleId)) return true
  return severity === 4 && (ruleId === 'MR-07' || window.kind === 'silence')
}

/** Whether a window stands at an instant. */
export const stands = ({ from, to, endedAt }: Pick<QuietWindow, 'from' | 'to' | 'endedAt'>, at: Instant): boolean => from <= at && at < Math.min(to, endedAt ?? to)

/** Whether a window hides an alert at `at`: it stands, the alert lies in its region, is about its product and of its rules, and is not one that is heard all the same. */
export function hides(window: QuietWindow, alert: QuietAlert, risk: Pick<RiskParameters, 'outage'>, at: Instant): boolean {
  if (!stands(window, at) || isHeard(window, alert) || !isWithin(alert.regionPath, window.regionPath)) return false
  if (window.ruleIds.length > 0 && !window.ruleIds.includes(alert.ruleId)) return false
  if (window.product === null) return true
  const product: Matter = { kind: 'product', name: window.product }
  return (alert.matter.kind === 'product' && alert.matter.name === window.product) || (alert.matter.kind === 'phenomenon' && covers(product, alert.matter.name, risk))
}

/** Why a window cannot be put up, as `field: mend` in both languages; empty when it can. */
export function quietFaults(window: Pick<QuietWindow, 'kind' | 'product' | 'ruleIds' | 'from' | 'to'>, now: Instant): readonly string[] {
  const faults: string[] = []
  const { from, to } = window
  if (to <= from) faults.push('to: 结束须晚于开始 / must end after it begins')
  if (to <= now) faults.push('to: 已经过去 / lies in the past')
  if (from < now - ANNOUNCED_WITHIN) faults.push('from: 开始不得早于 24 小时之前 / must not begin more than 24 h ago')
  if (to - from > LONGEST_WINDOW) faults.push('to: 最长 30 天，到期可再申请 / at most 30 days; ask again when it ends')
  if (window.kind === 'silence' && window.ruleIds.length === 0 && window.product === null) {
    faults.push('ruleIds: 静默须指明规则或产品 / a silence names rules or a product')
  }
  return faults
}
