import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { COUNT_RULES, readRules, RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { NO_FACTS } from '../../core/domain/risk/facts.ts'
import { isRiskRuleOn, RISK_PARAMETERS, switched, valueAt, withValue } from '../../core/domain/risk/parameters.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS, levelReached, type RiskParameters, type Thresholds } from '../../core/domain/risk/reading.ts'
import {
  isProvincial, isRiskLaxer, keenest, ownRiskOf, PROVINCE_PARAMETERS, raisedRiskProvinces, riskFor, riskLaxFaults, riskScopeFaults, riskStamp, scopeOfPlace, scopesApart, stricterOf, withRiskEdit,
} from '../../core/domain/risk/scopes.ts'
import { at, aRegionTree } from '../support/builders.ts'

const tree = aRegionTree()
const T = at('2026-06-11 10:05')
const own = (values: Record<string, unknown>, enabledRules: string[] = [], settings: RiskParameters = DEFAULTS): RiskParameters => ({ ...settings, scopes: { '32': { values, enabledRules } } })
const CITY: Thresholds = [8, 25, 80, 250]

describe('what is stricter', () => {
  test('is said of every threshold, and of no list of names and no length of time by which facts are gathered', () => {
    expect(RISK_PARAMETERS.filter(({ kind, stricter }) => kind === 'rising' && stricter !== 'lower').map(({ path }) => path)).toEqual([])
    expect(PROVINCE_PARAMETERS.filter(({ kind }) => ['names', 'name_lists', 'named'].includes(kind))).toEqual([])
    const higher = PROVINCE_PARAMETERS.filter(({ stricter }) => stricter === 'higher').map(({ path }) => path)
    expect(higher).toEqual(['holdDownMinutes', ...['local', 'provincial', 'national', 'trending', 'national_tv', 'regulator'].map((spread) => `opinion.spread.${spread}`), 'hotline.below', 'hotline.systems.app', 'hotline.systems.hall', 'hotline.systems.hotline'])
    for (const path of ['tickSeconds', 'windowMinutes', 'scopeShare', 'joinGapHours', 'relapseHours', 'surge.weeks', 'surge.minValues', 'template.hours', 'hotline.minutes', 'backlog.days', 'crossProvince.provinces']) {
      expect(RISK_PARAMETERS.find((one) => one.path === path)?.stricter, path).toBe(null)
    }
    expect(RISK_RULES.map(({ id }) => id).filter((id) => !isProvincial(id))).toEqual(['MR-18'])
  })

  test.each<[string, 'lower' | 'higher', unknown, unknown, boolean, unknown]>([
    ['the same', 'lower', [10, 30, 100, 300], [10, 30, 100, 300], false, [10, 30, 100, 300]],
    ['lower thresholds', 'lower', [8, 30, 100, 300], [10, 30, 100, 300], false, [8, 30, 100, 300]],
    ['one colour laxer', 'lower', [8, 31, 100, 300], [10, 30, 100, 300], true, [8, 30, 100, 300]],
    ['a colour given up', 'lower', [8, 30, 100, null], [10, 30, 100, 300], true, [8, 30, 100, 300]],
    ['a colour that the group has not', 'lower', [2, 3, 10, null], [null, 3, 10, null], false, [2, 3, 10, null]],
    ['no colour at all on either side', 'lower', [null, null, 3, null], [null, null, 3, null], false, [null, null, 3, null]],
    ['a lower number', 'lower', 2, 3, false, 2],
    ['a higher number', 'lower', 4, 3, true, 3],
    ['true sooner below 70 %', 'higher', [null, 70, 40, 20], [null, 60, 40, 20], false, [null, 70, 40, 20]],
    ['true later below 50 %', 'higher', [null, 50, 40, 20], [null, 60, 40, 20], true, [null, 60, 40, 20]],
    ['held longer', 'higher', [60, 60, 60, 60], [30, 30, 60, 60], false, [60, 60, 60, 60]],
    ['held shorter', 'higher', [20, 60, 60, 60], [30, 30, 60, 60], true, [30, 60, 60, 60]],
  ])('%s', (_, stricter, value, group, isLaxer, inForce) => {
    expect([isRiskLaxer({ stricter }, value, group), stricterOf({ stricter }, value, group)]).toEqual([isLaxer, inForce])
  })
})

describe('a province', () => {
  test('goes by the stricter of the two, the others by the group; both without what the provinces say', () => {
    const settings = own({ 'batch.city': CITY })
    expect([riskFor(settings, '32').batch.city, riskFor(settings, '33').batch.city, riskFor(settings).batch.city]).toEqual([CITY, DEFAULTS.batch.city, DEFAULTS.batch.city])
    expect([riskFor(settings, '32'), riskFor(settings, '33'), riskFor(settings)].map((one) => Object.hasOwn(one, 'scopes'))).toEqual([false, false, false])
    expect(riskFor(DEFAULTS, '32')).toBe(DEFAULTS)
    expect(riskFor(settings, '32')).toBe(riskFor(settings, '32'))
  })

  test('is raised with the group, colour by colour, and keeps its own for later', () => {
    const settings = own({ 'batch.city': CITY })
    const raised = withValue(settings, 'batch.city', [5, 30, 70, 300])
    expect(riskFor(raised, '32').batch.city).toEqual([5, 25, 70, 250])
    expect(ownRiskOf(raised, '32').values).toEqual({ 'batch.city': CITY })
    expect(raisedRiskProvinces(settings, raised)).toEqual([{ scope: '32', path: 'batch.city', own: CITY, now: [5, 30, 70, 300] }])
    expect(riskFor(withValue(raised, 'batch.city', DEFAULTS.batch.city), '32').batch.city).toEqual(CITY)
  })

  test.each<[string, Parameters<typeof riskLaxFaults>[1], RegExp]>([
    ['MR-01', { values: { 'batch.city': [8, 31, 100, 300] } }, /^batch\.city: 应逐项不大于集团值 10 \/ 30 \/ 100 \/ 300 \/ at most the group’s/u],
    ['MR-20', { values: { 'hotline.below': [null, 50, 40, 20] } }, /^hotline\.below: 应逐项不小于集团值 – \/ 60 \/ 40 \/ 20 \/ at least/u],
    ['MR-01', { isOn: false }, /^isOn: 集团已启用/u],
    ['MR-18', { isOn: true }, /^isOn: 该规则由集团统一启停/u],
    ['common', { values: { windowMinutes: 30 } }, /^windowMinutes: 全网统一/u],
    ['MR-18', { values: { 'crossProvince.provinces': 2 } }, /^crossProvince\.provinces: 全网统一/u],
    ['MR-18', { values: { 'crossProvince.provinces': null } }, /^crossProvince\.provinces: 全网统一/u],
  ])('is refused %s %j by its path, in both languages; the group is not', (id, edit, fault) => {
    expect(riskLaxFaults(id, edit, DEFAULTS, '32')).toEqual([expect.stringMatching(fault)])
    expect(riskLaxFaults(id, edit, DEFAULTS, null)).toEqual([])
  })

  test('changes its own alone, takes it back with null, and leaves nothing behind', () => {
    const set = withRiskEdit('MR-01', { values: { 'batch.city': CITY } }, DEFAULTS, '32')
    expect([set.batch, set.scopes]).toEqual([DEFAULTS.batch, { '32': { values: { 'batch.city': CITY }, enabledRules: [] } }])
    expect(withRiskEdit('MR-01', { values: { 'batch.city': null } }, set, '32')).toEqual(DEFAULTS)
    expect(withRiskEdit('MR-01', { values: { 'batch.city': CITY } }, DEFAULTS, null)).toEqual(withValue(DEFAULTS, 'batch.city', CITY))
  })

  test.each(RISK_RULES.map(({ id }) => id).filter(isProvincial))('switches %s on where the group has it off', (id) => {
    const off = switched(id, false, DEFAULTS)
    const on = withRiskEdit(id, { isOn: true }, off, '32')
    expect([isRiskRuleOn(id, riskFor(on, '32')), isRiskRuleOn(id, riskFor(on, '33')), isRiskRuleOn(id, riskFor(on)), isRiskRuleOn(id, keenest(on))]).toEqual([true, false, false, true])
    expect([scopesApart(id, on), withRiskEdit(id, { isOn: false }, on, '32')]).toEqual([['32'], off])
  })

  test('is named by the stamp of a case where its word decided over the rules of the case', () => {
    const settings = own({ 'batch.city': CITY })
    expect(riskStamp(settings, '32', ['MR-01'])).toEqual({ ...DEFAULTS, batch: { ...DEFAULTS.batch, city: CITY }, scope: '32' })
    expect([riskStamp(settings, '32', ['MR-02']), riskStamp(settings, '33', ['MR-01']), riskStamp(settings, null, ['MR-01'])].map((stamp) => stamp.scope)).toEqual([undefined, undefined, undefined])
    expect(riskStamp(own({ holdDownMinutes: [60, 60, 60, 60] }), '32', ['MR-02']).scope).toBe('32')
  })

  test('is that of a place, the group for what lies above', () => {
    expect(['320500', '32', '00'].map((code) => scopeOfPlace(tree, code))).toEqual(['32', '32', null])
  })

  test('may not store what is no parameter of provinces, or does not fit', () => {
    expect(riskScopeFaults(own({ 'batch.city': CITY }))).toEqual([])
    expect(riskScopeFaults(own({ windowMinutes: 30 }))).toEqual([expect.stringContaining('32.windowMinutes')])
    expect(riskScopeFaults(own({ 'batch.city': [8, 25] }))).toEqual([expect.stringContaining('32.batch.city')])
    expect(riskScopeFaults(own({}, ['MR-18']))).toEqual([expect.stringContaining('MR-18')])
  })
})

const threshold = fc.option(fc.integer({ min: 0, max: 40 }), { nil: null })
const four = fc.tuple(threshold, threshold, threshold, threshold)
const rising = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 4 }).map((list) => list.toSorted((a, b) => a - b) as unknown as Thresholds)

describe('never laxer', () => {
  test('whatever the two say, the value in force reaches at least the colour of either', () => {
    fc.assert(fc.property(four, four, fc.integer({ min: 0, max: 45 }), (a, b, value) => {
      const both = stricterOf({ stricter: 'lower' }, a, b) as Thresholds
      expect(levelReached(value, both)).toBe(Math.max(levelReached(value, a), levelReached(value, b)))
    }))
  })

  test('a counting rule raises in a province at least what it raises by the group’s, whatever the province says', () => {
    const values = fc.record({ 'batch.city': rising, 'batch.province': rising, 'surge.x': rising, 'surge.z': rising, 'surge.r': rising }, { requiredKeys: [] })
    const past = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 0, maxLength: 8 })
    fc.assert(fc.property(values, fc.constantFrom('city', 'province'), fc.integer({ min: 0, max: 60 }), past, fc.boolean(), (said, regionLevel, tickets, weeks, isBatchOn) => {
      const settings = own(said, ['MR-01'], switched('MR-01', isBatchOn, DEFAULTS))
      const count = { regionCode: '32', regionLevel, phenomenon: 'x', tickAt: T, tickets, customers: tickets, past: { weeks, days: [] } } as const
      const levels = (parameters: RiskParameters) => new Map(readRules(count, parameters).map(({ ruleId, level }) => [ruleId, level]))
      const [mine, group] = [levels(riskFor(settings, '32')), levels(riskFor(settings))]
      for (const { id } of COUNT_RULES) expect(mine.get(id) ?? 0).toBeGreaterThanOrEqual(group.get(id) ?? 0)
    }))
  })

  test('what no place could be true by is what the keenest is not true by', () => {
    fc.assert(fc.property(rising, rising, fc.integer({ min: 0, max: 45 }), (js, zj, value) => {
      const settings = { ...own({ 'batch.city': js }), scopes: { '32': { values: { 'batch.city': js }, enabledRules: [] }, '33': { values: { 'batch.city': zj }, enabledRules: [] } } }
      const reached = ['32', '33', null].map((scope) => levelReached(value, riskFor(settings, scope).batch.city))
      expect(levelReached(value, keenest(settings).batch.city)).toBe(Math.max(...reached))
      expect(valueAt(keenest(settings), 'windowMinutes')).toBe(60)
    }))
  })
})

describe('the rules of facts', () => {
  const hotline = ['32', '33'].map((provinceCode) => ({ provinceCode, calls: 200, answered: 130 }))
  const read = (settings: RiskParameters) =>
    readFacts(RISK_RULES.filter((rule) => 'read' in rule), { ...NO_FACTS, hotline }, { tickAt: T, parameters: settings, tree }).map(({ ruleId, regionCode, level }) => [ruleId, regionCode, level])

  test('judge each place by its province, once', () => {
    expect(read(DEFAULTS)).toEqual([['MR-20', '32', 0], ['MR-20', '33', 0]])
    expect(read(own({ 'hotline.below': [null, 70, 40, 20] }))).toEqual([['MR-20', '33', 0], ['MR-20', '32', 2]])
  })

  test('judge what lies above provinces by the group, though it reaches into one that is stricter', () => {
    const incidents = ['320500', '00'].map((regionCode) => ({ incidentId: regionCode, product: 'broadband', regionCode, startedAt: T - 60_000, users: 5, tickets: [], recentTickets: 0 }))
    const settings = own({ 'outage.users': [5, 1_000, 10_000, 100_000] })
    const readings = readFacts(RISK_RULES.filter((rule) => 'read' in rule), { ...NO_FACTS, incidents }, { tickAt: T, parameters: settings, tree })
    expect(readings.map(({ regionCode, level }) => [regionCode, level])).toEqual([['00', 0], ['320500', 1]])
  })

  test('are silent where they are off, and speak where a province has them on', () => {
    expect(read(switched('MR-20', false, DEFAULTS))).toEqual([])
    expect(read(own({}, ['MR-20'], switched('MR-20', false, DEFAULTS)))).toEqual([['MR-20', '32', 0]])
  })
})
