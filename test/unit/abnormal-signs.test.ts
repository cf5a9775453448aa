import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AbnormalParameters, AbnormalRule, ParameterValues } from '../../core/domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES, DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import { alertsOfCourse, leavesNothing, replayTicket } from '../../core/domain/abnormal/replayed-alerts.ts'
import { type Sign, signsOf } from '../../core/domain/abnormal/sign.ts'
import { NO_KEYWORDS } from '../../core/domain/keyword/ticket-keywords.ts'
import type { TicketPeers } from '../../core/domain/peer/peer-made.ts'
import type { ClockContext } from '../../core/domain/ticket/clock-reading.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { foldHistory, foldTicket } from '../../core/domain/ticket/fold.ts'
import { judgeRules, judgeTicket, steadyCourse } from '../../core/domain/ticket/judge.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { onlyRules } from '../support/abnormal.ts'
import { anEvent, CREATED_PAYLOAD } from '../support/builders.ts'
import { aContext } from '../support/clock-tickets.ts'
import { ticketHistories, ticketWalks } from '../support/ticket-histories.ts'
import { showsSign } from '../support/ticket-signs.ts'

/** Others who copied every reply and had as many refunds: what is made of a ticket's own facts and only of those. */
const COPIED: TicketPeers = { reply: () => ({ alike: 50, before: [[MINUTE, 50]] }), refund: () => ({ earlier: 99 }), hours: [] }
/** U1 closes, of the others the table knows nothing. */
const UNITS = { isLoaded: () => true, isKnown: () => true, closesAt: (code: string) => (code === 'U1' ? Date.UTC(2026, 5, 3) : undefined) }

const contexts = fc.record({ isGolden: fc.boolean(), isShort: fc.boolean(), hasHistory: fc.boolean(), hasWords: fc.boolean(), hasOthers: fc.boolean() })

interface Around {
  readonly context: ClockContext
  readonly hasKeywords: boolean
}

function around({ isGolden, isShort, hasHistory, hasWords, hasOthers }: Readonly<Record<'isGolden' | 'isShort' | 'hasHistory' | 'hasWords' | 'hasOthers', boolean>>, acceptedAt: Instant): Around {
  const limits = { ...(isGolden ? { goldenUnits: ['U1'] } : {}), ...(isShort ? { handleMinutes: 600, handleHighValueMinutes: 900 } : {}) }
  const twins = [{ ticketKey: '32:eoms:O', acceptedAt: acceptedAt - MINUTE, mergedAt: null }]
  const customer = hasHistory ? { ...NO_HISTORY, repeatCount30d: 3, sensitiveCount30d: 1, refundCount90d: 1, twins } : NO_HISTORY
  const keywords = hasWords ? { tendency: 2 as const, fraud: ['转账'], safety: ['触电'], threats: [] } : NO_KEYWORDS
  return { context: aContext(limits, { customer, keywords, units: UNITS, ...(hasOthers ? { peers: COPIED } : {}) }), hasKeywords: hasWords }
}

/** Of a context what a rule says that it reads. */
function readBy({ reads = [] }: AbnormalRule, { units, keywords, peers, ...rest }: ClockContext): ClockContext {
  const held = { units, keywords, peers }
  return { ...rest, ...Object.fromEntries(Object.entries(held).filter(([name, value]) => value !== undefined && reads.includes(name as keyof typeof held))) }
}

/** Values of a rule anywhere between the least and the most that it takes, the ends often. */
const valuesOf = ({ parameters }: AbnormalRule): fc.Arbitrary<ParameterValues> =>
  fc.record(Object.fromEntries(parameters.map(({ name, least, most, default: usual }) => [name, fc.oneof(fc.constantFrom(least, most, usual), fc.integer({ min: least, max: most }))])))

const settingsOf = (rule: AbnormalRule): fc.Arbitrary<AbnormalParameters> =>
  fc.tuple(valuesOf(rule), fc.option(valuesOf(rule), { nil: null })).map(([values, own]) => ({
    ...onlyRules(rule.id),
    values: { [rule.id]: values },
    ...(own === null ? {} : { scopes: { 32: { values: { [rule.id]: own }, enabledRules: [] } } }),
  }))

const subjects = (rule: AbnormalRule, events: fc.Arbitrary<TicketEvent[]>) => fc.record({ events, settings: settingsOf(rule), about: contexts, later: fc.nat(60 * 24) })

test.each(ABNORMAL_RULES.map((rule) => [rule.id, rule] as const))('law: wherever %s was ever true of a ticket, the ticket shows one of its signs', (id, rule) => {
  let seen = 0
  const law = () => fc.assert(
    fc.property(subjects(rule, fc.oneof(ticketWalks({ most: 24 }), ticketHistories('T1', 16))), ({ events, settings, about, later }) => {
      const ticket = foldTicket(events)
      const { context, hasKeywords } = around(about, ticket.acceptedAt ?? ticket.firstEventAt)
      const until = ticket.lastEventAt + later * HOUR
      if (leavesNothing(ticket, (one, at) => judgeRules(one, context, settings, at), until)) return
      seen += 1
      const signs = signsOf(rule, settings, [context.limits, DEFAULT_CLOCK_LIMITS])
      expect(signs.filter((sign) => showsSign(sign, { ticket, customer: context.customer, hasKeywords }, until)), id).not.toEqual([])
    }),
    { numRuns: 1_000 },
  )
  // Of a rule that was true of no ticket it would hold anyway; some rules are true of few.
  for (let round = 0; round < 6 && seen === 0; round += 1) law()
  expect(seen).toBeGreaterThan(0)
})

test.each(ABNORMAL_RULES.map((rule) => [rule.id, rule] as const))('law: a replay that judges %s alone, by what it reads, raises what one with all clocks does, and nothing where the last word is that it was never true', (id, rule) => {
  fc.assert(
    fc.property(subjects(rule, ticketWalks({ most: 24 })), ({ events, settings, about, later }) => {
      const ticket = foldTicket(events)
      const { context } = around(about, ticket.acceptedAt ?? ticket.firstEventAt)
      // A correction takes the place of what it corrects, and with it its time.
      const until = Math.max(...events.map(({ occurredAt }) => occurredAt)) + later * HOUR + 1
      const replayed = (judge: typeof judgeRules, around: ClockContext) => replayTicket(events, { reopenWithin: context.limits.reopenDays * DAY }, (one, at) => judge(one, around, settings, at), until)
      const alerts = replayed(judgeRules, readBy(rule, context))
      expect([id, alerts]).toEqual([id, replayed(judgeTicket, context)])
      if (leavesNothing(ticket, (one, at) => judgeRules(one, context, settings, at), until)) expect([id, alerts]).toEqual([id, []])
    }),
    { numRuns: 150 },
  )
})

/** Half of them without corrections: with them few tickets have a steady course. */
const oftenUncorrected = (histories: fc.Arbitrary<TicketEvent[]>): fc.Arbitrary<TicketEvent[]> =>
  fc.tuple(histories, fc.boolean()).map(([events, isPlain]) => (isPlain ? events.filter(({ type, correctsEventId }) => type !== 'corrected' && correctsEventId === null) : events))

test.each(ABNORMAL_RULES.filter(({ steadyCourse }) => steadyCourse !== undefined).map((rule) => [rule.id, rule] as const))('law: where %s has a steady course, it raises what a replay of the events does', (id, rule) => {
  let seen = 0
  const law = () => fc.assert(
    fc.property(subjects(rule, oftenUncorrected(fc.oneof(ticketWalks({ most: 24 }), ticketHistories('T1', 12)))), ({ events, settings, about, later }) => {
      const { ticket, memory } = foldHistory(events)
      const { context } = around(about, ticket.acceptedAt ?? ticket.firstEventAt)
      const until = Math.max(...events.map(({ occurredAt }) => occurredAt)) + later * HOUR + 1
      const course = memory?.isCorrected === false ? steadyCourse(ticket, context, settings, until - 1) : null
      if (course === null) return
      const alerts = alertsOfCourse(course, until)
      if (alerts.length > 0) seen += 1
      expect([id, alerts]).toEqual([id, replayTicket(events, { reopenWithin: context.limits.reopenDays * DAY }, (one, at) => judgeRules(one, context, settings, at), until)])
    }),
    { numRuns: 2_000 },
  )
  // Some rules are true of few tickets.
  for (let round = 0; round < 6 && seen < 25; round += 1) law()
  expect(seen).toBeGreaterThan(0)
})

test.each(['AT-01', 'AT-02', 'AT-14'])('%s has no steady course on a ticket whose limit was prolonged: before that it rang by the limit that was', (id) => {
  const start = Date.UTC(2026, 5, 1)
  const told = (type: EventType, hours: number, payload: Record<string, unknown> = {}) => anEvent(type, { occurredAt: start + hours * HOUR, eventId: `${type}${hours}`, payload })
  const plain = [told('created', 0, { ...CREATED_PAYLOAD, star: 7 }), told('dispatched', 1, { to_unit: 'U1', leg_id: 'L1' }), told('claimed', 2, { leg_id: 'L1' })]
  const prolonged = [...plain, told('extension_requested', 30, { leg_id: 'L1', minutes: 6_000 }), told('extension_approved', 31, { leg_id: 'L1', minutes: 6_000 })]
  const until = start + 40 * HOUR
  const raised = (events: readonly TicketEvent[]) => replayTicket(events, { reopenWithin: 7 * DAY }, (one, at) => judgeRules(one, aContext(), onlyRules(id), at), until)
  const courseOf = (events: readonly TicketEvent[]) => steadyCourse(foldTicket(events), aContext(), onlyRules(id), until - 1)
  expect(courseOf(prolonged)).toBeNull()
  expect(raised(prolonged)).toHaveLength(1)
  const course = courseOf(plain)
  expect(course && alertsOfCourse(course, until)).toEqual(raised(plain))
})

test('signs that differ only by how long the ticket was open are one, the shorter; of provinces and versions of limits all count', () => {
  const rule = ABNORMAL_RULES.find(({ id }) => id === 'AT-01') as AbnormalRule
  const given: Sign = { shows: ['limitMinutesGiven'] }
  expect(signsOf(rule, DEFAULT_ABNORMAL_PARAMETERS, [DEFAULT_CLOCK_LIMITS])).toEqual([{ openFor: 22 * HOUR }, given])
  const stricter = { ...DEFAULT_ABNORMAL_PARAMETERS, scopes: { 32: { values: { 'AT-01': { A1: 180 } }, enabledRules: [] } } }
  expect(signsOf(rule, stricter, [DEFAULT_CLOCK_LIMITS, { ...DEFAULT_CLOCK_LIMITS, handleMinutes: 1_200 }])).toEqual([{ openFor: 17 * HOUR }, given])
})
