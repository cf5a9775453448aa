import { describe, expect, test } from 'vitest'
import { CLOCKS } from '../../core/domain/ticket/clocks/catalogue.ts'
import { readClocks } from '../../core/domain/ticket/clocks/read.ts'
import { CLOCK_NAMES } from '../../core/domain/ticket/clock-reading.ts'
import type { Refund } from '../../core/domain/ticket/parts.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { TICKET_KINDS } from '../../core/domain/vocabulary.ts'
import { at } from '../support/builders.ts'
import { expectLimit, read, subjects } from '../support/clock-limit.ts'
import { aContext, aFolded, aLeg, anAppointment, aReply, h, START, suspended } from '../support/clock-tickets.ts'

const CONTEXT = aContext()

describe('the catalogue', () => {
  test('has every clock once, in both languages', () => {
    expect(CLOCKS.map(({ name }) => name)).toEqual([...CLOCK_NAMES])
    for (const { zh, en, sentenceZh, sentenceEn } of CLOCKS) {
      for (const text of [zh, sentenceZh]) expect(text).toMatch(/[\u4e00-\u9fff]/)
      for (const text of [en, sentenceEn]) expect(text).toMatch(/^[^\u4e00-\u9fff]+$/)
    }
  })

  test.each([
    ['pre_accept', ['C_DISPATCH']],
    ['collab', ['C_DEPT']],
    ['enquiry', ['C_DISPATCH', 'C_HANDLE']],
    ['query', ['C_DISPATCH', 'C_HANDLE']],
    ['fault', ['C_FAULT_RESPONSE', 'C_FAULT_FIRST30', 'C_FAULT_REPAIR', 'C_FAULT_HARD']],
    ['install', ['C_PROVISION']],
    ['complaint', ['C_DISPATCH', 'C_CLAIM', 'C_FIRST', 'C_HANDLE', 'C_HANDLE_RAW', 'C_DEPT', 'C_15D']],
    ['track', []],
    ['lead', []],
    ['mass_incident', []],
    ['opinion_item', []],
  ] as const)('a %s with one leg has the clocks of domain.md 3.1', (kind, clocks) => {
    expect(readClocks(aFolded({ kind, legs: [aLeg()] }), CONTEXT, h(1)).map(({ clock }) => clock)).toEqual(clocks)
  })

  test('no clock runs on after a cancellation', () => {
    for (const kind of TICKET_KINDS) {
      const refunds = [{ approvedAt: h(1), paidAt: null, rejectedAt: null } as Refund]
      const repairs = [{ repairNo: 'r', cause: 'x', openedAt: h(1), closedAt: null, result: null, isSuccess: false }]
      const supervisions = [{ level: 'group', at: h(1), dueAt: null, answeredAt: null }]
      const stages = [{ stage: 'fee', enteredAt: h(1), leftAt: null }]
      const facts = { legs: [aLeg()], refunds, repairs, supervisions, stages, appointments: [anAppointment({ setAt: h(3), windowEnd: h(5) })] }
      for (const reading of readClocks(aFolded({ kind, cancelledAt: h(2), channel: 'gov_12345', ...facts }), CONTEXT, h(50))) {
        expect(reading).toMatchObject({ stoppedAt: h(2), running: false })
      }
    }
  })
})

describe('C_DISPATCH', () => {
  const basis = aFolded().limitBasis
  test.each([
    ['2 h', {}, 120],
    ['2 h in a rush', { urgency: 'rush' }, 120],
    ['30 min when urgent', { urgency: 'urgent' }, 30],
    ['30 min when critical', { urgency: 'critical' }, 30],
    ['30 min for high value', { limitBasis: { ...basis, star: 5 } }, 30],
  ] as const)('is %s', (_, facts, minutes) => {
    expectLimit('C_DISPATCH', aFolded(facts), START + minutes * MINUTE, (when) => ({ firstDispatchedAt: when }))
  })

  test('ends with a direct resolution, or the hot-line’s own claim', () => {
    expect(read('C_DISPATCH', aFolded({ completedAt: h(1) }), h(9))).toMatchObject({ stoppedAt: h(1) })
    expect(read('C_DISPATCH', aFolded({ legs: [aLeg({ firstClaimedAt: h(0.5) })] }), h(9))).toMatchObject({ stoppedAt: h(0.5) })
  })
})

describe('C_CLAIM', () => {
  test.each([
    ['09:00', '2026-06-01 11:00'],
    ['18:30', '2026-06-02 08:30'],
    ['18:00', '2026-06-01 20:00'],
    ['21:00', '2026-06-02 10:00'],
    ['07:00', '2026-06-01 10:00'],
  ])('2 h within 08:00–20:00: received %s, due %s', (received, due) => {
    const leg = aLeg({ receivedAt: at(`2026-06-01 ${received}`) })
    expectLimit('C_CLAIM', aFolded({ legs: [leg] }), at(due), (when) => ({ legs: [{ ...leg, firstClaimedAt: when }] }))
  })

  test('counts the window only, is not stopped by a suspension, and a release does not start it again', () => {
    const leg = aLeg({ receivedAt: at('2026-06-01 19:00') })
    const ticket = aFolded({ legs: [leg], suspensions: suspended([8, 30]) })
    expect(read('C_CLAIM', ticket, at('2026-06-02 08:10'))).toMatchObject({ netElapsed: 70 * MINUTE, limit: 2 * HOUR, running: true })
    const released = aFolded({ legs: [aLeg({ firstClaimedAt: h(1), claimedAt: null })] })
    expect(read('C_CLAIM', released, h(50))).toMatchObject({ stoppedAt: h(1), isOverdue: false })
  })

  test('runs for each stay, not for a recalled one', () => {
    const legs = [aLeg({ finishedAt: h(1), finish: 'recalled' }), aLeg({ legId: 'L2', receivedAt: h(1) })]
    expect(subjects('C_CLAIM', aFolded({ legs }))).toEqual(['L2'])
    expect(subjects('C_DEPT', aFolded({ legs }))).toEqual(['L2'])
  })
})

describe('C_FIRST', () => {
  test('is 24 h', () => {
    expectLimit('C_FIRST', aFolded(), h(24), (when) => ({ firstContactedAt: when }))
  })

  test('is the golden half hour where the accepting or first unit promises it', () => {
    const context = aContext({ goldenUnits: ['gold'] })
    const byOwner = aFolded({ firstOwner: { unitId: 'gold', actorId: null } })
    const byLeg = aFolded({ legs: [aLeg({ unitId: 'gold', receivedAt: h(0.1) })] })
    for (const ticket of [byOwner, byLeg]) {
      expectLimit('C_FIRST', ticket, START + 30 * MINUTE, (when) => ({ firstContactedAt: when }), context)
    }
    const later = aFolded({ legs: [aLeg({ finishedAt: h(1) }), aLeg({ legId: 'L2', unitId: 'gold', receivedAt: h(1) })] })
    expect(read('C_FIRST', later, h(2), context).limit).toBe(24 * HOUR)
  })

  test('ends at an earlier reply with a contact record, not at one without', () => {
    const customerReplies = [aReply(h(3), { recordNo: null }), aReply(h(5))]
    expect(read('C_FIRST', aFolded({ customerReplies, firstContactedAt: h(6) }), h(9)).stoppedAt).toBe(h(5))
    expect(read('C_FIRST', aFolded({ customerReplies: customerReplies.slice(0, 1) }), h(9)).stoppedAt).toBeNull()
  })

  test('stands still while suspended', () => {
    expect(read('C_FIRST', aFolded({ suspensions: suspended([10, 20]) }), h(30))).toMatchObject({ netElapsed: 20 * HOUR, deadlineAt: h(34) })
  })
})

describe('C_DEPT', () => {
  const leg = aLeg({ receivedAt: h(1) })
  test('is 24 h for a stay, replied or returned', () => {
    const ended = (finish: 'replied' | 'returned') => (when: number) => ({ legs: [{ ...leg, finishedAt: when, finish }] })
    expectLimit('C_DEPT', aFolded({ legs: [leg] }), h(25), ended('replied'))
    expectLimit('C_DEPT', aFolded({ legs: [leg] }), h(25), ended('returned'))
  })

  test('is what the dispatch gives, when that is shorter', () => {
    const given = (limitMinutes: number) => read('C_DEPT', aFolded({ legs: [{ ...leg, limitMinutes }] }))
    expect(given(120)).toMatchObject({ deadlineAt: h(3), limitReason: 'given' })
    expect(given(6_000)).toMatchObject({ deadlineAt: h(25), limitReason: 'standard' })
  })

  test('stands still while suspended, the cap of 72 h counting for the whole ticket', () => {
    const ticket = aFolded({ legs: [aLeg(), aLeg({ legId: 'L2', receivedAt: h(60) })], suspensions: suspended([10, 60], [70, null]) })
    expect(read('C_DEPT', { ...ticket, legs: ticket.legs.slice(1) }, h(100))).toMatchObject({
      netElapsed: 18 * HOUR,
      running: true,
      deadlineAt: h(106),
    })
  })

  test('is prolonged for its own leg only', () => {
    const extensions = [{ legId: 'L2', requestedAt: h(5), answeredAt: h(5), isApproved: true, minutes: 600 }]
    const legs = [leg, aLeg({ legId: 'L2', receivedAt: h(2) })]
    const due = readClocks(aFolded({ legs, extensions }), CONTEXT, h(9)).filter(({ clock }) => clock === 'C_DEPT')
    expect(due.map(({ deadlineAt }) => deadlineAt)).toEqual([h(25), h(36)])
    const late = [{ ...extensions[0]!, requestedAt: h(26), answeredAt: h(26) }]
    expect(read('C_DEPT', aFolded({ legs: [legs[1]!], extensions: late }), h(27)).deadlineAt).toBe(h(26))
  })

  test.each([
    ['what is left of the main leg less 2 h', 6, 18 - 1 + 6],
    ['at least 2 h', 22, 24],
  ])('of an assistant is %s', (_, asked, due) => {
    const assist = aLeg({ legId: 'A', isAssist: true, receivedAt: h(asked) })
    const readings = readClocks(aFolded({ legs: [leg, assist] }), CONTEXT, h(asked))
    expect(readings.find(({ clock, subject }) => clock === 'C_DEPT' && subject === 'A')?.deadlineAt).toBe(h(due))
  })

  test('of an assistant without a main leg goes by C_HANDLE', () => {
    const assist = aLeg({ legId: 'A', isAssist: true, receivedAt: h(10) })
    expect(read('C_DEPT', aFolded({ legs: [assist] }), h(10)).deadlineAt).toBe(h(46))
  })

  test('runs in the day shift only for a unit that suspends by itself, and C_HANDLE goes on', () => {
    const context = aContext({ autoSuspendUnits: ['net'] })
    const ticket = aFolded({ legs: [aLeg({ receivedAt: at('2026-06-01 18:00') })] })
    const due = at('2026-06-03 18:00')
    expectLimit('C_DEPT', ticket, due, (when) => ({ legs: [aLeg({ receivedAt: at('2026-06-01 18:00'), finishedAt: when })] }), context)
    expect(read('C_DEPT', ticket, at('2026-06-02 09:00'), context)).toMatchObject({ netElapsed: 3 * HOUR, limit: 24 * HOUR })
    expect(read('C_HANDLE', ticket, h(20), context).netElapsed).toBe(20 * HOUR)
    const paused = { ...ticket, suspensions: suspended([23, 35]) }
    expect(read('C_DEPT', paused, h(40), context).deadlineAt).toBe(at('2026-06-04 18:00'))
  })
})

describe('C_REVIEW', () => {
  const replied = (when: string) => aLeg({ finishedAt: at(when), finish: 'replied' })
  test.each([
    ['by day 4 h', '2026-06-01 09:30', '2026-06-01 13:30'],
    ['just before the night 4 h', '2026-06-01 15:59', '2026-06-01 19:59'],
    ['ending at 20:00 it is noon of the next day', '2026-06-01 16:00', '2026-06-02 12:00'],
    ['replied at 20:00 it is 16 h', '2026-06-01 20:00', '2026-06-02 12:00'],
    ['replied after midnight it is noon of that day', '2026-06-02 03:59', '2026-06-02 12:00'],
    ['ending at 08:00 it is 4 h', '2026-06-02 04:00', '2026-06-02 08:00'],
  ])('%s', (_, from, due) => {
    const leg = replied(from)
    expectLimit('C_REVIEW', aFolded({ legs: [leg] }), at(due), (when) => ({ legs: [{ ...leg, reviewedAt: when, review: 'passed' }] }))
  })

  test('is no business of assistants and returns, and ends where the ticket is dispatched anew', () => {
    const legs = [aLeg({ isAssist: true, finishedAt: h(1), finish: 'replied' }), aLeg({ legId: 'L2', finishedAt: h(1), finish: 'returned' })]
    expect(subjects('C_REVIEW', aFolded({ legs }))).toEqual([])
    const anew = aFolded({ legs: [aLeg({ finishedAt: h(1), finish: 'replied' }), aLeg({ legId: 'L2', receivedAt: h(2) })] })
    expect(read('C_REVIEW', anew, h(9)).stoppedAt).toBe(h(2))
  })
})

describe('C_CUSTOMER_REPLY', () => {
  const passed = (when: number) => aLeg({ finishedAt: when - HOUR, finish: 'replied', reviewedAt: when, review: 'passed' })
  test('is 4 h from the review that passed', () => {
    expectLimit('C_CUSTOMER_REPLY', aFolded({ legs: [passed(h(10))] }), h(14), (when) => ({ customerReplies: [aReply(when)] }))
  })

  test('is at the latest the end of C_HANDLE', () => {
    const ticket = aFolded({ legs: [passed(h(46))] })
    expectLimit('C_CUSTOMER_REPLY', ticket, h(48), (when) => ({ customerReplies: [aReply(when)] }))
    expect(read('C_CUSTOMER_REPLY', ticket, h(46))).toMatchObject({ limitReason: 'end_of_handling' })
    expect(read('C_CUSTOMER_REPLY', aFolded({ legs: [passed(h(50))] }), h(50))).toMatchObject({ isOverdue: true, deadlineAt: h(48) })
  })

  test('stands still while the customer cannot be reached', () => {
    const read1 = read('C_CUSTOMER_REPLY', aFolded({ legs: [passed(h(10))], suspensions: suspended([11, 20]) }), h(21))
    expect(read1).toMatchObject({ netElapsed: 2 * HOUR, deadlineAt: h(23), running: true })
    const late = aFolded({ legs: [passed(h(46))], suspensions: suspended([47, 57]) })
    expect(read('C_CUSTOMER_REPLY', late, h(57)).deadlineAt).toBe(h(58))
    const answered = { ...late, customerReplies: [aReply(h(46.5))] }
    expect(read('C_CUSTOMER_REPLY', answered, h(90))).toMatchObject({ deadlineAt: h(48), isOverdue: false })
  })

  test('ends where the ticket is dispatched again; a reply before the review passed counts, one before the unit’s answer does not', () => {
    const again = aFolded({ legs: [passed(h(10)), aLeg({ legId: 'L2', receivedAt: h(11) })] })
    expect(read('C_CUSTOMER_REPLY', again, h(30)).stoppedAt).toBe(h(11))
    expect(read('C_CUSTOMER_REPLY', aFolded({ legs: [passed(h(10))], customerReplies: [aReply(h(9.5))] }), h(30)).stoppedAt).toBe(h(10))
    expect(read('C_CUSTOMER_REPLY', aFolded({ legs: [passed(h(10))], customerReplies: [aReply(h(2))] }), h(11)).stoppedAt).toBeNull()
  })
})

describe('C_15D', () => {
  test('is the end of the 15th natural day after the day of receipt, with a second date, whatever is suspended', () => {
    const ticket = aFolded({ acceptedAt: at('2026-09-19 23:59'), suspensions: suspended([5, null]) })
    const due = at('2026-10-05 00:00')
    expectLimit('C_15D', ticket, due, (when) => ({ customerReplies: [aReply(when)] }))
    expect(read('C_15D', ticket, due)).toMatchObject({ rolledDeadlineAt: at('2026-10-09 00:00'), limit: null, limitReason: 'by_date' })
  })

  test('has no second date where the last day is a workday', () => {
    expect(read('C_15D', aFolded()).rolledDeadlineAt).toBeNull()
  })
})
