import { describe, expect, test } from 'vitest'
import { STRICTEST_SCENE } from '../../core/domain/abnormal/at-12-strictest-scene.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aFolded, aLeg, aReply, gaps, h, START, suspended } from '../support/clock-tickets.ts'

const strict = (facts: Partial<Ticket> = {}, strictestScene = 0) => {
  const ticket = aFolded({ legs: [aLeg()], firstDispatchedAt: START, ...facts })
  return { ...ticket, marks: { ...ticket.marks, strictestScene } }
}
const seen = (ticket: Ticket, when: number, values = {}) => {
  const { level, why, nextChangeAt } = judgedBy(STRICTEST_SCENE, ticket, when, values)
  return [level, why, nextChangeAt]
}

describe('AT-12 strictest scene', () => {
  test.each([
    ['at acceptance', START, 2, h(24) + 1],
    ['at exactly 24 h', h(24), 2, h(24) + 1],
    ['a millisecond more', h(24) + 1, 3, h(48) + 1],
    ['at exactly 48 h', h(48), 3, h(48) + 1],
    ['a millisecond more than that', h(48) + 1, 4, null],
  ] as const)('%s', (_, when, level, next) => {
    expect(seen(strict(), when)).toEqual([level, 'true', next])
  })

  test('scene 0 is one, −1 is none, and a mark that was wrong is taken back', () => {
    expect(seen(strict({}, 5), h(1))).toEqual([2, 'true', h(24) + 1])
    expect(seen(strict({}, -1), h(99))).toEqual([0, 'never_true', null])
    const rows = [
      ['created', '2026-06-01 09:00', CREATED_PAYLOAD],
      ['marked', '2026-06-01 10:00', { strictest_scene: 3 }],
    ] as const
    expect(seen(ticketOf(...rows), h(25))).toEqual([3, 'true', h(48) + 1])
    expect(seen(ticketOf(...rows, ['marked', '2026-06-01 11:00', { strictest_scene: -1 }]), h(25))).toEqual([0, 'never_true', null])
  })

  test('no suspension holds it up; what lies between a completion and its reopening is not counted', () => {
    expect(seen(strict({ suspensions: suspended([1, null]) }), h(25))).toEqual([3, 'true', h(48) + 1])
    expect(seen(strict({ closedGaps: gaps([10, 20]), reopenCount: 1 }), h(34))).toEqual([2, 'true', h(34) + 1])
    expect(seen(strict({ closedGaps: gaps([30, 40]), reopenCount: 1 }), h(40))).toEqual([3, 'true', h(58) + 1])
  })

  test.each([
    ['completed after a valid reply', { completedAt: h(4), customerReplies: [aReply(h(3))] }, 'cleared'],
    ['completed, the valid reply later', { completedAt: h(4), customerReplies: [aReply(h(4.5))] }, 'cleared'],
    ['completed without a reply', { completedAt: h(4) }, 'mitigated'],
    ['completed with a record of 9 s', { completedAt: h(4), customerReplies: [aReply(h(3), { recordSeconds: 9 })] }, 'mitigated'],
    [
      'completed, the reply before the reopening',
      { completedAt: h(4), customerReplies: [aReply(h(1))], closedGaps: gaps([2, 3]), reopenCount: 1 },
      'mitigated',
    ],
    ['solved at acceptance', { completedAt: h(0.1), legs: [], firstDispatchedAt: null }, 'cleared'],
    ['cancelled', { cancelledAt: h(4) }, 'cleared'],
    ['merged', { mergedAt: h(4) }, 'cleared'],
    ['replied to only', { customerReplies: [aReply(h(3))] }, 'true'],
  ] as const)('of a ticket that was %s', (_, facts, why) => {
    expect(judgedBy(STRICTEST_SCENE, strict(facts as Partial<Ticket>), h(5)).why).toBe(why)
  })

  test('goes by the province’s own bounds', () => {
    expect(seen(strict(), h(6) + 1, { A3: 6, A4: 12 })).toEqual([3, 'true', h(6) + 6 * HOUR + 1])
  })

  test('names the scene as its cause, another after a reopening', () => {
    expect(judgedBy(STRICTEST_SCENE, strict({}, 3), h(1)).facts).toEqual({ cause: 'scene:3', words: '最严场景 3 / strictest scene 3' })
    expect(judgedBy(STRICTEST_SCENE, strict({ closedGaps: gaps([1, 2]), reopenCount: 1 }, 3), h(3)).facts['cause']).toBe('scene:3|reopenings:1')
  })
})
