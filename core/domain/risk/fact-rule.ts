import type { RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import type { FactGrouping } from './fact-grouping.ts'
import type { RiskFacts } from './facts.ts'
import type { Matter } from './matter.ts'
import type { RiskParameters, RiskReading } from './reading.ts'

/** What a rule of facts stands on besides the facts. */
export interface RiskScene {
  readonly tickAt: Instant
  /** Those of one scope, where a rule reads by them. */
  readonly parameters: RiskParameters
  readonly tree: RegionTree
}

/** A rule that reads other things than counts by phenomenon: its file, its line in catalogue.ts, its words, its test. */
export interface FactRule {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  /** One sentence that a duty manager understands. */
  readonly meaningZh: string
  readonly meaningEn: string
  /** Also looked at between ticks, as soon as its facts arrive (domain.md 5.1 Evaluation). */
  readonly isPrompt: boolean
  /** Readings of every place and matter of which there are facts, those that are not true included. */
  readonly read: (facts: RiskFacts, scene: RiskScene) => readonly RiskReading[]
  /** How it reads facts that stand in groups; besides these groups it reads at most what people have confirmed. None where it reads all of its facts at once. */
  readonly grouping?: FactGrouping
}

/** What a rule says in one place. */
export interface Said {
  readonly matter: Matter
  readonly regionCode: string
  readonly level: Level
  readonly value: number
  readonly zh: string
  readonly en: string
  readonly facts?: Readonly<Record<string, number | string | null>>
  readonly tickets?: readonly string[]
}

/** A reading without a baseline, told in words. */
export function saidReading(ruleId: string, tickAt: Instant, { matter, regionCode, level, value, zh, en, facts = {}, tickets }: Said): RiskReading {
  const reading = { ruleId, regionCode, matter, tickAt, level, value, baseline: null, sigma: null, z: null, r: null, reason: { why: 'said', zh, en, facts } } as const
  return tickets === undefined ? reading : { ...reading, tickets }
}
