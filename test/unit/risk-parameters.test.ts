import { describe, expect, test } from 'vitest'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { COMMON_PARAMETERS, isRiskRuleOn, parametersOf, RISK_PARAMETERS, riskFaults, switched, valueAt, withValue } from '../../core/domain/risk/parameters.ts'
import { completedRisk, DEFAULT_RISK_PARAMETERS as DEFAULTS } from '../../core/domain/risk/reading.ts'

/** Every leaf of the settings: lists and groups whose keys are data are leaves. */
function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ['outage.phenomena', 'redLine.words'].includes(path)) return [path]
  return Object.entries(value).flatMap(([name, held]) => leaves(held, path === '' ? name : `${path}.${name}`))
}

describe('the parameters of the risk rules', () => {
  test('are all described, once, and the defaults fit', () => {
    const switches = ['batch.enabled', 'surge.enabled', 'disabledRules']
    expect(RISK_PARAMETERS.map(({ path }) => path).sort()).toEqual(leaves(DEFAULTS).filter((path) => !switches.includes(path)).sort())
    expect(riskFaults(DEFAULTS)).toEqual([])
  })

  test('belong to rules that there are, and every rule has some', () => {
    const known = RISK_RULES.map(({ id }) => id)
    for (const { path, rules } of RISK_PARAMETERS) expect(known, path).toEqual(expect.arrayContaining([...rules]))
    for (const id of known) expect(parametersOf(id).length, id).toBeGreaterThan(0)
    expect(COMMON_PARAMETERS.map(({ path }) => path)).toEqual(['tickSeconds', 'windowMinutes', 'kinds', 'scopeShare', 'joinGapHours', 'relapseHours', 'flapping.relapses', 'flapping.hours', 'flapping.holdHours', 'holdDownMinutes'])
  })

  test.each<[string, unknown]>([
    ['tickSeconds', 0], ['tickSeconds', 3_601], ['tickSeconds', 1.5], ['tickSeconds', '300'], ['tickSeconds', null], ['scopeShare', 0], ['scopeShare', 1.1], ['scopeShare', Number.NaN],
    ['kinds', []], ['kinds', ['nonsense']], ['kinds', ['complaint', 'complaint']], ['holdDownMinutes', [30, 30, 60]], ['holdDownMinutes', [30, 30, 60, null]], ['holdDownMinutes', [30, 30, 60.5, 60]],
    ['batch.city', [10, 30, 100]], ['batch.city', [30, 10, 100, 300]], ['batch.city', [10, 'x', 100, 300]], ['batch.city', [-1, 30, 100, 300]], ['batch.city', 10],
    ['hotline.below', [null, 20, 40, 60]], ['hotline.below', [null, 101, 40, 20]], ['surge.levels', ['district', 'moon']], ['opinion.spread.local', 5],
    ['outage.phenomena', { broadband: 'x' }], ['redLine.words', { 'KW-MNP': '' }], ['executive.channels', ['hotline']], ['billing.phenomena', ['']],
  ])('%s = %j is refused by its path', (path, value) => {
    expect(riskFaults(withValue(DEFAULTS, path, value))).toEqual([expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')}: .+ / .+`, 'u'))])
  })

  test.each<[string, unknown]>([
    ['batch.city', [null, 30, 30, 300]], ['batch.city', [null, null, null, null]], ['hotline.below', [70, 60, 40, null]], ['surge.r', [1.25, 2, 3, 5]], ['redLine.words', {}], ['scopeShare', 1],
  ])('%s = %j is taken', (path, value) => {
    const changed = withValue(DEFAULTS, path, value)
    expect([riskFaults(changed), valueAt(changed, path)]).toEqual([[], value])
    expect(riskFaults(DEFAULTS)).toEqual([])
  })

  test('a rule is switched by its own switch, wherever that stands', () => {
    for (const { id } of RISK_RULES) {
      const off = switched(id, false, DEFAULTS)
      expect([isRiskRuleOn(id, DEFAULTS), isRiskRuleOn(id, off), isRiskRuleOn(id, switched(id, true, off))], id).toEqual([true, false, true])
      expect(RISK_RULES.filter((other) => !isRiskRuleOn(other.id, off)).map((other) => other.id)).toEqual([id])
      expect(riskFaults(off)).toEqual([])
    }
    expect(riskFaults({ ...DEFAULTS, disabledRules: ['MR-99'] })).toEqual([expect.stringContaining('MR-99')])
  })
})

describe('settings that an older version stored', () => {
  test('are completed in every group, and keep what they say', () => {
    const { words: _, ...billing } = DEFAULTS.billing
    const { words: __, ...redLine } = DEFAULTS.redLine
    const { agent: ___, ...rest } = DEFAULTS
    expect(completedRisk({ ...rest, billing: { ...billing, hours: 12 }, redLine })).toEqual({ ...DEFAULTS, billing: { ...DEFAULTS.billing, hours: 12 } })
    expect(completedRisk({})).toEqual(DEFAULTS)
  })

  test('but nothing is put into groups whose keys are data', () => {
    expect(completedRisk({ outage: { phenomena: { iptv: ['IPTV'] } }, redLine: { words: {} } })).toMatchObject({ outage: { users: DEFAULTS.outage.users, phenomena: { iptv: ['IPTV'] } }, redLine: { words: {} } })
    expect(Object.keys(completedRisk({ outage: { phenomena: { iptv: ['IPTV'] } } }).outage.phenomena)).toEqual(['iptv'])
  })
})
