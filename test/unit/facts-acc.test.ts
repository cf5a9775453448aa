import { describe, expect, test } from 'vitest'
import type { Fact } from '../../core/domain/count/fact.ts'
import { tierOf } from '../../core/domain/count/fact-values.ts'
import type { CustomerHistory } from '../../core/domain/ticket/customer-history.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { aTicket, at, ticketOf } from '../support/builders.ts'
import { aReading, factsAt, type FactsSpec, ofBase } from '../support/facts.ts'

const START = at('2026-06-01 09:00')
const NOW = START + HOUR
const accepted = (facts: Partial<Ticket> = {}, spec: Partial<FactsSpec> = {}): Fact =>
  ofBase(factsAt(aTicket({ acceptedAt: START, ...facts }), { at: NOW, ...spec }).facts, 'ACC')[0]!
const measures = (facts: Partial<Ticket> = {}, spec: Partial<FactsSpec> = {}): Record<string, number> => accepted(facts, spec).measures
const marks = aTicket().marks

describe('ACC: volume', () => {
  test('a plain complaint: accepted and pending, cut by what it says', () => {
    expect(accepted()).toEqual({
      base: 'ACC',
      at: START,
      regionCode: '320501',
      kind: 'complaint',
      by: {
        source: 'province_complaint',
        channel: 'hotline',
        product: 'broadband',
        phenomenon_l1: 'network',
        phenomenon: 'broadband_down',
      },
      measures: { accepted: 1, pending: 1 },
    })
  })

  test.each<[string, Partial<Ticket>, Partial<CustomerHistory>, string]>([
    ['K-07', {}, { repeatCount30d: 1 }, 'repeat'],
    ['3.7-2, the narrower', {}, { repeatSameMatter30d: 1 }, 'repeat_same_matter'],
    ['K-06', { sourceCategory: 'group_complaint' }, {}, 'skip_level'],
    ['K-12', { marks: { ...marks, strictestScene: 0 } }, {}, 'strictest_scene'],
    ['K-13', { isTemplate: 1 }, {}, 'template'],
    ['raised', { raisedAt: [START] }, {}, 'raised'],
    ['supervised', { supervisions: [{ level: 'group', at: START, dueAt: null, answeredAt: null }] }, {}, 'raised'],
    ['K-43', { expedites: [{ at: START + MINUTE, by: 'staff', channel: 'hotline', status: 'new' }] }, {}, 'expedited'],
    ['an incident', { incidentId: 'I1' }, {}, 'mass'],
    ['K-71', { kind: 'fault' }, { faultCount30d: 1 }, 'repeat_fault'],
  ])('%s', (_, facts, customer, measure) => {
    expect(measures(facts, { customer })).toHaveProperty(measure, 1)
    expect(measures()).not.toHaveProperty(measure)
  })

  test.each<[string, Partial<Ticket>, Partial<CustomerHistory>, string]>([
    ['an unknown template', { isTemplate: -1 }, {}, 'template'],
    ['an expedite too soon', { expedites: [{ at: START + MINUTE, by: 'customer', channel: 'hotline', status: 'new' }] }, {}, 'expedited'],
    ['a fault of a mass incident', { kind: 'fault', incidentId: 'I1' }, { faultCount30d: 1 }, 'repeat_fault'],
    ['a complaint after faults', {}, { faultCount30d: 1 }, 'repeat_fault'],
    ['completed after a dispatch', { completedAt: NOW, firstDispatchedAt: START }, {}, 'direct'],
    ['open without a dispatch', {}, {}, 'direct'],
  ])('%s is none', (_, facts, customer, measure) => {
    expect(measures(facts, { customer })).not.toHaveProperty(measure)
  })

  test('K-37: completed without ever being dispatched, also where the hot-line kept it', () => {
    expect(measures({ completedAt: NOW })).toHaveProperty('direct', 1)
    expect(measures(ticketOf(['created', '2026-06-01 09:00'], ['claimed', '2026-06-01 09:01'], ['completed', '2026-06-01 09:30']))).toHaveProperty(
      'direct',
      1,
    )
  })

  test.each<[number | null, boolean]>([
    [null, true],
    [4, true],
    [1, false],
    [2, false],
  ])('K-04: an appeal of status %s is attributed: %s, and cut by its stage', (status, isAttributed) => {
    const appeal = { regulatorCaseNo: 'A1', status, stage: 'mediation', dueAt: null, feedbackAt: null, closedAt: null }
    const fact = accepted({ kind: 'appeal', appeal })
    expect(fact.measures.attributed).toBe(isAttributed ? 1 : undefined)
    expect(fact.by.stage).toBe('mediation')
  })

  test.each<[Partial<Ticket>, string]>([
    [{ isVip: true, isKeyPerson: true, star: 7 }, 'vip'],
    [{ isKeyPerson: true, star: 7 }, 'key'],
    [{ star: 7 }, 'star7'],
    [{ star: 4 }, 'star4'],
    [{ star: 3 }, 'standard'],
    [{ star: 0 }, 'standard'],
    [{ star: -1 }, ''],
  ])('the tier of %o is %s', (facts, tier) => {
    expect(tierOf(aTicket(facts))).toBe(tier)
  })

  test.each([
    ['a node that nobody knows counts at the province', { regionCode: '329999' }, '32'],
    ['a province that nobody knows counts at the root', { regionCode: '99', provinceCode: '99' }, '00'],
  ])('%s', (_, facts, regionCode) => {
    expect(accepted(facts).regionCode).toBe(regionCode)
  })

  test('the first level of the phenomenon stands in where there is no second', () => {
    expect(accepted({ phenomenonL2: '' }).by.phenomenon).toBe('network')
  })

  test.each<[string, Partial<Ticket>]>([
    ['voided', { voidedAt: NOW }],
    ['merged', { mergedAt: NOW }],
    ['a test', { isTest: true }],
    ['not accepted', { acceptedAt: null }],
  ])('nothing at all, when it is %s (3.7-8)', (_, facts) => {
    expect(factsAt(aTicket({ completedAt: NOW, ...facts }), { at: NOW })).toEqual({ facts: [], changesAt: null })
  })
})

describe('ACC: ratios by acceptance leave out what has no answer (6.2)', () => {
  test('K-18A: completed in time, but without a reply to the customer, is late', () => {
    const done = { completedAt: NOW, firstDispatchedAt: START }
    const reply = { at: NOW, method: 'call', recordNo: 'R1', recordSeconds: 60, isAgreed: true }
    expect(measures(done)).toMatchObject({ late: 1 })
    expect(measures(done)).not.toHaveProperty('in_time')
    expect(measures({ ...done, customerReplies: [reply] })).toMatchObject({ in_time: 1 })
    expect(measures({ ...done, customerReplies: [reply] })).not.toHaveProperty('late')
  })

  test('K-18A: pending until the limit, late right after it, also while suspended after it', () => {
    expect(measures({}, { at: START + 48 * HOUR })).toMatchObject({ pending: 1 })
    expect(measures({}, { at: START + 48 * HOUR + 1 })).toEqual({ accepted: 1, late: 1 })
    const suspensions = [{ from: START + 50 * HOUR, to: null, reason: 'third_party', approver: 'a', plannedResumeAt: null }]
    expect(measures({ suspensions }, { at: START + 60 * HOUR })).toEqual({ accepted: 1, late: 1 })
  })

  test('a cancelled one is volume and nothing else', () => {
    const { facts } = factsAt(aTicket({ cancelledAt: NOW, incidentId: 'I1' }), { at: NOW, customer: { repeatCount30d: 1 } })
    expect(ofBase(facts, 'ACC')[0]!.measures).toEqual({ accepted: 1, repeat: 1, mass: 1 })
    expect([...new Set(facts.map(({ base }) => base))]).toEqual(['ACC', 'SNAP'])
  })

  const contact = (stoppedAt: number | null) => ({
    readings: [aReading('C_FAULT_FIRST30', START + 31 * MINUTE, { startAt: START, limit: 30 * MINUTE, stoppedAt })],
  })
  test.each<[string, Partial<Ticket>, number | null, number | undefined, number | undefined]>([
    ['contacted in 30 min', { firstContactedAt: START + 30 * MINUTE }, START + 30 * MINUTE, 1, 1],
    ['contacted after', { firstContactedAt: START + 31 * MINUTE }, START + 31 * MINUTE, 1, undefined],
    ['not contacted', {}, null, 1, undefined],
    ['cleared before anybody called', { faultClearedAt: START + MINUTE }, START + MINUTE, undefined, undefined],
  ])('K-17: a fault %s', (_, facts, stoppedAt, all, kept) => {
    const counted = measures({ kind: 'fault', ...facts }, { at: START + 31 * MINUTE, ...contact(stoppedAt) })
    expect([counted['half_hour'], counted['half_hour_kept']]).toEqual([all, kept])
  })

  test('K-17: pending within the half hour, and the timer is set right behind it', () => {
    const when = START + 30 * MINUTE
    const readings = [aReading('C_FAULT_FIRST30', when, { startAt: START, limit: 30 * MINUTE })]
    const { facts, changesAt } = factsAt(aTicket({ kind: 'fault' }), { at: when, readings })
    expect(ofBase(facts, 'ACC')[0]!.measures).toEqual({ accepted: 1 })
    expect(changesAt).toBe(when + 1)
  })

  test('K-17: complaints only where their unit promises the golden half hour', () => {
    const readings = [aReading('C_FIRST', NOW, { startAt: START, limit: 30 * MINUTE })]
    expect(measures({}, { readings, limits: { goldenUnits: ['g'] } })).toMatchObject({ half_hour: 1 })
    expect(measures({}, { readings })).not.toHaveProperty('half_hour')
    expect(measures({}, { readings: [aReading('C_FIRST', NOW, { startAt: START, limit: DAY })], limits: { goldenUnits: ['g'] } })).not.toHaveProperty(
      'half_hour',
    )
  })

  test.each<[string, number | null, string, number | undefined, number | undefined]>([
    ['finished on the day', at('2026-06-01 23:59:59.999'), '2026-06-03 00:00', 1, 1],
    ['finished at 24:00', at('2026-06-02 00:00'), '2026-06-03 00:00', 1, undefined],
    ['open before 24:00', null, '2026-06-01 23:59:59.999', undefined, undefined],
    ['open at 24:00', null, '2026-06-02 00:00', 1, undefined],
  ])('K-65: an installation %s', (_, completedAt, when, all, kept) => {
    const counted = measures({ kind: 'install', completedAt }, { at: at(when) })
    expect([counted['before_cut'], counted['before_cut_same_day']]).toEqual([all, kept])
  })

  test('K-68: the promise of the day is kept, broken or pending', () => {
    const promise = (when: number, stoppedAt: number | null) => {
      const readings = [aReading('C_FAULT_REPAIR', when, { startAt: START, limit: 15 * HOUR, stoppedAt })]
      const counted = measures({ kind: 'fault' }, { at: when, readings })
      return [counted['promised'], counted['promise_kept']]
    }
    expect(promise(START + DAY, START + 15 * HOUR)).toEqual([1, 1])
    expect(promise(START + DAY, START + 15 * HOUR + 1)).toEqual([1, undefined])
    expect(promise(START + 15 * HOUR, null)).toEqual([undefined, undefined])
    expect(promise(START + 15 * HOUR + 1, null)).toEqual([1, undefined])
  })

  const evening: Partial<Ticket> = { kind: 'fault', urbanRural: 'urban', firstDispatchedAt: at('2026-06-01 19:59:59.999') }
  test.each<[string, Partial<Ticket>, string, number | undefined, number | undefined]>([
    ['open at 24:00', {}, '2026-06-02 00:00', 1, 1],
    ['open before 24:00', {}, '2026-06-01 23:59', undefined, undefined],
    ['cleared before 24:00', { completedAt: at('2026-06-01 23:00') }, '2026-06-01 23:30', 1, undefined],
    ['cleared the day after', { completedAt: at('2026-06-02 08:00') }, '2026-06-03 00:00', 1, 1],
    ['dispatched at 20:00', { firstDispatchedAt: at('2026-06-01 20:00') }, '2026-06-03 00:00', undefined, undefined],
    ['in the country', { urbanRural: 'rural' }, '2026-06-03 00:00', undefined, undefined],
    ['in the country, of a top-tier line', { urbanRural: 'rural', star: 5 }, '2026-06-03 00:00', 1, 1],
    ['not dispatched', { firstDispatchedAt: null }, '2026-06-03 00:00', undefined, undefined],
  ])('K-68: no fault overnight: %s', (_, facts, when, all, overnight) => {
    const counted = measures({ ...evening, ...facts }, { at: at(when) })
    expect([counted['evening_dispatched'], counted['overnight']]).toEqual([all, overnight])
  })
})
