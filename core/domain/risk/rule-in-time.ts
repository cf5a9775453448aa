import type { Instant } from '../time.ts'
import type { FactGrouping, GroupedFacts, GroupScene } from './fact-grouping.ts'
import type { RiskFacts } from './facts.ts'
import { type FactTimes, GroupsInTime } from './groups-in-time.ts'
import { readingScopes } from './read-facts.ts'
import type { RiskReading } from './reading.ts'

interface Scope {
  readonly has: (regionCode: string) => boolean
  readonly groups: GroupsInTime<GroupedFacts>
}

/** What a rule reads in groups over a clock that runs on, each place by the settings of its province: the changes of what `readFacts` makes of all facts at every look. */
export class RuleInTime {
  readonly #scopes: readonly Scope[]
  readonly #names = new Set<string>()

  constructor(rule: { readonly id: string; readonly grouping: FactGrouping }, scene: GroupScene, times: FactTimes<RiskFacts[GroupedFacts][number]>) {
    this.#scopes = readingScopes(rule.id, scene).map(({ parameters, has }) => ({ has, groups: new GroupsInTime(rule.grouping, { ...scene, parameters }, times) }))
  }

  /** Under which names something is read now. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  /** Takes in facts that no look so far has had. */
  add(facts: readonly RiskFacts[GroupedFacts][number][]): void {
    for (const { has, groups } of this.#scopes) groups.add(facts.filter(({ regionCode }) => has(regionCode)))
  }

  /** By name what may be read otherwise than at the look before; null where nothing is. Instants come in their order. */
  look(tickAt: Instant): Map<string, RiskReading | null> {
    const changes = new Map<string, RiskReading | null>()
    for (const [place, { groups }] of this.#scopes.entries()) {
      for (const [group, reading] of groups.look(tickAt)) {
        // Groups of two scopes may have one name.
        const name = place === 0 ? group : `${place}\u0000${group}`
        changes.set(name, reading)
        if (reading === null) this.#names.delete(name)
        else this.#names.add(name)
      }
    }
    return changes
  }
}
