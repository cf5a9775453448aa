import { COMMON_PARAMETERS, parameterFault, parametersOf, type RiskParameter, withValue } from './parameters.ts'
import type { RiskParameters } from './reading.ts'

/** Names of domain.md Appendix A that the settings spell otherwise: of a group of parameters, or of one that stands by itself there. */
const GROUPS: Readonly<Record<string, string>> = { batch_60min: 'batch', min_values: 'minValues', appeal_surge: 'appealSurge', cross_province: 'crossProvince', min_colour: 'leastColour', window_hours: 'hours' }
const ALONE: Readonly<Record<string, string>> = { fraud: 'keyword.fraud', redline: 'redLine.customers', backlog_ratio: 'backlog.ratios' }

const pathOf = (given: string): string => (Object.hasOwn(ALONE, given) ? (ALONE[given] as string) : given.split('.').map((part) => (Object.hasOwn(GROUPS, part) ? GROUPS[part] : part)).join('.'))

/** The tick and the kinds of tickets that are counted stand as they are. */
const FIXED: readonly string[] = ['tickSeconds', 'kinds']

/** What a replay of a rule may be given. */
const settableOf = (ruleId: string): readonly RiskParameter[] => [...parametersOf(ruleId), ...COMMON_PARAMETERS].filter(({ path }) => !FIXED.includes(path))

const LEVELS = ['city', 'province', 'group']

/** What a replay takes more narrowly than the rules do, so that what it keeps in memory stays small. */
function tooWide({ path, kind }: RiskParameter, value: unknown): string | null {
  // Of the rules that read counts 0 would be true of every place at every tick.
  if (kind === 'rising' && /^(batch|surge)\./u.test(path) && (value as readonly unknown[]).includes(0)) return '四个大于 0 的数或 null / four numbers above 0, or null'
  if (path === 'surge.levels' && !(value as readonly string[]).every((level) => LEVELS.includes(level))) return LEVELS.join(', ')
  return path === 'windowMinutes' && (value as number) % 5 !== 0 ? '5 的倍数 / a multiple of 5' : null
}

/** Parameters with some values of a rule replaced, by paths such as `batch.city` or `batch_60min.city`; faults as `path: mend`, Chinese and English. */
export function withValues(parameters: RiskParameters, ruleId: string, values: Readonly<Record<string, unknown>>): { readonly parameters: RiskParameters } | { readonly faults: readonly string[] } {
  const faults: string[] = []
  const settable = settableOf(ruleId)
  let next = parameters
  for (const [given, value] of Object.entries(values)) {
    const path = pathOf(given)
    const known = settable.find((parameter) => parameter.path === path)
    const fault = known === undefined ? `规则 ${ruleId} 没有这个参数，可设 / ${ruleId} has no such parameter; there are ${settable.map((parameter) => parameter.path).join(', ')}` : (parameterFault(known, value) ?? tooWide(known, value))
    if (fault === null) next = withValue(next, path, value)
    else faults.push(`${given}: ${fault}`)
  }
  return faults.length > 0 ? { faults } : { parameters: next }
}
