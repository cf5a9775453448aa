import { describe, expect, test } from 'vitest'
import { buildRegionTree } from '../../core/domain/region.ts'
import { CaseReplay, compareCases, NoSuchParameter, type RaisedCase, withParameters } from '../../core/domain/risk/backtest.ts'
import { phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS } from '../../core/domain/risk/reading.ts'
import type { Finding } from '../../core/domain/risk/risk-case.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { node } from '../support/node.ts'

const tree = buildRegionTree([node('00', null, 'group', '/00/'), node('32', '00', 'province', '/00/32/'), node('320500', '32', 'city', '/00/32/320500/'), node('320100', '32', 'city', '/00/32/320100/')])
const T = 1_000 * HOUR
const finding = (level: Severity, regionCode = '320500', name = 'P'): Finding => ({ matter: phenomenonMatter(name), regionCode, level, customers: 1, readings: [] })
/** Ticks every five minutes; what is found at each by the minute after T. */
function replay(found: Readonly<Record<number, readonly Finding[]>>, until: number) {
  const cases = new CaseReplay(tree, DEFAULTS)
  for (let minute = 0; minute <= until; minute += 5) cases.tick(T + minute * MINUTE, found[minute] ?? [])
  return cases.cases().map(({ regionCode, openedAt, mitigatedAt, highest, pagedAt }) => [regionCode, (openedAt - T) / MINUTE, mitigatedAt === null ? null : (mitigatedAt - T) / MINUTE, highest, pagedAt.length])
}

describe('a replayed case', () => {
  test('opens, rises with a page, and is mitigated when it has been false for the hold-down of its colour', () => {
    expect(replay({ 0: [finding(1)], 5: [finding(2)], 10: [finding(2)] }, 40)).toEqual([['320500', 0, null, 2, 2]])
    expect(replay({ 0: [finding(1)], 5: [finding(2)], 10: [finding(2)] }, 45)).toEqual([['320500', 0, 45, 2, 2]])
    expect(replay({ 0: [finding(3)] }, 60)).toEqual([['320500', 0, null, 3, 1]])
    expect(replay({ 0: [finding(3)] }, 65)).toEqual([['320500', 0, 65, 3, 1]])
  })

  test('comes back within two hours with a page, and is another one later', () => {
    expect(replay({ 0: [finding(1)], 150: [finding(1)] }, 150)).toEqual([['320500', 0, null, 1, 2]])
    expect(replay({ 0: [finding(1)], 160: [finding(1)] }, 160)).toEqual([['320500', 0, 35, 1, 1], ['320500', 160, null, 1, 1]])
  })

  test('is one with others when a finding spans them', () => {
    const two = { 0: [finding(1), finding(2, '320100')], 5: [finding(2, '32')] }
    expect(replay(two, 5).map(([code, opened, , highest]) => [code, opened, highest])).toEqual([['32', 0, 2], ['320100', 0, 2]])
  })
})

describe('beside what was raised', () => {
  const raised = (more: Partial<RaisedCase> = {}): RaisedCase => ({
    alertId: '7', matter: phenomenonMatter('P'), regionCode: '32', regionPath: '/00/32/', severity: 2, state: 'closed', firstTrueAt: T + 20 * MINUTE, lastTrueAt: T + 60 * MINUTE, ...more,
  })
  const cases = new CaseReplay(tree, DEFAULTS)
  cases.tick(T, [finding(1)])
  const compared = (list: readonly RaisedCase[]) => compareCases(cases.cases(), list, { tree, parameters: DEFAULTS })

  test('tells how much earlier, what is not found again, and how many were right', () => {
    expect(compared([raised()])).toMatchObject({ replayed: [{ alertId: '7', minutesEarlier: 20 }], missed: [], precision: { right: 1, wrong: 0, share: 1 } })
    expect(compared([raised({ state: 'false_positive' })]).precision).toEqual({ right: 0, wrong: 1, share: 0 })
    expect(compared([raised({ state: 'open' })]).precision).toEqual({ right: 0, wrong: 0, share: null })
    for (const other of [raised({ matter: phenomenonMatter('Q') }), raised({ regionPath: '/00/32/320100/' }), raised({ firstTrueAt: T + 9 * HOUR, lastTrueAt: T + 9 * HOUR })])
      expect(compared([other])).toMatchObject({ replayed: [{ alertId: null, minutesEarlier: null }], missed: [{ alertId: '7' }] })
  })
})

describe('parameters set otherwise', () => {
  test('are found by their path, with the window named or not, and leave the rest alone', () => {
    expect(withParameters(DEFAULTS, { 'batch.city': [8, 25, 80, 250] })).toEqual({ ...DEFAULTS, batch: { ...DEFAULTS.batch, city: [8, 25, 80, 250] } })
    expect(withParameters(DEFAULTS, { 'batch_60min.city': [8, 25, 80, 250] }).batch.city).toEqual([8, 25, 80, 250])
    expect(withParameters(DEFAULTS, { windowMinutes: 30, kinds: ['appeal'] })).toEqual({ ...DEFAULTS, windowMinutes: 30, kinds: ['appeal'] })
    expect(DEFAULTS.batch.city).toEqual([10, 30, 100, 300])
  })

  test.each<[string, unknown]>([
    ['batch.town', [1, 2, 3, 4]], ['nothing', 1], ['batch.city.x', 1], ['batch.city', 5], ['batch.city', [1, 2, 3]], ['batch.city', [1, 2, 3, 'x']], ['batch.city', [1, 2, 3, -4]], ['windowMinutes', '60'], ['kinds', [1]],
    ['__proto__.x', 1], ['outage.long', { hours: 'x' }],
  ])('%s = %j is refused by its name', (path, value) => {
    expect(() => withParameters(DEFAULTS, { [path]: value })).toThrow(NoSuchParameter)
    expect(() => withParameters(DEFAULTS, { [path]: value })).toThrow(path)
  })
})
