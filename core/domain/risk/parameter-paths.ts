import { COUNT_RULES } from './catalogue.ts'
import { COMMON_PARAMETERS, parameterFault, parametersOf, type RiskParameter, withValue } from './parameters.ts'
import type { RiskParameters } from './reading.ts'

/** Names of domain.md Appendix A that the settings spell otherwise. */
const ALIASES: Readonly<Record<string, string>> = { batch_60min: 'batch', min_values: 'minValues' }

/** What the replayed rules go by; its tick and the kinds of tickets that are counted stand as they are. */
const SETTABLE: readonly RiskParameter[] = [...COUNT_RULES.flatMap(({ id }) => parametersOf(id)), ...COMMON_PARAMETERS].filter(
  ({ path }, place, all) => !['tickSeconds', 'kinds'].includes(path) && all.findIndex((other) => other.path === path) === place,
)

const LEVELS = ['city', 'province', 'group']

/** What a replay takes more narrowly than the rules do, so that what it keeps in memory stays small. */
function tooWide({ path, kind }: RiskParameter, value: unknown): string | null {
  if (kind === 'rising' && (value as readonly unknown[]).includes(0)) return '四个大于 0 的数或 null / four numbers above 0, or null'
  if (path === 'surge.levels' && !(value as readonly string[]).every((level) => LEVELS.includes(level))) return LEVELS.join(', ')
  return path === 'windowMinutes' && (value as number) % 5 !== 0 ? '5 的倍数 / a multiple of 5' : null
}

/** Parameters with some values replaced, by paths such as `batch.city` or `batch_60min.city`; faults as `path: mend`, Chinese and English. */
export function withValues(parameters: RiskParameters, values: Readonly<Record<string, unknown>>): { readonly parameters: RiskParameters } | { readonly faults: readonly string[] } {
  const faults: string[] = []
  let next = parameters
  for (const [given, value] of Object.entries(values)) {
    const path = given.split('.').map((part) => ALIASES[part] ?? part).join('.')
    const known = SETTABLE.find((parameter) => parameter.path === path)
    const fault = known === undefined ? `没有这个参数，可设 / no such parameter; there are ${SETTABLE.map((parameter) => parameter.path).join(', ')}` : (parameterFault(known, value) ?? tooWide(known, value))
    if (fault === null) next = withValue(next, path, value)
    else faults.push(`${given}: ${fault}`)
  }
  return faults.length > 0 ? { faults } : { parameters: next }
}
