import { describe, expect, test } from 'vitest'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { withValues } from '../../core/domain/risk/parameter-paths.ts'
import { defaultAt, parametersOf } from '../../core/domain/risk/parameters.ts'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS } from '../../core/domain/risk/reading.ts'

const REPLAYED = RISK_RULES.map(({ id }) => id).filter((id) => !['MR-17', 'MR-18'].includes(id))

describe('the values that a replay is given', () => {
  test('take the place of those in force, by either spelling, and what was given stays as it is', () => {
    const before = structuredClone(DEFAULTS)
    expect(withValues(DEFAULTS, 'MR-01', { 'batch_60min.city': [6, 25, 80, 250], holdDownMinutes: [0, 0, 5, 5] })).toEqual({
      parameters: { ...DEFAULTS, batch: { ...DEFAULTS.batch, city: [6, 25, 80, 250] }, holdDownMinutes: [0, 0, 5, 5] },
    })
    expect(withValues(DEFAULTS, 'MR-02', { 'surge.min_values': 3 })).toEqual({ parameters: { ...DEFAULTS, surge: { ...DEFAULTS.surge, minValues: 3 } } })
    expect(DEFAULTS).toEqual(before)
    expect(withValues(DEFAULTS, 'MR-01', {})).toEqual({ parameters: DEFAULTS })
  })

  test.each<[string, unknown]>([
    ['batch.city', [30, 10, 100, 300]], ['batch.city', [0, 10, 100, 300]], ['batch.city', [10, 30, 100]], ['batch.city', '10'], ['batch.province', ['a', 1, 2, 3]],
    ['surge.z', [-1, 1, 2, 3]], ['surge.levels', ['district']], ['surge.levels', ['moon']], ['surge.levels', 'city'], ['surge.weeks', 0], ['surge.weeks', 27], ['surge.minValues', 1.5],
    ['windowMinutes', 0], ['windowMinutes', 7], ['windowMinutes', 1_445], ['windowMinutes', null], ['scopeShare', 0], ['scopeShare', 1.01], ['joinGapHours', 49], ['relapseHours', -1],
    ['holdDownMinutes', [1, 2, 3]], ['holdDownMinutes', [1.5, 2, 3, 4]], ['holdDownMinutes', [1, 2, 3, 1_441]],
    ['tickSeconds', 300], ['kinds', ['appeal']], ['batch.enabled', false], ['outage.users', [1, 2, 3, 4]], ['__proto__', {}], ['', 1], ['batch', {}],
  ])('%s = %j is refused by the name that was given, whatever else is given', (path, value) => {
    const ruleId = path.startsWith('batch') ? 'MR-01' : 'MR-02'
    expect(withValues(DEFAULTS, ruleId, Object.fromEntries([['joinGapHours', 8], [path, value]]))).toEqual({ faults: [expect.stringMatching(/^.*: .+/u)] })
    const told = withValues(DEFAULTS, ruleId, Object.fromEntries([[path, value]]))
    expect('faults' in told && told.faults[0]?.startsWith(`${path}: `)).toBe(true)
  })

  test.each(REPLAYED.flatMap((id) => parametersOf(id).map(({ path }) => [id, path] as const)))('%s can be given its %s, and no other rule’s that it does not go by', (id, path) => {
    const told = withValues(DEFAULTS, id, { [path]: defaultAt(path) })
    expect(told).toEqual({ parameters: DEFAULTS })
    const other = REPLAYED.find((one) => !parametersOf(one).some((parameter) => parameter.path === path)) as string
    expect(withValues(DEFAULTS, other, { [path]: defaultAt(path) })).toEqual({ faults: [expect.stringMatching(new RegExp(`^${path}: .*${other}`, 'u'))] })
  })

  test('of the names of Appendix A those that stand by themselves there are taken too', () => {
    expect(withValues(DEFAULTS, 'MR-19', { redline: [4, 10, 40, 100] })).toEqual({ parameters: { ...DEFAULTS, redLine: { ...DEFAULTS.redLine, customers: [4, 10, 40, 100] } } })
    expect(withValues(DEFAULTS, 'MR-12', { fraud: [2, 5, 10, 20] })).toEqual({ parameters: { ...DEFAULTS, keyword: { ...DEFAULTS.keyword, fraud: [2, 5, 10, 20] } } })
    expect(withValues(DEFAULTS, 'MR-06', { 'appeal_surge.x': [4, 8, 16, 32] })).toEqual({ parameters: { ...DEFAULTS, appealSurge: { ...DEFAULTS.appealSurge, x: [4, 8, 16, 32] } } })
    expect(withValues(DEFAULTS, 'MR-09', { 'opinion.reach': [0, 100, 1_000, null] })).toEqual({ parameters: { ...DEFAULTS, opinion: { ...DEFAULTS.opinion, reach: [0, 100, 1_000, null] } } })
  })

  test('every fault is told', () => {
    expect(withValues(DEFAULTS, 'MR-01', { 'batch_60min.city': 1, nothing: 2 })).toEqual({ faults: [expect.stringContaining('batch_60min.city: '), expect.stringContaining('nothing: ')] })
  })
})
