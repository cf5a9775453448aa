import type { Instant } from '../time.ts'
import type { Level, OwnSystem, SpreadLevel } from '../vocabulary.ts'
import type { Matter } from './matter.ts'

/** Four thresholds, blue to red; null where the rule has no such level. */
export type Thresholds = readonly [number | null, number | null, number | null, number | null]

/** What a province says by itself: values by path, stricter than the group's, and rules that it has on though the group has them off. */
export interface RiskScopeParameters {
  readonly values: Readonly<Record<string, unknown>>
  readonly enabledRules: readonly string[]
}

/** Parameters of the risk rules (domain.md 5.2, 5.3.1, Appendix A). All configuration, versioned, stamped on every case. */
export interface RiskParameters {
  readonly tickSeconds: number
  readonly windowMinutes: number
  readonly kinds: readonly string[]
  readonly batch: { readonly enabled: boolean; readonly city: Thresholds; readonly province: Thresholds }
  readonly surge: {
    readonly enabled: boolean
    readonly levels: readonly string[]
    readonly weeks: number
    readonly minValues: number
    readonly z: Thresholds
    readonly x: Thresholds
    readonly r: Thresholds
  }
  /** MR-06: like `surge`, by appeals of the trailing day against whole days. */
  readonly appealSurge: { readonly z: Thresholds; readonly x: Thresholds; readonly r: Thresholds }
  readonly outage: {
    /** By product of the incident: the phenomena that its customers complain of. */
    readonly phenomena: Readonly<Record<string, readonly string[]>>
    readonly users: Thresholds
    readonly tickets: Thresholds
    /** Blue counts the tickets of this many minutes; the other colours all since the incident began. */
    readonly ticketMinutes: number
    /** Orange for an incident of so many users that lasts longer. */
    readonly long: { readonly hours: number; readonly users: number }
    /** Red for an incident of more users than these that lasts longer. */
    readonly vast: { readonly hours: number; readonly users: number }
  }
  /** MR-03: distinct customers of one cluster of near-duplicate texts, or of tickets reported as templates. */
  readonly template: { readonly hours: number; readonly complaints: Thresholds; readonly appeals: Thresholds }
  readonly opinion: {
    /** Readers. */
    readonly reach: Thresholds
    readonly spread: Readonly<Record<SpreadLevel, Level>>
    /** Days for which an item that nobody has handled keeps its colour. */
    readonly days: number
  }
  readonly billing: { readonly phenomena: readonly string[]; readonly words: readonly string[]; readonly hours: number; readonly customers: Thresholds; readonly confirmed: Thresholds }
  readonly silence: { readonly factors: Thresholds }
  readonly crossProvince: { readonly provinces: number; readonly leastColour: Level; readonly hours: number }
  /** `words`: of which subject a category of words speaks. */
  readonly redLine: { readonly phenomena: readonly string[]; readonly words: Readonly<Record<string, string>>; readonly hours: number; readonly customers: Thresholds }
  /** MR-04, MR-10 to MR-12, MR-14, MR-15: hits of the keyword dictionary of the trailing hours (domain.md 5.4). */
  readonly keyword: {
    readonly hours: number
    /** So many tickets of one category and matter raise MR-04 by a colour. */
    readonly sameMatter: number
    /** MR-10 red: so many customers of a city who cannot reach emergency numbers within these minutes, or persons confirmed hurt. */
    readonly emergency: { readonly customers: number; readonly minutes: number }
    readonly hurt: Thresholds
    /** Customers, and persons confirmed. */
    readonly privacy: { readonly customers: Thresholds; readonly persons: Thresholds }
    readonly fraud: Thresholds
    readonly gathering: Thresholds
  }
  /** MR-05: valid expedites of one open ticket, skip-level contacts in 30 days, and important customers of one matter within the hours. */
  readonly keyCustomer: { readonly expedites: number; readonly skipLevels: number; readonly hours: number; readonly customers: Thresholds }
  /** MR-08: official channels; tickets of one customer for orange, and customers of one matter, within the days. */
  readonly executive: { readonly channels: readonly string[]; readonly days: number; readonly sameCustomer: number; readonly customers: Thresholds }
  /** MR-15: minors and elderly who name the same hall or agent within the days. */
  readonly vulnerable: { readonly days: number; readonly customers: Thresholds }
  /** MR-21: customers who dispute what the same hall, agent or salesperson did within the days. */
  readonly agent: { readonly days: number; readonly customers: Thresholds }
  /** MR-16: of provinces with so many open tickets at least; open by finished a day over the days before, and the share (%) of those open for more than 48 h. */
  readonly backlog: { readonly open: number; readonly days: number; readonly ratios: Thresholds; readonly shares: Thresholds }
  /** MR-20: calls that entered the queue within these minutes, as many at least, below which connect rate (%) each colour is true, and the colour of an own system that is down. */
  readonly hotline: { readonly minutes: number; readonly calls: number; readonly below: Thresholds; readonly systems: Readonly<Record<OwnSystem, Level>> }
  /** Rules of facts switched off; MR-01 and MR-02 have switches of their own. */
  readonly disabledRules: readonly string[]
  readonly scopeShare: number
  readonly joinGapHours: number
  readonly relapseHours: number
  /** So many relapses within the hours are flapping: the case stays open for the hours of `holdHours` from the last of them on (domain.md 7.4). */
  readonly flapping: { readonly relapses: number; readonly hours: number; readonly holdHours: number }
  /** Minutes by colour: blue, yellow, orange, red (domain.md 5.1 Downgrade). */
  readonly holdDownMinutes: readonly [number, number, number, number]
  /** By province (scopes.ts); those of one place, and those a case is stamped with, have none. */
  readonly scopes?: Readonly<Record<string, RiskScopeParameters>>
}

export const DEFAULT_RISK_PARAMETERS: RiskParameters = {
  tickSeconds: 300,
  windowMinutes: 60,
  kinds: ['complaint'],
  batch: { enabled: true, city: [10, 30, 100, 300], province: [20, 60, 200, 600] },
  surge: {
    enabled: true,
    levels: ['city', 'province', 'group'],
    weeks: 8,
    minValues: 4,
    z: [3, 5, 8, 12],
    x: [8, 20, 60, 200],
    r: [1.5, 2, 3, 5],
  },
  appealSurge: { z: [3, 5, 8, 12], x: [5, 10, 20, 50], r: [1.5, 2, 3, 5] },
  outage: {
    phenomena: {
      broadband: ['宽带上不了网', '宽带慢', 'IPTV', '固话'],
      fixed: ['固话'],
      iptv: ['IPTV'],
      mobile: ['移网上网', '移网语音'],
      bundle: ['宽带上不了网', '宽带慢', 'IPTV', '固话', '移网上网', '移网语音'],
    },
    users: [10, 1_000, 10_000, 100_000],
    tickets: [10, 50, 100, 300],
    ticketMinutes: 30,
    long: { hours: 2, users: 1_000 },
    vast: { hours: 1, users: 500_000 },
  },
  template: { hours: 24, complaints: [5, 10, 30, 100], appeals: [3, 5, 10, 30] },
  opinion: { reach: [0, 10_000, 100_000, null], spread: { local: 1, provincial: 2, national: 3, trending: 3, national_tv: 4, regulator: 4 }, days: 7 },
  billing: { phenomena: ['计费及收费', '账单发票', '不知情定制', '增值权益', '退费'], words: ['KW-UNK'], hours: 24, customers: [10, 50, 200, 500], confirmed: [null, 100, 1_000, 10_000] },
  silence: { factors: [1, 3, 6, 12] },
  crossProvince: { provinces: 3, leastColour: 2, hours: 24 },
  redLine: { phenomena: ['携出', '不知情定制', '业务变更', '销户拆机'], words: { 'KW-MNP': '携出', 'KW-UNK': '不知情定制', 'KW-LOC': '业务变更' }, hours: 24, customers: [5, 15, 50, 150] },
  keyword: {
    hours: 24,
    sameMatter: 3,
    emergency: { customers: 3, minutes: 60 },
    hurt: [null, null, null, 1],
    privacy: { customers: [1, 3, null, null], persons: [null, null, 1, 1_000] },
    fraud: [3, 10, 30, 100],
    gathering: [null, null, 5, 30],
  },
  keyCustomer: { expedites: 3, skipLevels: 2, hours: 24, customers: [null, null, 3, null] },
  executive: { channels: ['executive', 'gov_12345', 'petition', 'consumer_assoc', 'court_police'], days: 7, sameCustomer: 2, customers: [null, null, 5, null] },
  vulnerable: { days: 30, customers: [null, 3, 10, null] },
  agent: { days: 7, customers: [5, 10, 30, null] },
  backlog: { open: 100, days: 7, ratios: [0.8, 1.2, 1.6, 2], shares: [null, 15, 30, null] },
  hotline: { minutes: 15, calls: 200, below: [null, 60, 40, 20], systems: { app: 2, hall: 2, hotline: 2 } },
  disabledRules: [],
  scopeShare: 0.7,
  joinGapHours: 2,
  relapseHours: 2,
  flapping: { relapses: 3, hours: 6, holdHours: 6 },
  holdDownMinutes: [30, 30, 60, 60],
}

/** One rule read at one node, for one matter, at one tick. */
export interface RiskReading {
  readonly ruleId: string
  readonly regionCode: string
  readonly matter: Matter
  readonly tickAt: Instant
  readonly level: Level
  /** Distinct customers for MR-01, tickets for MR-02, in [tick − window, tick); for the others what their rule counts. */
  readonly value: number
  readonly baseline: number | null
  readonly sigma: number | null
  readonly z: number | null
  readonly r: number | null
  /** Why this level and not the next one. */
  readonly reason: RiskReason
  /** Keys of the tickets behind it, where they are not those of the phenomenon in the window; not stored with the reading. */
  readonly tickets?: readonly string[]
}

export type RiskReason =
  | { readonly why: 'threshold'; readonly thresholds: Thresholds }
  | { readonly why: 'surge'; readonly baselineValues: readonly number[]; readonly basis: 'weeks' | 'days' }
  | { readonly why: 'no_baseline'; readonly usable: number }
  /** In words, with the numbers that decided. */
  | { readonly why: 'said'; readonly zh: string; readonly en: string; readonly facts: Readonly<Record<string, number | string | null>> }

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Groups whose keys are data: what a setting leaves out of them is meant to be out. */
const WHOLE = new Set(['outage.phenomena', 'redLine.words'])

function completed(usual: unknown, given: unknown, path: string): unknown {
  if (given === undefined) return usual
  if (!isGroup(usual) || !isGroup(given) || WHOLE.has(path)) return given
  const names = [...new Set([...Object.keys(usual), ...Object.keys(given)])]
  return Object.fromEntries(names.map((name) => [name, completed(usual[name], given[name], path === '' ? name : `${path}.${name}`)]))
}

/** Settings as stored, completed by the defaults of what did not exist when they were written, in whatever group. */
export const completedRisk = (body: unknown): RiskParameters => completed(DEFAULT_RISK_PARAMETERS, body, '') as RiskParameters

/** The lowest of some thresholds: below it none is reached; Infinity where there are none. */
export const leastOf = (thresholds: Thresholds): number => Math.min(Number.POSITIVE_INFINITY, ...thresholds.filter((threshold) => threshold !== null))

/** The highest colour whose threshold a value reaches, 0 for none. */
export function levelReached(value: number, thresholds: Thresholds): Level {
  const level = ([4, 3, 2, 1] as const).find((candidate) => {
    const threshold = thresholds[candidate - 1]
    return threshold !== null && threshold !== undefined && value >= threshold
  })
  return level ?? 0
}
