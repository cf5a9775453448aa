/** No beat for this long: the server or the way to it is gone. With a judgement every quarter of a second the banner shows within 5 s. */
const BEAT_SILENCE_MS = 4_000
/** The engine's own beat is older than this by the server's clock: the figures stand still although the socket lives. */
const ENGINE_SILENCE_MS = 5_000

/** Whether what the screen shows is of now. `sinceAt` is server time (epoch ms) of the last sign of life, null if there was none. */
export type Freshness =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale'; readonly why: 'no_beat' | 'engine'; readonly sinceAt: number | null }

export interface Signs {
  /** Monotonic ms. */
  readonly now: number
  readonly startedAt: number
  /** Monotonic ms of the last beat's arrival, and the server time it carried. */
  readonly beatAt: number | null
  readonly beatServerTime: number | null
  readonly engineBeatAt: number | null
  /** Server time now, by the server clock; null before the first beat. */
  readonly serverNow: number | null
}

/** Judges by the data's heartbeat and never by the socket, which may live on while nothing arrives. */
export function judgeFreshness(signs: Signs): Freshness {
  const heard = signs.beatAt ?? signs.startedAt
  if (signs.now - heard >= BEAT_SILENCE_MS) return { kind: 'stale', why: 'no_beat', sinceAt: signs.beatServerTime }
  if (signs.beatAt === null || signs.serverNow === null) return { kind: 'connecting' }
  if (signs.engineBeatAt === null || signs.serverNow - signs.engineBeatAt > ENGINE_SILENCE_MS) {
    return { kind: 'stale', why: 'engine', sinceAt: signs.engineBeatAt }
  }
  return { kind: 'fresh' }
}
