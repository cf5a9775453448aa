import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** One number that a rule goes by: the default of the catalogue, the group's value, a province's own, the value in force, and what makes sense. */
const RuleParameterShown = Type.Object({
  name: Type.String(),
  unit: Type.String({ description: 'minutes, hours, days, workdays, count, percent, cents' }),
  default: Type.Integer(),
  group: Type.Integer({ description: '集团当前值 / the group’s value' }),
  own: Nullable(Type.Integer({ description: '本省自定值 / the province’s own value' })),
  value: Type.Integer({ description: '所选范围内生效的值 / in force in the scope' }),
  least: Type.Integer(),
  most: Type.Integer(),
  stricter: Type.Union([Type.Literal('lower'), Type.Literal('higher')]),
  zh: Type.String(),
  en: Type.String(),
})

/** Who changed a rule last, when and why. */
export const RuleChanged = Type.Object({ version: Type.Integer(), at: Type.Number(), author: Type.String(), reason: Type.String(), scope: Type.String() })
export type RuleChanged = Static<typeof RuleChanged>

/** A rule as people read it, in one scope. */
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
  isOnInGroup: Type.Boolean(),
  parameters: Type.Array(RuleParameterShown),
  changed: Nullable(RuleChanged),
})
export type RuleShown = Static<typeof RuleShown>

/** A place that rules can be set for: the group, or a province. */
export const RuleScopeShown = Type.Object({ code: Type.String(), nameZh: Type.String(), nameEn: Type.String(), mayChange: Type.Boolean() })
export type RuleScopeShown = Static<typeof RuleScopeShown>

/** GET /api/v1/abnormal-rules: the version in force with every rule in a scope, the scopes that the reader may look at, and whether he may change them. */
export const RulesAnswer = Type.Object({
  version: Type.Integer(),
  scope: Type.String(),
  mayChange: Type.Boolean(),
  scopes: Type.Array(RuleScopeShown),
  items: Type.Array(RuleShown),
})
export type RulesAnswer = Static<typeof RulesAnswer>

/** PUT /api/v1/abnormal-rules/:id: what is given changes, the rest stays. */
export const RuleChange = Type.Object(
  {
    isOn: Type.Optional(Type.Boolean()),
    values: Type.Optional(
      Type.Record(Type.String({ maxLength: 40 }), Nullable(Type.Integer()), { description: 'null：恢复默认值，或省改回集团值 / null: back to the default, or for a province to the group’s value' }),
    ),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '为何更改 / why' }),
    scope: Type.Optional(Type.String({ maxLength: 12, description: '省代码；不填为集团 / a province; the group when left out' })),
  },
  { additionalProperties: false },
)
export type RuleChange = Static<typeof RuleChange>

/** One version at which a rule became another in a scope, with what was before. */
export const RuleHistoryEntry = Type.Object({
  version: Type.Integer(),
  at: Type.Number(),
  author: Type.String(),
  reason: Type.String(),
  scope: Type.String(),
  changes: Type.Array(Type.Object({ name: Type.String(), from: Type.Union([Type.Integer(), Type.Boolean()]), to: Type.Union([Type.Integer(), Type.Boolean()]) })),
})
export type RuleHistoryEntry = Static<typeof RuleHistoryEntry>

/** GET /api/v1/abnormal-rules/:id/history: newest first. */
export const RuleHistory = Type.Object({ id: Type.String(), scope: Type.String(), items: Type.Array(RuleHistoryEntry) })
export type RuleHistory = Static<typeof RuleHistory>
