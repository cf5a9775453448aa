import { type Static, Type } from 'typebox'
import { RESTATEMENT_CAUSES, RESTATEMENT_STATES } from '../domain/count/restatement.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const words = <T extends string>(list: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...list] })

/** A fact that a restatement takes away or adds: where it counts. */
export const RestatedFact = Type.Object({
  base: Type.String(),
  /** Local day. */
  day: Type.String(),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  kind: Type.String(),
  by: Type.Record(Type.String(), Type.String()),
  /** Only what is not zero. */
  measures: Type.Record(Type.String(), Type.Number()),
})
export type RestatedFact = Static<typeof RestatedFact>

export const RestatementShown = Type.Object({
  id: Type.String(),
  at: Type.Number(),
  provinceCode: Type.String(),
  provinceNameZh: Type.String(),
  provinceNameEn: Type.String(),
  /** Null: tickets of one day that arrived late as a whole, summed. */
  ticketKey: Nullable(Type.String()),
  bases: Type.Array(Type.String()),
  dayFrom: Nullable(Type.String()),
  dayTo: Nullable(Type.String()),
  cause: words(RESTATEMENT_CAUSES),
  causeEventId: Nullable(Type.String()),
  causeType: Nullable(Type.String()),
  causeAt: Nullable(Type.Number()),
  /** Tickets that it adds to the volume, or takes from it. */
  accepted: Type.Integer(),
  examples: Type.Array(Type.String()),
  lost: Type.Array(RestatedFact),
  gained: Type.Array(RestatedFact),
  state: words(RESTATEMENT_STATES),
  decidedBy: Nullable(Type.String()),
  decidedAt: Nullable(Type.Number()),
  reason: Nullable(Type.String()),
})
export type RestatementShown = Static<typeof RestatementShown>

export const RestatementsAnswer = Type.Object(
  {
    items: Type.Array(RestatementShown),
    counts: Type.Object(Object.fromEntries(RESTATEMENT_STATES.map((state) => [state, Type.Integer()]))),
  },
  { $id: 'RestatementsAnswer' },
)
export type RestatementsAnswer = Static<typeof RestatementsAnswer>

export const DecisionAnswer = Type.Object({
  /** How many lines this decided; the others were decided before, or are none of yours. */
  decided: Type.Integer(),
  items: Type.Array(Type.Object({ id: Type.String(), outcome: words(['decided', 'unchanged']) })),
})
export type DecisionAnswer = Static<typeof DecisionAnswer>
