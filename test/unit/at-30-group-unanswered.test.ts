import { describe, expect, test } from 'vitest'
import { GROUP_UNANSWERED } from '../../core/domain/abnormal/at-30-group-unanswered.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, type Instant } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h, suspended } from '../support/clock-tickets.ts'

const ofGroup = (facts: Partial<Ticket> = {}) => aFolded({ groupTicketNo: 'G1', ...facts })
const seen = (ticket: Ticket, when: Instant, values = {}) => judgedBy(GROUP_UNANSWERED, ticket, when, values, aContext())

describe('AT-30 group ticket unanswered', () => {
  test.each([
    ['a millisecond before half of 48 h', h(24) - 1, 0, 'never_true', h(24)],
    ['at half', h(24), 2, 'true', h(43.2)],
    ['a millisecond before 90 %', h(43.2) - 1, 2, 'true', h(43.2)],
    ['at 90 %', h(43.2), 3, 'true', h(48) + 1],
    ['at 48 h', h(48), 3, 'true', h(48) + 1],
    ['a millisecond more', h(48) + 1, 4, 'true', null],
  ] as const)('%s', (_, when, level, why, nextChangeAt) => {
    expect(seen(ofGroup(), when)).toMatchObject({ level, why, nextChangeAt })
  })

  test('a ticket without a number of the group is none, nor one that C_HANDLE does not run on', () => {
    expect(seen(aFolded(), h(60))).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: null })
    expect(seen(ofGroup({ kind: 'fault' }), h(60))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('goes by the limit that the group gave, and by the pauses of the clock', () => {
    expect([h(5) - 1, h(5), h(9), h(10), h(10) + 1].map((when) => seen(ofGroup({ limitMinutesGiven: 600 }), when).level)).toEqual([0, 2, 3, 3, 4])
    const paused = ofGroup({ limitMinutesGiven: 600, suspensions: suspended([4, 14]) })
    expect([h(14), h(15) - 1, h(15), h(19), h(20), h(20) + 1].map((when) => seen(paused, when).level)).toEqual([0, 0, 2, 3, 3, 4])
    const atHalf = ofGroup({ limitMinutesGiven: 600, suspensions: suspended([5, 14]) })
    expect([h(5) - 1, h(5), h(14)].map((when) => seen(atHalf, when).level)).toEqual([0, 2, 2])
  })

  test.each([
    ['uploaded after half', ofGroup({ groupResultAt: h(30) }), 'cleared'],
    ['uploaded before', ofGroup({ groupResultAt: h(20) }), 'never_true'],
    ['completed after half', ofGroup({ completedAt: h(30) }), 'cleared'],
    ['completed before', ofGroup({ completedAt: h(20) }), 'never_true'],
    ['merged', ofGroup({ mergedAt: h(30) }), 'cleared'],
  ])('%s', (_, ticket, why) => {
    expect(seen(ticket, h(47))).toMatchObject({ level: 0, why, nextChangeAt: null })
  })

  test('goes by the numbers that are set, and says the limit and what is used of it', () => {
    expect(seen(ofGroup(), h(12), { A2: 25 })).toMatchObject({ level: 2 })
    expect(seen(ofGroup(), h(30)).facts).toEqual({
      cause: 'group_result',
      words: '集团工单时限 48 小时，已用 30 小时，结果未上传 / 30 h used of the 48 h for a ticket of the group, no result uploaded',
      deadlineAt: h(48),
      limitMs: 48 * HOUR,
      leftMs: 18 * HOUR,
    })
    expect(seen(ofGroup({ reopenCount: 1 }), h(30)).facts['cause']).toBe('group_result|reopenings:1')
  })

  test('was never true when an upload in time comes to light', () => {
    const rows = [['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, group_ticket_no: 'G1' }]] as const
    const when = at('2026-06-02 12:00')
    expect(seen(ticketOf(...rows), when)).toMatchObject({ level: 2, why: 'true' })
    const uploaded = ticketOf(...rows, ['marked', '2026-06-02 08:00', { group_result_uploaded: true }], ['marked', '2026-06-02 11:00', { group_result_uploaded: true }])
    expect(uploaded.groupResultAt).toBe(at('2026-06-02 08:00'))
    expect(seen(uploaded, when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
