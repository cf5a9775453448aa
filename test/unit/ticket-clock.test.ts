import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/abnormal-rule.ts'
import { DEFAULT_HANDLE_LIMITS, isHighValue, readHandleClock } from '../../core/domain/ticket/clock.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import type { Suspension } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { anEvent, aSuspension, aTicket, at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

const START = at('2026-06-01 09:00')
const LIMITS = DEFAULT_HANDLE_LIMITS
const read = (ticket: Ticket, when: number) => readHandleClock(ticket, LIMITS, when)!
const spans = (...hours: readonly (readonly [number, number | null])[]): Suspension[] =>
  hours.map(([from, to]) => aSuspension(START + from * HOUR, to === null ? null : START + to * HOUR))

describe('in time', () => {
  test.each([
    ['exactly 48:00:00 is in time (S-14-2)', 48 * HOUR, false],
    ['a millisecond more is late', 48 * HOUR + 1, true],
    ['48:00:01 is late (S-14-2)', 48 * HOUR + SECOND, true],
  ])('%s', (_, elapsed, isOverdue) => {
    expect(read(aTicket({ completedAt: START + elapsed }), START + 10 * DAY)).toMatchObject({
      netElapsed: elapsed,
      limit: 48 * HOUR,
      isOverdue,
      running: false,
    })
    expect(read(aTicket(), START + elapsed)).toMatchObject({ netElapsed: elapsed, isOverdue, running: true, deadlineAt: START + 48 * HOUR })
  })
})

describe('where it applies', () => {
  test.each(['complaint', 'enquiry', 'query', 'appeal'] as const)('to a %s', (kind) => {
    expect(readHandleClock(aTicket({ kind }), LIMITS, START)).not.toBeNull()
  })

  test.each(['fault', 'install', 'collab', 'track', 'pre_accept', 'lead', 'mass_incident', 'opinion_item'] as const)('not to a %s', (kind) => {
    expect(readHandleClock(aTicket({ kind }), LIMITS, START)).toBeNull()
  })

  test.each(['acceptedAt', 'voidedAt', 'mergedAt', 'cancelledAt'] as const)('not by %s', (field) => {
    expect(readHandleClock(aTicket({ [field]: field === 'acceptedAt' ? null : START + HOUR }), LIMITS, START + DAY)).toBeNull()
  })
})

describe('the limit', () => {
  const limitOf = (
    payload: Readonly<Record<string, unknown>>,
    ...more: readonly (readonly [EventType, string, Readonly<Record<string, unknown>>])[]
  ) =>
    read(
      foldTicket([
        anEvent('created', { payload: { ...CREATED_PAYLOAD, ...payload } }),
        ...more.map(([type, occurredAt, given]) => anEvent(type, { occurredAt, payload: given })),
      ]),
      START + 1,
    ).limit

  test.each([
    ['48 h', {}, 48],
    ['48 h at four stars', { star: 4 }, 48],
    ['24 h from five stars', { star: 5 }, 24],
    ['24 h for VIPs', { is_vip: true }, 24],
    ['24 h for key persons', { is_key_person: true }, 24],
    ['24 h for skip-level tickets', { source_category: 'group_complaint' }, 24],
    ['24 h for appeals', { kind: 'appeal' }, 24],
    ['what the source gives, when that is shorter', { limit_minutes: 600 }, 10],
    ['not what the source gives, when that is longer', { limit_minutes: 6_000 }, 48],
    ['the shorter of the two for high value', { is_vip: true, limit_minutes: 2_000 }, 24],
  ])('is %s', (_, payload, hours) => {
    expect(limitOf(payload)).toBe(hours * HOUR)
  })

  test('a correction shortens it; taking the star back does not lengthen one that has started', () => {
    const up = ['corrected', '2026-06-01 10:00', { field: 'star', old: 3, new: 6 }] as const
    const down = ['corrected', '2026-06-01 11:00', { field: 'star', old: 6, new: 3 }] as const
    expect(limitOf({ star: 3 }, up)).toBe(24 * HOUR)
    expect(limitOf({ star: 6 }, down)).toBe(24 * HOUR)
    expect(limitOf({ star: 3 }, up, down)).toBe(24 * HOUR)
    expect(limitOf({ limit_minutes: 600 }, ['corrected', '2026-06-01 10:00', { field: 'limit_minutes', new: 700 }])).toBe(10 * HOUR)
    expect(limitOf({ limit_minutes: 600 }, ['corrected', '2026-06-01 10:00', { field: 'limit_minutes', new: 500 }])).toBe(500 * MINUTE)
  })

  test('a data steward may lengthen it', () => {
    const created = anEvent('created', { payload: { ...CREATED_PAYLOAD, star: 6, limit_minutes: 600 } })
    const steward = { actorType: 'data_steward', occurredAt: START + HOUR }
    const star = anEvent('corrected', { ...steward, eventId: 'a', payload: { field: 'star', new: 3 } })
    const limit = anEvent('corrected', { ...steward, eventId: 'b', payload: { field: 'limit_minutes', new: 2_000 } })
    const ticket = foldTicket([created, star, limit])
    expect(ticket.star).toBe(3)
    expect(isHighValue(ticket, LIMITS)).toBe(false)
    expect(read(ticket, START).limit).toBe(2_000 * MINUTE)
  })
})

describe('suspension', () => {
  test('is taken off, and the deadline moves by it', () => {
    const ticket = aTicket({ suspensions: spans([10, 34]) })
    expect(read(ticket, START + 50 * HOUR)).toMatchObject({
      netElapsed: 26 * HOUR,
      deadlineAt: START + 72 * HOUR,
      running: true,
      isOverdue: false,
      resumesByItselfAt: null,
    })
  })

  test('stops the clock from its first millisecond to its last', () => {
    const ticket = aTicket({ suspensions: spans([10, 20]) })
    const running = [10 * HOUR - 1, 10 * HOUR, 20 * HOUR - 1, 20 * HOUR].map((ms) => read(ticket, START + ms).running)
    expect(running).toEqual([true, false, false, true])
  })

  test('while it lasts the deadline moves with the present time', () => {
    const ticket = aTicket({ suspensions: spans([10, null]) })
    expect(read(ticket, START + 15 * HOUR)).toMatchObject({
      netElapsed: 10 * HOUR,
      deadlineAt: START + 53 * HOUR,
      running: false,
      resumesByItselfAt: START + 82 * HOUR,
    })
  })

  test('of 5 days stops the deadline for 72 h in total, and the clock runs again by itself (S-14-13)', () => {
    const ticket = aTicket({ suspensions: spans([10, null]) })
    expect(read(ticket, START + 82 * HOUR - 1)).toMatchObject({ running: false, netElapsed: 10 * HOUR, resumesByItselfAt: START + 82 * HOUR })
    expect(read(ticket, START + 82 * HOUR)).toMatchObject({
      running: true,
      netElapsed: 10 * HOUR,
      deadlineAt: START + 120 * HOUR,
      resumesByItselfAt: null,
    })
    expect(read(ticket, START + 130 * HOUR)).toMatchObject({ running: true, netElapsed: 58 * HOUR, deadlineAt: START + 120 * HOUR, isOverdue: true })
    const resumed = aTicket({ suspensions: spans([10, 130]) })
    expect(read(resumed, START + 130 * HOUR)).toMatchObject({ netElapsed: 58 * HOUR, deadlineAt: START + 120 * HOUR })
  })

  test('has one cap for all of them', () => {
    const ticket = aTicket({ suspensions: spans([1, 41], [50, 90], [100, null]) })
    expect(read(ticket, START + 82 * HOUR - 1).running).toBe(false)
    expect(read(ticket, START + 82 * HOUR)).toMatchObject({ running: true, netElapsed: 10 * HOUR, deadlineAt: START + 120 * HOUR })
    expect(read(ticket, START + 110 * HOUR)).toMatchObject({ running: true, netElapsed: 38 * HOUR, resumesByItselfAt: null })
  })

  test('counts once where stretches overlap, and not before acceptance', () => {
    expect(read(aTicket({ suspensions: spans([-5, 4], [2, 6], [3, 5]) }), START + 10 * HOUR).netElapsed).toBe(4 * HOUR)
  })

  test('of an appeal counts for nothing', () => {
    expect(read(aTicket({ kind: 'appeal', suspensions: spans([1, null]) }), START + 10 * HOUR)).toMatchObject({
      running: true,
      netElapsed: 10 * HOUR,
    })
  })

  test('dated ahead by a skewed clock changes the clock when its time comes', () => {
    const ticket = aTicket({ suspensions: spans([10, 12]) })
    expect(read(ticket, START + 10 * HOUR - 1).resumesByItselfAt).toBe(START + 10 * HOUR)
    expect(read(ticket, START + 11 * HOUR).resumesByItselfAt).toBe(START + 12 * HOUR)
  })
})

describe('reopening', () => {
  test('resumes the clock; the closed gap is not counted (S-11, T8)', () => {
    const ticket = ticketOf(
      ['created', '2026-06-01 09:00'],
      ['completed', '2026-06-02 18:00'],
      ['reopened', '2026-06-02 20:00'],
      ['completed', '2026-06-03 12:00'],
    )
    expect(read(ticket, at('2026-06-05 00:00'))).toMatchObject({ netElapsed: 49 * HOUR, deadlineAt: at('2026-06-03 11:00'), isOverdue: true })
  })

  test('leaves the suspensions before it counted, and a stretch that lies in the gap counts once and uses up no cap', () => {
    const ticket = aTicket({ suspensions: spans([2, 4], [12, 18], [30, null]), closedGaps: spans([10, 20]) })
    expect(read(ticket, START + 40 * HOUR)).toMatchObject({ netElapsed: 18 * HOUR, running: false, resumesByItselfAt: START + 100 * HOUR })
  })
})

describe('laws of the clock', () => {
  const instants = fc.integer({ min: -10, max: 200 }).map((hours) => START - 4 * DAY + hours * HOUR)

  test('net time and pauses make up all time, at most the cap of it suspended', () => {
    fc.assert(
      fc.property(ticketHistories(), instants, (events, when) => {
        const ticket = foldTicket(events)
        const clock = readHandleClock(ticket, LIMITS, when)
        if (clock === null) return
        const end = Math.max(ticket.completedAt ?? when, ticket.acceptedAt!)
        const paused = clock.deadlineAt - ticket.acceptedAt! - clock.limit
        const closed = ticket.closedGaps.reduce((sum, gap) => sum + Math.max(0, Math.min(gap.to!, end) - gap.from), 0)
        expect(clock.netElapsed + paused).toBe(end - ticket.acceptedAt!)
        expect(clock.netElapsed).toBeGreaterThanOrEqual(0)
        expect(paused - closed).toBeLessThanOrEqual(72 * HOUR)
        expect(clock.isOverdue).toBe(end > clock.deadlineAt)
      }),
      { numRuns: 500 },
    )
  })

  test('net time never falls, and grows by 1 ms in a millisecond exactly while the clock runs', () => {
    fc.assert(
      fc.property(ticketHistories(), instants, (events, when) => {
        const ticket = foldTicket(events)
        const [now, next] = [readHandleClock(ticket, LIMITS, when), readHandleClock(ticket, LIMITS, when + 1)]
        if (now === null || when < ticket.acceptedAt!) return
        expect(next!.netElapsed - now.netElapsed).toBe(now.running ? 1 : 0)
      }),
      { numRuns: 500 },
    )
  })

  test('nothing of a judgement changes between now and its next check, and something does there', () => {
    const judged = (ticket: Ticket, when: number) => {
      const { isOverdue, verdicts, level, deadlineAt } = judgeTicket(ticket, LIMITS, DEFAULT_ABNORMAL_PARAMETERS, when)
      return { isOverdue, level, runs: deadlineAt !== null, verdicts: verdicts.map((verdict) => [verdict.level, verdict.why]) }
    }
    fc.assert(
      fc.property(ticketHistories(), instants, fc.double({ min: 0, max: 1, noNaN: true }), (events, when, share) => {
        const ticket = foldTicket(events)
        const { nextCheckAt } = judgeTicket(ticket, LIMITS, DEFAULT_ABNORMAL_PARAMETERS, when)
        const until = nextCheckAt ?? when + 30 * DAY
        expect(until).toBeGreaterThan(when)
        expect(judged(ticket, when + Math.floor((until - 1 - when) * share))).toEqual(judged(ticket, when))
        expect(judged(ticket, until - 1)).toEqual(judged(ticket, when))
        if (nextCheckAt !== null) expect(judged(ticket, nextCheckAt)).not.toEqual(judged(ticket, when))
      }),
      { numRuns: 500 },
    )
  })
})
