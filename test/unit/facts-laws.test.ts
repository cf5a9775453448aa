import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CUBES } from '../../core/domain/count/cubes.ts'
import { dueInstant } from '../../core/domain/count/due-instant.ts'
import { type Base, type Fact, MEASURES } from '../../core/domain/count/fact.ts'
import { DUE_CLOCKS } from '../../core/domain/count/facts-due.ts'
import { pausesOf } from '../../core/domain/ticket/clocks/pauses.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { isValid, type Ticket, type TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { EventType, TicketKind } from '../../core/domain/vocabulary.ts'
import { anEvent, at } from '../support/builders.ts'
import { allFactsAt, clocksOf, ofBase } from '../support/facts.ts'
import { shuffled, ticketHistories } from '../support/ticket-histories.ts'

const START = at('2026-05-29 09:00')

const KINDS: readonly TicketKind[] = ['complaint', 'complaint', 'appeal', 'enquiry', 'fault', 'install', 'collab']

/** What an event of a type says besides, so that every base set has something to count. */
const SAID: Readonly<Partial<Record<EventType, Record<string, unknown>>>> = {
  extension_requested: { minutes: 600 },
  extension_approved: { minutes: 600 },
  refund_requested: { refund_no: 'F1', amount_cents: 990 },
  refund_approved: { refund_no: 'F1' },
  refund_paid: { refund_no: 'F1' },
  appointment_set: { window_start: '2026-05-30T08:00:00+08:00', window_end: '2026-05-30T10:00:00+08:00' },
  appointment_changed: { initiator: 'company', window_end: '2026-05-31T10:00:00+08:00' },
  supervised: { level: 'group', due_at: '2026-06-01T10:00:00+08:00' },
  customer_replied: { call_record_no: 'R1' },
  qualified: { cause_l1: 'network', cause_l2: 'olt', liability: 'company', responsible_unit: 'U3' },
  service_restored: { paid_at: '2026-05-30T08:00:00+08:00' },
  expedited: { by: 'staff' },
}
const SOMETIMES = Object.keys(SAID) as EventType[]

/** Histories of every kind in which the ticket wanders between three units. */
const histories = (most = 14): fc.Arbitrary<TicketEvent[]> => {
  const units = fc.array(fc.constantFrom('U1', 'U2', 'U3'), { minLength: 5, maxLength: 5 })
  const others = fc.array(fc.tuple(fc.constantFrom(...SOMETIMES), fc.integer({ min: 0, max: 100 })), { maxLength: 6 })
  return fc.tuple(ticketHistories('T1', most), units, fc.constantFrom(...KINDS), others).map(([events, names, kind, more]) => [
    ...events.map((event, place) => {
      const { type, payload } = event
      if (type === 'corrected') return event
      const said = type === 'created' ? (payload['kind'] === 'nonsense' ? {} : { kind }) : { to_unit: names[place % names.length], ...SAID[type] }
      return { ...event, payload: { ...payload, ...said } }
    }),
    ...more.map(([type, hours], place) =>
      anEvent(type, { eventId: `T1-more-${place}`, occurredAt: START + hours * HOUR, payload: SAID[type] ?? {} }),
    ),
  ])
}

const count = allFactsAt

/** Every state by its definition, looked at for one instant: domain.md 6.1, K-23, K-24. */
function statesAt(ticket: Ticket, t: Instant): Record<string, number> {
  const start = ticket.acceptedAt
  const end = ticket.completedAt ?? ticket.cancelledAt
  const inGap = ticket.closedGaps.some((gap) => gap.from <= t && t < (gap.to ?? t + 1))
  if (start === null || !isValid(ticket) || t < start || inGap || (end !== null && t >= end)) return {}
  const extensions = ticket.extensions.map((extension) => ({ ...extension, answeredAt: null }))
  const open = { ...ticket, completedAt: null, cancelledAt: null, extensions }
  const clock = clocksOf(open, t).find((reading) => reading.clock === 'C_HANDLE')
  const age = t - start
  const truths = {
    open: true,
    overdue: clock?.running === true && clock.isOverdue,
    over_24h: age > 24 * HOUR,
    over_48h: age > 48 * HOUR,
    over_100h: age > 100 * HOUR,
    over_7d: age > 7 * DAY,
    over_15d: age > 15 * DAY,
    over_30d: age > 30 * DAY,
  }
  return Object.fromEntries(Object.entries(truths).flatMap(([state, holds]) => (holds ? [[state, 1]] : [])))
}

/** Who had the ticket: the last main stay that had begun, unless it was returned or recalled by then. */
function holderAt({ legs }: Ticket, t: Instant): string {
  const last = legs.findLast((leg) => !leg.isAssist && leg.receivedAt <= t)
  const isGivenBack = last?.finish === 'returned' || last?.finish === 'recalled'
  return last === undefined || (isGivenBack && last.finishedAt! <= t) ? '' : (last.unitId ?? '')
}

function runningSums(facts: readonly Fact[], t: Instant, unit?: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const fact of ofBase(facts, 'SNAP')) {
    if (fact.at > t || (unit !== undefined && (fact.by.unit ?? '') !== unit)) continue
    for (const [measure, n] of Object.entries(fact.measures)) sums[measure] = (sums[measure] ?? 0) + n
  }
  return Object.fromEntries(Object.entries(sums).filter(([, n]) => n !== 0))
}

describe('laws of facts', () => {
  test('any order and repetition of the events gives the same facts', () => {
    fc.assert(
      fc.property(
        histories().chain((events) => fc.tuple(fc.constant(events), shuffled(events))),
        fc.integer({ min: 0, max: 50 }),
        ([events, arriving], days) => {
          const when = START + days * DAY
          expect(count(foldTicket(arriving), when)).toEqual(count(foldTicket(events), when))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('the running sum of SNAP at any instant is the state at that instant, in all and for the unit that had the ticket', () => {
    fc.assert(
      fc.property(
        histories(),
        fc.integer({ min: 5, max: 50 * 24 }),
        fc.array(fc.integer({ min: 0, max: 50 * 24 * 60 }), { maxLength: 12 }),
        (events, hours, minutes) => {
          const ticket = foldTicket(events)
          const now = Math.max(START + hours * HOUR, ticket.lastEventAt)
          const { facts } = count(ticket, now)
          const edges = ofBase(facts, 'SNAP').flatMap((fact) => [fact.at - 1, fact.at, fact.at + 1])
          for (const t of [...edges, ...minutes.map((minute) => START + minute * MINUTE), now]) {
            if (t > now) continue
            const states = statesAt(ticket, t)
            expect(runningSums(facts, t)).toEqual(states)
            expect(runningSums(facts, t, holderAt(ticket, t))).toEqual(states)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('NOW is the state at the instant of counting', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 50 * 24 }), (events, hours) => {
        const ticket = foldTicket(events)
        const now = Math.max(START + hours * HOUR, ticket.lastEventAt)
        const { open = 0, overdue = 0 } = statesAt(ticket, now)
        const measures = { ...(open ? { open } : {}), ...(overdue ? { overdue } : {}) }
        expect(ofBase(count(ticket, now).facts, 'NOW').map((fact) => fact.measures)).toEqual(open ? [measures] : [])
      }),
      { numRuns: 300 },
    )
  })

  test('facts change with time exactly at changesAt and nowhere else', () => {
    let changes = 0
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 50 * 24 * 60 }), fc.integer({ min: 1, max: 50 * 24 * 60 }), (events, minutes, later) => {
        const ticket = foldTicket(events)
        const a = Math.max(START + minutes * MINUTE, ticket.lastEventAt)
        const now = count(ticket, a)
        if (now.changesAt === null) {
          expect(count(ticket, a + later * MINUTE)).toEqual(now)
          return
        }
        changes += 1
        expect(now.changesAt).toBeGreaterThan(a)
        expect(count(ticket, now.changesAt - 1)).toEqual(now)
        expect(count(ticket, now.changesAt).facts).not.toEqual(now.facts)
        const b = a + later * MINUTE
        if (b < now.changesAt) expect(count(ticket, b)).toEqual(now)
      }),
      { numRuns: 1000 },
    )
    expect(changes).toBeGreaterThan(100)
  })

  test('time alone comes to an end: every chain of timers is finite', () => {
    fc.assert(
      fc.property(histories(), (events) => {
        const ticket = foldTicket(events)
        let steps = 0
        for (let when: Instant | null = ticket.lastEventAt; when !== null; when = count(ticket, when).changesAt) expect((steps += 1)).toBeLessThan(40)
      }),
      { numRuns: 200 },
    )
  })

  test('every name is known, every number whole and, but for SNAP, above zero', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 50 }), (events, days) => {
        for (const { base, by, measures, sketched } of count(foldTicket(events), START + days * DAY).facts) {
          const numbers = Object.entries(measures)
          expect(numbers.length).toBeGreaterThan(0)
          for (const [measure, n] of numbers) {
            expect(MEASURES[base] as readonly string[]).toContain(measure)
            expect(Number.isSafeInteger(n) && (base === 'SNAP' ? n !== 0 : n > 0)).toBe(true)
          }
          const cuts = CUBES[base].map((cube) => cube.by as string | null)
          for (const [dimension, value] of Object.entries(by)) {
            expect(cuts).toContain(dimension)
            expect(value).not.toBe('')
          }
          if (sketched !== undefined) expect(base === 'FIN' && Number.isSafeInteger(sketched) && sketched >= 0).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a clock is late exactly when its due instant has gone by, and that instant stays while time goes by', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 50 * 24 }), fc.integer({ min: 1, max: 500 }), (events, hours, later) => {
        const ticket = foldTicket(events)
        const now = Math.max(START + hours * HOUR, ticket.lastEventAt)
        const pauses = pausesOf(ticket, ticket.acceptedAt ?? 0, 72 * HOUR).both
        const after = clocksOf(ticket, now + later * HOUR)
        for (const [place, reading] of clocksOf(ticket, now).entries()) {
          const due = dueInstant(reading, pauses, now)
          expect(reading.isOverdue).toBe(Math.max(reading.stoppedAt ?? now, reading.startAt) > due)
          if (DUE_CLOCKS.has(reading.clock)) expect(dueInstant(after[place]!, pauses, now + later * HOUR)).toBe(due)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('one completion, one acceptance; parts never exceed their whole; cancelled ones are in no timeliness', () => {
    const within: readonly (readonly [Base, string, string])[] = [
      ['FIN', 'in_time', 'finished'],
      ['FIN', 'net_24h', 'finished'],
      ['FIN', 'surveyed', 'survey_eligible'],
      ['FIN', 'skip_level_in_time', 'skip_level'],
      ['FIN1', 'reopened_7d', 'finished_first'],
      ['DUE', 'handle_late', 'handle_due'],
      ['DUE', 'first_in_time', 'first_due'],
      ['DUE', 'claim_in_time', 'claim_due'],
      ['LEG', 'legs_in_time', 'legs'],
      ['EVT', 'passed_first', 'reviewed'],
      ['EVT', 'satisfied', 'answered'],
    ]
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 50 }), (events, days) => {
        const ticket = foldTicket(events)
        const { facts } = count(ticket, START + days * DAY)
        const total = (base: Base, measure: string) =>
          ofBase(facts, base).reduce((sum, fact) => sum + ((fact.measures as Record<string, number>)[measure] ?? 0), 0)
        for (const [base, part, whole] of within) expect(total(base, part)).toBeLessThanOrEqual(total(base, whole))
        const counts = isValid(ticket)
        expect(total('ACC', 'accepted')).toBe(Number(counts))
        expect(total('FIN', 'finished')).toBe(Number(counts && ticket.completedAt !== null))
        const verdicts = total('ACC', 'in_time') + total('ACC', 'late') + total('ACC', 'pending')
        const hasHandling = clocksOf(ticket, START).some(({ clock }) => clock === 'C_HANDLE')
        expect(verdicts).toBe(Number(counts && hasHandling && ticket.cancelledAt === null))
        if (ticket.cancelledAt !== null) expect(facts.every(({ base }) => base === 'ACC' || base === 'SNAP' || base === 'EVT')).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
