import { type Static, Type } from 'typebox'

/** One number that a rule goes by: the default of the catalogue, the value in force, and what makes sense. */
const RuleParameterShown = Type.Object({
  name: Type.String(),
  unit: Type.String({ description: 'minutes, hours, days, workdays, count, percent, cents' }),
  default: Type.Integer(),
  value: Type.Integer(),
  least: Type.Integer(),
  most: Type.Integer(),
  stricter: Type.Union([Type.Literal('lower'), Type.Literal('higher')]),
  zh: Type.String(),
  en: Type.String(),
})

/** A rule as people read it. */
export const RuleShown = Type.Object({
  id: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  meaningZh: Type.String(),
  meaningEn: Type.String(),
  clearsZh: Type.String(),
  clearsEn: Type.String(),
  source: Type.String(),
  suppressedByCase: Type.Boolean(),
  isOn: Type.Boolean(),
  parameters: Type.Array(RuleParameterShown),
})
export type RuleShown = Static<typeof RuleShown>

/** GET /api/v1/abnormal-rules: the version in force with every rule, and whether the reader may change them. */
export const RulesAnswer = Type.Object({ version: Type.Integer(), mayChange: Type.Boolean(), items: Type.Array(RuleShown) })
export type RulesAnswer = Static<typeof RulesAnswer>

/** PUT /api/v1/abnormal-rules/:id: what is given changes, the rest stays. */
export const RuleChange = Type.Object(
  {
    isOn: Type.Optional(Type.Boolean()),
    values: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.Integer())),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '为何更改 / why' }),
  },
  { additionalProperties: false },
)
export type RuleChange = Static<typeof RuleChange>
