import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextClockChange, readClock, readClocks } from '../../core/domain/ticket/clocks/read.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import type { Extension, Span, Suspension } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { at } from '../support/builders.ts'
import { aContext, aFolded, aLeg, anAppeal, gaps, h, START, suspended } from '../support/clock-tickets.ts'

const CONTEXT = aContext()
const handle = (ticket: Ticket, when: number, context = CONTEXT) => readClock(ticket, context, when, 'C_HANDLE')!
const raw = (ticket: Ticket, when: number, context = CONTEXT) => readClock(ticket, context, when, 'C_HANDLE_RAW')!

describe('C_HANDLE in time', () => {
  test.each([
    ['exactly 48:00:00 is in time (S-14-2)', 48 * HOUR, false],
    ['a millisecond more is late', 48 * HOUR + 1, true],
    ['48:00:01 is late (S-14-2)', 48 * HOUR + SECOND, true],
  ])('%s', (_, elapsed, isOverdue) => {
    const done = aFolded({ completedAt: START + elapsed })
    const stopped = { netElapsed: elapsed, limit: 48 * HOUR, isOverdue, running: false, stoppedAt: START + elapsed }
    expect(handle(done, START + 10 * DAY)).toMatchObject(stopped)
    const open = { netElapsed: elapsed, isOverdue, running: true, deadlineAt: h(48), stoppedAt: null, subject: '', rolledDeadlineAt: null }
    expect(handle(aFolded(), START + elapsed)).toMatchObject(open)
  })
})

describe('where C_HANDLE runs', () => {
  test.each(['complaint', 'enquiry', 'query', 'appeal'] as const)('on a %s', (kind) => {
    expect(readClock(aFolded({ kind }), CONTEXT, START, 'C_HANDLE')).not.toBeNull()
  })

  test.each(['fault', 'install', 'collab', 'track', 'pre_accept', 'lead', 'mass_incident', 'opinion_item'] as const)('not on a %s', (kind) => {
    expect(readClock(aFolded({ kind }), CONTEXT, START, 'C_HANDLE')).toBeNull()
  })

  test('no clock at all on a ticket that was not accepted, voided or is a test', () => {
    const facts = [{ acceptedAt: null }, { voidedAt: h(1) }, { isTest: true }]
    for (const fact of facts) expect(readClocks(aFolded({ legs: [aLeg()], ...fact }), CONTEXT, h(24))).toEqual([])
  })

  test.each(['completedAt', 'cancelledAt', 'mergedAt'] as const)('a reading stays as it stood at %s', (field) => {
    const read = handle(aFolded({ [field]: h(10) }), h(100))
    expect(read).toMatchObject({ stoppedAt: h(10), netElapsed: 10 * HOUR, running: false, isOverdue: false, resumesByItselfAt: null })
  })
})

describe('the limit of C_HANDLE', () => {
  const basis = aFolded().limitBasis
  const repeat = aContext({}, { customer: { ...NO_HISTORY, repeatCount30d: 1 } })
  test.each([
    ['48 h', aFolded(), CONTEXT, 48, 'standard'],
    ['48 h at four stars', aFolded({ limitBasis: { ...basis, star: 4 } }), CONTEXT, 48, 'standard'],
    ['24 h from five stars', aFolded({ limitBasis: { ...basis, star: 5 } }), CONTEXT, 24, 'high_value'],
    ['24 h for VIPs', aFolded({ limitBasis: { ...basis, isVip: true } }), CONTEXT, 24, 'high_value'],
    ['24 h for key persons', aFolded({ limitBasis: { ...basis, isKeyPerson: true } }), CONTEXT, 24, 'high_value'],
    ['24 h for skip-level tickets', aFolded({ limitBasis: { ...basis, isSkipLevel: true } }), CONTEXT, 24, 'high_value'],
    ['24 h for appeals', anAppeal(), CONTEXT, 24, 'high_value'],
    ['24 h for a repeat complaint', aFolded(), repeat, 24, 'repeat'],
    ['24 h for a VIP’s repeat complaint, by the class', aFolded({ limitBasis: { ...basis, isVip: true } }), repeat, 24, 'high_value'],
    ['48 h for a repeated enquiry, which is no complaint', aFolded({ kind: 'enquiry' }), repeat, 48, 'standard'],
    ['what the source gives, when that is shorter', aFolded({ limitMinutesGiven: 600 }), CONTEXT, 10, 'given'],
    ['not what the source gives, when that is longer', aFolded({ limitMinutesGiven: 6_000 }), CONTEXT, 48, 'standard'],
    ['the shortest of all', aFolded({ limitBasis: { ...basis, isVip: true }, limitMinutesGiven: 1_200 }), repeat, 20, 'given'],
  ] as const)('is %s', (_, ticket, context, hours, limitReason) => {
    expect(handle(ticket, START, context)).toMatchObject({ limit: hours * HOUR, limitReason, deadlineAt: h(hours) })
  })
})

describe('suspension', () => {
  test('is taken off, and the deadline moves by it', () => {
    const ticket = aFolded({ suspensions: suspended([10, 34]) })
    const expected = { netElapsed: 26 * HOUR, deadlineAt: h(72), running: true, isOverdue: false, resumesByItselfAt: null }
    expect(handle(ticket, h(50))).toMatchObject(expected)
  })

  test('stops the clock from its first millisecond to its last', () => {
    const ticket = aFolded({ suspensions: suspended([10, 20]) })
    expect([h(10) - 1, h(10), h(20) - 1, h(20)].map((when) => handle(ticket, when).running)).toEqual([true, false, false, true])
  })

  test('while it lasts the deadline moves with the present time', () => {
    const expected = { netElapsed: 10 * HOUR, deadlineAt: h(53), running: false, resumesByItselfAt: h(82) }
    expect(handle(aFolded({ suspensions: suspended([10, null]) }), h(15))).toMatchObject(expected)
  })

  test('of 5 days stops the deadline for 72 h in total, and the clock runs again by itself (S-14-13)', () => {
    const ticket = aFolded({ suspensions: suspended([10, null]) })
    expect(handle(ticket, h(82) - 1)).toMatchObject({ running: false, netElapsed: 10 * HOUR, resumesByItselfAt: h(82) })
    expect(handle(ticket, h(82))).toMatchObject({ running: true, netElapsed: 10 * HOUR, deadlineAt: h(120), resumesByItselfAt: null })
    expect(handle(ticket, h(130))).toMatchObject({ running: true, netElapsed: 58 * HOUR, deadlineAt: h(120), isOverdue: true })
    expect(handle(aFolded({ suspensions: suspended([10, 130]) }), h(130))).toMatchObject({ netElapsed: 58 * HOUR, deadlineAt: h(120) })
  })

  test('has one cap for all of them', () => {
    const ticket = aFolded({ suspensions: suspended([1, 41], [50, 90], [100, null]) })
    expect(handle(ticket, h(82) - 1).running).toBe(false)
    expect(handle(ticket, h(82))).toMatchObject({ running: true, netElapsed: 10 * HOUR, deadlineAt: h(120) })
    expect(handle(ticket, h(110))).toMatchObject({ running: true, netElapsed: 38 * HOUR, resumesByItselfAt: null })
  })

  test('counts once where stretches overlap, and not before acceptance', () => {
    expect(handle(aFolded({ suspensions: suspended([-5, 4], [2, 6], [3, 5]) }), h(10)).netElapsed).toBe(4 * HOUR)
  })

  test('of an appeal counts for nothing, on any clock', () => {
    const ticket = anAppeal({ suspensions: suspended([1, null]), legs: [aLeg()] })
    for (const reading of readClocks(ticket, CONTEXT, h(10))) expect(reading).toMatchObject({ running: true, resumesByItselfAt: null })
    expect(handle(ticket, h(10)).netElapsed).toBe(10 * HOUR)
  })

  test('dated ahead by a skewed clock changes the clock when its time comes', () => {
    const ticket = aFolded({ suspensions: suspended([10, 12]) })
    expect(handle(ticket, h(10) - 1).resumesByItselfAt).toBe(h(10))
    expect(handle(ticket, h(11)).resumesByItselfAt).toBe(h(12))
  })
})

describe('reopening', () => {
  test('resumes the clocks; the closed gap is not counted (S-11, T8)', () => {
    const closedGaps = [{ from: at('2026-06-02 18:00'), to: at('2026-06-02 20:00') }]
    const ticket = aFolded({ closedGaps, completedAt: at('2026-06-03 12:00') })
    const expected = { netElapsed: 49 * HOUR, deadlineAt: at('2026-06-03 11:00'), isOverdue: true }
    expect(handle(ticket, at('2026-06-05 00:00'))).toMatchObject(expected)
    expect(raw(ticket, at('2026-06-05 00:00'))).toMatchObject(expected)
  })

  test('leaves the suspensions before it counted, and a stretch that lies in the gap counts once and uses up no cap', () => {
    const ticket = aFolded({ suspensions: suspended([2, 4], [12, 18], [30, null]), closedGaps: gaps([10, 20]) })
    expect(handle(ticket, h(40))).toMatchObject({ netElapsed: 18 * HOUR, running: false, resumesByItselfAt: h(100) })
  })
})

describe('C_HANDLE_RAW', () => {
  test('takes no suspension off, and no class shortens it (S-6)', () => {
    const ticket = aFolded({ suspensions: suspended([25, 49]), completedAt: h(71), limitBasis: { ...aFolded().limitBasis, isVip: true } })
    expect(raw(ticket, h(100))).toMatchObject({ netElapsed: 71 * HOUR, limit: 48 * HOUR, isOverdue: true, deadlineAt: h(48) })
  })

  test('runs on complaints only', () => {
    for (const ticket of [anAppeal(), aFolded({ kind: 'enquiry' })]) expect(readClock(ticket, CONTEXT, h(1), 'C_HANDLE_RAW')).toBeNull()
  })
})

describe('S-6', () => {
  const created = at('2026-06-01 09:00')
  const pause: Suspension[] = [
    { from: at('2026-06-02 10:00'), to: at('2026-06-03 10:00'), reason: 'third_party', approver: 'u1', plannedResumeAt: null },
  ]
  test('before the suspension is known the deadline is 06-03 09:00, and just after it the ticket is late', () => {
    const ticket = aFolded({ acceptedAt: created })
    expect(handle(ticket, at('2026-06-03 09:00'))).toMatchObject({ deadlineAt: at('2026-06-03 09:00'), isOverdue: false })
    expect(handle(ticket, at('2026-06-03 09:00') + 1).isOverdue).toBe(true)
  })

  test('with it 26 h are used up at 11:00, and the deadline is 06-04 09:00', () => {
    const read = handle(aFolded({ acceptedAt: created, suspensions: pause }), at('2026-06-03 11:00'))
    expect(read).toMatchObject({ netElapsed: 26 * HOUR, deadlineAt: at('2026-06-04 09:00'), isOverdue: false, running: true })
  })

  test('completed 06-04 08:00 it is in time with 47.0 h net, and late with 71.0 h raw', () => {
    const ticket = aFolded({ acceptedAt: created, suspensions: pause, completedAt: at('2026-06-04 08:00') })
    expect(handle(ticket, at('2026-06-10 00:00'))).toMatchObject({ netElapsed: 47 * HOUR, isOverdue: false })
    expect(raw(ticket, at('2026-06-10 00:00'))).toMatchObject({ netElapsed: 71 * HOUR, isOverdue: true })
  })
})

describe('prolongation', () => {
  const asked = (hours: number, facts: Partial<Extension> = {}): Extension => {
    const base = { legId: null, requestedAt: h(hours), answeredAt: h(hours), isApproved: true, minutes: 600 }
    return { ...base, ...facts }
  }
  const deadline = (extensions: readonly Extension[], when = h(100), more: Partial<Ticket> = {}) =>
    (handle(aFolded({ extensions, ...more }), when).deadlineAt - START) / HOUR

  test.each([
    ['moves the deadline', [asked(40)], 58],
    ['counts 24 h at most', [asked(40, { minutes: 3_000 })], 72],
    ['asked for just before the deadline counts', [asked(48, { requestedAt: h(48) - 1 })], 58],
    ['asked for at the deadline does not', [asked(48)], 48],
    ['does not count unless approved', [asked(40, { isApproved: false })], 48],
    ['counts once for one leg', [asked(40), asked(41)], 58],
    ['counts once for each leg', [asked(40, { legId: 'L1' }), asked(41, { legId: 'L2' })], 68],
    ['is asked for before the deadline as it then stood', [asked(40, { legId: 'L1' }), asked(57, { legId: 'L2' })], 68],
    ['that came too late takes no place of one in time', [asked(90), asked(40)], 58],
  ])('%s', (_, extensions, hours) => {
    expect(deadline(extensions)).toBe(hours)
  })

  test('counts from its approval on', () => {
    const late = [asked(40, { answeredAt: h(50) })]
    expect(deadline(late, h(50) - 1)).toBe(48)
    expect(deadline(late, h(50))).toBe(58)
  })

  test('is asked for before the deadline with its pauses', () => {
    expect(deadline([asked(60)], h(100), { suspensions: suspended([10, 34]) })).toBe(82)
  })

  test('moves neither an appeal nor the group’s figure', () => {
    expect(handle(anAppeal({ extensions: [asked(10)] }), h(20)).deadlineAt).toBe(h(24))
    expect(raw(aFolded({ extensions: [asked(10)] }), h(20)).deadlineAt).toBe(h(48))
  })
})

describe('laws of the clock', () => {
  const hours = fc.integer({ min: 0, max: 150 })
  const spans = fc.array(fc.tuple(hours, fc.integer({ min: 1, max: 60 })), { maxLength: 4 }).map((list) => {
    let last = 0
    return list.map(([gap, length]): Span => {
      const from = last + (gap % 30)
      last = from + length
      return { from: h(from), to: h(last) }
    })
  })
  const tickets = fc.record({ suspensions: spans, closedGaps: spans, done: fc.option(hours) }).map(({ suspensions, closedGaps, done }) =>
    aFolded({
      suspensions: suspensions.map((span) => ({ ...span, reason: 'x', approver: null, plannedResumeAt: null })),
      closedGaps,
      completedAt: done === null ? null : h(done + 60),
      legs: [aLeg(), aLeg({ legId: 'L2', receivedAt: h(20), isAssist: true })],
    }),
  )
  const whens = fc.integer({ min: -10 * 60, max: 300 * 60 }).map((minutes) => START + minutes * MINUTE)

  test('net time and pauses make up all time; late is past the deadline; at most the cap is suspended', () => {
    fc.assert(
      fc.property(tickets, whens, (ticket, when) => {
        const clock = handle(ticket, when)
        const end = Math.max(ticket.completedAt ?? when, START)
        const paused = clock.deadlineAt - START - clock.limit!
        const closed = ticket.closedGaps.reduce((sum, gap) => sum + Math.max(0, Math.min(gap.to!, end) - gap.from), 0)
        expect(clock.netElapsed + paused).toBe(end - START)
        expect(clock.netElapsed).toBeGreaterThanOrEqual(0)
        expect(paused - closed).toBeLessThanOrEqual(72 * HOUR)
        expect(clock.isOverdue).toBe(end > clock.deadlineAt)
        expect(clock.isOverdue).toBe(clock.netElapsed > clock.limit!)
      }),
      { numRuns: 500 },
    )
  })

  test('net time of every natural clock grows by 1 ms in a millisecond exactly while it runs', () => {
    fc.assert(
      fc.property(tickets, whens, (ticket, when) => {
        const [now, next] = [readClocks(ticket, CONTEXT, when), readClocks(ticket, CONTEXT, when + 1)]
        for (const [index, reading] of now.entries()) {
          if (reading.clock === 'C_CLAIM' || when < reading.startAt) continue
          expect(next[index]!.netElapsed - reading.netElapsed).toBe(reading.running ? 1 : 0)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('nothing but the passing of time changes before the next change, and something does there', () => {
    const shapes = (ticket: Ticket, when: number) =>
      readClocks(ticket, CONTEXT, when).map(({ clock, subject, running, isOverdue }) => [clock, subject, running, isOverdue])
    fc.assert(
      fc.property(tickets, whens, fc.double({ min: 0, max: 1, noNaN: true }), (ticket, when, share) => {
        const next = nextClockChange(readClocks(ticket, CONTEXT, when), when)
        const until = next ?? when + 60 * DAY
        expect(until).toBeGreaterThan(when)
        for (const then of [when + Math.floor((until - 1 - when) * share), until - 1]) expect(shapes(ticket, then)).toEqual(shapes(ticket, when))
        if (next !== null) expect(shapes(ticket, next)).not.toEqual(shapes(ticket, when))
      }),
      { numRuns: 300 },
    )
  })
})
