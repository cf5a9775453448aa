import type { RiskParameters } from './reading.ts'

/** Names of domain.md Appendix A that the settings spell otherwise. */
const ALIASES: Readonly<Record<string, string>> = { batch_60min: 'batch', min_values: 'minValues' }
/** What the replayed rules go by, and nothing else may be set. */
const SETTABLE = ['batch.city', 'batch.province', 'surge.z', 'surge.x', 'surge.r', 'surge.levels', 'surge.weeks', 'surge.minValues', 'windowMinutes', 'scopeShare', 'joinGapHours', 'relapseHours', 'holdDownMinutes'] as const

const isThresholds = (value: unknown): boolean => {
  if (!Array.isArray(value) || value.length !== 4) return false
  const given = value.filter((one) => one !== null)
  return given.every((one, index) => typeof one === 'number' && Number.isFinite(one) && one > 0 && (index === 0 || one >= given[index - 1]))
}
const isWhole = (value: unknown, least: number, most: number) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most

function faultOf(path: string, value: unknown): string | null {
  if (/^(batch\.|surge\.[zxr]$)/u.test(path)) return isThresholds(value) ? null : '四个由小到大的正数或 null / four positive numbers or null, rising'
  if (path === 'surge.levels') return Array.isArray(value) && value.every((one) => ['city', 'province', 'group'].includes(one)) ? null : 'city, province, group'
  if (path === 'holdDownMinutes') return Array.isArray(value) && value.length === 4 && value.every((one) => isWhole(one, 0, 1_440)) ? null : '四个 0 至 1440 的整数 / four whole numbers from 0 to 1440'
  if (path === 'scopeShare') return typeof value === 'number' && value > 0 && value <= 1 ? null : '大于 0 至 1 / above 0, up to 1'
  if (path === 'windowMinutes') return isWhole(value, 5, 1_440) && (value as number) % 5 === 0 ? null : '5 的倍数，至多 1440 / a multiple of 5, at most 1440'
  if (path === 'surge.weeks' || path === 'surge.minValues') return isWhole(value, 1, 26) ? null : '1 至 26 的整数 / a whole number from 1 to 26'
  return isWhole(value, 0, 48) ? null : '0 至 48 的整数 / a whole number from 0 to 48'
}

/** Parameters with some values replaced, by paths such as `batch.city` or `batch_60min.city`; faults as `path: mend`, Chinese and English. */
export function withValues(parameters: RiskParameters, values: Readonly<Record<string, unknown>>): { readonly parameters: RiskParameters } | { readonly faults: readonly string[] } {
  const faults: string[] = []
  const next = { ...parameters } as unknown as Record<string, Record<string, unknown>>
  for (const [given, value] of Object.entries(values)) {
    const path = given.split('.').map((part) => ALIASES[part] ?? part).join('.')
    const known = SETTABLE.find((one) => one === path)
    const fault = known === undefined ? `没有这个参数，可设 / no such parameter; there are ${SETTABLE.join(', ')}` : faultOf(known, value)
    if (fault !== null) {
      faults.push(`${given}: ${fault}`)
      continue
    }
    const [head = '', tail] = path.split('.')
    if (tail === undefined) (next as Record<string, unknown>)[head] = value
    else next[head] = { ...next[head], [tail]: value }
  }
  return faults.length > 0 ? { faults } : { parameters: next as unknown as RiskParameters }
}
