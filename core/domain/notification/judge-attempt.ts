import { type Instant, SECOND } from '../time.ts'
import { UNCONFIRMED_TWICE } from './decide-send.ts'
import { type Outcome, withMore } from './outcome.ts'

/** How a call of a channel ended. */
export type Attempt =
  | { readonly kind: 'accepted'; readonly detail: Outcome }
  /** Refused for good: calling again would bring the same answer. */
  | { readonly kind: 'rejected'; readonly detail: Outcome }
  /** The provider answered that it cannot now. */
  | { readonly kind: 'not_now'; readonly detail: Outcome; readonly retryAfterMs?: number }
  /** Nothing left this machine. */
  | { readonly kind: 'not_reached'; readonly detail: Outcome }
  /** It left and no answer came: it may have arrived. */
  | { readonly kind: 'unclear'; readonly detail: Outcome }

export interface AttemptState {
  /** Calls so far, this one included. */
  readonly attempts: number
  readonly unconfirmedCalls: number
  readonly isRepeat: boolean
  readonly isIdempotent: boolean
}

export interface AttemptVerdict {
  readonly state: 'queued' | 'sent' | 'failed' | 'ambiguous'
  /** When to try again; null when nothing more is tried. */
  readonly dueAt: Instant | null
  readonly sentAt: Instant | null
  readonly unconfirmedCalls: number
  readonly outcome: Outcome
}

/** After this many calls a delivery counts as failed; the ladder goes on regardless (domain.md 7.3). */
export const MOST_ATTEMPTS = 8
const WAITS = [2, 5, 10, 20, 40, 60, 60].map((seconds) => seconds * SECOND)
const LONGEST_WAIT = 300 * SECOND
const REPEAT_AFTER = 5 * SECOND
const REPEATED: Outcome = { zh: '重发', en: 'repeated' }

/** How long to wait after call number `attempts`: longer each time; what the provider asks for, up to five minutes, holds where it is more. */
export function waitAfter(attempts: number, asked = 0): number {
  return Math.max(WAITS[Math.min(attempts, WAITS.length) - 1] ?? REPEAT_AFTER, Math.min(asked, LONGEST_WAIT))
}

/**
 * What follows from one call: done, tried again, or given up. An answered refusal is retried with growing waits; a call of which nothing is
 * known is repeated once and then left; the repeat itself is never retried once it has left (invariant 8).
 */
export function judgeAttempt(attempt: Attempt, state: AttemptState, now: Instant): AttemptVerdict {
  const { unconfirmedCalls } = state
  const done = (ended: 'sent' | 'failed', outcome: Outcome, unconfirmed = unconfirmedCalls): AttemptVerdict => ({
    state: ended,
    dueAt: null,
    sentAt: ended === 'sent' ? now : null,
    unconfirmedCalls: unconfirmed,
    outcome,
  })
  const again = (waiting: 'queued' | 'ambiguous', wait: number, unconfirmed = unconfirmedCalls): AttemptVerdict => ({
    state: waiting,
    dueAt: now + wait,
    sentAt: null,
    unconfirmedCalls: unconfirmed,
    outcome: attempt.detail,
  })
  const isLast = state.attempts >= MOST_ATTEMPTS
  switch (attempt.kind) {
    case 'accepted':
      return done('sent', state.isRepeat ? withMore(attempt.detail, REPEATED) : attempt.detail)
    case 'rejected':
      return done('failed', attempt.detail)
    case 'not_now':
      if (isLast || state.isRepeat) return done('failed', attempt.detail)
      return again('queued', waitAfter(state.attempts, attempt.retryAfterMs))
    case 'not_reached':
      if (isLast) return done('failed', attempt.detail)
      return again(state.isRepeat ? 'ambiguous' : 'queued', waitAfter(state.attempts))
    case 'unclear':
      if (state.isIdempotent) return isLast ? done('failed', attempt.detail) : again('queued', waitAfter(state.attempts))
      return unconfirmedCalls > 0
        ? done('failed', withMore(attempt.detail, UNCONFIRMED_TWICE), unconfirmedCalls + 1)
        : again('ambiguous', REPEAT_AFTER, 1)
  }
}
