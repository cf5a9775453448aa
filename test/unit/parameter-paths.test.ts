import { describe, expect, test } from 'vitest'
import { withValues } from '../../core/domain/risk/parameter-paths.ts'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS } from '../../core/domain/risk/reading.ts'

describe('the values that a replay is given', () => {
  test('take the place of those in force, by either spelling, and what was given stays as it is', () => {
    const before = structuredClone(DEFAULTS)
    expect(withValues(DEFAULTS, { 'batch_60min.city': [6, 25, 80, 250], 'surge.min_values': 3, holdDownMinutes: [0, 0, 5, 5] })).toEqual({
      parameters: { ...DEFAULTS, batch: { ...DEFAULTS.batch, city: [6, 25, 80, 250] }, surge: { ...DEFAULTS.surge, minValues: 3 }, holdDownMinutes: [0, 0, 5, 5] },
    })
    expect(DEFAULTS).toEqual(before)
    expect(withValues(DEFAULTS, {})).toEqual({ parameters: DEFAULTS })
  })

  test.each<[string, unknown]>([
    ['batch.city', [30, 10, 100, 300]], ['batch.city', [0, 10, 100, 300]], ['batch.city', [10, 30, 100]], ['batch.city', '10'], ['batch.province', ['a', 1, 2, 3]],
    ['surge.z', [-1, 1, 2, 3]], ['surge.levels', ['district']], ['surge.levels', ['moon']], ['surge.levels', 'city'], ['surge.weeks', 0], ['surge.weeks', 27], ['surge.minValues', 1.5],
    ['windowMinutes', 0], ['windowMinutes', 7], ['windowMinutes', 1_445], ['windowMinutes', null], ['scopeShare', 0], ['scopeShare', 1.01], ['joinGapHours', 49], ['relapseHours', -1],
    ['holdDownMinutes', [1, 2, 3]], ['holdDownMinutes', [1.5, 2, 3, 4]], ['holdDownMinutes', [1, 2, 3, 1_441]],
    ['tickSeconds', 300], ['kinds', ['appeal']], ['batch.enabled', false], ['outage.users', [1, 2, 3, 4]], ['__proto__', {}], ['', 1], ['batch', {}],
  ])('%s = %j is refused by the name that was given, whatever else is given', (path, value) => {
    expect(withValues(DEFAULTS, Object.fromEntries([['surge.weeks', 8], [path, value]]))).toEqual({ faults: [expect.stringMatching(/^.*: .+/u)] })
    const told = withValues(DEFAULTS, Object.fromEntries([[path, value]]))
    expect('faults' in told && told.faults[0]?.startsWith(`${path}: `)).toBe(true)
  })

  test('every fault is told', () => {
    expect(withValues(DEFAULTS, { 'batch_60min.city': 1, nothing: 2 })).toEqual({ faults: [expect.stringContaining('batch_60min.city: '), expect.stringContaining('nothing: ')] })
  })
})
