import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** POST /api/v1/back-tests: values left out are those in force at `to`. */
export const BackTestRequest = Type.Object(
  {
    rule: Type.String({ minLength: 1, maxLength: 12, description: 'MR-01, MR-02' }),
    scope: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，缺省为您的区域 / a region code, your own by default' })),
    from: Type.String({ minLength: 1, maxLength: 40, description: 'RFC 3339' }),
    to: Type.String({ minLength: 1, maxLength: 40, description: 'RFC 3339' }),
    values: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), { description: '如 / such as {"batch.city": [8, 25, 80, 250]}' })),
  },
  { additionalProperties: false },
)

const Side = Type.Object({
  cases: Type.Integer(),
  /** By the highest colour: blue, yellow, orange, red. */
  byColour: Type.Array(Type.Integer()),
  right: Type.Integer(),
  wrong: Type.Integer(),
  /** In %; null where nobody has checked any. */
  precision: Nullable(Type.Number()),
  pages: Type.Integer(),
  pagesPerShift: Type.Object({ mean: Type.Number(), most: Type.Integer() }),
})

/** What a rule would have raised beside what it did. Instants are epoch milliseconds UTC. */
export const BackTestAnswer = Type.Object({
  ruleId: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
  ticks: Type.Integer(),
  would: Side,
  did: Side,
  matched: Type.Array(Type.Object({ would: Type.String(), did: Type.String(), matter: Type.String(), wouldAt: Type.Number(), didAt: Type.Number(), minutesEarlier: Type.Integer() })),
  medianMinutesEarlier: Nullable(Type.Number()),
  onlyWould: Type.Integer(),
  onlyDid: Type.Integer(),
  byDay: Type.Array(Type.Object({ day: Type.String(), would: Type.Integer(), did: Type.Integer() })),
})
export type BackTestAnswer = Static<typeof BackTestAnswer>
