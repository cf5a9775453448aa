import { GROUP } from '../abnormal/scopes.ts'
import type { FactRule, RiskScene } from './fact-rule.ts'
import type { RiskFacts } from './facts.ts'
import { isRiskRuleOn } from './parameters.ts'
import type { RiskParameters, RiskReading } from './reading.ts'
import { riskFor, scopeOfPlace, scopesApart } from './scopes.ts'

/** One of the scopes by whose settings a rule is read, and the places that go by them. */
export interface ReadingScope {
  readonly parameters: RiskParameters
  readonly has: (regionCode: string) => boolean
}

/** The scopes by which a rule is read: the group, and each province in which it stands otherwise; none where it is off. Each place is of at most one. */
export function readingScopes(ruleId: string, { parameters: settings, tree }: Pick<RiskScene, 'parameters' | 'tree'>): ReadingScope[] {
  const apart = scopesApart(ruleId, settings)
  return [GROUP, ...apart].flatMap((scope) => {
    const parameters = riskFor(settings, scope)
    if (!isRiskRuleOn(ruleId, parameters)) return []
    const has = (regionCode: string) => {
      const place = scopeOfPlace(tree, regionCode)
      return scope === GROUP ? place === GROUP || !apart.includes(place) : place === scope
    }
    return [{ parameters, has: apart.length === 0 ? () => true : has }]
  })
}

/**
 * What these rules read in the facts, each place by the settings of its province and what lies above provinces by the group's; `scene` holds the settings with those of all
 * provinces. A rule is read once more for each province in which it stands otherwise, and never where it is off.
 */
export function readFacts(rules: readonly FactRule[], facts: RiskFacts, scene: RiskScene): RiskReading[] {
  return rules.flatMap((rule) =>
    readingScopes(rule.id, scene).flatMap(({ parameters, has }) => rule.read(facts, { ...scene, parameters }).filter(({ regionCode }) => has(regionCode))),
  )
}
