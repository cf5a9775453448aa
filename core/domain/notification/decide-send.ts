import { type Alert, needsAck } from '../alert/alert.ts'

/** A delivery whose turn has come. */
export interface Waiting {
  readonly alert: Pick<Alert, 'state' | 'severity' | 'ackedSeverity'>
  /** The run that queued it has stopped or started again. */
  readonly runIsOver: boolean
  /** Calls of which nobody knows whether they arrived, a claim that ran out counted as one. */
  readonly unconfirmedCalls: number
  /** The channel drops a second delivery with the same id by itself. */
  readonly isIdempotent: boolean
}

export type SendDecision =
  | { readonly kind: 'call'; readonly isRepeat: boolean }
  | { readonly kind: 'drop'; readonly state: 'cancelled' | 'failed'; readonly why: string }

/**
 * Call or not, and why (invariants 8 and 9): only while the alert still asks for people, and after a call that nobody can vouch for at
 * most once more, as a repeat with the same delivery id.
 */
export function decideSend({ alert, runIsOver, unconfirmedCalls, isIdempotent }: Waiting): SendDecision {
  const isUnknown = unconfirmedCalls > 0 && !isIdempotent
  if (runIsOver || !needsAck(alert)) {
    const why = needsAck(alert) ? 'the ladder started again' : alert.ackedSeverity === null ? `the alert is ${alert.state}` : 'acknowledged'
    return isUnknown
      ? { kind: 'drop', state: 'failed', why: `unconfirmed, not repeated: ${why}` }
      : { kind: 'drop', state: 'cancelled', why: `cancelled: ${why}` }
  }
  if (isUnknown && unconfirmedCalls > 1) return { kind: 'drop', state: 'failed', why: 'unconfirmed twice: may have arrived' }
  return { kind: 'call', isRepeat: isUnknown }
}
