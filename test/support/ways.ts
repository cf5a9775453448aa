import fc from 'fast-check'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { Round } from './engine-run.ts'

/** How events come: in which order, which of them again, how many at a time, folded in what batches and by how many workers. */
export interface Way {
  readonly order: readonly number[]
  readonly again: readonly number[]
  readonly sizes: readonly number[]
  readonly batches: readonly number[]
  readonly workers: readonly number[]
  readonly timers: readonly boolean[]
}

export const ways = (most: number): fc.Arbitrary<Way> =>
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
export function jumbled(events: readonly TicketEvent[], way: Way, last: Instant): Round[] {
  const all = [...events, ...way.again.flatMap((place) => events[place] ?? [])]
  const order = all.map((event, place) => ({ event, by: turn(way.order, place) })).sort((a, b) => a.by - b.by)
  return inRounds(
    order.map(({ event }) => ({ event, when: last })),
    way,
    last,
  )
}

/** As life goes: most events soon, some days late, some a few minutes before they happen. */
export function asLifeGoes(events: readonly TicketEvent[], way: Way, last: Instant): Round[] {
  const lateness = [0, MINUTE, -5 * MINUTE, 20 * HOUR, 4 * DAY, 2 * MINUTE, -MINUTE]
  const arriving = [...events, ...way.again.flatMap((place) => events[place] ?? [])].map((event, place) => ({
    event,
    when: Math.min(last, event.occurredAt + turn(lateness, turn(way.order, place))),
  }))
  return inRounds(
    arriving.map(({ event, when }) => ({ event, when: Math.max(when, event.occurredAt - 5 * MINUTE) })).sort((a, b) => a.when - b.when),
    way,
    last,
  )
}

function inRounds(arriving: readonly { readonly event: TicketEvent; readonly when: Instant }[], way: Way, last: Instant): Round[] {
  const rounds: Round[] = []
  for (let from = 0; from < arriving.length; ) {
    const place = rounds.length
    const part = arriving.slice(from, from + turn(way.sizes, place))
    from += part.length
    rounds.push({
      at: part.at(-1)?.when ?? last,
      events: part.map(({ event }) => event),
      batch: turn(way.batches, place),
      workers: turn(way.workers, place),
      hasTimers: turn(way.timers, place),
    })
  }
  return rounds
}
