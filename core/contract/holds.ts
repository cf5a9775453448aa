import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const SubjectKind = Type.Union([Type.Literal('ticket'), Type.Literal('case')])

/** POST /api/v1/holds. `subjectId`: the key of the ticket (`province:source:number`), or the id of the case. */
export const HoldBody = Type.Object(
  { subjectKind: SubjectKind, subjectId: Type.String({ minLength: 1, maxLength: 300 }), reason: Type.String({ minLength: 2, maxLength: 500 }) },
  { additionalProperties: false },
)

export const Hold = Type.Object({
  id: Type.String(),
  subjectKind: SubjectKind,
  subjectId: Type.String(),
  /** Masked. */
  reason: Type.String(),
  by: Type.String(),
  at: Type.Number(),
  liftedAt: Nullable(Type.Number()),
  liftedBy: Nullable(Type.String()),
})
export type Hold = Static<typeof Hold>

const Counts = Type.Record(Type.String(), Type.Integer())

/** The report of one day's deletion (domain.md 8.3). */
export const RetentionReport = Type.Object({
  /** Local day. */
  day: Type.String(),
  ranAt: Type.Number(),
  finishedAt: Nullable(Type.Number()),
  cutoffs: Type.Record(Type.String(), Type.Number()),
  deleted: Counts,
  held: Counts,
  seconds: Type.Number(),
})
export type RetentionReport = Static<typeof RetentionReport>
