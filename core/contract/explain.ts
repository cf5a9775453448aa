import { type Static, Type } from 'typebox'
import { MATTER_KINDS } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Words = Type.Object({ zh: Type.String(), en: Type.String() })

/** What a rule said of one matter in one place, or of one ticket. */
const Said = Type.Object({
  regionCode: Type.String(),
  /** Null for a ticket. */
  matter: Nullable(Type.Object({ kind: Type.Unsafe<(typeof MATTER_KINDS)[number]>({ type: 'string', enum: [...MATTER_KINDS] }), name: Type.String() })),
  /** 0: not true. */
  level: Type.Integer({ minimum: 0, maximum: 4 }),
  /** What the rule counts; null where it counts nothing. */
  value: Nullable(Type.Number()),
  baseline: Nullable(Type.Number()),
  z: Nullable(Type.Number()),
  r: Nullable(Type.Number()),
  /** With which value the next colour would be true, and below which the present one would not, where that is one number. */
  nextLevelAt: Nullable(Type.Number()),
  clearsBelow: Nullable(Type.Number()),
  words: Words,
  /** How many tickets stand behind it. */
  tickets: Type.Integer(),
  /** Alerts about the same that stood then. */
  alertIds: Type.Array(Type.String()),
})

/** GET /api/v1/explain: why a rule was true of a scope at an instant, or why not. Instants are epoch milliseconds UTC. */
export const Explanation = Type.Object({
  ruleId: Type.String(),
  name: Words,
  meaning: Words,
  scope: Type.String(),
  /** The instant judged: for a rule that counts at ticks the last tick at or before the one asked for. */
  at: Type.Number(),
  isOn: Type.Boolean(),
  /** Of the settings in force then. */
  version: Type.Integer(),
  /** What the rule goes by, of those settings. */
  parameters: Type.Record(Type.String(), Type.Unknown()),
  summary: Words,
  /** What would have to change for it to end. */
  clears: Words,
  /** Highest level first, then the greatest value; at most 50. */
  items: Type.Array(Said),
  /** Facts that came later than the instant are counted in: the answer is of what is known now. */
  asKnownAt: Type.Number(),
})
export type Explanation = Static<typeof Explanation>
