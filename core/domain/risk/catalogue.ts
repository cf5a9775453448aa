import type { Instant } from '../time.ts'
import { REGION_LEVELS, type RegionLevel } from '../vocabulary.ts'
import { batchThresholds, judgeBatch } from './batch.ts'
import type { FactRule } from './fact-rule.ts'
import { phenomenonMatter } from './matter.ts'
import { TEMPLATE_COMPLAINTS } from './mr-03-template.ts'
import { KEYWORD_RULES } from './keyword-rules.ts'
import { KEY_CUSTOMER } from './mr-05-key-customer.ts'
import { APPEAL_SURGE } from './mr-06-appeal-surge.ts'
import { OUTAGE } from './mr-07-outage.ts'
import { OFFICIAL_CHANNEL } from './mr-08-official-channel.ts'
import { MEDIA_EXPOSURE } from './mr-09-media.ts'
import { BILLING_BATCH } from './mr-13-billing.ts'
import { MINORS_AND_ELDERLY } from './mr-15-minors-elderly.ts'
import { BACKLOG } from './mr-16-backlog.ts'
import { SILENT_FEED } from './mr-17-silent-feed.ts'
import { CROSS_PROVINCE } from './mr-18-cross-province.ts'
import { RED_LINE } from './mr-19-red-line.ts'
import { HOTLINE_DOWN } from './mr-20-hotline.ts'
import { ONE_AGENT } from './mr-21-agent.ts'
import { leastOf, type RiskParameters, type RiskReading } from './reading.ts'
import { type BaselineValues, judgeSurge } from './surge.ts'

/** One place, one phenomenon, one tick, counted. */
export interface RiskCount {
  readonly regionCode: string
  readonly regionLevel: RegionLevel
  /** Empty where the source gave none. */
  readonly phenomenon: string
  readonly tickAt: Instant
  readonly tickets: number
  readonly customers: number
  readonly past: BaselineValues
}

/** One rule that counts over a window: its file, its line here, its words on the screens, its test. */
export interface CountRule {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  /** One sentence that a duty manager understands. */
  readonly meaningZh: string
  readonly meaningEn: string
  /** Levels of the tree at which it is evaluated; none while it is switched off. */
  readonly levels: (parameters: RiskParameters) => readonly RegionLevel[]
  /** Fewest tickets in the window with which the rule can be true at a level: below it nothing else needs to be read. */
  readonly leastTickets: (regionLevel: RegionLevel, parameters: RiskParameters) => number
  /** Null where the rule has nothing to say of this place or phenomenon. */
  readonly judge: (count: RiskCount, parameters: RiskParameters) => RiskReading | null
}

const batch: CountRule = {
  id: 'MR-01',
  nameZh: '批量投诉',
  nameEn: 'Batch complaints',
  meaningZh: '同一地区在最近 60 分钟内，因同一现象投诉的不同客户达到阈值。',
  meaningEn: 'Within the last 60 minutes, as many different customers of one place as the threshold says complained of the same phenomenon.',
  levels: ({ batch: { enabled } }) => (enabled ? ['city', 'province'] : []),
  leastTickets: (regionLevel, parameters) => leastOf(batchThresholds(regionLevel, parameters.batch) ?? [null, null, null, null]),
  judge({ regionCode, regionLevel, phenomenon, tickAt, customers }, parameters) {
    // Tickets without a phenomenon are not "of the same phenomenon".
    const verdict = phenomenon === '' ? null : judgeBatch(customers, regionLevel, parameters.batch)
    if (verdict === null) return null
    const reason = { why: 'threshold', thresholds: verdict.thresholds } as const
    return {
      ruleId: 'MR-01',
      regionCode,
      matter: phenomenonMatter(phenomenon),
      tickAt,
      level: verdict.level,
      value: customers,
      baseline: null,
      sigma: null,
      z: null,
      r: null,
      reason,
    }
  },
}

const surge: CountRule = {
  id: 'MR-02',
  nameZh: '投诉突增',
  nameEn: 'Surge against the seasonal baseline',
  meaningZh: '最近 60 分钟的投诉量显著高于过去 8 周同类日同一时段的中位数。',
  meaningEn: 'Complaints of the last 60 minutes are far above the median of the same clock window on the same kind of day of the last 8 weeks.',
  levels: ({ surge: { enabled, levels } }) => (enabled ? REGION_LEVELS.filter((level) => levels.includes(level)) : []),
  leastTickets: (_regionLevel, parameters) => leastOf(parameters.surge.x),
  judge({ regionCode, phenomenon, tickAt, tickets, past }, parameters) {
    const verdict = judgeSurge(tickets, past, parameters.surge)
    const head = { ruleId: 'MR-02', regionCode, matter: phenomenonMatter(phenomenon), tickAt, level: verdict.level, value: tickets } as const
    if (verdict.why === 'no_baseline')
      return { ...head, baseline: null, sigma: null, z: null, r: null, reason: { why: 'no_baseline', usable: verdict.usable } }
    const { values, basis, baseline, sigma, z, r } = verdict
    return { ...head, baseline, sigma, z, r, reason: { why: 'surge', baselineValues: values, basis } }
  },
}

/** The rules that count by phenomenon over a window (domain.md 5.2). */
export const COUNT_RULES: readonly CountRule[] = [batch, surge]

/** Whether a rule counts over a window. */
export const isCountRule = (id: string): boolean => COUNT_RULES.some((rule) => rule.id === id)

/** The rules that read other facts (domain.md 5.2); MR-18 reads the cases that all others make, so it comes after them. */
export const FACT_RULES: readonly FactRule[] = [
  TEMPLATE_COMPLAINTS,
  KEY_CUSTOMER,
  APPEAL_SURGE,
  OUTAGE,
  OFFICIAL_CHANNEL,
  MEDIA_EXPOSURE,
  BILLING_BATCH,
  MINORS_AND_ELDERLY,
  BACKLOG,
  SILENT_FEED,
  RED_LINE,
  HOTLINE_DOWN,
  ONE_AGENT,
  ...KEYWORD_RULES,
]

/** Rules over cases: read once the cases of the tick stand. */
export const CASE_RULES: readonly FactRule[] = [CROSS_PROVINCE]

/** Every rule that opens risk cases. */
export const RISK_RULES: readonly (CountRule | FactRule)[] = [...COUNT_RULES, ...FACT_RULES, ...CASE_RULES].sort((a, b) => (a.id < b.id ? -1 : 1))

/** The rule of an id, or undefined. */
export const riskRule = (id: string): CountRule | FactRule | undefined => RISK_RULES.find((rule) => rule.id === id)

/** Fewest tickets with which any rule can be true at a level of the tree; Infinity where none is evaluated. */
export function leastTicketsAt(regionLevel: RegionLevel, parameters: RiskParameters): number {
  const evaluated = COUNT_RULES.filter((rule) => rule.levels(parameters).includes(regionLevel))
  return Math.min(Number.POSITIVE_INFINITY, ...evaluated.map((rule) => rule.leastTickets(regionLevel, parameters)))
}

/** Every counting rule's reading of one count, the rules evaluated at its level only. */
export function readRules(count: RiskCount, parameters: RiskParameters): RiskReading[] {
  return COUNT_RULES.filter((rule) => rule.levels(parameters).includes(count.regionLevel))
    .map((rule) => rule.judge(count, parameters))
    .filter((reading) => reading !== null)
}
