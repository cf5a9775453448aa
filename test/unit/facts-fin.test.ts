import { describe, expect, test } from 'vitest'
import type { CustomerHistory } from '../../core/domain/ticket/customer-history.ts'
import type { Survey } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { aSuspension, at, ticketOf } from '../support/builders.ts'
import { aReading, factsAt, type FactsSpec, ofBase } from '../support/facts.ts'

const START = at('2026-06-01 09:00')
const DONE = START + 10 * HOUR
const NOW = at('2026-06-20 00:00')
const base = ticketOf(
  ['created', '2026-06-01 09:00'],
  ['dispatched', '2026-06-01 09:10', { to_unit: 'net' }],
  ['claimed', '2026-06-01 09:20'],
  ['customer_replied', '2026-06-01 18:00', { method: 'call', call_record_no: 'R1' }],
  ['completed', '2026-06-01 19:00', { result_code: 'solved' }],
)
const finished = (facts: Partial<Ticket> = {}, spec: Partial<FactsSpec> = {}) =>
  ofBase(factsAt({ ...base, ...facts }, { at: NOW, ...spec }).facts, 'FIN')
const measures = (facts: Partial<Ticket> = {}, spec: Partial<FactsSpec> = {}): Record<string, number> => finished(facts, spec)[0]!.measures
const qualification: NonNullable<Ticket['qualification']> = {
  at: DONE,
  stage: 'final',
  causes: ['billing_system', 'rating'],
  liability: 'company',
  isReasonable: true,
  responsibleUnit: 'bill',
  controlChannel: null,
  timeoutReason: null,
}
const survey: Survey = { sentAt: DONE, mode: 'sms', endedAt: DONE + HOUR, result: 'satisfied', score: 9, solved: 'yes', skipReason: null }

describe('FIN', () => {
  test('a complaint solved in ten hours', () => {
    expect(finished({ qualification })).toEqual([
      {
        base: 'FIN',
        at: DONE,
        regionCode: '320501',
        kind: 'complaint',
        by: {
          source: 'province_complaint',
          channel: 'hotline',
          product: 'broadband',
          phenomenon_l1: 'network',
          phenomenon: 'broadband_down',
          unit: 'bill',
          cause: 'billing_system',
          liability: 'company',
        },
        measures: {
          finished: 1,
          in_time: 1,
          raw_48h: 1,
          net_24h: 1,
          net_seconds: 36_000,
          solved_at_first: 1,
          solved: 1,
          qualified: 1,
          company_liable: 1,
          survey_eligible: 1,
        },
        sketched: 36_000,
      },
    ])
  })

  test.each<[string, Partial<Ticket>, Partial<CustomerHistory>, string]>([
    ['K-09', {}, { appealedAt: NOW }, 'appealed_after'],
    ['K-40', { transferCount: 1 }, {}, 'transferred'],
    ['K-41', { redispatchCount: 1 }, {}, 'redispatched'],
    ['K-41, twice', { redispatchCount: 2 }, {}, 'redispatched_twice'],
    ['K-44', { suspensions: [aSuspension(START + HOUR, START + 2 * HOUR)] }, {}, 'suspended'],
    ['K-47, no second level of the phenomenon', { qualification, phenomenonL2: '' }, {}, 'unclassified'],
    ['K-47, no second level of the cause', { qualification: { ...qualification, causes: ['billing_system'] } }, {}, 'unclassified'],
    ['K-47, corrected late', { qualification, isCorrectedLate: true }, {}, 'unclassified'],
    ['K-50', { isRaiseFinish: true }, {}, 'raise_finished'],
    ['K-51', { firstOwner: { unitId: 'net', actorId: null } }, {}, 'central'],
    ['K-52', { surveys: [survey] }, {}, 'surveyed'],
    ['an incident', { incidentId: 'I1' }, {}, 'mass'],
    ['K-06', { sourceCategory: 'group_complaint' }, {}, 'skip_level_in_time'],
  ])('%s', (_, facts, customer, measure) => {
    expect(measures({ qualification, ...facts }, { customer })).toHaveProperty(measure, 1)
    expect(measures({ qualification })).not.toHaveProperty(measure)
  })

  test('24 h to the instant are within 24 h, a millisecond more are not', () => {
    const doneIn = (ms: number) => {
      const stoppedAt = START + ms
      return measures({ completedAt: stoppedAt }, { readings: [aReading('C_HANDLE', NOW, { startAt: START, limit: 48 * HOUR, stoppedAt })] })
    }
    expect(doneIn(24 * HOUR)).toHaveProperty('net_24h', 1)
    expect(doneIn(24 * HOUR + 1)).not.toHaveProperty('net_24h')
  })

  test('suspended time ends with the completion', () => {
    expect(measures({ suspensions: [aSuspension(DONE - HOUR, DONE + HOUR)] })).toMatchObject({ suspended_seconds: 3_600 })
  })

  test('K-51: a stay that was recalled, or a helper’s, was not with another unit', () => {
    const [leg] = base.legs
    const firstOwner = { unitId: 'net', actorId: null }
    const elsewhere = { ...leg!, unitId: 'far' }
    expect(measures({ firstOwner, legs: [leg!, elsewhere] })).not.toHaveProperty('central')
    expect(measures({ firstOwner, legs: [leg!, { ...elsewhere, finish: 'recalled' }] })).toHaveProperty('central', 1)
    expect(measures({ firstOwner, legs: [leg!, { ...elsewhere, isAssist: true }] })).toHaveProperty('central', 1)
  })

  test('transfers and suspended time are sums', () => {
    const suspensions = [aSuspension(START + HOUR, START + 2 * HOUR), aSuspension(START + 3 * HOUR, START + 5 * HOUR)]
    expect(measures({ transferCount: 3, suspensions })).toMatchObject({
      transferred: 1,
      transfers: 3,
      suspended: 1,
      suspended_seconds: 3 * 3600,
      net_seconds: 7 * 3600,
    })
  })

  test('K-19 counts from acceptance without the suspension taken off, K-18 with it', () => {
    const ticket = { completedAt: START + 60 * HOUR, completions: [], suspensions: [aSuspension(START + HOUR, START + 31 * HOUR)] }
    expect(measures(ticket)).toMatchObject({ in_time: 1, net_seconds: 30 * 3600 })
    expect(measures(ticket)).not.toHaveProperty('raw_48h')
    expect(measures(ticket)).not.toHaveProperty('net_24h')
  })

  test.each<[string, Partial<Ticket>, Partial<CustomerHistory>]>([
    ['was reopened', { reopenCount: 1 }, {}],
    ['came again', {}, { repeatedAt: NOW }],
    ['is said not to be solved', { surveys: [{ ...survey, solved: 'no' }] }, {}],
    ['is no complaint', { kind: 'query' }, {}],
  ])('K-35: not solved at first where it %s', (_, facts, customer) => {
    expect(measures()).toHaveProperty('solved_at_first')
    expect(measures(facts, { customer })).not.toHaveProperty('solved_at_first')
  })

  test('K-48: a qualification that leaves the liability open is none', () => {
    expect(measures({ qualification: { ...qualification, liability: '' } })).not.toHaveProperty('qualified')
    expect(measures({ qualification: { ...qualification, liability: 'none' } })).toMatchObject({ qualified: 1 })
  })

  test.each<[string, Partial<Ticket>]>([
    ['closed at acceptance', { legs: [], firstDispatchedAt: null }],
    ['an appeal', { kind: 'appeal' }],
    ['from the group', { sourceCategory: 'group_complaint' }],
    ['with a number of the group', { groupTicketNo: 'G1' }],
    ['from the supervision line', { channel: 'province_supervision' }],
    ['unreachable', { resultCode: 'unreachable' }],
    ['a duplicate', { resultCode: 'duplicate' }],
    ['skipped', { surveys: [{ ...survey, sentAt: null, result: 'skipped', skipReason: 'black_list' }] }],
  ])('3.7-7: not to be surveyed when it is %s', (_, facts) => {
    expect(measures()).toHaveProperty('survey_eligible')
    expect(measures(facts)).not.toHaveProperty('survey_eligible')
  })

  test('what was surveyed all the same was eligible', () => {
    expect(measures({ groupTicketNo: 'G1', surveys: [survey] })).toMatchObject({ surveyed: 1, survey_eligible: 1 })
  })

  const run = (clock: 'C_FAULT_HARD' | 'C_PROVISION' | 'C_APPEAL_FEEDBACK', stoppedAt: number | null = DONE, limit = 10 * HOUR) => ({
    readings: [aReading(clock, NOW, { startAt: START, limit, stoppedAt })],
  })
  test.each<[string, Partial<Ticket>, ReturnType<typeof run>, boolean]>([
    ['K-67', { kind: 'fault' }, run('C_FAULT_HARD'), true],
    ['K-67 late', { kind: 'fault' }, run('C_FAULT_HARD', DONE, 10 * HOUR - 1), false],
    ['K-67 in a mass incident, which is shown apart', { kind: 'fault', incidentId: 'I1' }, run('C_FAULT_HARD'), false],
    ['K-64', { kind: 'install' }, run('C_PROVISION'), true],
    ['K-64 late', { kind: 'install' }, run('C_PROVISION', DONE, 10 * HOUR - 1), false],
    ['an appeal whose feedback was sent', { kind: 'appeal' }, run('C_APPEAL_FEEDBACK'), true],
    ['an appeal without feedback', { kind: 'appeal' }, run('C_APPEAL_FEEDBACK', null, 100 * DAY), false],
    ['an appeal without a reply to the customer', { kind: 'appeal', customerReplies: [] }, run('C_APPEAL_FEEDBACK'), false],
  ])('in time by the clock of the kind: %s', (_, facts, spec, isInTime) => {
    expect(measures(facts, spec)['in_time']).toBe(isInTime ? 1 : undefined)
  })

  test('faults and installations have their net time from their own clocks', () => {
    expect(finished({ kind: 'fault' }, run('C_FAULT_HARD'))[0]).toMatchObject({ sketched: 36_000, measures: { net_seconds: 36_000, net_24h: 1 } })
    expect(measures({ kind: 'install' }, { ...run('C_PROVISION'), customer: { faultedAt: NOW } })).toMatchObject({
      net_seconds: 36_000,
      faulted_after: 1,
    })
    expect(finished({ kind: 'track' })[0]).not.toHaveProperty('sketched')
  })

  test('the unit is the responsible one, else that of the last main stay that was not recalled', () => {
    const leg = base.legs[0]!
    const unitOf = (facts: Partial<Ticket>) => finished(facts)[0]!.by.unit
    expect(unitOf({})).toBe('net')
    expect(unitOf({ legs: [leg, { ...leg, unitId: 'line' }] })).toBe('line')
    expect(unitOf({ legs: [leg, { ...leg, unitId: 'line', finish: 'recalled' }] })).toBe('net')
    expect(unitOf({ legs: [leg, { ...leg, unitId: 'help', isAssist: true }] })).toBe('net')
    expect(unitOf({ legs: [] })).toBeUndefined()
    expect(unitOf({ qualification: { ...qualification, responsibleUnit: null } })).toBe('net')
  })

  test('the dimensions of satisfaction and time follow nothing that comes later but other tickets', () => {
    const ticket = { ...base, surveys: [survey] }
    const fin = (when: number) => ofBase(factsAt(ticket, { at: when }).facts, 'FIN')
    expect(fin(DONE)).toEqual(fin(DONE + 400 * DAY))
  })

  test('nothing while it is open, cancelled or reopened', () => {
    expect(finished({ completedAt: null })).toEqual([])
    expect(finished({ completedAt: null, cancelledAt: DONE })).toEqual([])
  })
})

describe('FIN1', () => {
  const first = (reopenedAt: number | null) =>
    ofBase(
      factsAt(
        {
          ...base,
          completedAt: null,
          completions: [
            { at: DONE, reopenedAt },
            { at: DONE + 9 * DAY, reopenedAt: null },
          ],
        },
        { at: NOW },
      ).facts,
      'FIN1',
    )

  test.each<[string, number | null, Record<string, number>]>([
    ['never reopened', null, { finished_first: 1 }],
    ['reopened on the seventh day', DONE + 7 * DAY, { finished_first: 1, reopened_7d: 1 }],
    ['reopened later', DONE + 7 * DAY + 1, { finished_first: 1 }],
  ])('K-42: %s', (_, reopenedAt, counted) => {
    expect(first(reopenedAt)).toMatchObject([{ at: DONE, measures: counted, by: { unit: 'net' } }])
  })
})
