import { OWN_SYSTEMS, REGION_LEVELS, SPREAD_LEVELS, TICKET_KINDS } from '../vocabulary.ts'
import { RISK_RULES } from './catalogue.ts'
import { OFFICIAL_CHANNELS } from './mr-08-official-channel.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters } from './reading.ts'

/**
 * How a parameter is written: a whole number, a number, four thresholds from blue to red that rise or fall (null: no such colour), four whole numbers by colour, names of a list or any names,
 * names by key, one name by key.
 */
export type RiskParameterKind = 'whole' | 'number' | 'rising' | 'falling' | 'by_colour' | 'names' | 'name_lists' | 'named'

/** One setting of the risk rules: its place in the settings, the rules that go by it (none: all), and what makes sense (domain.md 5.2, Appendix A). */
export interface RiskParameter {
  readonly path: string
  readonly rules: readonly string[]
  readonly kind: RiskParameterKind
  readonly least: number
  readonly most: number
  /** Which way is stricter for a province of its own, colour by colour; null: one for the whole tree, since facts are gathered by it once for all places, or since neither way is. */
  readonly stricter: 'lower' | 'higher' | null
  /** The only names that are taken; null: any. */
  readonly names: readonly string[] | null
}

const MUCH = 1_000_000_000

type Stricter = RiskParameter['stricter']

const one = (kind: RiskParameterKind, path: string, rules: readonly string[], least: number, most: number, stricter: Stricter = null, names: readonly string[] | null = null): RiskParameter => ({
  path, rules, kind, least, most, stricter, names,
})
const whole = (path: string, rules: readonly string[], least: number, most: number, stricter: Stricter = null) => one('whole', path, rules, least, most, stricter)
const rising = (path: string, ...rules: readonly string[]) => one('rising', path, rules, 0, MUCH, 'lower')
const names = (path: string, known: readonly string[] | null, ...rules: readonly string[]) => one('names', path, rules, 0, 0, null, known)

const WORDED = ['MR-04', 'MR-10', 'MR-11', 'MR-12', 'MR-14', 'MR-15']
const SEASONAL = ['MR-02', 'MR-06']

/** Every setting of the risk rules but their switches. */
export const RISK_PARAMETERS: readonly RiskParameter[] = [
  whole('tickSeconds', [], 1, 3_600),
  whole('windowMinutes', [], 5, 1_440),
  names('kinds', TICKET_KINDS),
  one('number', 'scopeShare', [], 0.01, 1),
  whole('joinGapHours', [], 0, 48),
  whole('relapseHours', [], 0, 48),
  whole('flapping.relapses', [], 2, 20),
  whole('flapping.hours', [], 1, 48),
  whole('flapping.holdHours', [], 0, 48),
  one('by_colour', 'holdDownMinutes', [], 0, 1_440, 'higher'),
  rising('batch.city', 'MR-01'),
  rising('batch.province', 'MR-01'),
  names('surge.levels', REGION_LEVELS, 'MR-02'),
  whole('surge.weeks', SEASONAL, 1, 26),
  whole('surge.minValues', SEASONAL, 1, 26),
  rising('surge.z', 'MR-02'),
  rising('surge.x', 'MR-02'),
  rising('surge.r', 'MR-02'),
  whole('template.hours', ['MR-03'], 1, 168),
  rising('template.complaints', 'MR-03'),
  rising('template.appeals', 'MR-03'),
  whole('keyCustomer.expedites', ['MR-05'], 1, 50, 'lower'),
  whole('keyCustomer.skipLevels', ['MR-05'], 1, 50, 'lower'),
  whole('keyCustomer.hours', ['MR-05'], 1, 168),
  rising('keyCustomer.customers', 'MR-05'),
  rising('appealSurge.z', 'MR-06'),
  rising('appealSurge.x', 'MR-06'),
  rising('appealSurge.r', 'MR-06'),
  one('name_lists', 'outage.phenomena', ['MR-07'], 0, 0),
  rising('outage.users', 'MR-07'),
  rising('outage.tickets', 'MR-07'),
  whole('outage.ticketMinutes', ['MR-07'], 1, 1_440),
  whole('outage.long.hours', ['MR-07'], 1, 168, 'lower'),
  whole('outage.long.users', ['MR-07'], 0, MUCH, 'lower'),
  whole('outage.vast.hours', ['MR-07'], 1, 168, 'lower'),
  whole('outage.vast.users', ['MR-07'], 0, MUCH, 'lower'),
  names('executive.channels', OFFICIAL_CHANNELS, 'MR-08'),
  whole('executive.days', ['MR-08'], 1, 90),
  whole('executive.sameCustomer', ['MR-08'], 2, 50, 'lower'),
  rising('executive.customers', 'MR-08'),
  rising('opinion.reach', 'MR-09'),
  ...SPREAD_LEVELS.map((spread) => whole(`opinion.spread.${spread}`, ['MR-09'], 0, 4, 'higher')),
  whole('opinion.days', ['MR-09'], 1, 90),
  whole('keyword.hours', WORDED, 1, 168),
  whole('keyword.sameMatter', ['MR-04', 'MR-14'], 2, 1_000, 'lower'),
  whole('keyword.emergency.customers', ['MR-10'], 1, 1_000_000, 'lower'),
  whole('keyword.emergency.minutes', ['MR-10'], 1, 1_440),
  rising('keyword.hurt', 'MR-10'),
  rising('keyword.privacy.customers', 'MR-11'),
  rising('keyword.privacy.persons', 'MR-11'),
  rising('keyword.fraud', 'MR-12'),
  rising('keyword.gathering', 'MR-14'),
  names('billing.phenomena', null, 'MR-13'),
  names('billing.words', null, 'MR-13'),
  whole('billing.hours', ['MR-13'], 1, 168),
  rising('billing.customers', 'MR-13'),
  rising('billing.confirmed', 'MR-13'),
  whole('vulnerable.days', ['MR-15'], 1, 90),
  rising('vulnerable.customers', 'MR-15'),
  whole('backlog.open', ['MR-16'], 0, MUCH, 'lower'),
  whole('backlog.days', ['MR-16'], 1, 31),
  rising('backlog.ratios', 'MR-16'),
  rising('backlog.shares', 'MR-16'),
  rising('silence.factors', 'MR-17'),
  whole('crossProvince.provinces', ['MR-18'], 2, 40),
  whole('crossProvince.leastColour', ['MR-18'], 1, 4),
  whole('crossProvince.hours', ['MR-18'], 1, 168),
  names('redLine.phenomena', null, 'MR-19'),
  one('named', 'redLine.words', ['MR-19'], 0, 0),
  whole('redLine.hours', ['MR-19'], 1, 168),
  rising('redLine.customers', 'MR-19'),
  whole('hotline.minutes', ['MR-20'], 1, 1_440),
  whole('hotline.calls', ['MR-20'], 0, MUCH, 'lower'),
  one('falling', 'hotline.below', ['MR-20'], 0, 100, 'higher'),
  ...OWN_SYSTEMS.map((system) => whole(`hotline.systems.${system}`, ['MR-20'], 0, 4, 'higher')),
  whole('agent.days', ['MR-21'], 1, 90),
  rising('agent.customers', 'MR-21'),
]

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands at a path of the settings; undefined where nothing does. */
export const valueAt = (settings: unknown, path: string): unknown => path.split('.').reduce<unknown>((held, name) => (isRecord(held) && Object.hasOwn(held, name) ? held[name] : undefined), settings)

function withAt(settings: Readonly<Record<string, unknown>>, [name = '', ...rest]: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  const held = settings[name]
  return { ...settings, [name]: rest.length === 0 ? value : withAt(isRecord(held) ? held : {}, rest, value) }
}

/** Settings with another value at a path. */
export const withValue = (settings: RiskParameters, path: string, value: unknown): RiskParameters =>
  withAt(settings as unknown as Readonly<Record<string, unknown>>, path.split('.'), value) as unknown as RiskParameters

const isNumber = (value: unknown, { least, most }: RiskParameter): value is number => typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most
const areNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string' && name.trim() !== '') && new Set(value).size === value.length

function areThresholds(value: unknown, parameter: RiskParameter, isInOrder: (a: number, b: number) => boolean): boolean {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((threshold) => threshold === null || isNumber(threshold, parameter))) return false
  const given = (value as readonly (number | null)[]).filter((threshold) => threshold !== null)
  return given.every((threshold, place) => place === 0 || isInOrder(given[place - 1] as number, threshold))
}

const FITS: Readonly<Record<RiskParameterKind, (value: unknown, parameter: RiskParameter) => boolean>> = {
  whole: (value, parameter) => isNumber(value, parameter) && Number.isInteger(value),
  number: isNumber,
  rising: (value, parameter) => areThresholds(value, parameter, (a, b) => a <= b),
  falling: (value, parameter) => areThresholds(value, parameter, (a, b) => a >= b),
  by_colour: (value, parameter) => Array.isArray(value) && value.length === 4 && value.every((held) => isNumber(held, parameter) && Number.isInteger(held)),
  names: (value, { names: known }) => areNames(value) && value.length > 0 && (known === null || value.every((name) => known.includes(name))),
  name_lists: (value) => isRecord(value) && Object.values(value).every(areNames),
  named: (value) => isRecord(value) && Object.values(value).every((name) => typeof name === 'string' && name.trim() !== ''),
}

const MEND: Readonly<Record<RiskParameterKind, (parameter: RiskParameter) => string>> = {
  whole: ({ least, most }) => `${least} 至 ${most} 的整数 / a whole number from ${least} to ${most}`,
  number: ({ least, most }) => `${least} 至 ${most} 的数 / a number from ${least} to ${most}`,
  rising: () => '蓝、黄、橙、红四个门限，由小到大，没有的为 null / four thresholds, blue to red, rising, null where there is none',
  falling: () => '蓝、黄、橙、红四个门限，由大到小，没有的为 null / four thresholds, blue to red, falling, null where there is none',
  by_colour: ({ least, most }) => `蓝、黄、橙、红四个 ${least} 至 ${most} 的整数 / four whole numbers from ${least} to ${most}, blue to red`,
  names: ({ names: known }) => (known === null ? '不重复的名称，至少一个 / names, each once, at least one' : `取自 ${known.join('、')}，至少一个 / of ${known.join(', ')}, at least one`),
  name_lists: () => '每个键一组不重复的名称 / names, each once, by key',
  named: () => '每个键一个名称 / a name by key',
}

/** What is wrong with a value, Chinese and English; null where it fits. */
export const parameterFault = (parameter: RiskParameter, value: unknown): string | null => (FITS[parameter.kind](value, parameter) ? null : MEND[parameter.kind](parameter))

/** What is wrong with settings, as `path: mend`; empty where nothing is. */
export function riskFaults(settings: RiskParameters): string[] {
  const known = new Set(RISK_RULES.map(({ id }) => id))
  const faults = RISK_PARAMETERS.flatMap((parameter) => {
    const fault = parameterFault(parameter, valueAt(settings, parameter.path))
    return fault === null ? [] : [`${parameter.path}: ${fault}`]
  })
  return [...faults, ...settings.disabledRules.filter((id) => !known.has(id)).map((id) => `disabledRules: 没有规则 ${id} / there is no rule ${id}`)]
}

/** Whether a rule is on. MR-01 and MR-02 have switches of their own. */
export const isRiskRuleOn = (id: string, { batch, surge, disabledRules }: RiskParameters): boolean =>
  id === 'MR-01' ? batch.enabled : id === 'MR-02' ? surge.enabled : !disabledRules.includes(id)

/** The settings with a rule switched on or off, wherever its switch stands. */
export function switched(id: string, isOn: boolean, settings: RiskParameters): RiskParameters {
  if (id === 'MR-01') return { ...settings, batch: { ...settings.batch, enabled: isOn } }
  if (id === 'MR-02') return { ...settings, surge: { ...settings.surge, enabled: isOn } }
  const others = settings.disabledRules.filter((held) => held !== id)
  return { ...settings, disabledRules: isOn ? others : [...others, id].sort() }
}

/** The parameters that a rule goes by and that are not those of every rule. */
export const parametersOf = (id: string): readonly RiskParameter[] => RISK_PARAMETERS.filter(({ rules }) => rules.includes(id))

/** Those that every rule goes by. */
export const COMMON_PARAMETERS: readonly RiskParameter[] = RISK_PARAMETERS.filter(({ rules }) => rules.length === 0)

/** What stands at a path of the defaults. */
export const defaultAt = (path: string): unknown => valueAt(DEFAULT_RISK_PARAMETERS, path)
