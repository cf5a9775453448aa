import type { AbnormalParameters, AbnormalRule, ParameterValues, RuleParameter, ScopeParameters } from './abnormal-rule.ts'

/** The group as a scope; else the code of a province. */
export const GROUP = null
export type RuleScope = string | typeof GROUP

/** What a province says of the rules by itself; nothing where it says nothing. */
export const ownOf = ({ scopes = {} }: AbnormalParameters, scope: RuleScope): ScopeParameters =>
  (scope === GROUP ? undefined : scopes[scope]) ?? { values: {}, enabledRules: [] }

/** Whether a value is laxer than another. */
export const isLaxer = ({ stricter }: Pick<RuleParameter, 'stricter'>, value: number, than: number): boolean => (stricter === 'lower' ? value > than : value < than)

const groupValue = (rule: AbnormalRule, { name, default: usual }: RuleParameter, { values }: AbnormalParameters): number => values[rule.id]?.[name] ?? usual

/**
 * The parameters that a rule goes by in a scope: the group's, and where a province has its own the stricter of the two (domain.md 7.8: a province may be
 * stricter, never laxer). So a province is raised with the group, and keeps what it said for when the group goes back.
 */
export function valuesFor(rule: AbnormalRule, settings: AbnormalParameters, scope: RuleScope = GROUP): ParameterValues {
  const own = ownOf(settings, scope).values[rule.id] ?? {}
  return Object.fromEntries(
    rule.parameters.map((parameter) => {
      const [group, mine] = [groupValue(rule, parameter, settings), own[parameter.name]]
      return [parameter.name, mine === undefined || isLaxer(parameter, mine, group) ? group : mine]
    }),
  )
}

/** Whether a rule is on in a scope: where the group has it on, and where a province has switched it on for itself. */
export const isRuleOn = ({ id }: Pick<AbnormalRule, 'id'>, settings: AbnormalParameters, scope: RuleScope = GROUP): boolean =>
  !settings.disabledRules.includes(id) || ownOf(settings, scope).enabledRules.includes(id)

/** Whose word decides how a rule stands in a scope: the province's where anything would be otherwise without it, else the group's. */
export function decidingScope(rule: AbnormalRule, settings: AbnormalParameters, scope: RuleScope): RuleScope {
  if (scope === GROUP) return GROUP
  if (settings.disabledRules.includes(rule.id) && isRuleOn(rule, settings, scope)) return scope
  const [here, group] = [valuesFor(rule, settings, scope), valuesFor(rule, settings)]
  return rule.parameters.some(({ name }) => here[name] !== group[name]) ? scope : GROUP
}

/** A change of one rule in one scope: what is given changes, the rest stays; null goes back to the catalogue's default, or for a province to the group's value. */
export interface RuleEdit {
  readonly isOn?: boolean
  readonly values?: Readonly<Record<string, number | null>>
}

function withValues(held: Readonly<Record<string, ParameterValues>>, id: string, own: Readonly<Record<string, number | null>>): Readonly<Record<string, ParameterValues>> {
  const kept = Object.entries({ ...held[id], ...own }).filter((entry): entry is [string, number] => entry[1] !== null)
  const { [id]: _, ...others } = held
  return kept.length === 0 ? others : { ...others, [id]: Object.fromEntries(kept) }
}

const switched = (list: readonly string[], id: string, isListed: boolean | undefined): readonly string[] =>
  isListed === undefined ? list : [...list.filter((one) => one !== id), ...(isListed ? [id] : [])]

function withGroupEdit(settings: AbnormalParameters, rule: AbnormalRule, { isOn, values = {} }: RuleEdit): AbnormalParameters {
  // A value that is the default again is no longer kept apart.
  const isUsual = (name: string, value: number | null) => rule.parameters.find((one) => one.name === name)?.default === value
  const own = Object.fromEntries(Object.entries({ ...settings.values[rule.id], ...values }).map(([name, value]) => [name, isUsual(name, value) ? null : value]))
  return { ...settings, values: withValues(settings.values, rule.id, own), disabledRules: switched(settings.disabledRules, rule.id, isOn === undefined ? undefined : !isOn) }
}

function withProvinceEdit(settings: AbnormalParameters, rule: AbnormalRule, scope: string, { isOn, values = {} }: RuleEdit): AbnormalParameters {
  const held = ownOf(settings, scope)
  const isOwnWord = isOn === undefined ? undefined : isOn && settings.disabledRules.includes(rule.id)
  const own = { values: withValues(held.values, rule.id, values), enabledRules: switched(held.enabledRules, rule.id, isOwnWord) }
  const { [scope]: _, ...others } = settings.scopes ?? {}
  const isEmpty = Object.keys(own.values).length === 0 && own.enabledRules.length === 0
  const scopes = isEmpty ? others : { ...others, [scope]: own }
  const { scopes: __, ...group } = settings
  return Object.keys(scopes).length === 0 ? group : { ...group, scopes }
}

/** The same settings with one rule changed in one scope. */
export const withEdit = (settings: AbnormalParameters, rule: AbnormalRule, scope: RuleScope, edit: RuleEdit): AbnormalParameters =>
  scope === GROUP ? withGroupEdit(settings, rule, edit) : withProvinceEdit(settings, rule, scope, edit)

/** Why a province may not change a rule so: what would be laxer than the group has it now. Empty for the group, and when nothing is wrong. */
export function laxFaults(settings: AbnormalParameters, rule: AbnormalRule, scope: RuleScope, { isOn, values = {} }: RuleEdit): string[] {
  if (scope === GROUP) return []
  const faults = isOn === false && !settings.disabledRules.includes(rule.id) ? [`${rule.id}.isOn: 集团已启用，省不得停用 / on for the group: a province may not switch it off`] : []
  for (const parameter of rule.parameters) {
    const [group, value] = [groupValue(rule, parameter, settings), values[parameter.name]]
    if (value === undefined || value === null || !isLaxer(parameter, value, group)) continue
    const [zh, en] = parameter.stricter === 'lower' ? ['不大于', 'at most'] : ['不小于', 'at least']
    faults.push(`${rule.id}.${parameter.name}: 应${zh}集团值 ${group} / ${en} the group’s value of ${group}`)
  }
  return faults
}

/** A province whose own value a change of the group's has overtaken: by it the province goes by the group's. */
export interface RaisedProvince {
  readonly scope: string
  readonly name: string
  readonly own: number
  readonly now: number
}

/** The provinces that the group's change raises with it. */
export function raisedProvinces(before: AbnormalParameters, after: AbnormalParameters, rule: AbnormalRule): readonly RaisedProvince[] {
  return Object.entries(after.scopes ?? {}).flatMap(([scope, { values }]) =>
    rule.parameters.flatMap((parameter) => {
      const own = values[rule.id]?.[parameter.name]
      const [was, now] = [groupValue(rule, parameter, before), groupValue(rule, parameter, after)]
      const isOvertaken = own !== undefined && isLaxer(parameter, own, now) && !isLaxer(parameter, own, was)
      return isOvertaken ? [{ scope, name: parameter.name, own, now }] : []
    }),
  )
}
