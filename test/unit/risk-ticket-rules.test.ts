import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import type { RiskScene } from '../../core/domain/risk/fact-rule.ts'
import { type DisputedTicket, type KeyTicket, NO_FACTS, type OfficialTicket, type RiskFacts, type VulnerableTicket } from '../../core/domain/risk/facts.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { ageGroupOf, keyCustomerMarks } from '../../core/domain/risk/ticket-marks.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import type { Level } from '../../core/domain/vocabulary.ts'
import { aContext, aFolded, START } from '../support/clock-tickets.ts'
import { RISK_TREE as tree } from '../support/risk-tree.ts'

const T = 100 * DAY
const scene: RiskScene = { tickAt: T, parameters: DEFAULT_RISK_PARAMETERS, tree }
const read = (facts: Partial<RiskFacts>) => readFacts(FACT_RULES, { ...NO_FACTS, ...facts }, scene)
const said = (facts: Partial<RiskFacts>) => read(facts).map(({ ruleId, regionCode, matter, level }) => [ruleId, regionCode, `${matter.kind} ${matter.name}`, level])

const head = (no: number) => ({ ticketKey: `t${no}`, customerKey: `c${no}`, phenomenon: '账单', regionCode: '320505' })
const several = <X>(count: number, one: (no: number) => X): X[] => Array.from({ length: count }, (_, no) => one(no))

describe('MR-05', () => {
  const key = (no: number, more: Partial<KeyTicket> = {}): KeyTicket => ({
    ...head(no), acceptedAt: T - 2 * DAY, closedAt: null, expeditesAt: [], skipLevelContact: 0, ...more,
  })
  const expedites = (count: number, last = T) => several(count, (no) => last - no * HOUR)
  test.each<[string, KeyTicket[], Level]>([
    ['2 valid expedites', [key(0, { expeditesAt: expedites(2) })], 0],
    ['3, the last at the tick', [key(0, { expeditesAt: expedites(3) })], 2],
    ['3, the last of them after the tick', [key(0, { expeditesAt: expedites(3, T + 1) })], 0],
    ['3 on a ticket that is closed', [key(0, { expeditesAt: expedites(3), closedAt: T })], 0],
    ['3 on a ticket that was open at the tick', [key(0, { expeditesAt: expedites(3), closedAt: T + 1 })], 2],
    ['first skip-level contact', [key(0, { skipLevelContact: 1 })], 0],
    ['second skip-level contact', [key(0, { skipLevelContact: 2 })], 2],
    ['2 customers in 24 h', several(2, (no) => key(no, { acceptedAt: T - HOUR })), 0],
    ['3 customers in 24 h', several(3, (no) => key(no, { acceptedAt: T - HOUR })), 3],
    ['3 customers, one of them exactly 24 h ago', several(3, (no) => key(no, { acceptedAt: no === 0 ? T - DAY : T - HOUR })), 3],
    ['3 customers, one of them longer ago', several(3, (no) => key(no, { acceptedAt: no === 0 ? T - DAY - 1 : T - HOUR })), 0],
    ['3 tickets of one customer', several(3, (no) => key(no, { acceptedAt: T - HOUR, customerKey: 'c' })), 0],
    ['3 customers, closed tickets', several(3, (no) => key(no, { acceptedAt: T - HOUR, closedAt: T - 1 })), 3],
  ])('%s', (_name, keyTickets, level) => {
    expect(said({ keyTickets })).toEqual([['MR-05', '320500', 'key_customer 账单', level]])
  })

  test('counts each matter and province by itself, in the lowest node that holds it', () => {
    const keyTickets = [key(0, { acceptedAt: T - 1 }), key(1, { acceptedAt: T - 1, regionCode: '320100' }), key(2, { acceptedAt: T - 1, phenomenon: '携出' }), key(3, { acceptedAt: T - 1, regionCode: '33' })]
    expect(said({ keyTickets })).toEqual([
      ['MR-05', '320500', 'key_customer 携出', 0],
      ['MR-05', '32', 'key_customer 账单', 0],
      ['MR-05', '33', 'key_customer 账单', 0],
    ])
  })

  test('watches VIPs, key persons and star 7, with the expedites that count', () => {
    const marks = (ticket: Parameters<typeof aFolded>[0], skipLevelCount30d = 0) => keyCustomerMarks(aFolded(ticket), { ...aContext(), customer: { ...NO_HISTORY, skipLevelCount30d } })
    expect(marks({ star: 6 })).toBeNull()
    expect(marks({ star: -1 })).toBeNull()
    for (const who of [{ star: 7 }, { isVip: true }, { isKeyPerson: true }]) expect(marks(who)).toEqual({ expeditesAt: [], skipLevelContact: 0 })
    expect(marks({ star: 7, sourceCategory: 'group_complaint' })?.skipLevelContact).toBe(1)
    expect(marks({ star: 7, sourceCategory: 'group_complaint' }, 1)?.skipLevelContact).toBe(2)
    expect(marks({ star: 7 }, 1)?.skipLevelContact).toBe(0)
    const expedite = (hours: number) => ({ at: START + hours * HOUR, by: 'customer', channel: 'hotline', status: 'processing' }) as const
    expect(marks({ star: 7, expedites: [expedite(3), expedite(4), expedite(5), expedite(6)] })?.expeditesAt).toEqual([START + 4 * HOUR, START + 6 * HOUR])
  })
})

describe('MR-08', () => {
  const official = (no: number, more: Partial<OfficialTicket> = {}): OfficialTicket => ({
    ...head(no), channel: 'gov_12345', acceptedAt: T - HOUR, closedAt: null, orderedAt: null, ...more,
  })
  test.each<[string, OfficialTicket[], Level]>([
    ['each while it is open', [official(0)], 2],
    ['a closed one', [official(0, { closedAt: T })], 0],
    ['4 customers of one matter', several(4, official), 2],
    ['5 customers', several(5, (no) => official(no)), 3],
    ['5 customers whose tickets are closed', several(5, (no) => official(no, { closedAt: T - 1 })), 3],
    ['a second one of the same customer', several(2, (no) => official(no, { customerKey: 'c' })), 3],
    ['ordered by a ministry', [official(0, { orderedAt: T })], 4],
    ['to be ordered after the tick', [official(0, { orderedAt: T + 1 })], 2],
    ['ordered and closed', [official(0, { orderedAt: T - 1, closedAt: T })], 0],
  ])('%s', (_name, officialTickets, level) => {
    expect(said({ officialTickets })).toEqual([['MR-08', '320500', 'executive 账单', level]])
  })

  test('a customer who comes again with another matter raises both', () => {
    const officialTickets = [official(0, { customerKey: 'c' }), official(1, { customerKey: 'c', phenomenon: '携出' })]
    expect(said({ officialTickets })).toEqual([['MR-08', '320500', 'executive 携出', 3], ['MR-08', '320500', 'executive 账单', 3]])
  })
})

describe('MR-21', () => {
  const disputed = (no: number, more: Partial<DisputedTicket> = {}): DisputedTicket => ({ ...head(no), agent: 'H-001', ...more })
  test.each<[number, Level]>([[4, 0], [5, 1], [9, 1], [10, 2], [29, 2], [30, 3], [300, 3]])('%i customers: level %i', (count, level) => {
    expect(said({ disputedTickets: several(count, (no) => disputed(no)) })).toEqual([['MR-21', '320500', 'agent H-001', level]])
  })

  test('counts customers, not tickets, and each province’s agent by itself', () => {
    expect(said({ disputedTickets: several(6, (no) => disputed(no, { customerKey: `c${no % 2}` })) })).toEqual([['MR-21', '320500', 'agent H-001', 0]])
    const two = [...several(4, (no) => disputed(no)), disputed(4, { regionCode: '33' }), disputed(5, { regionCode: '00' })]
    expect(said({ disputedTickets: two })).toEqual([['MR-21', '320500', 'agent H-001', 0], ['MR-21', '33', 'agent H-001', 0]])
  })
})

describe('MR-15', () => {
  const vulnerable = (no: number, more: Partial<VulnerableTicket> = {}): VulnerableTicket => ({
    ...head(no), acceptedAt: T - 20 * DAY, agent: 'H-001', isInMedia: false, ...more,
  })
  test.each<[string, VulnerableTicket[], unknown[]]>([
    ['one, lately', [vulnerable(0, { acceptedAt: T - 1, agent: '' })], [['MR-15', '320500', 'keyword KW-MIN:账单', 1]]],
    ['one, 24 h ago', [vulnerable(0, { acceptedAt: T - DAY, agent: '' })], [['MR-15', '320500', 'keyword KW-MIN:账单', 1]]],
    ['one, longer ago', [vulnerable(0, { acceptedAt: T - DAY - 1, agent: '' })], []],
    ['2 of one hall', several(2, (no) => vulnerable(no)), [['MR-15', '320500', 'agent H-001', 0]]],
    ['3 of one hall', several(3, (no) => vulnerable(no)), [['MR-15', '320500', 'agent H-001', 2]]],
    ['9 of one hall', several(9, (no) => vulnerable(no)), [['MR-15', '320500', 'agent H-001', 2]]],
    ['10 of one hall', several(10, (no) => vulnerable(no)), [['MR-15', '320500', 'agent H-001', 3]]],
    ['2 of one hall with the media', several(2, (no) => vulnerable(no, { isInMedia: true })), [['MR-15', '320500', 'agent H-001', 0]]],
    ['3 of one hall, one with the media', several(3, (no) => vulnerable(no, { isInMedia: no === 0 })), [['MR-15', '320500', 'agent H-001', 4]]],
    ['3 of no hall', several(3, (no) => vulnerable(no, { agent: '' })), []],
  ])('%s', (_name, vulnerableTickets, expected) => {
    expect(said({ vulnerableTickets })).toEqual(expected)
  })

  test.each([
    ['0-17', 'minor'], ['0-18', null], ['<18', 'minor'], ['≤17', 'minor'], ['<=17', 'minor'], ['17', 'minor'], ['18', null], ['18岁以下', 'minor'], ['未成年', 'minor'],
    ['64', null], ['65', 'elderly'], ['65+', 'elderly'], ['≥65', 'elderly'], ['>=65', 'elderly'], ['>64', 'elderly'], ['>63', null], ['65岁以上', 'elderly'], ['60-69', null], ['65-74', 'elderly'],
    ['60岁以上', null], ['', null], ['unknown', null],
  ])('of the age band %s: %s', (band, group) => {
    expect(ageGroupOf(band)).toBe(group)
  })
})

law.prop([fc.nat(40), fc.nat(40)])('another customer never lowers a level', (count, more) => {
  const level = (n: number) =>
    Math.max(...read({ disputedTickets: several(n + 1, (no) => ({ ...head(no), agent: 'H' })), officialTickets: several(n + 1, (no) => ({ ...head(no), channel: 'petition', acceptedAt: T - 1, closedAt: null, orderedAt: null })) }).map((one) => one.level))
  expect(level(count + more)).toBeGreaterThanOrEqual(level(count))
})
