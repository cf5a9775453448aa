import { describe, expect, test } from 'vitest'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { isRiskRuleOn, switched, withValue } from '../../core/domain/risk/parameters.ts'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS, type RiskReading } from '../../core/domain/risk/reading.ts'
import type { Finding } from '../../core/domain/risk/risk-case.ts'
import { riskFor } from '../../core/domain/risk/scopes.ts'
import { afterTick, ofTrial, type RiskTrial, triedValues, trialSettings } from '../../core/domain/risk/trial.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { aRegionTree, at } from '../support/builders.ts'

const T = at('2026-06-11 10:05')
const GAP = 2 * HOUR
const matter = { kind: 'phenomenon', name: '无法上网' } as const
const trial = (rest: Partial<RiskTrial> = {}): RiskTrial => ({ id: '1', ruleId: 'MR-01', scope: null, values: { 'batch.city': [5, 30, 100, 300] }, ...rest })
const finding = (level: Severity, value: number, tickAt = T, regionCode = '320500'): Finding => {
  const reading: RiskReading = { ruleId: 'MR-01', regionCode, matter, tickAt, level, value, baseline: null, sigma: null, z: null, r: null, reason: { why: 'threshold', thresholds: [5, 30, 100, 300] } }
  return { matter, regionCode, level, readings: [reading], customers: value }
}

describe('the settings of a trial', () => {
  const settings = { ...withValue(DEFAULTS, 'batch.city', [10, 30, 100, 300]), scopes: { '32': { values: { 'batch.city': [8, 25, 80, 250] }, enabledRules: [] } } }

  test('have its rule alone on, also one that is off', () => {
    for (const { id } of RISK_RULES) {
      const tried = trialSettings(switched(id, false, settings), trial({ ruleId: id, values: {} }))
      expect(RISK_RULES.filter((rule) => isRiskRuleOn(rule.id, tried)).map((rule) => rule.id)).toEqual([id])
    }
  })

  test('of the group hold everywhere, a province keeping what it says by itself', () => {
    const tried = trialSettings(settings, trial({ values: { 'batch.city': [12, 20, 100, 300] } }))
    expect([riskFor(tried).batch.city, riskFor(tried, '33').batch.city, riskFor(tried, '32').batch.city]).toEqual([[12, 20, 100, 300], [12, 20, 100, 300], [8, 20, 80, 250]])
  })

  test('of a province are its own and nothing else, also where they are laxer than those in force', () => {
    const tried = trialSettings(settings, trial({ scope: '32', values: { 'batch.city': [40, 50, 100, 300] } }))
    expect([riskFor(tried, '32').batch.city, Object.hasOwn(tried, 'scopes')]).toEqual([[40, 50, 100, 300], false])
    expect(triedValues('MR-01', settings, '32')).toEqual({ 'batch.city': [8, 25, 80, 250], 'batch.province': DEFAULTS.batch.province })
  })

  test('say something of their own place alone', () => {
    const found = [finding(1, 5), finding(1, 5, T, '330100'), finding(1, 5, T, '00')]
    expect(ofTrial(found, trial({ scope: '32' }), aRegionTree()).map(({ regionCode }) => regionCode)).toEqual(['320500'])
    expect(ofTrial(found, trial(), aRegionTree())).toEqual(found)
  })
})

describe('what is recorded', () => {
  const first = afterTick([], [finding(1, 5)], T, GAP)

  test('begins at the tick, with when, where, which colour and the numbers', () => {
    expect(first).toEqual([{ regionCode: '320500', matter, firstTrueAt: T, lastTrueAt: T, level: 1, value: 5, facts: { regionCode: '320500', baseline: null, sigma: null, z: null, r: null, reason: { why: 'threshold', thresholds: [5, 30, 100, 300] } } }])
    expect(afterTick(first, [finding(1, 5)], T, GAP)).toEqual(first)
  })

  test('goes on with the highest colour and the numbers that first reached it', () => {
    const raised = afterTick(first, [finding(2, 31, T + 5 * MINUTE)], T + 5 * MINUTE, GAP)
    expect(raised).toMatchObject([{ firstTrueAt: T, lastTrueAt: T + 5 * MINUTE, level: 2, value: 31 }])
    expect(afterTick(raised, [finding(1, 6)], T + 10 * MINUTE, GAP)).toMatchObject([{ firstTrueAt: T, lastTrueAt: T + 10 * MINUTE, level: 2, value: 31 }])
  })

  test.each([['just within the gap', GAP, T], ['just beyond it', GAP + 1, T + GAP + 1]])('%s it is one time or another', (_, later, firstTrueAt) => {
    expect(afterTick(first, [finding(1, 5)], T + later, GAP)).toMatchObject([{ firstTrueAt, lastTrueAt: T + later }])
  })

  test('is apart by place and by matter', () => {
    expect(afterTick(first, [finding(1, 5, T, '320100')], T + MINUTE, GAP)).toMatchObject([{ regionCode: '320100', firstTrueAt: T + MINUTE }])
  })
})
