import { type Static, Type } from 'typebox'
import { AlertCard } from './alerts.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** Raised when the meaning of anything on the socket changes; a wall with another version reloads itself. */
export const LIVE_VERSION = 3

/** A feed of one province (domain.md MR-17 thresholds): `live` heard of within T, `stale` beyond T, `never` no event yet. */
export const FeedState = Type.Object({
  state: Type.Union([Type.Literal('live'), Type.Literal('stale'), Type.Literal('never')]),
  lastOccurredAt: Nullable(Type.Number()),
  lastReceivedAt: Nullable(Type.Number()),
  /** T in ms: after this silence the feed counts as stale. */
  silentAfterMs: Type.Number(),
})
export type FeedState = Static<typeof FeedState>

/** The figures of one region node, all from the engine's cells and gauges; every number as of `asOf`. */
export const NodeFigures = Type.Object(
  {
    regionCode: Type.String(),
    asOf: Type.Number(),
    formulaVersion: Type.Integer(),
    /** K-01 today so far (complaints accepted since local midnight). */
    acceptedToday: Type.Integer(),
    /** Median of the counts of like days up to the same time of day (domain.md 5.1); null: no baseline. */
    baselineToday: Nullable(Type.Number()),
    /** Where these days lie: the same weekday of the last 8 weeks, or 3 to 9 days back, as on public holidays. */
    baselineBasis: Type.Union([Type.Literal('weeks'), Type.Literal('days')]),
    /** How many of them had data. */
    baselineDays: Type.Integer(),
    /** K-22 and K-23's numerator, complaints. */
    open: Type.Integer(),
    overdue: Type.Integer(),
    /** Provinces only; null elsewhere. */
    feed: Nullable(FeedState),
  },
  { $id: 'NodeFigures' },
)
export type NodeFigures = Static<typeof NodeFigures>

export const NodeInfo = Type.Object({
  code: Type.String(),
  parentCode: Nullable(Type.String()),
  level: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  shortZh: Type.String(),
  tile: Nullable(Type.Object({ col: Type.Integer(), row: Type.Integer() })),
})
export type NodeInfo = Static<typeof NodeInfo>

/** Cumulative complaints of the local day for the scope's own node: points every 30 minutes; today's end at `asOf`. */
export const DayCurve = Type.Object({
  dayStartAt: Type.Number(),
  stepMs: Type.Number(),
  today: Type.Array(Type.Integer()),
  baseline: Type.Array(Nullable(Type.Number())),
})
export type DayCurve = Static<typeof DayCurve>

/** Everything a wall or desk starts from; later feed rows with seq > `seq` bring it up to date (invariant 11). */
export const WallSnapshot = Type.Object(
  {
    version: Type.Integer(),
    seq: Type.Number(),
    serverTime: Type.Number(),
    zone: Type.String(),
    isDemo: Type.Boolean(),
    scope: NodeInfo,
    /** The scope's direct children (provinces for the group, cities for a province). */
    children: Type.Array(NodeInfo),
    /** One entry per node of `scope` and `children`. */
    figures: Type.Array(NodeFigures),
    curve: DayCurve,
    alerts: Type.Array(AlertCard),
    /** Last beat of the engine (workers), epoch ms. */
    engineBeatAt: Nullable(Type.Number()),
  },
  { $id: 'WallSnapshot' },
)
export type WallSnapshot = Static<typeof WallSnapshot>

/**
 * What the socket carries after the snapshot. `figures` and `alert` replace what the client has under the same key;
 * an alert whose state has ended is removed from the live list. `day` asks the client to fetch a new snapshot (midnight, new configuration).
 */
export const FeedRow = Type.Union([
  Type.Object({ seq: Type.Number(), at: Type.Number(), topic: Type.Literal('figures'), payload: NodeFigures }),
  Type.Object({ seq: Type.Number(), at: Type.Number(), topic: Type.Literal('alert'), payload: AlertCard }),
  Type.Object({ seq: Type.Number(), at: Type.Number(), topic: Type.Literal('timeline'), payload: Type.Object({ alertId: Type.String() }) }),
  Type.Object({ seq: Type.Number(), at: Type.Number(), topic: Type.Literal('day'), payload: Type.Object({}) }),
  Type.Object({
    seq: Type.Number(),
    at: Type.Number(),
    topic: Type.Literal('notification'),
    payload: Type.Object({ notificationId: Type.String(), alertId: Type.String(), severity: Type.Integer(), step: Type.Integer() }),
  }),
])
export type FeedRow = Static<typeof FeedRow>

/**
 * Beats every second, also when nothing changes. `lastSeq` lets a client see that it missed rows; `engineBeatAt` that the engine stands.
 * Rows of one flush arrive together in order; `prevSeq` is the seq before the first row *of the client's rooms*, so a gap is visible.
 */
export interface Heartbeat {
  readonly version: number
  readonly serverTime: number
  /** Highest seq handed to this client's rooms so far. */
  readonly lastSeq: number
  readonly engineBeatAt: number | null
}

export interface ServerToClient {
  rows: (rows: readonly FeedRow[]) => void
  beat: (beat: Heartbeat) => void
  /** The session or device was revoked: the client must not reconnect with it. */
  revoked: () => void
}

export interface ClientToServer {
  /** Rows after `lastSeq` within the client's scope, or 'resnapshot' when they are no longer kept. */
  resume: (lastSeq: number, answer: (result: { kind: 'rows'; rows: readonly FeedRow[] } | { kind: 'resnapshot' }) => void) => void
  /** The client shows this notification: the in-app channel's receipt. */
  received: (notificationId: string) => void
}
