import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const KINDS = ['whole', 'number', 'rising', 'falling', 'by_colour', 'names', 'name_lists', 'named'] as const

/** One setting of a risk rule; values are numbers, lists of four by colour, names, or names by key, as `kind` says. */
export const RiskParameterShown = Type.Object({
  path: Type.String(),
  kind: Type.Unsafe<(typeof KINDS)[number]>({ type: 'string', enum: [...KINDS] }),
  value: Type.Unknown(),
  default: Type.Unknown(),
  least: Type.Number(),
  most: Type.Number(),
  /** The only names that are taken; null: any. */
  names: Nullable(Type.Array(Type.String())),
  /** Other rules that go by it too. */
  sharedWith: Type.Array(Type.String()),
})
export type RiskParameterShown = Static<typeof RiskParameterShown>

const Changed = Type.Object({ version: Type.Integer(), at: Type.Number(), author: Type.String(), reason: Type.String() })

/** A risk rule as people read it; `common` holds what all rules go by and has no switch. */
export const RiskRuleShown = Type.Object({
  id: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  meaningZh: Type.String(),
  meaningEn: Type.String(),
  isOn: Nullable(Type.Boolean()),
  parameters: Type.Array(RiskParameterShown),
  changed: Nullable(Changed),
})
export type RiskRuleShown = Static<typeof RiskRuleShown>

/** GET /api/v1/risk-rules: the version in force with every rule, and whether the reader may change them. */
export const RiskRulesAnswer = Type.Object({ version: Type.Integer(), mayChange: Type.Boolean(), items: Type.Array(RiskRuleShown) })
export type RiskRulesAnswer = Static<typeof RiskRulesAnswer>

/** PUT /api/v1/risk-rules/:id: what is given changes, the rest stays. */
export const RiskRuleChange = Type.Object(
  {
    isOn: Type.Optional(Type.Boolean()),
    values: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), { description: '按路径给值，null 恢复默认 / values by path, null: back to the default' })),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '为何更改 / why' }),
  },
  { additionalProperties: false },
)
export type RiskRuleChange = Static<typeof RiskRuleChange>

/** GET /api/v1/risk-rules/:id/history: newest first. */
export const RiskRuleHistory = Type.Object({
  id: Type.String(),
  items: Type.Array(Type.Object({ ...Changed.properties, changes: Type.Array(Type.Object({ path: Type.String(), from: Type.Unknown(), to: Type.Unknown() })) })),
})
export type RiskRuleHistory = Static<typeof RiskRuleHistory>
