import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { CASE_RULES, FACT_RULES, RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { type CaseFact, type DayTicket, type IncidentFact, NO_FACTS, type RiskFacts } from '../../core/domain/risk/facts.ts'
import type { RiskScene } from '../../core/domain/risk/fact-rule.ts'
import { groupFresh } from '../../core/domain/risk/joining.ts'
import { covers, isJoined, type Matter, phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { completedRisk, DEFAULT_RISK_PARAMETERS as DEFAULTS, type RiskParameters } from '../../core/domain/risk/reading.ts'
import { readingsInWords } from '../../core/domain/risk/reason.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Level, SpreadLevel } from '../../core/domain/vocabulary.ts'
import { RISK_TREE as tree } from '../support/risk-tree.ts'

const T = 100 * DAY
const scene = (parameters: Partial<RiskParameters> = {}, tickAt = T): RiskScene => ({ tickAt, parameters: { ...DEFAULTS, ...parameters }, tree })
const read = (facts: Partial<RiskFacts>, at = scene()) => readFacts([...FACT_RULES, ...CASE_RULES], { ...NO_FACTS, ...facts }, at)
const levels = (facts: Partial<RiskFacts>, at = scene()) => read(facts, at).map(({ ruleId, regionCode, level }) => [ruleId, regionCode, level])

const times = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`)
const incident = (more: Partial<IncidentFact>): IncidentFact => ({
  incidentId: 'I1', product: 'broadband', regionCode: '320500', startedAt: T - MINUTE, users: null, tickets: [], recentTickets: 0, ...more,
})

describe('the catalogue', () => {
  test('names each rule once, in order', () => {
    const ids = RISK_RULES.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  test('reads nothing in no facts, and nothing of a rule that is switched off', () => {
    expect(read({})).toEqual([])
    expect(read({ incidents: [incident({ users: 100_000 })] }, scene({ disabledRules: ['MR-07'] }))).toEqual([])
  })

  test('completes settings that were stored before the rule existed', () => {
    const { outage: _, redLine: __, ...older } = DEFAULTS
    expect(completedRisk({ ...older, tickSeconds: 30 })).toEqual({ ...DEFAULTS, tickSeconds: 30 })
  })
})

describe('MR-07', () => {
  const level = (more: Partial<IncidentFact>) => levels({ incidents: [incident(more)] })[0]?.[2]
  test.each<[string, Partial<IncidentFact>, Level]>([
    ['9 households', { users: 9 }, 0],
    ['10 households', { users: 10 }, 1],
    ['999 users', { users: 999 }, 1],
    ['1,000 users', { users: 1_000 }, 2],
    ['9,999 users', { users: 9_999 }, 2],
    ['10,000 users', { users: 10_000 }, 3],
    ['99,999 users', { users: 99_999 }, 3],
    ['100,000 users', { users: 100_000 }, 4],
    ['9 tickets in 30 min', { tickets: times(9), recentTickets: 9 }, 0],
    ['10 tickets in 30 min', { tickets: times(10), recentTickets: 10 }, 1],
    ['49 tickets, none of late', { tickets: times(49) }, 0],
    ['50 tickets', { tickets: times(50) }, 2],
    ['100 tickets', { tickets: times(100) }, 3],
    ['299 tickets', { tickets: times(299) }, 3],
    ['300 tickets', { tickets: times(300) }, 4],
    ['1,000 users for exactly 2 h', { users: 1_000, startedAt: T - 2 * HOUR }, 2],
    ['1,000 users for longer', { users: 1_000, startedAt: T - 2 * HOUR - 1 }, 3],
    ['999 users for longer', { users: 999, startedAt: T - 3 * HOUR }, 1],
    ['nobody told how many', {}, 0],
  ])('%s', (_, more, expected) => {
    expect(level(more)).toBe(expected)
  })

  test('more than 500,000 users are red by their number; where that is configured higher, after an hour', () => {
    const outage = { ...DEFAULTS.outage, users: [10, 1_000, 10_000, null] as const }
    const of = (users: number, startedAt: number) => levels({ incidents: [incident({ users, startedAt })] }, scene({ outage }))[0]?.[2]
    expect([of(500_001, T - HOUR), of(500_001, T - HOUR - 1), of(500_000, T - HOUR - 1)]).toEqual([3, 4, 3])
  })
})

describe('MR-09', () => {
  const opinion = { opinionId: 'O1', regionCode: '320500', medium: 'paper', topic: 't', phenomenon: '', reach: null, spread: null }
  test.each<[number | null, SpreadLevel | null, Level]>([
    [null, null, 1],
    [9_999, 'local', 1],
    [10_000, 'local', 2],
    [null, 'provincial', 2],
    [99_999, null, 2],
    [100_000, null, 3],
    [5, 'national', 3],
    [5, 'trending', 3],
    [5, 'national_tv', 4],
    [5, 'regulator', 4],
  ])('%s readers, spread %s', (reach, spread, expected) => {
    expect(levels({ opinions: [{ ...opinion, reach, spread }] })).toEqual([['MR-09', '320500', expected]])
  })

  test('is about its phenomenon where the item names one, else about itself', () => {
    const matters = read({ opinions: [opinion, { ...opinion, phenomenon: '宽带慢' }] }).map(({ matter }) => matter)
    expect(matters).toEqual([{ kind: 'opinion', name: 'O1' }, phenomenonMatter('宽带慢')])
  })
})

const dayTickets = (count: number, more: Partial<DayTicket>): DayTicket[] =>
  Array.from({ length: count }, (_, index) => ({
    ticketKey: `${more.phenomenon}-${index}`, customerKey: `c${index}`, phenomenon: '计费及收费', product: '视频彩铃', regionCode: '320505', acceptedAt: T - HOUR, words: [], ...more,
  }))

describe('MR-13', () => {
  const level = (tickets: readonly DayTicket[]) => read({ dayTickets: tickets }).filter(({ ruleId }) => ruleId === 'MR-13')
  test.each<[number, Level]>([[9, 0], [10, 1], [49, 1], [50, 2], [199, 2], [200, 3], [499, 3], [500, 4]])('%d customers of one item', (count, expected) => {
    expect(level(dayTickets(count, {}))).toMatchObject([{ regionCode: '32', level: expected, value: count, matter: phenomenonMatter('计费及收费') }])
  })

  test('adds the cities and the phenomena of one item, not the items; customers, not tickets; the last 24 h only', () => {
    const spread = [...dayTickets(5, {}), ...dayTickets(10, { regionCode: '320100', phenomenon: '不知情定制' }).slice(5)]
    expect(level(spread).map(({ value, matter }) => [value, matter.name])).toEqual([[10, '不知情定制']])
    expect(level([...dayTickets(7, {}), ...dayTickets(10, { phenomenon: '不知情定制' }).slice(7)])[0]?.matter.name).toBe('计费及收费')
    expect(level([...dayTickets(9, {}), ...dayTickets(9, { product: '云盘' })]).map(({ level: held }) => held)).toEqual([0, 0])
    expect(level(dayTickets(12, { customerKey: 'same' }))[0]?.value).toBe(1)
    expect(level([...dayTickets(9, {}), ...dayTickets(10, { acceptedAt: T - DAY - 1 }).slice(9)])[0]?.value).toBe(9)
    expect(level(dayTickets(12, { product: '' }))).toEqual([])
    expect(level(dayTickets(12, { phenomenon: '宽带慢' }))).toEqual([])
  })

  test.each<[number, Level]>([[99, 0], [100, 2], [999, 2], [1_000, 3], [9_999, 3], [10_000, 4]])('%d confirmed users', (users, expected) => {
    const confirmed = [{ alertId: '1', matter: phenomenonMatter('计费及收费'), regionCode: '32', users, rules: [] }]
    expect(levels({ confirmed })).toEqual([['MR-13', '32', expected]])
    // Users whom an outage concerns, or persons of another case, were not wrongly charged.
    for (const matter of [phenomenonMatter('移网上网'), { kind: 'product', name: 'broadband' }, { kind: 'opinion', name: '计费及收费' }, { kind: 'hotline', name: '' }] as const) {
      expect(levels({ confirmed: [{ alertId: '1', matter, regionCode: '32', users, rules: ['MR-01'] }] })).toEqual([])
    }
    // Words of a subscription without consent may have opened it under what most of its tickets name.
    expect(levels({ confirmed: [{ alertId: '1', matter: phenomenonMatter('其他'), regionCode: '32', users, rules: ['MR-01', 'MR-13'] }] })).toEqual([['MR-13', '32', expected]])
  })
})

describe('MR-16', () => {
  // 700 finished in 7 days are 100 a day.
  test.each<[open: number, over48h: number, finished: number, Level]>([
    [99, 0, 70, 0], [100, 0, 70, 4],
    [799, 0, 7_000, 0], [800, 0, 7_000, 1], [1_199, 0, 7_000, 1], [1_200, 0, 7_000, 2], [1_599, 0, 7_000, 2], [1_600, 0, 7_000, 3], [1_999, 0, 7_000, 3], [2_000, 0, 7_000, 4],
    [1_000, 149, 70_000, 0], [1_000, 150, 70_000, 2], [1_000, 299, 70_000, 2], [1_000, 300, 70_000, 3], [1_000, 1_000, 70_000, 3],
    [800, 240, 7_000, 3], [2_000, 300, 7_000, 4], [200, 0, 0, 0], [200, 30, 0, 2], [0, 0, 0, 0],
  ])('%i open, %i over 48 h, %i finished: level %i', (open, over48h, finished, expected) => {
    expect(levels({ backlogs: [{ provinceCode: '32', open, over48h, finished }] })).toEqual([['MR-16', '32', expected]])
  })
})

describe('MR-20', () => {
  test.each<[calls: number, answered: number, Level]>([
    [199, 0, 0], [200, 0, 4], [200, 39, 4], [200, 40, 3], [200, 79, 3], [200, 80, 2], [200, 119, 2], [200, 120, 0], [200, 200, 0],
    // 59.997 %, shown as 60.00.
    [30_000, 17_999, 2],
  ])('%i calls, %i answered: level %i', (calls, answered, expected) => {
    expect(levels({ hotline: [{ provinceCode: '32', calls, answered }] })).toEqual([['MR-20', '32', expected]])
  })

  test.each(['app', 'hall', 'hotline'])('an open incident of the own system %s is yellow, whatever its users; as the settings say it is another colour or none', (product) => {
    const facts = { incidents: [incident({ product })] }
    const own = (at = scene()) => levels(facts, at).filter(([id]) => id === 'MR-20')
    expect(own()).toEqual([['MR-20', '320500', 2]])
    const systems = { app: 0, hall: 3, hotline: 4 } as const
    expect(own(scene({ hotline: { ...DEFAULTS.hotline, systems } }))).toEqual([['MR-20', '320500', systems[product as keyof typeof systems]]])
    expect(levels({ incidents: [incident({ product: 'broadband' })] }).map(([id]) => id)).toEqual(['MR-07'])
  })
})

describe('MR-19', () => {
  test.each<[number, Level]>([[4, 0], [5, 1], [14, 1], [15, 2], [49, 2], [50, 3], [149, 3], [150, 4]])('%d customers of one city', (count, expected) => {
    expect(levels({ dayTickets: dayTickets(count, { phenomenon: '携出', product: '' }) })).toEqual([['MR-19', '320500', expected]])
  })

  test('counts each subject and each city by itself', () => {
    const facts = { dayTickets: [...dayTickets(4, { phenomenon: '携出', product: '' }), ...dayTickets(4, { phenomenon: '销户拆机', product: '' }), ...dayTickets(5, { phenomenon: '携出', product: '', regionCode: '320100' })] }
    expect(levels(facts).filter(([, , level]) => level !== 0)).toEqual([['MR-19', '320100', 1]])
  })

  test('leaves out what is known of the province only', () => {
    expect(levels({ dayTickets: dayTickets(9, { phenomenon: '携出', product: '', regionCode: '32' }) })).toEqual([])
  })
})

describe('MR-17', () => {
  const silent = (minutes: number, T10 = 10) => levels({ feeds: [{ provinceCode: '32', lastOccurredAt: T, lastReceivedAt: T - minutes * MINUTE, silentAfterMs: T10 * MINUTE }] })[0]?.[2]
  test.each<[number, Level]>([[9.999, 0], [10, 1], [29.999, 1], [30, 2], [59.999, 2], [60, 3], [119.999, 3], [120, 4]])('%d minutes with T = 10', (minutes, expected) => {
    expect(silent(minutes)).toBe(expected)
  })

  test('T = 100: blue after 100, yellow after 300 minutes; never where nothing is expected', () => {
    expect([silent(99.999, 100), silent(100, 100), silent(299.999, 100), silent(300, 100)]).toEqual([0, 1, 1, 2])
    expect(silent(100_000, Number.POSITIVE_INFINITY)).toBe(0)
  })
})

describe('MR-06', () => {
  const weeks = [5, 6, 7, 6, 5, 7, 6, 8]
  const at = (count: number, past: readonly number[] = weeks) => read({ appeals: [{ regionCode: '32', tickets: times(count), past: { weeks: past, days: [] } }] })[0]
  test.each<[number, Level, number]>([[13, 0, 2.86], [14, 1, 3.27], [18, 1, 4.9], [19, 2, 5.31], [25, 2, 7.76], [26, 3, 8.17], [36, 3, 12.25], [49, 3, 17.56], [50, 4, 17.97]])(
    '%d appeals against a median of 6: level %d, z %d', (count, level, z) => {
      const reading = at(count)
      // The text divides by the rounded σ = 2.449.
      expect([reading?.level, reading?.sigma?.toFixed(3), ((count - 6) / 2.449).toFixed(2)]).toEqual([level, '2.449', z.toFixed(2)])
      expect(reading?.z).toBeCloseTo(z, 1)
    },
  )

  test('says nothing without a baseline', () => {
    expect(at(60, [5, 5, 5])).toMatchObject({ level: 0, reason: { why: 'no_baseline', usable: 3 } })
  })
})

describe('MR-18', () => {
  const one = (provinceCode: string, severity: Level, name = '云盘'): CaseFact => ({ alertId: provinceCode, matter: phenomenonMatter(name), provinceCode, severity })
  test.each<[string, CaseFact[], Level]>([
    ['two yellow and a blue', [one('32', 2), one('33', 2), one('36', 1)], 0],
    ['three yellow and a blue', [one('32', 2), one('33', 2), one('36', 1), one('34', 2)], 3],
    ['two yellow and an orange', [one('32', 2), one('33', 3), one('34', 2)], 4],
    ['with a red one', [one('32', 2), one('33', 4), one('34', 2)], 4],
    ['three cases of two provinces', [one('32', 2), one('32', 3), one('33', 2)], 0],
    ['three provinces, two phenomena', [one('32', 2), one('33', 2), one('34', 2, '其他')], 0],
  ])('%s', (_, cases, expected) => {
    expect(Math.max(...read({ cases }).map(({ level }) => level))).toBe(expected)
  })

  test('names its members and what is attached', () => {
    const [reading] = read({ cases: [one('32', 2), one('33', 2), one('36', 1), one('34', 2)] })
    expect(reading).toMatchObject({ regionCode: '00', matter: { kind: 'cross_province', name: '云盘' }, value: 3 })
    expect(reading?.reason).toMatchObject({ facts: { members: '32,33,34', attached: '36' } })
  })
})

describe('joining', () => {
  const broadband: Matter = { kind: 'product', name: 'broadband' }
  test('a phenomenon joins the product that it is mapped to, whichever was first', () => {
    expect(isJoined(broadband, phenomenonMatter('宽带上不了网'), DEFAULTS)).toBe(true)
    expect(isJoined(phenomenonMatter('宽带上不了网'), broadband, DEFAULTS)).toBe(true)
    expect(isJoined(phenomenonMatter('计费及收费'), broadband, DEFAULTS)).toBe(false)
    expect(isJoined({ kind: 'feed', name: '' }, { kind: 'feed', name: '' }, DEFAULTS)).toBe(true)
    expect(isJoined({ kind: 'cross_province', name: '云盘' }, phenomenonMatter('云盘'), DEFAULTS)).toBe(false)
    const mapped = { outage: { ...DEFAULTS.outage, phenomena: { broadband: [''] } } }
    expect(covers(broadband, '', mapped)).toBe(false)
  })

  test('findings that belong together open one case', () => {
    const of = (matter: Matter, regionPath: string) => ({ matter, regionPath })
    const [slow, down] = [phenomenonMatter('宽带慢'), phenomenonMatter('宽带上不了网')]
    const city = '/00/32/320500/'
    expect(groupFresh([of(slow, city), of(down, city)], DEFAULTS)).toHaveLength(2)
    expect(groupFresh([of(slow, city), of(down, city), of(broadband, city)], DEFAULTS)).toHaveLength(1)
    expect(groupFresh([of(slow, city), of(broadband, '/00/33/')], DEFAULTS)).toHaveLength(2)
  })
})

describe('laws', () => {
  const incidentOf = fc.record({
    users: fc.option(fc.nat(1_000_000)), count: fc.nat(400), recent: fc.nat(400), minutes: fc.nat(600),
  })
  const factsOf = ({ users, count, recent, minutes }: { users: number | null; count: number; recent: number; minutes: number }) =>
    incident({ users, tickets: times(Math.max(count, recent)), recentTickets: recent, startedAt: T - minutes * MINUTE })
  law.prop([incidentOf, fc.nat(1_000), fc.nat(50), fc.nat(100)])('a greater, longer incident with more tickets is never lower', (one, users, more, minutes) => {
    const worse = { users: (one.users ?? 0) + users, count: one.count + more, recent: one.recent + more, minutes: one.minutes + minutes }
    const [less] = levels({ incidents: [factsOf(one)] })
    const [greater] = levels({ incidents: [factsOf(worse)] })
    expect(greater?.[2]).toBeGreaterThanOrEqual(less?.[2] as number)
  })

  law.prop([fc.array(fc.record({ place: fc.constantFrom('320505', '320100', '32'), who: fc.nat(20), what: fc.constantFrom(...DEFAULTS.billing.phenomena, ...DEFAULTS.redLine.phenomena), item: fc.constantFrom('a', 'b', '') }), { maxLength: 60 }), fc.nat(1_000)])(
    'the order of tickets does not matter, and one more lowers nothing', (list, seed) => {
      const tickets = list.map(({ place, who, what, item }, index) => ({ ticketKey: `t${index}`, customerKey: `c${who}`, phenomenon: what, product: item, regionCode: place, acceptedAt: T - 1, words: [] }))
      const shuffled = [...tickets].sort((a, b) => ((a.ticketKey.length * 7 + Number(a.ticketKey.slice(1)) * 13 + seed) % 17) - ((b.ticketKey.length * 7 + Number(b.ticketKey.slice(1)) * 13 + seed) % 17))
      const brief = (facts: readonly DayTicket[]) => read({ dayTickets: facts }).map(({ ruleId, regionCode, level, value, reason }) => [ruleId, regionCode, level, value, JSON.stringify(reason)])
      expect(brief(shuffled).sort()).toEqual(brief(tickets).sort())
      const highest = (facts: readonly DayTicket[]) => Math.max(0, ...read({ dayTickets: facts }).map(({ level }) => level))
      expect(highest(tickets)).toBeGreaterThanOrEqual(highest(tickets.slice(1)))
    },
  )
})

test('a reading in words names the rule and its numbers in both languages', () => {
  const words = readingsInWords(read({ incidents: [incident({ users: 23_000 })] }), DEFAULTS)
  expect(words).toContain('MR-07 网络故障关联：群障 I1 未恢复，已持续 1 分钟，受影响用户 23000')
  expect(words).toContain('MR-07 outage-correlated: incident I1 open for 1 min, users affected 23000')
})
