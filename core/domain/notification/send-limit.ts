import type { Instant } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import type { OutsideChannel } from './contact.ts'

/** A token bucket: `capacity` at once, one more every `refillMs` milliseconds. */
export interface SendLimit {
  readonly capacity: number
  readonly refillMs: number
}

/** What is left of a limit, as of an instant. */
export interface Bucket {
  readonly tokens: number
  readonly at: Instant
}

const MINUTE = 60_000
/** Pages of one channel to one person (research F13: chats discard silently beyond theirs; nobody reads ten messages a minute). */
export const PERSON_LIMITS: Readonly<Record<OutsideChannel, SendLimit>> = {
  email: { capacity: 20, refillMs: MINUTE / 4 },
  wecom: { capacity: 15, refillMs: MINUTE / 15 },
  dingtalk: { capacity: 15, refillMs: MINUTE / 15 },
  feishu: { capacity: 15, refillMs: MINUTE / 15 },
  // Ten alerts are told singly before a storm is one (domain.md 7.4); its own message finds room.
  sms: { capacity: 12, refillMs: MINUTE },
  voice: { capacity: 3, refillMs: 5 * MINUTE },
}

/** A provider's limit from what it takes a minute. */
export const perMinuteLimit = (perMinute: number): SendLimit => ({ capacity: perMinute, refillMs: MINUTE / perMinute })

/** Orange and red: they pass singly and first (domain.md 7.4). */
export const isUrgent = (severity: Severity | number): boolean => severity >= 3

/** A quarter of what a provider takes is kept for orange and red. */
export const reserveOf = ({ capacity }: SendLimit, severity: Severity | number): number => (isUrgent(severity) ? 0 : Math.floor(capacity / 4))

export type Taken = { readonly ok: true; readonly bucket: Bucket } | { readonly ok: false; readonly until: Instant }

/** Takes one token, `reserve` of them being somebody else's; or says from when on there will be one. A clock that goes back refills nothing. */
export function takeToken(bucket: Bucket | null, limit: SendLimit, reserve: number, now: Instant): Taken {
  const since = bucket === null ? 0 : Math.max(0, now - bucket.at)
  const tokens = bucket === null ? limit.capacity : Math.min(limit.capacity, bucket.tokens + since / limit.refillMs)
  if (tokens >= reserve + 1) return { ok: true, bucket: { tokens: tokens - 1, at: Math.max(now, bucket?.at ?? now) } }
  return { ok: false, until: now + Math.ceil((reserve + 1 - tokens) * limit.refillMs) }
}
