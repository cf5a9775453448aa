import { type Static, Type } from 'typebox'
import { DecidedBy } from './decided-by.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Level = Type.Integer({ minimum: 0, maximum: 4 })
const Words = Type.Object({ zh: Type.String(), en: Type.String() })

/** What one rule said of one matter, or ticket, at the instant. Instants are epoch milliseconds UTC. */
export const ExplainReading = Type.Object({
  /** The phenomenon, product or item; of a ticket rule its key. */
  matter: Type.String(),
  /** 0: not true. */
  level: Level,
  value: Nullable(Type.Number()),
  baseline: Nullable(Type.Number()),
  sigma: Nullable(Type.Number()),
  z: Nullable(Type.Number()),
  r: Nullable(Type.Number()),
  /** Least value of blue, yellow, orange and red while all else stays; null where the rule is not about one number. */
  needs: Nullable(Type.Array(Nullable(Type.Number()))),
  next: Nullable(Level),
  missing: Nullable(Type.Number()),
  reason: Words,
  clear: Words,
  /** The next instant at which the verdict of a ticket rule changes by time alone. */
  nextChangeAt: Nullable(Type.Number()),
  facts: Type.Record(Type.String(), Nullable(Type.Union([Type.Number(), Type.String(), Type.Boolean()]))),
  /** At most 100 keys; `ticketCount` is whole. */
  tickets: Type.Array(Type.String()),
  ticketCount: Type.Integer(),
})
export type ExplainReading = Static<typeof ExplainReading>

/** GET /api/v1/explain. */
export const Explanation = Type.Object({
  rule: Type.Object({ id: Type.String(), nameZh: Type.String(), nameEn: Type.String(), meaningZh: Type.String(), meaningEn: Type.String() }),
  scope: Type.String(),
  at: Type.Number(),
  /** When the rule was, or would have been, judged: the fixed tick at or before `at`, or `at` itself. */
  judgedAt: Type.Number(),
  /** Whether any reading is true. */
  fires: Type.Boolean(),
  parameterVersion: Type.Integer(),
  parameters: Type.Unknown(),
  decidedBy: DecidedBy,
  /** Why the rule is not read in this place at all; null where it is. */
  notRead: Nullable(Words),
  /** Facts are those known now: what came late is counted in. */
  asKnownNow: Type.Boolean(),
  note: Words,
  readings: Type.Array(ExplainReading),
})
export type Explanation = Static<typeof Explanation>
