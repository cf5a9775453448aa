import { describe, expect, test } from 'vitest'
import { TOO_FAST_REPLY } from '../../core/domain/abnormal/at-17-too-fast-reply.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aFolded, aLeg, START } from '../support/clock-tickets.ts'

const CLAIM = START + 10 * MINUTE
const replied = (after: number, facts: Parameters<typeof aLeg>[0] = {}) =>
  aLeg({ claimedAt: CLAIM, firstClaimedAt: CLAIM, finish: 'replied', finishedAt: CLAIM + after, replyLength: 20, ...facts })
const seen = (ticket: Ticket, when: number, values = {}) => judgedBy(TOO_FAST_REPLY, ticket, when, values)
const LATER = CLAIM + 60 * MINUTE

describe('AT-17 too-fast reply', () => {
  test.each([
    ['a millisecond before 5 min', 5 * MINUTE - 1, 1, 'true'],
    ['at exactly 5 min', 5 * MINUTE, 0, 'never_true'],
    ['at once', 0, 1, 'true'],
  ] as const)('replied %s', (_, after, level, why) => {
    expect(seen(aFolded({ legs: [replied(after)] }), LATER)).toMatchObject({ level, why, nextChangeAt: null })
  })

  test('holds from the reply', () => {
    const ticket = aFolded({ legs: [replied(2 * MINUTE)] })
    expect([CLAIM + 2 * MINUTE - 1, CLAIM + 2 * MINUTE].map((when) => seen(ticket, when).level)).toEqual([0, 1])
  })

  test.each([
    ['enquiry', { kind: 'enquiry', legs: [replied(MINUTE)] }, 0],
    ['appeal', { kind: 'appeal', legs: [replied(MINUTE)] }, 1],
    ['helper', { legs: [replied(MINUTE, { isAssist: true })] }, 0],
    ['return, not a reply', { legs: [replied(MINUTE, { finish: 'returned' })] }, 0],
    ['second claim after a release counts', { legs: [replied(20 * MINUTE, { claimedAt: CLAIM + 18 * MINUTE })] }, 1],
  ] as const)('%s', (_, facts, level) => {
    expect(seen(aFolded(facts as Partial<Ticket>), LATER).level).toBe(level)
  })

  test('goes by the number that is set', () => {
    const ticket = aFolded({ legs: [replied(8 * MINUTE)] })
    expect([8, 9].map((A1) => seen(ticket, LATER, { A1 }).level)).toEqual([0, 1])
  })

  test('is left to quality control when the ticket ends, also at the very instant of the reply', () => {
    for (const end of [{ completedAt: LATER }, { completedAt: CLAIM + MINUTE }, { cancelledAt: LATER }, { mergedAt: LATER }]) {
      expect(seen(aFolded({ legs: [replied(MINUTE)], ...end }), LATER)).toMatchObject({ level: 0, why: 'mitigated' })
    }
  })

  test('names each fast reply, so that another is another cause, and so is a reopening', () => {
    const one = seen(aFolded({ legs: [replied(MINUTE)] }), LATER).facts
    const two = seen(aFolded({ legs: [replied(MINUTE), replied(2 * MINUTE, { legId: 'L2' })] }), LATER).facts
    const again = seen(aFolded({ legs: [replied(MINUTE)], reopenCount: 1 }), LATER).facts
    expect(one).toEqual({ cause: 'replies:L1', words: '提取后 1 分钟即回单，共 1 次 / reply 1 min after the claim, 1 in all' })
    expect(new Set([one['cause'], two['cause'], again['cause']]).size).toBe(3)
  })

  test('was never true once the claim is found to have been earlier', () => {
    const course = (claimed: string, kind: string = CREATED_PAYLOAD.kind) =>
      ticketOf(
        ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, kind }],
        ['dispatched', '2026-06-01 09:10', { leg_id: 'L1', to_unit: 'net' }],
        ['claimed', claimed, { leg_id: 'L1', handler_id: 'h1' }],
        ['replied', '2026-06-01 10:00', { leg_id: 'L1', unit_id: 'net', text: '已处理完毕' }],
      )
    const when = at('2026-06-01 11:00')
    expect(seen(course('2026-06-01 09:58'), when)).toMatchObject({ level: 1, why: 'true' })
    expect(seen(course('2026-06-01 09:40'), when)).toMatchObject({ level: 0, why: 'never_true' })
    expect(seen(course('2026-06-01 09:58', 'query'), when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
