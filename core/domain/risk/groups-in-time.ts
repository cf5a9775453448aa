import type { Instant } from '../time.ts'
import type { FactGrouping, GroupedFacts, GroupScene } from './fact-grouping.ts'
import type { RiskFacts } from './facts.ts'
import type { RiskReading } from './reading.ts'

/** When a fact counts. */
export interface FactTimes<F> {
  /** Whether a look at the instant has it. */
  counts(fact: F, at: Instant): boolean
  /** Every instant about which it begins, changes or stops counting, for the look itself or for the rule; the last of them ends it for good. */
  changes(fact: F): readonly Instant[]
}

interface Change {
  readonly at: Instant
  readonly group: string
}

interface Dated<F> {
  readonly fact: F
  readonly endsAt: Instant
}

/**
 * The groups of a rule over a clock that runs on: of a look it reads only those in which a fact has come, changed or stopped counting since the look before. All others read as they
 * did, by the law of {@link FactGrouping}.
 */
export class GroupsInTime<K extends GroupedFacts> {
  readonly #grouping: FactGrouping<K>
  readonly #scene: GroupScene
  readonly #times: FactTimes<RiskFacts[K][number]>
  readonly #members = new Map<string, Dated<RiskFacts[K][number]>[]>()
  /** Those to come, in their order, from `#next` on. */
  #changes: Change[] = []
  #next = 0

  constructor(grouping: FactGrouping<K>, scene: GroupScene, times: FactTimes<RiskFacts[K][number]>) {
    this.#grouping = grouping
    this.#scene = scene
    this.#times = times
  }

  /** Takes in facts that no look so far has had. */
  add(facts: readonly RiskFacts[K][number][]): void {
    const coming = this.#changes.slice(this.#next)
    for (const fact of facts) {
      const changes = this.#times.changes(fact)
      const dated = { fact, endsAt: Math.max(...changes) }
      for (const group of this.#grouping.groupsOf(fact, this.#scene)) {
        const members = this.#members.get(group)
        if (members === undefined) this.#members.set(group, [dated])
        else members.push(dated)
        for (const at of changes) coming.push({ at, group })
      }
    }
    this.#changes = coming.sort((a, b) => a.at - b.at)
    this.#next = 0
  }

  /** What is read of the groups that may read otherwise than at the look before; null of those that say nothing now. Instants come in their order. */
  look(tickAt: Instant): Map<string, RiskReading | null> {
    const readings = new Map<string, RiskReading | null>()
    for (const group of this.#changedBy(tickAt)) readings.set(group, this.#read(group, tickAt))
    return readings
  }

  #changedBy(tickAt: Instant): Set<string> {
    const groups = new Set<string>()
    let place = this.#next
    for (let change = this.#changes[place]; change !== undefined && change.at <= tickAt; change = this.#changes[(place += 1)]) {
      groups.add(change.group)
      // Some take hold at their instant, others by the look after it: those of this very instant are looked at once more.
      if (change.at < tickAt) this.#next = place + 1
    }
    return groups
  }

  #read(group: string, tickAt: Instant): RiskReading | null {
    const members = this.#members.get(group) ?? []
    const facts: RiskFacts[K][number][] = []
    let kept = 0
    for (const one of members) {
      if (one.endsAt < tickAt) continue
      members[kept] = one
      kept += 1
      if (this.#times.counts(one.fact, tickAt)) facts.push(one.fact)
    }
    members.length = kept
    if (kept === 0) this.#members.delete(group)
    return kept === 0 ? null : this.#grouping.readGroup(facts, group, { ...this.#scene, tickAt })
  }
}
