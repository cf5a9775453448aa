import { grouped } from '../grouping.ts'
import type { RiskScene } from './fact-rule.ts'
import type { RiskFacts } from './facts.ts'
import type { RiskReading } from './reading.ts'

/** Facts that rules read in groups. */
export type GroupedFacts = 'keywords' | 'dayTickets'

/** What the membership in groups stands on: it is the same at every instant. */
export type GroupScene = Pick<RiskScene, 'parameters' | 'tree'>

/**
 * How a rule reads facts that stand in groups: what it says of a group comes from the facts of that group alone, whatever their order (those of one ticket agree on its place and instant). So a group none of whose facts has come,
 * changed or stopped counting reads as it did before, and a look back need not read it again (docs/adr/0022).
 */
export interface FactGrouping<K extends GroupedFacts = GroupedFacts> {
  readonly facts: K
  /** The groups of a fact; none where the rule passes it over. They lie in the province of the fact, and above provinces where it does. */
  groupsOf(fact: RiskFacts[K][number], scene: GroupScene): readonly string[]
  /** Null where the group says nothing at the instant. */
  readGroup(facts: readonly RiskFacts[K][number][], group: string, scene: RiskScene): RiskReading | null
}

/** What is read of all groups of these facts, in the order of their names. */
export function readGroups<K extends GroupedFacts>(grouping: FactGrouping<K>, facts: readonly RiskFacts[K][number][], scene: RiskScene): RiskReading[] {
  const members = facts.flatMap((fact) => grouping.groupsOf(fact, scene).map((group) => ({ group, fact })))
  const groups = [...grouped(members, ({ group }) => group)].sort(([a], [b]) => (a < b ? -1 : 1))
  return groups.flatMap(([group, mine]) => grouping.readGroup(mine.map(({ fact }) => fact), group, scene) ?? [])
}

const BETWEEN = '\u001f'

/** The name of a group by its parts. */
export const groupName = (...parts: readonly string[]): string => parts.join(BETWEEN)

/** The first part of a group's name, and what follows it. */
export function partsOfGroup(group: string): readonly [string, string] {
  const end = group.indexOf(BETWEEN)
  return [group.slice(0, end), group.slice(end + 1)]
}
