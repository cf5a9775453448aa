import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import {
  type ByHand,
  type Claim,
  claimantOf,
  claimsOf,
  colourOfPart,
  isAway,
  isClaimNeeded,
  isTakenAway,
  mergeFault,
  takesIn,
} from '../../core/domain/risk/by-hand.ts'
import type { Matter } from '../../core/domain/risk/matter.ts'
import { DEFAULT_RISK_PARAMETERS as parameters } from '../../core/domain/risk/reading.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Level, RegionLevel, Severity } from '../../core/domain/vocabulary.ts'

const of = (name: string): Matter => ({ kind: 'phenomenon', name })
const claim = (name: string, regionPath: string, ruleIds: readonly string[] = []): Claim => ({ matter: of(name), regionPath, ruleIds })
const held = (alertId: string, changes: Partial<ByHand> = {}): ByHand => ({
  alertId,
  matter: of('A'),
  regionPath: '/00/32/',
  splitFrom: null,
  claims: [],
  ...changes,
})
const CITY = '/00/32/320500/'
const DISTRICT = `${CITY}320506/`

describe('what a case split off claims', () => {
  const split = held('2', { splitFrom: '1', claims: [claim('A', CITY)] })
  test.each([
    ['its place', 'A', CITY, 'MR-01', '2'],
    ['a place within it', 'A', DISTRICT, 'MR-01', '2'],
    ['the place above it', 'A', '/00/32/', 'MR-01', undefined],
    ['its neighbour', 'A', '/00/32/320100/', 'MR-01', undefined],
    ['another matter', 'B', CITY, 'MR-01', undefined],
    ['a ticket', 'A', CITY, null, '2'],
  ])('%s', (_, name, regionPath, ruleId, expected) => {
    expect(claimantOf([split], { matter: of(name), regionPath, ruleId }, parameters)?.alertId).toBe(expected)
  })

  test('a claim of rules takes those rules only, and no ticket', () => {
    const ofRule = held('2', { splitFrom: '1', claims: [claim('A', '/00/32/', ['MR-02'])] })
    const of32 = (ruleId: string | null) => claimantOf([ofRule], { matter: of('A'), regionPath: '/00/32/', ruleId }, parameters)?.alertId
    expect([of32('MR-02'), of32('MR-01'), of32(null)]).toEqual(['2', undefined, undefined])
  })

  test('a case that was not split off claims nothing, whatever was merged into it', () => {
    expect(
      claimantOf([held('2', { claims: [claim('A', CITY)] })], { matter: of('A'), regionPath: CITY, ruleId: 'MR-01' }, parameters),
    ).toBeUndefined()
  })

  law.prop([fc.shuffledSubarray(['city', 'district', 'rules', 'older'], { minLength: 4, maxLength: 4 })])(
    'is the same in every order of cases: the narrowest, then named rules',
    (order) => {
      const cases: Record<string, ByHand> = {
        older: held('1', { splitFrom: '9', claims: [claim('A', CITY)] }),
        city: held('2', { splitFrom: '9', claims: [claim('A', CITY)] }),
        district: held('3', { splitFrom: '2', claims: [claim('A', DISTRICT)] }),
        rules: held('4', { splitFrom: '9', claims: [claim('A', CITY, ['MR-02'])] }),
      }
      const live = order.map((name) => cases[name] as ByHand)
      const ask = (regionPath: string, ruleId: string) => claimantOf(live, { matter: of('A'), regionPath, ruleId }, parameters)?.alertId
      expect([ask(DISTRICT, 'MR-02'), ask(CITY, 'MR-02'), ask(CITY, 'MR-01')]).toEqual(['3', '4', '2'])
    },
  )

  test('its tickets count at its own place, not above it', () => {
    const ticket = { matter: of('A'), regionPath: DISTRICT }
    expect([CITY, '/00/32/', DISTRICT].map((path) => isAway([split], path, ticket, parameters))).toEqual([false, true, false])
    expect(isAway([split], '/00/32/', { matter: of('B'), regionPath: DISTRICT }, parameters)).toBe(false)
  })
})

describe('what a case takes in', () => {
  const NOW = 100 * HOUR
  const live = (changes: Partial<ByHand> & { mitigatedAt?: number } = {}) => ({
    ...held('1', changes),
    openedAt: 0,
    lastTrueAt: NOW - 5 * MINUTE,
    mitigatedAt: changes.mitigatedAt ?? null,
  })
  const finding = (name: string, regionPath: string, ...ruleIds: string[]) => ({ matter: of(name), regionPath, ruleIds })

  test('what was merged into it, there and around it, and nothing else', () => {
    const into = live({ regionPath: '/00/32/320100/', claims: [claim('B', CITY)] })
    const takes = [
      finding('B', CITY, 'MR-01'),
      finding('B', '/00/32/', 'MR-01'),
      finding('B', '/00/32/320200/', 'MR-01'),
      finding('C', CITY, 'MR-01'),
    ]
    expect(takes.map((one) => takesIn(into, one, NOW, parameters))).toEqual([true, true, false, false])
  })

  test('what was merged into it by rules: findings of those alone', () => {
    const into = live({ regionPath: '/00/32/320100/', claims: [claim('B', CITY, ['MR-02'])] })
    expect([finding('B', CITY, 'MR-02'), finding('B', CITY, 'MR-01', 'MR-02')].map((one) => takesIn(into, one, NOW, parameters))).toEqual([
      true,
      false,
    ])
  })

  test('nothing in this way once it was split off', () => {
    expect(takesIn(live({ splitFrom: '9' }), finding('A', '/00/32/', 'MR-01'), NOW, parameters)).toBe(false)
    expect(takesIn(live(), finding('A', '/00/32/', 'MR-01'), NOW, parameters)).toBe(true)
  })

  test.each([
    [2 * HOUR, true],
    [2 * HOUR + 1, false],
  ])('mitigated %d ms ago: %s', (ago, expected) => {
    expect(takesIn(live({ claims: [claim('B', CITY)], mitigatedAt: NOW - ago }), finding('B', CITY, 'MR-01'), NOW, parameters)).toBe(expected)
  })
})

describe('which cases may be merged by hand', () => {
  const side = (alertId: string, regionPath: string, rest: object = {}) => ({
    alertId,
    matter: of('A'),
    regionPath,
    isEnded: false,
    isMitigated: false,
    ...rest,
  })
  const cross = { matter: { kind: 'cross_province', name: 'A' } } as const
  test.each([
    ['two cities of one province', side('1', CITY), side('2', '/00/32/320100/'), null],
    ['a city into its province', side('1', CITY), side('2', '/00/32/'), null],
    ['one of a province into one of the group', side('1', CITY), side('2', '/00/'), null],
    ['one of the group into one of a province', side('1', '/00/'), side('2', CITY), 'other_province'],
    ['two provinces', side('1', CITY), side('2', '/00/33/'), 'other_province'],
    ['itself', side('1', CITY), side('1', CITY), 'same_case'],
    ['an ended one', side('1', CITY, { isEnded: true }), side('2', CITY), 'ended'],
    ['into an ended one', side('1', CITY), side('2', CITY, { isEnded: true }), 'ended'],
    ['a member into the case over provinces', side('1', CITY), side('2', '/00/', cross), 'members_stay'],
    ['the case over provinces into another', side('1', '/00/', cross), side('2', '/00/'), 'members_stay'],
    ['what is true into what is over', side('1', CITY), side('2', CITY, { isMitigated: true }), 'mitigated'],
    ['what is over into what is true', side('1', CITY, { isMitigated: true }), side('2', CITY), null],
    ['two that are over', side('1', CITY, { isMitigated: true }), side('2', CITY, { isMitigated: true }), null],
  ])('%s', (_, from, into, expected) => {
    expect(mergeFault(from, into)).toBe(expected)
  })

  test('a claim is written down only for what the case would not take in anyway', () => {
    const into = { matter: of('A'), regionPath: '/00/32/' }
    expect([claim('A', CITY), claim('A', '/00/'), claim('B', CITY)].map((one) => isClaimNeeded(into, one, parameters))).toEqual([false, true, true])
  })
})

describe('a choice', () => {
  const whole = held('1', { claims: [claim('B', CITY)] })
  const choose = (changes: object) => claimsOf(whole, { regionPaths: [], phenomena: [], ruleIds: [], ...changes })
  test('claims every matter of the case in the places chosen', () => {
    expect(choose({ regionPaths: [CITY] })).toEqual([claim('A', CITY), claim('B', CITY)])
    expect(choose({ phenomena: ['B'] })).toEqual([claim('B', '/00/32/')])
    expect(choose({ ruleIds: ['MR-02'] })).toEqual([claim('A', '/00/32/', ['MR-02']), claim('B', '/00/32/', ['MR-02'])])
    expect(choose({})).toEqual([])
  })

  test('takes away altogether what a merge had brought, and nothing wider', () => {
    expect(isTakenAway(claim('B', CITY), choose({ phenomena: ['B'] }), parameters)).toBe(true)
    expect(isTakenAway(claim('B', CITY), [claim('B', DISTRICT)], parameters)).toBe(false)
    expect(isTakenAway(claim('B', CITY), [claim('B', CITY, ['MR-02'])], parameters)).toBe(false)
  })
})

describe('the colour of a part', () => {
  test.each<[string, Severity, Level[], [RegionLevel, number][], Severity]>([
    ['nothing known: blue', 4, [], [], 1],
    ['one below the yellow of a city', 4, [], [['city', 29]], 1],
    ['the yellow of a city', 4, [], [['city', 30]], 2],
    ['one above it', 4, [], [['city', 31]], 2],
    ['the orange of a city', 4, [], [['city', 100]], 3],
    ['the yellow of a province', 4, [], [['province', 60]], 2],
    ['a reading that goes with it', 4, [3], [['city', 30]], 3],
    ['never above the case it comes from', 2, [4], [['city', 300]], 2],
  ])('%s', (_, from, levels, counts, expected) => {
    expect(
      colourOfPart(
        from,
        levels,
        counts.map(([regionLevel, customers]) => ({ regionLevel, customers })),
        parameters,
      ),
    ).toBe(expected)
  })
})
