import { asWord } from '../ticket/payload.ts'
import type { Instant } from '../time.ts'
import { SPREAD_LEVELS, type SpreadLevel } from '../vocabulary.ts'
import { type NoticeClock, OPINION_LIMIT, readNoticeClock } from './clock.ts'
import { namedSubject, type Notice, regionOfPayload } from './notice.ts'
import { countOf, instantIn, textOf } from './reading.ts'

/** An opinion item: one article or post with all its reposts (domain.md 3.1, K-10, MR-09). */
export interface Opinion {
  readonly opinionId: string
  readonly provinceCode: string
  readonly sourceSystem: string
  readonly regionCode: string
  /** The medium in which it was first detected. */
  readonly medium: string
  readonly topic: string
  readonly phenomenonL1: string
  readonly phenomenonL2: string
  /** Readers, and how far it spread: the greatest of what its notices say; a lower figure takes a correction. */
  readonly reach: number | null
  readonly spreadLevel: SpreadLevel | null
  /** Null until a detection has arrived: such an item counts nowhere. */
  readonly detectedAt: Instant | null
  readonly firstHandledAt: Instant | null
  readonly repostCount: number
}

type Draft = { -readonly [K in keyof Opinion]: Opinion[K] }

const earlier = (a: Instant | null, b: Instant | null): Instant | null => (a === null || b === null ? (a ?? b) : Math.min(a, b))

function take(draft: Draft, { type, payload, occurredAt }: Notice): void {
  const isRepost = textOf(payload, 'repost_of') !== null
  if (type === 'opinion.detected') draft.detectedAt = earlier(draft.detectedAt, occurredAt)
  if (isRepost) draft.repostCount += 1
  // A repost tells how far the item has come, not what it is.
  if (!isRepost || draft.medium === '') {
    draft.regionCode = regionOfPayload(payload) ?? draft.regionCode
    draft.medium = draft.medium || (textOf(payload, 'source') ?? '')
    draft.topic = textOf(payload, 'topic') ?? draft.topic
    draft.phenomenonL1 = textOf(payload, 'phenomenon_l1') ?? draft.phenomenonL1
    draft.phenomenonL2 = textOf(payload, 'phenomenon_l2') ?? draft.phenomenonL2
  }
  const reach = countOf(payload, 'reach')
  if (reach !== null) draft.reach = Math.max(reach, draft.reach ?? 0)
  const spread = asWord(payload['spread_level'], SPREAD_LEVELS)
  if (spread !== null && SPREAD_LEVELS.indexOf(spread) > (draft.spreadLevel === null ? -1 : SPREAD_LEVELS.indexOf(draft.spreadLevel)))
    draft.spreadLevel = spread
  draft.firstHandledAt = earlier(draft.firstHandledAt, instantIn(payload, 'handled_at'))
}

/**
 * The item that its standing notices, in order, tell of.
 * @throws RangeError without notices.
 */
export function foldOpinion(notices: readonly Notice[]): Opinion {
  const [first] = notices
  if (first === undefined) throw new RangeError('an opinion item without notices')
  const draft: Draft = {
    opinionId: namedSubject(first.type, first.payload)?.id ?? first.eventId,
    provinceCode: first.provinceCode,
    sourceSystem: first.sourceSystem,
    regionCode: first.provinceCode,
    medium: '',
    topic: '',
    phenomenonL1: '',
    phenomenonL2: '',
    reach: null,
    spreadLevel: null,
    detectedAt: null,
    firstHandledAt: null,
    repostCount: 0,
  }
  for (const notice of notices) take(draft, notice)
  return draft
}

/** C_OPINION of an item: from its detection to its first handling (domain.md 3.1). */
export function readOpinionClock({ detectedAt, firstHandledAt }: Opinion, now: Instant, limit = OPINION_LIMIT): NoticeClock | null {
  return readNoticeClock({ from: detectedAt, to: firstHandledAt }, limit, now)
}
