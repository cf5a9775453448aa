import type { AbnormalParameters } from '../abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES, abnormalFaults } from '../abnormal/catalogue.ts'
import { valuesFor } from '../abnormal/scopes.ts'
import type { RegionNode, RegionTree } from '../region.ts'
import { withValues } from '../risk/parameter-paths.ts'
import type { RiskParameters } from '../risk/reading.ts'
import { riskOfPlace, scopeOfPlace } from '../risk/scopes.ts'
import { HOUR, type Instant, SECOND } from '../time.ts'

/** The settings that a back-test goes by, and how many steps it takes: ticks, or for an abnormal rule hours of acceptance. */
export interface BackTestPlan {
  readonly parameters: RiskParameters | AbnormalParameters
  readonly steps: number
}

/** An abnormal rule goes over tickets by the hour in which they were accepted, those of before the span first. */
export const abnormalSteps = ({ from, to }: { readonly from: Instant; readonly to: Instant }): number => Math.ceil((to - from) / HOUR) + 1

/** A rule of single tickets in a place: the values given in place of those in force; a province's own only where the whole group is looked at. */
function abnormalPlan(rule: (typeof ABNORMAL_RULES)[number], { tree, node, inForce }: { tree: RegionTree; node: RegionNode; inForce: AbnormalParameters }, given: Readonly<Record<string, unknown>>): { readonly parameters: AbnormalParameters } | { readonly faults: readonly string[] } {
  const province = scopeOfPlace(tree, node.code)
  const values = { [rule.id]: { ...valuesFor(rule, inForce, province), ...(given as Readonly<Record<string, number>>) } }
  const unknown = Object.keys(given).filter((name) => !rule.parameters.some((one) => one.name === name))
  const names = rule.parameters.map(({ name }) => name).join(', ')
  const faults = [...unknown.map((name) => `${name}: 没有这个参数，可设 / no such parameter; there are ${names}`), ...(unknown.length > 0 ? [] : abnormalFaults({ values, disabledRules: [] }).map((fault) => fault.replace(`${rule.id}.`, '')))]
  if (faults.length > 0) return { faults }
  return { parameters: { values, disabledRules: [], ...(province === null && inForce.scopes !== undefined ? { scopes: inForce.scopes } : {}) } }
}

/** What a back-test of a rule in a place goes by: the values given in the place of those in force; faults as `name: mend`, Chinese and English. */
export function planBackTest(tree: RegionTree, settings: { readonly abnormal: { readonly body: AbnormalParameters }; readonly risk: { readonly body: RiskParameters } }, asked: { readonly ruleId: string; readonly node: RegionNode; readonly values: Readonly<Record<string, unknown>>; readonly from: Instant; readonly to: Instant }): BackTestPlan | { readonly faults: readonly string[] } {
  const { ruleId, node, values, from, to } = asked
  const rule = ABNORMAL_RULES.find(({ id }) => id === ruleId)
  if (rule !== undefined) {
    const changed = abnormalPlan(rule, { tree, node, inForce: settings.abnormal.body }, values)
    return 'faults' in changed ? changed : { parameters: changed.parameters, steps: abnormalSteps({ from, to }) }
  }
  const changed = withValues(riskOfPlace(tree, node.code, settings.risk.body), ruleId, values)
  return 'faults' in changed ? changed : { parameters: changed.parameters, steps: Math.ceil((to - from) / (changed.parameters.tickSeconds * SECOND)) }
}
