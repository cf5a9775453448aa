import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AbnormalRule } from '../../core/domain/abnormal/abnormal-rule.ts'
import { ORPHAN_TICKET } from '../../core/domain/abnormal/at-20-orphan-ticket.ts'
import { SUSPECTED_DUPLICATE } from '../../core/domain/abnormal/at-28-suspected-duplicate.ts'
import { GROUP_UNANSWERED } from '../../core/domain/abnormal/at-30-group-unanswered.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { isValid, type Ticket } from '../../core/domain/ticket/ticket.ts'
import type { Twin } from '../../core/domain/ticket/twins.ts'
import type { UnitBook } from '../../core/domain/ticket/unit-book.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { aContext } from '../support/clock-tickets.ts'
import { shuffled, ticketHistories } from '../support/ticket-histories.ts'

const RULES: readonly AbnormalRule[] = [ORPHAN_TICKET, SUSPECTED_DUPLICATE, GROUP_UNANSWERED]

/** U1 closes some time after the acceptance, U2 is open, U3 is in no table; no unit at all for some stays. */
const subjects = fc.record({
  closing: fc.integer({ min: 0, max: 400 }),
  isNameless: fc.boolean(),
  isOfGroup: fc.boolean(),
  uploaded: fc.option(fc.integer({ min: 0, max: 200 }), { nil: null, freq: 1 }),
  different: fc.option(fc.integer({ min: 0, max: 200 }), { nil: null, freq: 1 }),
  twins: fc.array(fc.tuple(fc.integer({ min: 0, max: 180 }), fc.option(fc.integer({ min: 1, max: 200 }), { nil: null, freq: 1 })), { maxLength: 3 }),
  isOpen: fc.boolean(),
})

interface Subject {
  readonly ticket: Ticket
  readonly units: UnitBook
  readonly twins: readonly Twin[]
}

const made = fc.tuple(ticketHistories('T1', 16), subjects).map(([events, subject]): Subject => {
  const folded = foldTicket(events)
  const start = folded.acceptedAt ?? folded.firstEventAt
  const hours = (count: number | null) => (count === null ? null : start + count * HOUR)
  const closesAt = (code: string): Instant | null | undefined => ({ U1: hours(subject.closing), U2: null })[code]
  const ticket = {
    ...folded,
    ...(subject.isOpen ? { completedAt: null, cancelledAt: null, mergedAt: null } : {}),
    groupTicketNo: subject.isOfGroup ? 'G1' : null,
    groupResultAt: hours(subject.uploaded),
    markedDifferentAt: hours(subject.different),
    legs: subject.isNameless ? folded.legs.map((leg, index) => (index % 2 === 0 ? { ...leg, unitId: null } : leg)) : folded.legs,
    // An approval that lies ahead changes C_HANDLE's limit when it comes, at an instant that no reading names.
    extensions: folded.extensions.map((extension) => ({ ...extension, answeredAt: null })),
  }
  const twins = subject.twins.map(([before, merged], index) => ({ ticketKey: `32:eoms:O${index}`, acceptedAt: start - before * MINUTE, mergedAt: hours(merged) }))
  return { ticket, units: { isLoaded: () => true, isKnown: () => true, closesAt }, twins }
})

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  const stands = ({ ticket, units, twins }: Subject, when: Instant) =>
    judgedBy(rule, ticket, when, {}, aContext({}, { units, customer: { ...NO_HISTORY, twins } }))

  test('law: of any ticket it changes at the instants that it names and nowhere else, and time alone never lowers it', () => {
    fc.assert(
      fc.property(made, fc.array(fc.nat(20 * 24 * 60), { minLength: 5, maxLength: 5 }), (subject, minutes) => {
        const { ticket } = subject
        if (!isValid(ticket)) return
        const { firstEventAt, lastEventAt } = ticket
        const instants = [firstEventAt - 1, ...minutes.map((minute) => firstEventAt + minute * MINUTE), lastEventAt, lastEventAt + 40 * DAY].sort((a, b) => a - b)
        let before = stands(subject, instants[0]!)
        for (const when of instants.slice(1)) {
          for (let limit = 20; before.nextChangeAt !== null && before.nextChangeAt <= when && limit > 0; limit--) {
            const change = before.nextChangeAt
            const [just, then] = [stands(subject, change - 1), stands(subject, change)]
            expect([just.level, just.why]).toEqual([before.level, before.why])
            if (then.nextChangeAt !== null) expect(then.nextChangeAt).toBeGreaterThan(change)
            expect(then.level).toBeGreaterThanOrEqual(before.level)
            before = then
          }
          const now = stands(subject, when)
          expect([now.level, now.why]).toEqual([before.level, before.why])
          before = now
        }
      }),
      { numRuns: 200 },
    )
  })

  test('law: says the same of one ticket in whatever order its events came', () => {
    const orders = ticketHistories('T1', 12).chain((events) => fc.tuple(fc.constant(events), shuffled(events), fc.nat(20 * 24 * 60)))
    fc.assert(
      fc.property(orders, made, ([events, other, minutes], { units, twins }) => {
        const [ticket, again] = [foldTicket(events), foldTicket(other)]
        const when = ticket.firstEventAt + minutes * MINUTE
        expect(stands({ ticket: again, units, twins }, when)).toEqual(stands({ ticket, units, twins }, when))
      }),
      { numRuns: 100 },
    )
  })

  test('names its cause and says itself in two languages, whenever it is true', () => {
    let seen = 0
    fc.assert(
      fc.property(made, fc.nat(20 * 24 * 60), (subject, minutes) => {
        const { level, facts } = stands(subject, subject.ticket.firstEventAt + minutes * MINUTE)
        if (!isValid(subject.ticket) || level === 0) return
        seen += 1
        expect(facts['cause']).toMatch(/^[a-z]+/)
        expect(String(facts['words']).split(' / ')).toEqual([expect.stringMatching(/[\u4e00-\u9fff]/), expect.stringMatching(/^[a-z0-9 (),;.-]+$/i)])
      }),
      { numRuns: 400 },
    )
    expect(seen).toBeGreaterThan(10)
  })
})
