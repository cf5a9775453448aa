import { GROUP } from '../abnormal/scopes.ts'
import type { FactRule, RiskScene } from './fact-rule.ts'
import type { RiskFacts } from './facts.ts'
import { isRiskRuleOn } from './parameters.ts'
import type { RiskReading } from './reading.ts'
import { riskFor, scopeOfPlace, scopesApart } from './scopes.ts'

/**
 * What these rules read in the facts, each place by the settings of its province and what lies above provinces by the group's; `scene` holds the settings with those of all
 * provinces. A rule is read once more for each province in which it stands otherwise, and never where it is off.
 */
export function readFacts(rules: readonly FactRule[], facts: RiskFacts, scene: RiskScene): RiskReading[] {
  const { parameters: settings, tree } = scene
  return rules.flatMap((rule) => {
    const apart = scopesApart(rule.id, settings)
    return [GROUP, ...apart].flatMap((scope) => {
      const parameters = riskFor(settings, scope)
      if (!isRiskRuleOn(rule.id, parameters)) return []
      const readings = rule.read(facts, { ...scene, parameters })
      if (apart.length === 0) return readings
      return readings.filter(({ regionCode }) => {
        const place = scopeOfPlace(tree, regionCode)
        return scope === GROUP ? place === GROUP || !apart.includes(place) : place === scope
      })
    })
  })
}
