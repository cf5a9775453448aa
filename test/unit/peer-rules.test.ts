import { describe, expect, test } from 'vitest'
import { TOO_FAST_REPLY } from '../../core/domain/abnormal/at-17-too-fast-reply.ts'
import { ABNORMAL_REFUND } from '../../core/domain/abnormal/at-21-abnormal-refund.ts'
import { DATA_QUALITY } from '../../core/domain/abnormal/at-23-data-quality.ts'
import { hourGroup, hourOf } from '../../core/domain/peer/peer-fact.ts'
import { type EarlierReply, MOST_ALIKE, MOST_REFUNDS, MOST_SUCH, ticketPeers } from '../../core/domain/peer/peer-made.ts'
import type { Leg, Refund } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aContext, aFolded, aLeg, h, START } from '../support/clock-tickets.ts'

const wordsOf = ({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) => String(facts['words'])

describe('AT-17 by the other replies of its handler’s day', () => {
  const REPLY = h(3)
  const replied = (facts: Partial<Leg> = {}) => aLeg({ claimedAt: START, firstClaimedAt: START, finish: 'replied', finishedAt: REPLY, replyLength: 9, ...facts })
  const peers = (alike: number, before: readonly EarlierReply[] = [], subject = 'L1', at = REPLY) => ({ groupKey: 'h32|2026-06-01|k', at, subject, made: { alike, before } })
  const seen = (made: ReturnType<typeof peers>[], values = {}, facts: Partial<Ticket> = {}, when = h(4)) =>
    judgedBy(TOO_FAST_REPLY, aFolded({ kind: 'enquiry', legs: [replied()], ...facts }), when, values, aContext({}, { peers: ticketPeers(made) }))

  test.each([
    ['four others are worded alike', 4, {}, 0, 'never_true'],
    ['five others are', 5, {}, 1, 'true'],
    ['six others are', 6, {}, 1, 'true'],
    ['two are, of three that are set', 2, { alike: 3 }, 0, 'never_true'],
    ['three are, as set', 3, { alike: 3 }, 1, 'true'],
  ] as const)('%s', (_, alike, values, level, why) => {
    expect(seen([peers(alike)], values)).toMatchObject({ level, why, nextChangeAt: null })
  })

  const [fast, slow, copied]: EarlierReply[] = [[5 * MINUTE - 1, 0], [5 * MINUTE, 0], [null, 5]]
  test.each([
    ['the second of its day is blue', [fast], {}, 1],
    ['the third is yellow', [fast, copied], {}, 2],
    ['the fourth is', [fast, fast, copied], {}, 2],
    ['replies at exactly 5 min, or worded as four others, are none such', [fast, slow, slow, [null, 4]], {}, 1],
    ['the third is blue where the fourth is set', [fast, copied], { A2: 4 }, 1],
    ['the fourth is yellow where it is set', [fast, fast, copied], { A2: 4 }, 2],
  ] as const)('%s', (_, before, values, level) => {
    expect(seen([peers(5, before as readonly EarlierReply[])], values).level).toBe(level)
  })

  test('holds from the reply; of a helper, or of what was taken back, nothing is asked', () => {
    expect([REPLY - 1, REPLY].map((when) => seen([peers(5)], {}, {}, when).level)).toEqual([0, 1])
    expect(seen([peers(5)], {}, { legs: [replied({ isAssist: true })] }).level).toBe(0)
    expect(seen([peers(5)], {}, { legs: [replied({ finish: 'returned' })] }).level).toBe(0)
  })

  test('is left to quality control when the ticket ends, was never true once the others are not alike, and fires again for a further reply', () => {
    expect(seen([peers(5)], {}, { completedAt: h(4) - 1 })).toMatchObject({ level: 0, why: 'mitigated' })
    expect(seen([])).toMatchObject({ level: 0, why: 'never_true' })
    expect(seen([peers(5, [], 'L1', REPLY - 1)])).toMatchObject({ level: 0, why: 'never_true' })
    const two = seen([peers(5), peers(6, [], 'L2', h(3.5))], {}, { legs: [replied(), replied({ legId: 'L2', finishedAt: h(3.5) })] })
    expect([seen([peers(5)]), two].map(({ facts }) => facts['cause'])).toEqual(['replies:L1', 'replies:L1,L2'])
  })

  test('says no more than is known: of many alike, and of many such, at least so many', () => {
    expect(wordsOf(seen([peers(MOST_ALIKE, Array.from({ length: MOST_SUCH }, () => fast as EarlierReply))]))).toBe(
      '与该处理人当日此前至少 50 条回单雷同；该处理人当日此类回单至少 10 次 / worded as at least 50 earlier replies of its handler that day; at least 10 such replies of its handler that day',
    )
  })
})

describe('AT-21 by the other refunds of its agent’s day', () => {
  const aRefund = (facts: Partial<Refund> = {}): Refund => ({
    ...{ refundNo: 'R1', type: 'refund', amountCents: 3_000, calculatedCents: 3_000, requestedAt: h(1) },
    ...{ approvedAt: null, rejectedAt: null, paidAt: null, auditResult: null, ...facts },
  })
  const peers = (earlier: number, subject = 'R1') => ({ groupKey: 'a32|2026-06-01|k', at: h(1), subject, made: { earlier } })
  const seen = (made: ReturnType<typeof peers>[], values = {}, refunds = [aRefund()], when = h(2)) =>
    judgedBy(ABNORMAL_REFUND, aFolded({ refunds }), when, values, aContext({}, { peers: ticketPeers(made) }))

  test.each([
    ['the fourth of its day', 3, {}, 0, 'never_true'],
    ['the fifth', 4, {}, 3, 'true'],
    ['the sixth', 5, {}, 3, 'true'],
    ['the second, of three that are set', 1, { agentRefunds: 3 }, 0, 'never_true'],
    ['the third, as set', 2, { agentRefunds: 3 }, 3, 'true'],
  ] as const)('%s', (_, earlier, values, level, why) => {
    expect(seen([peers(earlier)], values)).toMatchObject({ level, why, nextChangeAt: null })
  })

  test('holds from its first word, is answered as a doubtful amount is, and was never true once others have moved', () => {
    expect([h(1) - 1, h(1)].map((when) => seen([peers(4)], {}, [aRefund()], when).level)).toEqual([0, 3])
    for (const facts of [{ paidAt: h(1.5) }, { rejectedAt: h(1.5) }, { approvedAt: h(1.5), auditResult: 'passed' }]) {
      expect(seen([peers(4)], {}, [aRefund(facts)])).toMatchObject({ level: 0, why: 'cleared' })
    }
    expect(seen([peers(4)], {}, [aRefund({ approvedAt: h(1.5), auditResult: 'refused' })])).toMatchObject({ level: 3, why: 'true' })
    expect(seen([])).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('a further refund of the day is a further cause; its words count the earlier ones', () => {
    const both = [aRefund(), aRefund({ refundNo: 'R2' })]
    expect([seen([peers(4)], {}, both), seen([peers(4), peers(5, 'R2')], {}, both)].map(({ facts }) => facts['cause'])).toEqual(['refund:R1:agent', 'refund:R1:agent,refund:R2:agent'])
    expect(wordsOf(seen([peers(4)]))).toBe('同一经办人当日此前已有 4 笔退费 / 4 earlier refunds of its agent that day')
    expect(wordsOf(seen([peers(MOST_REFUNDS)]))).toBe('同一经办人当日此前已有至少 100 笔退费 / at least 100 earlier refunds of its agent that day')
  })

  test('a doubtful amount beside it keeps its own words, the higher level counts', () => {
    const judged = seen([peers(4)], {}, [aRefund({ amountCents: 2_999 })])
    expect(judged).toMatchObject({ level: 3 })
    expect(wordsOf(judged)).toContain('应退 30.00 元')
    expect(seen([peers(3)], {}, [aRefund({ amountCents: 2_999 })]).level).toBe(2)
  })
})

describe('AT-23 by the other events of its province’s hour', () => {
  const HOUR_AT = START
  const peers = (events: number, flawed: number, at = HOUR_AT) => ({ groupKey: hourGroup('32', hourOf(at)), at, subject: 'E1', made: { events, flawed } })
  const seen = (made: ReturnType<typeof peers>[], values = {}, when = h(5)) => judgedBy(DATA_QUALITY, aFolded(), when, values, aContext({}, { peers: ticketPeers(made) }))

  test.each([
    ['of 99 events, too few for a share', 99, 99, {}, 0],
    ['one of 100, at 1 %', 100, 1, {}, 3],
    ['one of 101, below it', 101, 1, {}, 0],
    ['two of 201, below it', 201, 2, {}, 0],
    ['two of 200, at it', 200, 2, {}, 3],
    ['three of 200, above it', 200, 3, {}, 3],
    ['three of 200 where 2 % is set', 200, 3, { share: 2 }, 0],
    ['four of 200 where 2 % is set', 200, 4, { share: 2 }, 3],
    ['one of 50 where 50 are enough', 50, 1, { shareEvents: 50 }, 3],
    ['one of 49 where 50 are enough', 49, 1, { shareEvents: 50 }, 0],
  ] as const)('%s', (_, events, flawed, values, level) => {
    expect(seen([peers(events, flawed)], values)).toMatchObject({ level, why: level === 0 ? 'never_true' : 'true', nextChangeAt: null })
  })

  test('holds when the hour and 120 s are over, to the millisecond, and until the events are corrected', () => {
    const due = HOUR_AT + HOUR + 120 * SECOND
    expect(seen([peers(100, 1)], {}, due - 1)).toMatchObject({ level: 0, nextChangeAt: due })
    expect(seen([peers(100, 1)], {}, due)).toMatchObject({ level: 3, nextChangeAt: null })
    expect(seen([])).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('another hour is another cause', () => {
    const causes = [[peers(100, 1)], [peers(100, 1), peers(100, 1, h(2))]].map((made) => seen(made).facts['cause'])
    expect(causes).toEqual([`share:${HOUR_AT}`, `share:${HOUR_AT},share:${h(2)}`])
  })

  test('says the hour and the share, rounded down', () => {
    expect(wordsOf(seen([peers(300, 5)]))).toBe('本省 06-01 09:00 起一小时内 300 件事件中 5 件有误（1.6%） / 5 of the province’s 300 events in the hour from 06-01 09:00 are flawed (1.6%)')
  })
})
