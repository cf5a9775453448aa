import { describe, expect, test } from 'vitest'
import { ABUSE_OF_SUSPENSION } from '../../core/domain/abnormal/at-18-abuse-of-suspension.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { ticketOf } from '../support/builders.ts'
import { aFolded, anAppeal, aReply, gaps, h, suspended } from '../support/clock-tickets.ts'

const held = (hours: readonly (readonly [number, number | null])[], facts: Partial<Ticket> = {}) =>
  aFolded({ suspensions: suspended(...hours), ...facts })
const judged = (ticket: Ticket, when: number, values = {}) => judgedBy(ABUSE_OF_SUSPENSION, ticket, when, values)
const seen = (ticket: Ticket, when: number, values = {}) => {
  const { level, why, nextChangeAt } = judged(ticket, when, values)
  return [level, why, nextChangeAt]
}
const planned = (from: number, to: number | null, resumeAt: number) => {
  const [suspension] = suspended([from, to])
  return aFolded({ suspensions: [{ ...suspension!, plannedResumeAt: h(resumeAt) }] })
}

describe('AT-18 abuse of suspension', () => {
  test('S-14-13: of five suspended days it holds at 72 h and a second', () => {
    const ticket = held([[1, 121]])
    expect(judged(ticket, h(73)).level).toBe(0)
    expect(judged(ticket, h(73) + SECOND)).toMatchObject({ level: 2, why: 'true' })
  })

  test.each([
    ['72 h in all', h(73), 0, 'never_true', h(73) + 1],
    ['a millisecond more', h(73) + 1, 2, 'true', h(169) + 1],
    ['7 days in all', h(169), 2, 'true', h(169) + 1],
    ['a millisecond more than that', h(169) + 1, 3, 'true', null],
  ] as const)('suspended %s', (_, when, level, why, next) => {
    expect(seen(held([[1, null]]), when)).toEqual([level, why, next])
  })

  test('counts all suspensions together, and stands once resumed', () => {
    const ticket = held([
      [1, 37],
      [38, 80],
    ])
    expect(seen(ticket, h(74))).toEqual([0, 'never_true', h(74) + 1])
    expect(seen(ticket, h(74) + 1)).toEqual([2, 'true', null])
    expect(seen(ticket, h(200))).toEqual([2, 'true', null])
    expect(
      seen(
        held([
          [1, 37],
          [38, 74],
        ]),
        h(200),
      ),
    ).toEqual([0, 'never_true', null])
  })

  test('the third suspension is one too many, the second is not', () => {
    expect(
      seen(
        held([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
        h(5) - 1,
      ),
    ).toEqual([0, 'never_true', h(5)])
    expect(
      seen(
        held([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
        h(5),
      ),
    ).toEqual([2, 'true', null])
    expect(
      seen(
        held([
          [1, 2],
          [3, 4],
        ]),
        h(40),
      ),
    ).toEqual([0, 'never_true', null])
  })

  test.each([
    ['an hour past the planned resumption', null, h(11), 0, h(11) + 1],
    ['a millisecond more', null, h(11) + 1, 2, h(73) + 1],
    ['resumed at exactly an hour past it', 11, h(40), 0, null],
    ['resumed an hour and a minute past it', 11 + 1 / 60, h(40), 2, null],
  ] as const)('%s', (_, to, when, level, next) => {
    expect(judged(planned(1, to, 10), when)).toMatchObject({ level, nextChangeAt: next })
  })

  test.each([
    ['30 min', h(48) - 30 * MINUTE, 0],
    ['a millisecond less than 30 min', h(48) - 30 * MINUTE + 1, 2],
    ['nothing', h(48), 2],
    ['less than nothing', h(48) + 1, 0],
  ] as const)('suspended with %s left', (_, from, level) => {
    const ticket = aFolded({ suspensions: [{ ...suspended([1, 2])[0]!, from, to: from + HOUR }] })
    expect(judged(ticket, h(60)).level).toBe(level)
  })

  test('goes by the deadline as it stood then, with the pauses before', () => {
    expect(
      judged(
        held([
          [10, 20],
          [47.75, 50],
        ]),
        h(60),
      ).level,
    ).toBe(0)
    expect(
      judged(
        held([
          [10, 20],
          [57.75, 60],
        ]),
        h(60),
      ).level,
    ).toBe(2)
    expect(judged(held([[47.75, 50]], { kind: 'fault' }), h(60)).level).toBe(0)
    expect(judged({ ...anAppeal(), suspensions: suspended([23.75, 24]) }, h(60)).level).toBe(2)
  })

  test.each([
    ['contacted once resumed', { customerReplies: [aReply(h(80))] }, 'mitigated'],
    ['contacted when resumed', { firstContactedAt: h(75) }, 'mitigated'],
    ['contacted before it was resumed', { customerReplies: [aReply(h(74))] }, 'true'],
    ['tried to reach', { contactFailures: [h(80)] }, 'true'],
    ['completed', { completedAt: h(80) }, 'cleared'],
    ['cancelled', { cancelledAt: h(80) }, 'cleared'],
    ['merged', { mergedAt: h(80) }, 'cleared'],
  ] as const)('the customer or ticket %s', (_, facts, why) => {
    expect(judged(held([[1, 75]], facts as Partial<Ticket>), h(90)).why).toBe(why)
  })

  test('contact while it is still suspended answers nothing', () => {
    expect(judged(held([[1, null]], { customerReplies: [aReply(h(80))] }), h(90)).why).toBe('true')
  })

  test('a further suspension is another cause, and holds at once where the total is beyond the bound already', () => {
    const answered = held([[1, 75]], { customerReplies: [aReply(h(80))] })
    const again = { ...answered, suspensions: suspended([1, 75], [90, 91]) }
    expect(seen(answered, h(89))).toEqual([0, 'mitigated', null])
    expect(seen(again, h(90))).toEqual([2, 'true', null])
    expect(judged(held([[1, 75]]), h(90)).facts['cause']).toBe('total2:1')
    expect(judged(again, h(90)).facts['cause']).toBe('total2:2')
  })

  test('what was raised and answered is not taken back by a suspension that is harmless so far', () => {
    const ticket = { ...planned(1, 5, 2), customerReplies: [aReply(h(6))] }
    expect(seen(ticket, h(9))).toEqual([0, 'mitigated', null])
    const more = { ...ticket, suspensions: [...ticket.suspensions, ...suspended([10, null])] }
    expect(seen(more, h(11))).toEqual([0, 'mitigated', h(78) + 1])
  })

  test('a completion answers it, and its reopening alone is no further suspension', () => {
    expect(seen(held([[1, 75]], { closedGaps: gaps([80, 90]), reopenCount: 1 }), h(95))).toEqual([0, 'cleared', null])
    const again = held(
      [
        [1, 75],
        [95, 96],
      ],
      { closedGaps: gaps([80, 90]), reopenCount: 1 },
    )
    expect(judged(again, h(95))).toMatchObject({ level: 2, why: 'true', facts: { cause: 'total2:2|reopenings:1' } })
  })

  test('another abuse of the same level is another cause, and the next one is waited for', () => {
    const ticket = { ...planned(1, null, 80), suspensions: [...suspended([0.1, 0.2], [0.3, 0.4]), ...planned(1, null, 80).suspensions] }
    expect(judged(ticket, h(2))).toMatchObject({ level: 2, facts: { cause: 'count:3' } })
    const total = h(1) + 72 * HOUR - 12 * MINUTE + 1
    expect(judged(ticket, h(2)).nextChangeAt).toBe(total)
    expect(judged(ticket, total)).toMatchObject({ level: 2, nextChangeAt: h(81) + 1, facts: { cause: 'count:3|total2:3' } })
    expect(judged(ticket, h(81) + 1).facts['cause']).toBe('count:3|planned:3|total2:3')
  })

  test('is taken back where a resumption of long ago comes late', () => {
    const rows = [
      ['created', '2026-06-01 09:00'],
      ['dispatched', '2026-06-01 09:05', { to_unit: 'A', leg_id: 'L1' }],
      ['suspended', '2026-06-01 10:00', { reason_code: 'third_party', approver: 'x', planned_resume_at: '2026-06-01T12:00:00+08:00' }],
    ] as const
    expect(seen(ticketOf(...rows), h(5))).toEqual([2, 'true', h(73) + 1])
    expect(seen(ticketOf(...rows, ['resumed', '2026-06-01 12:30', {}]), h(5))).toEqual([0, 'never_true', null])
  })

  test('goes by the province’s own bounds', () => {
    expect(seen(held([[1, null]]), h(11) + 1, { A2: 10, A3: 1 })).toEqual([2, 'true', h(1) + DAY + 1])
    expect(
      judged(
        held([
          [1, 2],
          [3, 4],
        ]),
        h(9),
        { suspensions: 2 },
      ).level,
    ).toBe(2)
    expect(judged(planned(1, null, 10), h(10) + 1, { resumeLate: 0 }).level).toBe(2)
    expect(judged(held([[47, 48]]), h(50), { beforeDeadline: 90 }).level).toBe(2)
  })

  test('says how often and how long', () => {
    expect(
      judged(
        held([
          [1, 37],
          [38, 80],
        ]),
        h(100),
      ).facts['words'],
    ).toBe('挂起 2 次，累计 3 天 6 小时 / 2 suspensions, 3 d 6 h in all')
    expect(judged(held([[1, null]]), h(4)).facts['words']).toBe('挂起 1 次，累计 3 小时 / 1 suspension, 3 h in all')
  })

  test('of a ticket that was never suspended', () => {
    expect(seen(aFolded(), h(900))).toEqual([0, 'never_true', null])
  })
})
