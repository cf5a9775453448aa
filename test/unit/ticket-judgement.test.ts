import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import { isHighValue } from '../../core/domain/ticket/clocks/handle.ts'
import { readClock } from '../../core/domain/ticket/clocks/read.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { anEvent, at, CREATED_PAYLOAD } from '../support/builders.ts'
import { aContext } from '../support/clock-tickets.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

const START = at('2026-06-01 09:00')
const CONTEXT = aContext()

describe('the limit of a folded ticket', () => {
  const limitOf = (payload: Readonly<Record<string, unknown>>, ...corrections: readonly Readonly<Record<string, unknown>>[]) => {
    const created = anEvent('created', { payload: { ...CREATED_PAYLOAD, ...payload } })
    const events = corrections.map((correction, index) => anEvent('corrected', { occurredAt: START + (index + 1) * HOUR, eventId: `c${index}`, payload: correction }))
    return readClock(foldTicket([created, ...events]), CONTEXT, START + 1, 'C_HANDLE')?.limit
  }

  test('a correction shortens it; taking the star back does not lengthen one that has started', () => {
    const [up, down] = [{ field: 'star', old: 3, new: 6 }, { field: 'star', old: 6, new: 3 }]
    expect(limitOf({ star: 3 }, up)).toBe(24 * HOUR)
    expect(limitOf({ star: 6 }, down)).toBe(24 * HOUR)
    expect(limitOf({ star: 3 }, up, down)).toBe(24 * HOUR)
    expect(limitOf({ limit_minutes: 600 }, { field: 'limit_minutes', new: 700 })).toBe(10 * HOUR)
    expect(limitOf({ limit_minutes: 600 }, { field: 'limit_minutes', new: 500 })).toBe(500 * MINUTE)
  })

  test('a data steward may lengthen it', () => {
    const created = anEvent('created', { payload: { ...CREATED_PAYLOAD, star: 6, limit_minutes: 600 } })
    const steward = { actorType: 'data_steward', occurredAt: START + HOUR }
    const star = anEvent('corrected', { ...steward, eventId: 'a', payload: { field: 'star', new: 3 } })
    const limit = anEvent('corrected', { ...steward, eventId: 'b', payload: { field: 'limit_minutes', new: 2_000 } })
    const ticket = foldTicket([created, star, limit])
    expect(ticket.star).toBe(3)
    expect(isHighValue(ticket, CONTEXT.limits)).toBe(false)
    expect(readClock(ticket, CONTEXT, START, 'C_HANDLE')?.limit).toBe(2_000 * MINUTE)
  })
})

describe('a judgement', () => {
  const instants = fc.integer({ min: -10, max: 200 }).map((hours) => START - 4 * DAY + hours * HOUR)
  const judged = (ticket: Ticket, when: number) => {
    const { isOverdue, verdicts, level, deadlineAt } = judgeTicket(ticket, CONTEXT, DEFAULT_ABNORMAL_PARAMETERS, when)
    return { isOverdue, level, runs: deadlineAt !== null, verdicts: verdicts.map((verdict) => [verdict.level, verdict.why]) }
  }

  test('is the same at every instant between now and its next check', () => {
    fc.assert(
      fc.property(ticketHistories(), instants, fc.double({ min: 0, max: 1, noNaN: true }), (events, when, share) => {
        const ticket = foldTicket(events)
        // An extension that is approved later lengthens the limit then: an event, which no reading can name before it comes.
        fc.pre(ticket.extensions.every(({ answeredAt }) => answeredAt === null || answeredAt <= when))
        const { nextCheckAt } = judgeTicket(ticket, CONTEXT, DEFAULT_ABNORMAL_PARAMETERS, when)
        const until = nextCheckAt ?? when + 30 * DAY
        expect(until).toBeGreaterThan(when)
        expect(judged(ticket, when + Math.floor((until - 1 - when) * share))).toEqual(judged(ticket, when))
        expect(judged(ticket, until - 1)).toEqual(judged(ticket, when))
      }),
      { numRuns: 500 },
    )
  })

  test('names the clock that sets the deadline people work to: dispatch first, then handling', () => {
    const judge = (...events: Parameters<typeof foldTicket>[0]) => judgeTicket(foldTicket(events), CONTEXT, DEFAULT_ABNORMAL_PARAMETERS, START + MINUTE).effective
    const created = anEvent('created')
    expect(judge(created)).toMatchObject({ clock: 'C_DISPATCH', deadlineAt: START + 2 * HOUR })
    const dispatched = anEvent('dispatched', { occurredAt: START + MINUTE, payload: { to_unit: 'A', leg_id: 'L1' } })
    expect(judge(created, dispatched)).toMatchObject({ clock: 'C_CLAIM', subject: 'L1', deadlineAt: START + MINUTE + 2 * HOUR })
    expect(judge(created, anEvent('completed', { occurredAt: START + MINUTE, payload: { result_code: 'solved' } }))?.clock).not.toBe('C_HANDLE')
  })
})
