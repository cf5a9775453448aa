import { type Static, Type } from 'typebox'
import { RuleChanged, RuleScopeShown } from './rules.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const KINDS = ['whole', 'number', 'rising', 'falling', 'by_colour', 'names', 'name_lists', 'named'] as const

/** One setting of a risk rule; values are numbers, lists of four by colour, names, or names by key, as `kind` says. */
export const RiskParameterShown = Type.Object({
  path: Type.String(),
  kind: Type.Unsafe<(typeof KINDS)[number]>({ type: 'string', enum: [...KINDS] }),
  /** In force in the scope. */
  value: Type.Unknown(),
  /** The group's value, and what the province says by itself; null where it says nothing. */
  group: Type.Unknown(),
  own: Type.Unknown(),
  /** Which way a province may go; null: one for the whole tree. */
  stricter: Nullable(Type.Union([Type.Literal('lower'), Type.Literal('higher')])),
  default: Type.Unknown(),
  least: Type.Number(),
  most: Type.Number(),
  /** The only names that are taken; null: any. */
  names: Nullable(Type.Array(Type.String())),
  /** Other rules that go by it too. */
  sharedWith: Type.Array(Type.String()),
})
export type RiskParameterShown = Static<typeof RiskParameterShown>

/** A risk rule as people read it, in one scope; `common` holds what all rules go by and has no switch. */
export const RiskRuleShown = Type.Object({
  id: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  meaningZh: Type.String(),
  meaningEn: Type.String(),
  isOn: Nullable(Type.Boolean()),
  isOnInGroup: Nullable(Type.Boolean()),
  /** Whether a province may set anything of it. */
  isProvincial: Type.Boolean(),
  parameters: Type.Array(RiskParameterShown),
  changed: Nullable(RuleChanged),
  /** Cases of the last 30 days that flapped: the rule wants tuning (domain.md 7.4). */
  flappingCases: Type.Integer(),
})
export type RiskRuleShown = Static<typeof RiskRuleShown>

/** GET /api/v1/risk-rules: the version in force with every rule in a scope, the scopes that the reader may look at, and whether he may change them. */
export const RiskRulesAnswer = Type.Object({ version: Type.Integer(), scope: Type.String(), scopes: Type.Array(RuleScopeShown), mayChange: Type.Boolean(), items: Type.Array(RiskRuleShown) })
export type RiskRulesAnswer = Static<typeof RiskRulesAnswer>

/** PUT /api/v1/risk-rules/:id: what is given changes, the rest stays. */
export const RiskRuleChange = Type.Object(
  {
    isOn: Type.Optional(Type.Boolean()),
    values: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), { description: '按路径给值；null：恢复默认值，或省改回集团值 / values by path; null: back to the default, or for a province to the group’s value' })),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '为何更改 / why' }),
    scope: Type.Optional(Type.String({ maxLength: 12, description: '省代码；不填为集团 / a province; the group when left out' })),
  },
  { additionalProperties: false },
)
export type RiskRuleChange = Static<typeof RiskRuleChange>

/** GET /api/v1/risk-rules/:id/history: newest first; a province's word that the group's overrules has no changes. */
export const RiskRuleHistory = Type.Object({
  id: Type.String(),
  scope: Type.String(),
  items: Type.Array(Type.Object({ ...RuleChanged.properties, changes: Type.Array(Type.Object({ path: Type.String(), from: Type.Unknown(), to: Type.Unknown() })) })),
})
export type RiskRuleHistory = Static<typeof RiskRuleHistory>
