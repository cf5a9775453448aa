import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import type { Pool } from '../../core/platform/database.ts'
import type { Engine } from '../../core/engine/context.ts'
import { onlyRules } from '../support/abnormal.ts'
import { anEvent, at } from '../support/builders.ts'
import { faultsOf, liveStumbling, type Round, stateOf } from '../support/engine-run.ts'
import { crowdedEngine } from '../support/engine-world.ts'
import { CREATED } from '../support/items.ts'
import { asLifeGoes, jumbled, type Way, ways } from '../support/ways.ts'

const START = at('2026-06-01 08:00')
// Everything comes in time to be part of its hour, whenever it comes: what comes after 72 h is no part of it (test/db/peer-hours.test.ts).
const LAST = START + 40 * HOUR
const END = LAST + DAY

let pool: Pool
let engine: Engine
beforeAll(async () => {
  // So few as they are, replies and refunds of several tickets are to come together.
  const values = { 'AT-17': { alike: 2, A2: 2 }, 'AT-21': { agentRefunds: 3 }, 'AT-23': { share: 20, shareEvents: 1 } }
  ;({ pool, engine } = await crowdedEngine(START - DAY, { ...onlyRules('AT-17', 'AT-21', 'AT-23'), values }))
})
afterAll(() => pool.end())

/** One ticket by a few numbers: claimed and replied to, with a refund, something wrong, something put right. */
interface Course {
  readonly kind: string
  readonly claimed: number
  readonly took: number
  readonly handler: string
  readonly text: string
  readonly refund: null | { readonly hours: number; readonly agent: string; readonly isPaid: boolean }
  readonly isFlawed: boolean
  readonly mend: 'text' | 'handler' | 'void' | 'day' | 'code' | null
}

const course: fc.Arbitrary<Course> = fc.record({
  kind: fc.constantFrom('complaint', 'complaint', 'enquiry'),
  claimed: fc.constantFrom(60, 61, 90, 200, 600),
  took: fc.constantFrom(1, 4, 5, 100, 180, 240),
  handler: fc.constantFrom('h1', 'h1', 'h1', 'h2'),
  text: fc.constantFrom('已处理', '已处理', '已处理！', '线路已更换'),
  refund: fc.option(fc.record({ hours: fc.constantFrom(3, 4, 5, 12), agent: fc.constantFrom('a1', 'a1', 'a2'), isPaid: fc.boolean() }), { freq: 3 }),
  isFlawed: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  mend: fc.constantFrom(null, null, null, 'text', 'handler', 'void', 'day', 'code'),
})

const MAPPED = { ...CREATED, source_category: 'province_complaint' }

function eventsOf({ kind, claimed, took, handler, text, refund, isFlawed, mend }: Course, index: number): TicketEvent[] {
  const ticketNo = `T${index}`
  const start = START + (index % 3) * 10 * MINUTE
  const events: TicketEvent[] = []
  const add = (type: EventType, occurredAt: Instant, payload: Record<string, unknown>, more: Partial<TicketEvent> = {}) =>
    void events.push(anEvent(type, { ticketNo, eventId: `${ticketNo}-${events.length}`, occurredAt, payload, ...more }))
  add('created', start, { ...MAPPED, kind, ...(isFlawed ? { channel: 'kiosk' } : {}) })
  add('dispatched', start + 10 * MINUTE, { leg_id: 'L1', to_unit: 'net' })
  add('claimed', start + claimed * MINUTE, { leg_id: 'L1', handler_id: handler })
  const repliedAt = start + (claimed + took) * MINUTE
  add('replied', repliedAt, { leg_id: 'L1', unit_id: 'net', text })
  const REFUND = { refund_no: 'N1', type: 'refund', amount_cents: 3_000, calculated_cents: 3_000 }
  if (refund !== null) add('refund_requested', start + refund.hours * HOUR, REFUND, { actorId: refund.agent })
  if (refund?.isPaid === true) add('refund_paid', start + (refund.hours + 1) * HOUR, REFUND, { actorId: 'desk' })
  const late = start + 20 * HOUR
  if (mend === 'void') add('voided', late, {})
  if (mend === 'text') add('replied', late, { leg_id: 'L1', unit_id: 'net', text: '换了光猫' }, { correctsEventId: `${ticketNo}-3` })
  if (mend === 'handler') add('claimed', late, { leg_id: 'L1', handler_id: 'h2' }, { correctsEventId: `${ticketNo}-2` })
  if (mend === 'code') add('created', late, { ...MAPPED, kind }, { correctsEventId: `${ticketNo}-0` })
  // The refund was asked for on the day before.
  if (mend === 'day' && refund !== null) add('refund_requested', start - DAY, REFUND, { actorId: refund.agent })
  return events
}

const SOUND = { differences: 0, staleTickets: 0, forgottenTickets: 0, wrongCrowds: 0, wrongPeers: 0 }

async function outcomeOf(rounds: readonly Round[], oneOf: number): Promise<Record<string, unknown>> {
  await liveStumbling(pool, engine, rounds, { end: END, oneOf })
  expect(await faultsOf(engine)).toMatchObject(SOUND)
  return stateOf(pool, true)
}

const seen = { runs: 0, made: new Set<string>(), alerts: new Set<string>() }

/** No run begins after it; the library's own limit would leave a run going on behind the next one. */
const ENOUGH = 25_000
const lawOf = (roundsOf: (events: readonly TicketEvent[], way: Way, last: Instant) => Round[]) => {
  const startedAt = performance.now()
  const worlds = fc.array(course, { minLength: 5, maxLength: 9 }).map((courses) => courses.flatMap(eventsOf))
  return fc.asyncProperty(worlds, ways(40), fc.constantFrom(0, 12), async (events, way, oneOf) => {
    if (performance.now() - startedAt > ENOUGH) return
    const expected = await outcomeOf([{ at: LAST, events, batch: 2_000, workers: 1, hasTimers: false }], 0)
    for (const { group_key: key, made } of expected['peers'] as { group_key: string; made: unknown }[]) if (made !== null) seen.made.add(key.charAt(0))
    for (const { rule_id: rule, severity } of expected['live'] as { rule_id: string; severity: number }[]) seen.alerts.add(`${rule} ${severity}`)
    expect(await outcomeOf(roundsOf(events, way, LAST), oneOf)).toEqual(expected)
    seen.runs += 1
  })
}

test('what others make of replies, refunds and flawed events is the same in whatever order, batches and number of workers they come, whatever fails meanwhile', async () => {
  await fc.assert(lawOf(jumbled), { numRuns: 25 })
})

test('as life goes too, the timers and the look at the hours running in between', async () => {
  await fc.assert(lawOf(asLifeGoes), { numRuns: 25 })
  // Cut short by its time a law would else hold of nothing.
  expect(seen.runs).toBeGreaterThan(5)
  expect([...seen.made].sort()).toEqual(['a', 'h', 'q'])
  if (seen.runs > 30) expect([...seen.alerts].sort()).toEqual(['AT-17 1', 'AT-17 2', 'AT-21 3', 'AT-23 1', 'AT-23 3'])
})
