import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { buildRegionTree } from '../../core/domain/region.ts'
import { leastTicketsAt, RISK_RULES, readRules } from '../../core/domain/risk/catalogue.ts'
import { phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskReading } from '../../core/domain/risk/reading.ts'
import { readingsInWords } from '../../core/domain/risk/reason.ts'
import { chooseFindings } from '../../core/domain/risk/scope.ts'
import { depthOf } from '../../core/domain/region.ts'
import { type Level, REGION_LEVELS, type RegionLevel } from '../../core/domain/vocabulary.ts'
import { node } from '../support/node.ts'

const tree = buildRegionTree([
  node('00', null, 'group', '/00/'),
  node('32', '00', 'province', '/00/32/'),
  node('320500', '32', 'city', '/00/32/320500/'),
  node('320100', '32', 'city', '/00/32/320100/'),
  node('33', '00', 'province', '/00/33/'),
  node('330100', '33', 'city', '/00/33/330100/'),
])

const reading = (ruleId: RiskReading['ruleId'], regionCode: string, level: Level, phenomenon = 'P'): RiskReading => ({
  ruleId,
  regionCode,
  matter: phenomenonMatter(phenomenon),
  tickAt: 0,
  level,
  value: 50,
  baseline: null,
  sigma: null,
  z: null,
  r: null,
  reason: { why: 'threshold', thresholds: [10, 30, 100, 300] },
})
const customers = (counts: Record<string, number>) => (code: string) => counts[code] ?? 0
const place = (readings: readonly RiskReading[], counts: Record<string, number>) =>
  chooseFindings(readings, tree, customers(counts), DEFAULT_RISK_PARAMETERS).map((finding) => [finding.regionCode, finding.level, finding.customers])

describe('scope choice', () => {
  test.each([
    ['one city', [reading('MR-01', '320500', 2)], { '320500': 50 }, [['320500', 2, 50]]],
    [
      'a city that holds all of its province',
      [reading('MR-01', '320500', 3), reading('MR-01', '32', 2)],
      { 32: 172, 320500: 172 },
      [['320500', 3, 172]],
    ],
    ['a city that holds exactly 70 %', [reading('MR-01', '320500', 2), reading('MR-01', '32', 2)], { 32: 100, 320500: 70 }, [['320500', 2, 70]]],
    ['a city that holds 69 %', [reading('MR-01', '320500', 2), reading('MR-01', '32', 2)], { 32: 100, 320500: 69 }, [['32', 2, 100]]],
    [
      'the country, the share counted from the topmost node',
      [reading('MR-02', '00', 1), reading('MR-02', '32', 1), reading('MR-02', '320500', 1)],
      { '00': 100, 32: 80, 320500: 60 },
      [['32', 1, 80]],
    ],
    [
      'a city below a province that is not true itself',
      [reading('MR-02', '00', 1), reading('MR-02', '320500', 1)],
      { '00': 100, 320500: 90 },
      [['320500', 1, 90]],
    ],
    [
      'two cities of a province that is not true',
      [reading('MR-01', '320500', 1), reading('MR-01', '320100', 2)],
      { 320500: 12, 320100: 31, 32: 43 },
      [
        ['320100', 2, 31],
        ['320500', 1, 12],
      ],
    ],
    [
      'two provinces',
      [reading('MR-01', '32', 1), reading('MR-01', '33', 1)],
      { 32: 20, 33: 20 },
      [
        ['32', 1, 20],
        ['33', 1, 20],
      ],
    ],
    ['levels of nothing', [reading('MR-01', '32', 0)], { 32: 2 }, []],
  ] as [string, RiskReading[], Record<string, number>, unknown[]][])('%s', (_name, readings, counts, expected) => {
    expect(place(readings, counts)).toEqual(expected)
  })

  test('keeps phenomena apart', () => {
    expect(place([reading('MR-01', '32', 1, 'P'), reading('MR-01', '320500', 1, 'Q')], { 32: 20, 320500: 20 })).toHaveLength(2)
  })

  test('takes per rule the highest reading of the nested nodes, of equal ones that of the place chosen', () => {
    const readings = [
      reading('MR-01', '320500', 3),
      reading('MR-01', '32', 2),
      reading('MR-02', '32', 2),
      reading('MR-02', '320500', 2),
      reading('MR-02', '00', 2),
    ]
    const [finding] = chooseFindings(readings, tree, customers({ '00': 200, 32: 180, 320500: 100 }), DEFAULT_RISK_PARAMETERS)
    expect(finding?.regionCode).toBe('32')
    expect(finding?.readings.map((member) => [member.ruleId, member.regionCode, member.level])).toEqual([
      ['MR-01', '320500', 3],
      ['MR-02', '32', 2],
    ])
    expect(finding?.level).toBe(3)
  })

  const codes = fc.constantFrom('00', '32', '33', '320500', '320100', '330100')
  const someReadings = fc.array(fc.record({ code: codes, level: fc.constantFrom<Level>(0, 1, 2, 3, 4) }), { maxLength: 12 })
  law.prop([someReadings])('gives every true reading a finding, no two findings nested, none of a lower colour than its members', (given) => {
    const readings = given.map(({ code, level }) => reading('MR-01', code, level))
    const count = (code: string) => (code === '00' ? 100 : 60 / depthOf(tree.get(code)?.level ?? 'city'))
    const findings = chooseFindings(readings, tree, count, DEFAULT_RISK_PARAMETERS)
    const pathOf = (code: string) => tree.get(code)?.path ?? ''
    const related = (a: string, b: string) => pathOf(a).startsWith(pathOf(b)) || pathOf(b).startsWith(pathOf(a))
    for (const item of readings.filter(({ level }) => level > 0)) {
      expect(
        Math.max(0, ...findings.filter((finding) => related(finding.regionCode, item.regionCode)).map((finding) => finding.level)),
      ).toBeGreaterThanOrEqual(findings.length === 1 ? item.level : 1)
    }
    expect(Math.max(0, ...findings.map((finding) => finding.level))).toBe(Math.max(0, ...readings.map(({ level }) => level)))
    findings.forEach((a, index) => findings.slice(index + 1).forEach((b) => expect(related(a.regionCode, b.regionCode)).toBe(false)))
  })
})

describe('the catalogue', () => {
  const counted = {
    regionCode: '320500',
    regionLevel: 'city',
    phenomenon: 'P',
    tickAt: 0,
    tickets: 50,
    customers: 50,
    past: { weeks: [10, 10, 10, 10], days: [] },
  } as const

  test('names each rule once, in both languages, with a sentence', () => {
    expect(RISK_RULES.map((rule) => rule.id)).toEqual([...new Set(RISK_RULES.map((rule) => rule.id))])
    for (const rule of RISK_RULES) for (const text of [rule.nameZh, rule.nameEn, rule.meaningZh, rule.meaningEn]) expect(text).not.toBe('')
  })

  test('reads every rule at its levels and no other', () => {
    const at = (regionLevel: RegionLevel) => readRules({ ...counted, regionLevel }, DEFAULT_RISK_PARAMETERS).map((item) => item.ruleId)
    expect(REGION_LEVELS.map(at)).toEqual([['MR-02'], ['MR-01', 'MR-02'], ['MR-01', 'MR-02'], [], [], []])
  })

  test('leaves out a rule that is switched off', () => {
    const parameters = { ...DEFAULT_RISK_PARAMETERS, batch: { ...DEFAULT_RISK_PARAMETERS.batch, enabled: false } }
    expect(readRules(counted, parameters).map((item) => item.ruleId)).toEqual(['MR-02'])
    expect(leastTicketsAt('city', parameters)).toBe(8)
  })

  test('does not call tickets without a phenomenon a batch of one phenomenon', () => {
    expect(readRules({ ...counted, phenomenon: '' }, DEFAULT_RISK_PARAMETERS).map((item) => item.ruleId)).toEqual(['MR-02'])
  })

  law.prop([fc.nat(400), fc.nat(400), fc.array(fc.nat(40), { maxLength: 8 })])(
    'needs at least the tickets it says it needs',
    (tickets, extra, weeks) => {
      for (const regionLevel of REGION_LEVELS) {
        const readings = readRules(
          { ...counted, regionLevel, tickets, customers: Math.min(tickets, extra), past: { weeks, days: [] } },
          DEFAULT_RISK_PARAMETERS,
        )
        if (readings.some((item) => item.level > 0)) expect(tickets).toBeGreaterThanOrEqual(leastTicketsAt(regionLevel, DEFAULT_RISK_PARAMETERS))
      }
    },
  )

  test('says the deciding numbers in Chinese and English', () => {
    const words = readingsInWords(readRules({ ...counted, customers: 48 }, DEFAULT_RISK_PARAMETERS), DEFAULT_RISK_PARAMETERS)
    expect(words).toContain('60 分钟内 48 位客户（阈值 30）')
    expect(words).toContain('50 tickets in 60 min, baseline 10.00, z=12.65, r=5.00')
  })
})
