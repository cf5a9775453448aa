import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import type { Engine } from '../../core/engine/context.ts'
import { setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { faultsOf, forgetAll, liveThrough, type Round, stateOf, stumbleAt } from '../support/engine-run.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { ticketWalks } from '../support/ticket-histories.ts'

const START = at('2026-05-29 09:00')
/** Tickets are still open, suspended, in survey then; nothing is sent that happens more than 5 min after it. */
const LAST = START + 30 * DAY
/** When everything is compared: by then time alone has moved what the last event left. */
const END = LAST + 3 * DAY

let world: EngineWorld
let pool: Pool
let engine: Engine
beforeAll(async () => {
  world = await engineWorld(new ManualClock(START - DAY))
  await setRules(world.pool, DEFAULT_ABNORMAL_PARAMETERS)
  pool = createPool(world.database.url, { max: 12 })
  engine = { ...world.engine, pool }
})
afterAll(() => pool.end())

const NUMBERS = { product_no: '19912345678', contact_no: '18812340000', customer_id: 'C1' }
const WHERE = {
  regions: ['320500', '320100', '32'],
  customers: [
    NUMBERS,
    { ...NUMBERS, contact_no: '18812340001', customer_id: 'C2', source_ip: '192.0.2.7' },
    { ...NUMBERS, product_no: '19912345679' },
    { customer_id: 'C2' },
    {},
  ],
}

/** Tickets of few customers, each a walk of its own, some of them later than their customer's other ones by minutes, hours or weeks. */
const worlds: fc.Arbitrary<TicketEvent[]> = fc
  .array(fc.tuple(fc.constantFrom(0, MINUTE, 61 * MINUTE, 5 * DAY, 20 * DAY, 29 * DAY), fc.nat(3)), { minLength: 1, maxLength: 7 })
  .chain((starts) =>
    fc.tuple(
      ...starts.map(([late, hours], index) => ticketWalks({ ticketNo: `T${index}`, start: START + late + hours * HOUR, where: WHERE, most: 11 })),
    ),
  )
  .map((walks) => walks.flat().filter(({ occurredAt }) => occurredAt <= LAST + 5 * MINUTE))

interface Way {
  readonly order: readonly number[]
  readonly again: readonly number[]
  readonly sizes: readonly number[]
  readonly batches: readonly number[]
  readonly workers: readonly number[]
  readonly timers: readonly boolean[]
}

const ways = (most: number): fc.Arbitrary<Way> =>
  fc.record({
    order: fc.array(fc.nat(9_999), { minLength: most, maxLength: most }),
    again: fc.array(fc.nat(most), { maxLength: 20 }),
    sizes: fc.array(fc.constantFrom(200, 1, 2, 5, 12), { minLength: 1, maxLength: 6 }),
    batches: fc.array(fc.constantFrom(2_000, 1, 3, 7), { minLength: 1, maxLength: 5 }),
    workers: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
    timers: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
  })

const turn = <T>(list: readonly T[], place: number): T => list[place % list.length] as T

/** Everything after the fact, in an order of chance. */
function jumbled(events: readonly TicketEvent[], way: Way): Round[] {
  const all = [...events, ...way.again.flatMap((place) => events[place] ?? [])]
  const order = all.map((event, place) => ({ event, by: turn(way.order, place) })).sort((a, b) => a.by - b.by)
  return inRounds(
    order.map(({ event }) => ({ event, when: LAST })),
    way,
  )
}

/** As life goes: most events soon, some days late, some a few minutes before they happen. */
function asLifeGoes(events: readonly TicketEvent[], way: Way): Round[] {
  const lateness = [0, MINUTE, -5 * MINUTE, 20 * HOUR, 4 * DAY, 2 * MINUTE, -MINUTE]
  const arriving = [...events, ...way.again.flatMap((place) => events[place] ?? [])].map((event, place) => ({
    event,
    when: Math.min(LAST, event.occurredAt + turn(lateness, turn(way.order, place))),
  }))
  return inRounds(
    arriving.map(({ event, when }) => ({ event, when: Math.max(when, event.occurredAt - 5 * MINUTE) })).sort((a, b) => a.when - b.when),
    way,
  )
}

function inRounds(arriving: readonly { readonly event: TicketEvent; readonly when: Instant }[], way: Way): Round[] {
  const rounds: Round[] = []
  for (let from = 0; from < arriving.length; ) {
    const place = rounds.length
    const part = arriving.slice(from, from + turn(way.sizes, place))
    from += part.length
    rounds.push({
      at: part.at(-1)?.when ?? LAST,
      events: part.map(({ event }) => event),
      batch: turn(way.batches, place),
      workers: turn(way.workers, place),
      hasTimers: turn(way.timers, place),
    })
  }
  return rounds
}

const SOUND = {
  ...{ differences: 0, staleTickets: 0, forgottenTickets: 0, wrongCrowds: 0, examples: [], staleExamples: [] },
  ...{ staleSubjects: 0, forgottenSubjects: 0, lostCorrections: 0, wrongCallers: 0 },
}

async function outcomeOf(rounds: readonly Round[], oneOf: number): Promise<Record<string, unknown>> {
  await forgetAll(pool)
  await stumbleAt(pool, oneOf)
  try {
    await liveThrough(engine, rounds, END)
  } finally {
    await stumbleAt(pool, 0)
  }
  expect(await faultsOf(engine)).toEqual(SOUND)
  return stateOf(pool)
}

describe('the same tickets, cells and sketches', () => {
  const seen = { runs: 0, repeats: 0 }
  /** No run begins after it. The library's own limit would leave a run going on behind the next one, in the same database. */
  const ENOUGH = 25_000
  const lawOf = (roundsOf: (events: readonly TicketEvent[], way: Way) => Round[], stumbles: fc.Arbitrary<number>) => {
    const startedAt = performance.now()
    return fc.asyncProperty(worlds, ways(40), stumbles, async (events, way, oneOf) => {
      if (performance.now() - startedAt > ENOUGH) return
      const orderly = [{ at: LAST, events, batch: 2_000, workers: 1, hasTimers: false }]
      const expected = await outcomeOf(orderly, 0)
      seen.repeats += (expected['tickets'] as Record<string, unknown>[]).filter((ticket) => ticket['customer_history'] !== null).length
      expect(await outcomeOf(roundsOf(events, way), oneOf)).toEqual(expected)
      seen.runs += 1
    })
  }
  const choice = { numRuns: 25 }

  test('in whatever order events come, however often, in whatever batches, however many workers fold them, whatever fails meanwhile', async () => {
    await fc.assert(lawOf(jumbled, fc.constantFrom(0, 12, 5)), choice)
  })

  test('as life goes: some late, some early, the timers running in between', async () => {
    await fc.assert(lawOf(asLifeGoes, fc.constantFrom(0, 12)), choice)
    // Cut short by its time a law would else hold of nothing.
    expect(seen.runs).toBeGreaterThan(5)
    if (seen.runs > 30) expect(seen.repeats).toBeGreaterThan(5)
  })
})
