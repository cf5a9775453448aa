import { type Alert, isToldOnce, needsAck } from '../alert/alert.ts'
import type { AlertState } from '../vocabulary.ts'
import { type Outcome, withMore } from './outcome.ts'

/** A delivery whose turn has come. */
export interface Waiting {
  readonly alert: Pick<Alert, 'state' | 'severity' | 'ackedSeverity' | 'isLateDetected'>
  /** The run that queued it has stopped or started again. */
  readonly runIsOver: boolean
  /** What that run drives people to: an answer, or a plan once the handling limit is over. */
  readonly purpose: 'answer' | 'handling'
  /** Calls of which nobody knows whether they arrived, a claim that ran out counted as one. */
  readonly unconfirmedCalls: number
  /** The channel drops a second delivery with the same id by itself. */
  readonly isIdempotent: boolean
}

export type SendDecision =
  | { readonly kind: 'call'; readonly isRepeat: boolean }
  | { readonly kind: 'drop'; readonly state: 'cancelled' | 'failed'; readonly why: Outcome }

const CANCELLED: Outcome = { zh: '已撤回', en: 'cancelled' }
const NOT_REPEATED: Outcome = { zh: '未获证实，不再重发', en: 'unconfirmed, not repeated' }
export const UNCONFIRMED_TWICE: Outcome = { zh: '两次未获证实，可能已送达', en: 'unconfirmed twice: may have arrived' }

const REASONS = {
  acknowledged: { zh: '已确认', en: 'acknowledged' },
  restarted: { zh: '升级流程已重新开始', en: 'the ladder started again' },
  covered: { zh: '本工单改由另一预警统一通知', en: 'another alert of the ticket pages for it' },
} as const

const STATE_ZH: Readonly<Record<AlertState, string>> = {
  open: '未确认',
  acknowledged: '已确认',
  handling: '处理中',
  mitigated: '已缓解',
  resolved: '已解决',
  closed: '已关闭',
  suppressed: '已抑制',
  false_positive: '已判误报',
  merged: '已并入其他案件',
  retracted: '已撤销',
}

/** Why what waited for an alert is no longer sent: it was answered, it asks nobody in its state, or its ladder started again. */
export type Withdrawal = keyof typeof REASONS | AlertState

const reasonOf = (withdrawal: Withdrawal): Outcome =>
  withdrawal === 'restarted' || withdrawal === 'acknowledged' || withdrawal === 'covered'
    ? REASONS[withdrawal]
    : { zh: `预警${STATE_ZH[withdrawal]}`, en: `the alert is ${withdrawal}` }

/** The outcome of a row taken back: never called, or called once with nobody to vouch for it. */
export function withdrawn(withdrawal: Withdrawal): { readonly uncalled: Outcome; readonly unconfirmed: Outcome } {
  const reason = reasonOf(withdrawal)
  return { uncalled: withMore(CANCELLED, reason), unconfirmed: withMore(NOT_REPEATED, reason) }
}

/**
 * Call or not, and why (invariants 8 and 9): only while the alert still asks for people, or is to be told once (domain.md 7.4), and after a call that nobody can vouch for at
 * most once more, as a repeat with the same delivery id.
 */
export function decideSend({ alert, runIsOver, purpose, unconfirmedCalls, isIdempotent }: Waiting): SendDecision {
  const isUnknown = unconfirmedCalls > 0 && !isIdempotent
  // An answer ends what asks for an answer; what asks for a plan ends with its run.
  const isAnswered = purpose === 'answer' && !needsAck(alert)
  if (!isToldOnce(alert) && (runIsOver || isAnswered)) {
    const { uncalled, unconfirmed } = withdrawn(needsAck(alert) ? 'restarted' : alert.ackedSeverity === null || purpose === 'handling' ? alert.state : 'acknowledged')
    return isUnknown ? { kind: 'drop', state: 'failed', why: unconfirmed } : { kind: 'drop', state: 'cancelled', why: uncalled }
  }
  if (isUnknown && unconfirmedCalls > 1) return { kind: 'drop', state: 'failed', why: UNCONFIRMED_TWICE }
  return { kind: 'call', isRepeat: isUnknown }
}
