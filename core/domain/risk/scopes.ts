import { GROUP, type RuleScope } from '../abnormal/scopes.ts'
import type { RegionTree } from '../region.ts'
import { COMMON_PARAMETERS, defaultAt, isRiskRuleOn, parameterFault, parametersOf, RISK_PARAMETERS, type RiskParameter, switched, valueAt, withValue } from './parameters.ts'
import type { RiskParameters, RiskScopeParameters } from './reading.ts'

const NOTHING: RiskScopeParameters = { values: {}, enabledRules: [] }

/** The parameters that a province may set for itself. */
export const PROVINCE_PARAMETERS: readonly RiskParameter[] = RISK_PARAMETERS.filter(({ stricter }) => stricter !== null)

/** What a province says of the risk rules by itself; nothing where it says nothing. */
export const ownRiskOf = ({ scopes = {} }: RiskParameters, scope: RuleScope): RiskScopeParameters => (scope === GROUP ? undefined : scopes[scope]) ?? NOTHING

/** The province by whose settings a place is judged; the group for what lies above provinces. */
export const scopeOfPlace = (tree: RegionTree, regionCode: string): RuleScope => tree.chain(regionCode).find(({ level }) => level === 'province')?.code ?? GROUP

/** Whether a rule has thresholds of provinces at all; MR-18 looks at all of them together and is the group's. */
export const isProvincial = (id: string): boolean => parametersOf(id).some(({ stricter }) => stricter !== null)

const partsOf = (value: unknown): readonly (number | null)[] => (Array.isArray(value) ? (value as readonly (number | null)[]) : [value as number | null])
/** A colour that there is not is never reached: the laxest there can be. */
const asNumber = (part: number | null | undefined, isLower: boolean): number => part ?? (isLower ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)

/** Whether a value is laxer than another in any of its parts. */
export function isRiskLaxer({ stricter }: Pick<RiskParameter, 'stricter'>, value: unknown, than: unknown): boolean {
  const [isLower, others] = [stricter === 'lower', partsOf(than)]
  return partsOf(value).some((part, place) => {
    const [a, b] = [asNumber(part, isLower), asNumber(others[place], isLower)]
    return isLower ? a > b : a < b
  })
}

/** Of two values the stricter, colour by colour. */
export function stricterOf({ stricter }: Pick<RiskParameter, 'stricter'>, a: unknown, b: unknown): unknown {
  const pick = (one: unknown, other: unknown) => (isRiskLaxer({ stricter }, one, other) ? other : one)
  return Array.isArray(a) && Array.isArray(b) ? a.map((part, place) => pick(part, b[place])) : pick(a, b)
}

const withOwn = (group: RiskParameters, { values, enabledRules }: RiskScopeParameters): RiskParameters => {
  const valued = PROVINCE_PARAMETERS.reduce((held, parameter) => {
    const own = values[parameter.path]
    return own === undefined ? held : withValue(held, parameter.path, stricterOf(parameter, own, valueAt(held, parameter.path)))
  }, group)
  return enabledRules.filter(isProvincial).reduce((held, id) => switched(id, true, held), valued)
}

const groupOf = ({ scopes: _, ...group }: RiskParameters): RiskParameters => group

const made = new WeakMap<RiskParameters, Map<string, RiskParameters>>()

function once(settings: RiskParameters, key: string, make: () => RiskParameters): RiskParameters {
  const known = made.get(settings) ?? new Map<string, RiskParameters>()
  made.set(settings, known)
  const held = known.get(key) ?? make()
  known.set(key, held)
  return held
}

/**
 * The complete parameters that a scope goes by: the group's, and where a province has its own the stricter of the two, colour by colour (domain.md 7.8: stricter, never laxer).
 * So a province is raised with the group, and keeps what it said for when the group goes back.
 */
export function riskFor(settings: RiskParameters, scope: RuleScope = GROUP): RiskParameters {
  if (settings.scopes === undefined) return settings
  const own = ownRiskOf(settings, scope)
  const isSilent = own === NOTHING
  return once(settings, isSilent ? '' : (scope ?? ''), () => (isSilent ? groupOf(settings) : withOwn(groupOf(settings), own)))
}

/** The parameters by which a place is tested back: those of its province alone, or above provinces the group's with those of all provinces. */
export function riskOfPlace(tree: RegionTree, regionCode: string, settings: RiskParameters): RiskParameters {
  const scope = scopeOfPlace(tree, regionCode)
  return scope === GROUP ? settings : riskFor(settings, scope)
}

/** The strictest that holds anywhere: what could be true in no place by these need not be looked at. */
export function keenest(settings: RiskParameters): RiskParameters {
  const { scopes } = settings
  if (scopes === undefined) return settings
  return once(settings, '*', () => Object.values(scopes).reduce(withOwn, groupOf(settings)))
}

const isSameValue = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Whether a rule stands otherwise in a scope than in the group. */
function differs(id: string, settings: RiskParameters, scope: RuleScope): boolean {
  const [here, group] = [riskFor(settings, scope), riskFor(settings)]
  if (here === group) return false
  return isRiskRuleOn(id, here) !== isRiskRuleOn(id, group) || parametersOf(id).some(({ path }) => !isSameValue(valueAt(here, path), valueAt(group, path)))
}

/** The provinces in which a rule stands otherwise than in the group. */
export const scopesApart = (id: string, settings: RiskParameters): readonly string[] => Object.keys(settings.scopes ?? {}).filter((scope) => differs(id, settings, scope))

/** Whose word decides over these rules in a scope: the province's where anything would be otherwise without it, else the group's. */
export function decidingRiskScope(settings: RiskParameters, scope: RuleScope, ruleIds: readonly string[]): RuleScope {
  const parameters = riskFor(settings, scope)
  const isOwn = scope !== GROUP && (ruleIds.some((id) => differs(id, settings, scope)) || COMMON_PARAMETERS.some(({ path }) => !isSameValue(valueAt(parameters, path), valueAt(settings, path))))
  return isOwn ? scope : GROUP
}

/** What a case is stamped with: the complete parameters of its place and, where a province's word decided over its rules, whose they are. */
export function riskStamp(settings: RiskParameters, place: RuleScope, ruleIds: readonly string[]): Readonly<Record<string, unknown>> {
  const scope = decidingRiskScope(settings, place, ruleIds)
  return { ...riskFor(settings, place), ...(scope === GROUP ? {} : { scope }) }
}

/** A change of one rule in one scope: what is given changes, the rest stays; null goes back to the default, or for a province to the group's value. */
export interface RiskEdit {
  readonly isOn?: boolean
  readonly values?: Readonly<Record<string, unknown>>
}

function withProvinceEdit(id: string, { isOn, values = {} }: RiskEdit, settings: RiskParameters, scope: string): RiskParameters {
  const held = ownRiskOf(settings, scope)
  const kept = Object.fromEntries(Object.entries({ ...held.values, ...values }).filter(([, value]) => value !== null))
  const others = held.enabledRules.filter((one) => one !== id)
  const isListed = isOn === undefined ? held.enabledRules.includes(id) : isOn && !isRiskRuleOn(id, settings)
  const own = { values: kept, enabledRules: isListed ? [...others, id].sort() : others }
  const { [scope]: _, ...rest } = settings.scopes ?? {}
  const isEmpty = Object.keys(own.values).length === 0 && own.enabledRules.length === 0
  const scopes = isEmpty ? rest : { ...rest, [scope]: own }
  return Object.keys(scopes).length === 0 ? groupOf(settings) : { ...settings, scopes }
}

/** The same settings with one rule changed in one scope. */
export function withRiskEdit(id: string, edit: RiskEdit, settings: RiskParameters, scope: RuleScope): RiskParameters {
  if (scope !== GROUP) return withProvinceEdit(id, edit, settings, scope)
  const set = Object.entries(edit.values ?? {}).reduce((held, [path, value]) => withValue(held, path, value ?? defaultAt(path)), settings)
  return edit.isOn === undefined ? set : switched(id, edit.isOn, set)
}

const inWords = (value: unknown): string => partsOf(value).map((part) => part ?? '–').join(' / ')

/** Why a province may not change a rule so, as `path: mend`; empty for the group and when nothing is wrong. */
export function riskLaxFaults(id: string, { isOn, values = {} }: RiskEdit, settings: RiskParameters, scope: RuleScope): string[] {
  if (scope === GROUP) return []
  const faults: string[] = []
  if (isOn === false && isRiskRuleOn(id, settings)) faults.push('isOn: 集团已启用，省不得停用 / on for the group: a province may not switch it off')
  if (isOn === true && !isProvincial(id)) faults.push('isOn: 该规则由集团统一启停 / this rule is switched by the group only')
  for (const [path, value] of Object.entries(values)) {
    const parameter = RISK_PARAMETERS.find((one) => one.path === path)
    if (parameter === undefined) continue
    if (parameter.stricter === null) faults.push(`${path}: 全网统一，省不得自定 / one for the whole tree: a province has none of its own`)
    if (parameter.stricter === null || value === null || parameterFault(parameter, value) !== null) continue
    const group = valueAt(settings, path)
    if (!isRiskLaxer(parameter, value, group)) continue
    const [zh, en] = parameter.stricter === 'lower' ? ['不大于', 'at most'] : ['不小于', 'at least']
    faults.push(`${path}: 应逐项${zh}集团值 ${inWords(group)} / ${en} the group’s, part by part: ${inWords(group)}`)
  }
  return faults
}

/** What is wrong with the provinces' own words, as `province.path: mend`; laxer ones are not: the group's goes before them. */
export const riskScopeFaults = ({ scopes = {} }: RiskParameters): string[] =>
  Object.entries(scopes).flatMap(([scope, { values, enabledRules }]) => [
    ...Object.entries(values).flatMap(([path, value]) => {
      const parameter = PROVINCE_PARAMETERS.find((one) => one.path === path)
      const fault = parameter === undefined ? '省不得自定 / a province has none of its own' : parameterFault(parameter, value)
      return fault === null ? [] : [`${scope}.${path}: ${fault}`]
    }),
    ...enabledRules.filter((id) => !isProvincial(id)).map((id) => `${scope}.enabledRules: 没有省规则 ${id} / there is no rule of provinces ${id}`),
  ])

/** A province whose own value a change of the group's has overtaken: by it the province goes by the group's. */
export interface RaisedRiskProvince {
  readonly scope: string
  readonly path: string
  readonly own: unknown
  readonly now: unknown
}

/** The provinces that the group's change raises with it. */
export function raisedRiskProvinces(before: RiskParameters, after: RiskParameters): readonly RaisedRiskProvince[] {
  return Object.entries(after.scopes ?? {}).flatMap(([scope, { values }]) =>
    PROVINCE_PARAMETERS.flatMap((parameter) => {
      const { path } = parameter
      const [own, was, now] = [values[path], valueAt(before, path), valueAt(after, path)]
      const isOvertaken = own !== undefined && isRiskLaxer(parameter, own, now) && !isRiskLaxer(parameter, own, was)
      return isOvertaken ? [{ scope, path, own, now }] : []
    }),
  )
}
