import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rejectionInstants, RETURNED_OR_REDISPATCHED } from '../../core/domain/abnormal/at-07-returned-or-redispatched.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { judgedBy } from '../support/abnormal.ts'
import { anEvent, at } from '../support/builders.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

const START = at('2026-06-01 09:00')
const LATER = at('2026-06-02 09:00')
const minute = (n: number) => START + n * MINUTE
type Step = readonly [EventType, Readonly<Record<string, unknown>>?]

/** Accepted at 09:00, a step a minute. */
const walked = (...steps: readonly Step[]) =>
  foldTicket([anEvent('created'), ...steps.map(([type, payload = {}], index) => anEvent(type, { occurredAt: minute(index + 1), payload }))])
const judged = (steps: readonly Step[], when = LATER, values = {}) => judgedBy(RETURNED_OR_REDISPATCHED, walked(...steps), when, values)

const TO_UNIT: Step = ['dispatched', { to_unit: 'A' }]
const RETURNED: Step = ['returned', { reason_code: 'wrong_unit' }]
const REPLIED: readonly Step[] = [['claimed', { handler_id: 'h' }], ['replied', { text: 'x' }]]
const AGAIN: Step = ['redispatched', { to_unit: 'A', leg_id: 'L', because: 'review_failed' }]
const FAILED: Step = ['review_failed', { reason: 'thin' }]
const PASSED: Step = ['review_passed', {}]
const times = (count: number, ...steps: readonly Step[]): Step[] => Array.from({ length: count }, () => steps).flat()
const COMPLETED: Step = ['completed', { result_code: 'solved' }]

describe('AT-07 returned or re-dispatched', () => {
  test.each([[0, 0], [1, 0], [2, 2], [3, 3], [4, 3]] as const)('%i returns: level %i', (count, level) => {
    expect(judged(times(count, TO_UNIT, RETURNED))).toMatchObject({ level, why: level > 0 ? 'true' : 'never_true', nextChangeAt: null })
  })

  test.each([[1, 0], [2, 2], [3, 3]] as const)('%i re-dispatches: level %i', (count, level) => {
    expect(judged([TO_UNIT, ...times(count, ...REPLIED, AGAIN)]).level).toBe(level)
  })

  test('both kinds count together, from the instant of each', () => {
    const mixed = [TO_UNIT, RETURNED, TO_UNIT, ...REPLIED, AGAIN, ...REPLIED, PASSED, AGAIN]
    expect(judged(mixed, minute(6) - 1)).toMatchObject({ level: 0, nextChangeAt: minute(6) })
    expect(judged(mixed, minute(6))).toMatchObject({ level: 2, nextChangeAt: minute(10) })
    expect(judged(mixed, minute(10))).toMatchObject({ level: 3, facts: { cause: 'returns:1|redispatches:2' } })
  })

  test('a failed review alone, a recall and a reopening after a reply are none', () => {
    expect(judged([TO_UNIT, ...times(3, ...REPLIED, FAILED)]).level).toBe(0)
    expect(judged(times(3, TO_UNIT, ['recalled'])).level).toBe(0)
    expect(judged([TO_UNIT, ...REPLIED, AGAIN, ...times(2, ...REPLIED, COMPLETED, ['reopened'])]).level).toBe(0)
    expect(walked(TO_UNIT, ...REPLIED, FAILED, ...REPLIED, AGAIN)).toMatchObject({ redispatchCount: 1 })
  })

  test.each([
    ['the next reply passes its review', [...REPLIED, PASSED], 'mitigated'],
    ['the ticket is completed', [COMPLETED], 'cleared'],
    ['it passes and the ticket is completed', [...REPLIED, PASSED, COMPLETED], 'cleared'],
    ['the ticket is cancelled', [['cancelled']], 'cleared'],
  ] as const)('ends when %s', (_, more, why) => {
    expect(judged([TO_UNIT, ...times(2, ...REPLIED, AGAIN), ...more])).toMatchObject({ level: 0, why })
  })

  test.each([
    ['a reply that waits for its review', REPLIED],
    ['one that failed', [...REPLIED, FAILED]],
    ['one that passed and was taken back', [...REPLIED, PASSED, FAILED]],
    ['a claim', [['claimed', { handler_id: 'h' }]]],
  ] as const)('is not ended by %s', (_, more) => {
    expect(judged([TO_UNIT, ...times(2, ...REPLIED, AGAIN), ...more])).toMatchObject({ level: 2, why: 'true' })
  })

  test('a pass that was taken back does not end what returns had made true; one that stands does, over a reopening too', () => {
    const passed = [...times(2, TO_UNIT, RETURNED), TO_UNIT, ...REPLIED, PASSED]
    expect(judged([...passed, FAILED])).toMatchObject({ level: 2, why: 'true' })
    expect(judged([...passed, COMPLETED, ['reopened']])).toMatchObject({ level: 0, why: 'mitigated' })
  })

  test('a pass before the last one does not end it, and one more after a pass has it true again, by another cause', () => {
    const ended = [TO_UNIT, ...times(2, ...REPLIED, AGAIN), ...REPLIED, PASSED]
    const again = [...ended, AGAIN]
    expect(judged(again)).toMatchObject({ level: 3, why: 'true', facts: { cause: 'returns:0|redispatches:3' } })
    expect(judged(ended)).toMatchObject({ why: 'mitigated', facts: { cause: 'returns:0|redispatches:2' } })
  })

  test('is taken back where a return turns out not to have been one', () => {
    expect(judged(times(1, TO_UNIT, RETURNED))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('goes by the province’s own bounds', () => {
    expect(judged([TO_UNIT, RETURNED], LATER, { A2: 1 }).level).toBe(2)
    expect(judged(times(2, TO_UNIT, RETURNED), LATER, { A3: 2 }).level).toBe(3)
    expect(judged(times(2, TO_UNIT, RETURNED), LATER, { A2: 3, A3: 4 })).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('says how often', () => {
    expect(judged([TO_UNIT, RETURNED, TO_UNIT, ...REPLIED, AGAIN]).facts['words']).toBe('退单 1 次，重派 1 次 / 1 return, 1 re-dispatch')
    expect(judged(times(2, TO_UNIT, RETURNED)).facts['words']).toBe('退单 2 次，重派 0 次 / 2 returns, 0 re-dispatches')
  })

  test('law: the legs of any ticket show as many as were counted', () => {
    fc.assert(fc.property(ticketHistories('T1', 25), (events) => {
      const ticket = foldTicket(events)
      expect(rejectionInstants(ticket)).toHaveLength(ticket.returnCount + ticket.redispatchCount)
    }), { numRuns: 300 })
  })
})
