import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PING_PONG_TRANSFER, transferInstants } from '../../core/domain/abnormal/at-06-ping-pong-transfer.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, ticketOf } from '../support/builders.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

type Row = readonly [EventType, string, Readonly<Record<string, unknown>>?]
const LATER = at('2026-06-02 09:00')
const clock = (minute: number) => `2026-06-01 ${String(10 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const BEGIN: readonly Row[] = [['created', '2026-06-01 09:00'], ['dispatched', '2026-06-01 09:10', { to_unit: 'U0', leg_id: 'L0' }]]

/** Handed on to these units, ten minutes apart from 10:00. */
const handedTo = (...units: string[]): Row[] => 
  units.map((unit, index): Row => ['transferred', clock(index * 10), { from_unit: '', to_unit: unit, leg_id: '', new_leg_id: `N${index}` }])
const apart = (times: number): Row[] => handedTo(...Array.from({ length: times }, (_, index) => `U${index + 1}`))
const judged = (rows: readonly Row[], when = LATER, values = {}) => judgedBy(PING_PONG_TRANSFER, ticketOf(...BEGIN, ...rows), when, values)

describe('AT-06 ping-pong transfer', () => {
  test.each([[0, 0], [2, 0], [3, 2], [4, 2], [5, 3], [6, 3]] as const)('%i transfers: level %i', (times, level) => {
    expect(judged(apart(times))).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: null })
  })

  test('holds from the instant of the third and of the fifth', () => {
    const third = at('2026-06-01 10:20')
    expect(judged(apart(5), third - 1)).toMatchObject({ level: 0, nextChangeAt: third })
    expect(judged(apart(5), third)).toMatchObject({ level: 2, nextChangeAt: at('2026-06-01 10:40') })
    expect(judged(apart(5), at('2026-06-01 10:40')).level).toBe(3)
  })

  test('back with a unit that it had left is enough, from then on', () => {
    const back = handedTo('U1', 'U0')
    expect(judged(back, at('2026-06-01 10:10') - 1).level).toBe(0)
    expect(judged(back, at('2026-06-01 10:10'))).toMatchObject({ level: 2, why: 'true', facts: { cause: 'transfers:2|again:1' } })
  })

  test('back by way of the dispatcher is back as well; with the same unit all the while is not', () => {
    const returned: Row = ['returned', '2026-06-01 10:00', { leg_id: 'L0', reason_code: 'wrong_unit' }]
    const dispatchedTo = (unit: string, time: string): Row => ['dispatched', time, { to_unit: unit, leg_id: `D${time}` }]
    const away: Row[] = [returned, dispatchedTo('U1', clock(5)), ['returned', clock(6), { reason_code: 'wrong_unit' }], dispatchedTo('U0', clock(7))]
    expect(judged(away)).toMatchObject({ level: 2, facts: { cause: 'transfers:0|again:1' } })
    expect(judged([returned, dispatchedTo('U0', clock(5))]).level).toBe(0)
    const recalled: Row[] = [returned, dispatchedTo('U1', clock(5)), ['recalled', clock(6), {}], dispatchedTo('U0', clock(7))]
    expect(judged(recalled).level).toBe(0)
  })

  test('a helper is no transfer', () => {
    const helped = (minute: number, unit: string): Row => ['assist_requested', clock(minute), { leg_id: 'H', unit }]
    expect(judged([helped(0, 'U1'), helped(1, 'U0')]).level).toBe(0)
  })

  test('reassignments count after a claim only, and a dispatch out of processing never', () => {
    const moved = (type: EventType, minute: number, unit: string): Row => [type, clock(minute), { to_unit: unit, leg_id: `${unit}-${minute}` }]
    const claimed = (minute: number): Row => ['claimed', clock(minute), { handler_id: 'h' }]
    expect(judged([moved('reassigned', 0, 'U1'), moved('reassigned', 1, 'U2'), moved('reassigned', 2, 'U3')]).level).toBe(0)
    const after = [claimed(0), moved('reassigned', 1, 'U1'), claimed(2), moved('reassigned', 3, 'U2'), claimed(4), moved('reassigned', 5, 'U3')]
    expect(judged(after).level).toBe(2)
    expect(judged([claimed(0), moved('dispatched', 1, 'U1'), ...after.slice(2)]).level).toBe(0)
    // What was handed on unclaimed later puts the third off by nothing.
    expect(judged([...after, moved('reassigned', 9, 'U4')], at('2026-06-01 10:05')).level).toBe(2)
  })

  test.each([
    ['completed', 'completed', '10:30', 'cleared'],
    ['cancelled', 'cancelled', '10:30', 'cleared'],
    ['merged', 'merged', '10:30', 'cleared'],
    ['completed at the third transfer', 'completed', '10:20', 'never_true'],
  ] as const)('of a ticket that was %s', (_, type, time, why) => {
    expect(judged([...apart(3), [type, `2026-06-01 ${time}`, { result_code: 'solved' }]])).toMatchObject({ level: 0, why })
  })

  test('a claim alone does not end it: nobody has locked the owner', () => {
    expect(judged([...apart(3), ['claimed', '2026-06-01 10:30', { handler_id: 'h' }]])).toMatchObject({ level: 2, why: 'true' })
  })

  test('a further transfer, a further return and a reopening are other causes', () => {
    const reopened: Row[] = [['completed', '2026-06-01 12:00', { result_code: 'solved' }], ['reopened', '2026-06-01 13:00', {}]]
    const causes = [apart(3), apart(4), handedTo('U1', 'U2', 'U0'), [...apart(3), ...reopened]].map((rows) => judged(rows).facts['cause'])
    expect(causes).toEqual(['transfers:3|again:0', 'transfers:4|again:0', 'transfers:3|again:1', 'transfers:3|again:0|reopenings:1'])
  })

  test('is taken back where a transfer turns out not to have been one', () => {
    expect(judged(apart(2))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('goes by the province’s own bounds', () => {
    expect(judged(apart(1), LATER, { A2: 1 }).level).toBe(2)
    expect(judged(apart(3), LATER, { A3: 3 }).level).toBe(3)
    expect(judged(handedTo('U1', 'U0'), LATER, { sameUnit: 3 }).level).toBe(0)
    expect(judged(handedTo('U1', 'U0', 'U1', 'U0'), LATER, { A2: 9, sameUnit: 3 })).toMatchObject({ level: 2, why: 'true' })
  })

  test('says how often', () => {
    expect(judged(apart(1)).facts['words']).toBe('转派 1 次 / 1 transfer')
    expect(judged(handedTo('U1', 'U0')).facts['words']).toBe('转派 2 次，到达同一单位 2 次 / 2 transfers, 2 arrivals at one unit')
  })

  test('law: the legs of any ticket show as many transfers as were counted', () => {
    fc.assert(fc.property(ticketHistories('T1', 25), (events) => {
      const ticket = foldTicket(events)
      expect(transferInstants(ticket)).toHaveLength(ticket.transferCount)
    }), { numRuns: 300 })
  })
})
