import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { compareEvents, historyOf } from '../../core/domain/ticket/history.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { anEvent, at, CREATED_PAYLOAD } from '../support/builders.ts'
import { shuffled, ticketHistories } from '../support/ticket-histories.ts'

const START = at('2026-06-01 09:00')
const flagsOf = (events: readonly TicketEvent[]) => foldTicket(events).qualityFlags.map(({ flag }) => flag)

describe('laws of the fold', () => {
  test('any order and any repetition of the same events give the same ticket', () => {
    fc.assert(
      fc.property(
        ticketHistories().chain((events) => fc.tuple(fc.constant(events), shuffled(events))),
        ([events, other]) => {
          expect(foldTicket(other)).toEqual(foldTicket(events))
        },
      ),
      { numRuns: 400 },
    )
  })

  test('two versions under one identity give the same ticket in either order', () => {
    fc.assert(
      fc.property(ticketHistories('T1', 5), fc.constantFrom({ star: 1 }, { kind: 'query' }), (events, extra) => {
        const rival = { ...events[0]!, payload: { ...events[0]!.payload, ...extra } }
        expect(foldTicket([...events, rival])).toEqual(foldTicket([rival, ...events]))
      }),
    )
  })

  test('is plain data: what the store reads back is what was written', () => {
    fc.assert(
      fc.property(ticketHistories(), (events) => {
        expect(JSON.parse(JSON.stringify(foldTicket(events)))).toEqual(foldTicket(events))
      }),
    )
  })

  test('never throws, counts every distinct event and starts no suspension before it ends the last', () => {
    fc.assert(
      fc.property(ticketHistories('T1', 20), (events) => {
        const ticket = foldTicket(events)
        expect(ticket.eventCount).toBe(events.length)
        const ends = ticket.suspensions.map(({ to }) => to)
        expect(ends.slice(0, -1).every((to) => to !== null)).toBe(true)
        for (const [index, span] of ticket.suspensions.slice(1).entries()) expect(span.from).toBeGreaterThanOrEqual(ends[index]!)
        expect(ticket.completedAt === null || ticket.cancelledAt === null).toBe(true)
      }),
    )
  })

  test('does not change the events it is given', () => {
    const events = Object.freeze([anEvent('created'), anEvent('dispatched', { occurredAt: START + 1 })].map((event) => Object.freeze(event)))
    expect(() => foldTicket(events)).not.toThrow()
  })

  test('refuses an empty history', () => {
    expect(() => foldTicket([])).toThrow(RangeError)
  })
})

describe('order', () => {
  const rows: readonly (readonly [string, Partial<TicketEvent>, Partial<TicketEvent>])[] = [
    ['business time first', { occurredAt: START, sourceSeq: 9 }, { occurredAt: START + 1, sourceSeq: 1 }],
    ['then the sequence', { sourceSeq: 1, type: 'completed' }, { sourceSeq: 2, type: 'dispatched' }],
    ['an event without a sequence after those with one', { sourceSeq: 5, type: 'completed' }, { sourceSeq: null, type: 'dispatched' }],
    ['then created before dispatched', { type: 'created', eventId: 'z' }, { type: 'dispatched', eventId: 'a' }],
    ['and terminal events last', { type: 'completed', eventId: 'z' }, { type: 'voided', eventId: 'a' }],
    ['then the event id', { eventId: 'a' }, { eventId: 'b' }],
    ['never the time of receipt', { eventId: 'a', receivedAt: START + HOUR }, { eventId: 'b', receivedAt: START }],
  ]
  test.each(rows)('%s', (_, first, second) => {
    const base = anEvent('dispatched', { eventId: 'm', occurredAt: START })
    const [a, b] = [
      { ...base, ...first },
      { ...base, ...second },
    ]
    expect(Math.sign(compareEvents(a, b))).toBe(-1)
    expect(Math.sign(compareEvents(b, a))).toBe(1)
    expect(historyOf([b, a]).events[0]).toEqual(a)
  })

  test('one sequence number decides between a suspension and its end at one instant', () => {
    const together = (suspended: number, resumed: number) =>
      foldTicket([
        anEvent('created'),
        anEvent('claimed', { occurredAt: START + MINUTE }),
        anEvent('suspended', { occurredAt: START + HOUR, sourceSeq: suspended }),
        anEvent('resumed', { occurredAt: START + HOUR, sourceSeq: resumed }),
      ])
    expect(together(1, 2)).toMatchObject({ status: 'processing', qualityFlags: [] })
    expect(together(2, 1).status).toBe('suspended')
  })
})

describe('one event, once', () => {
  test('the same identity from another source system is another event', () => {
    const events = [
      anEvent('created'),
      anEvent('expedited', { eventId: 'x' }),
      anEvent('expedited', { eventId: 'x', sourceSystem: 'hub', actorId: 'b' }),
    ]
    expect(foldTicket(events)).toMatchObject({ eventCount: 3, expedites: [{ at: START }, { at: START }] })
  })

  test('the same matter under another id is kept once and flagged', () => {
    const twice = [
      anEvent('created'),
      anEvent('expedited', { eventId: 'a', occurredAt: START + HOUR, actorId: 'p', payload: { leg_id: 'L1' } }),
      anEvent('expedited', { eventId: 'b', occurredAt: START + HOUR, actorId: 'p', payload: { leg_id: 'L1', by: 'customer' } }),
    ]
    expect(foldTicket(twice)).toMatchObject({
      expedites: [{ at: START + HOUR }],
      eventCount: 3,
      qualityFlags: [{ flag: 'suspected_duplicate', eventId: 'b' }],
    })
  })

  test.each([
    ['type', { type: 'dispatched' }],
    ['instant', { occurredAt: START + HOUR + 1 }],
    ['actor', { actorId: 'q' }],
    ['leg', { payload: { leg_id: 'L2' } }],
  ] as const)('another %s is another matter', (_, other) => {
    const first = anEvent('expedited', { eventId: 'a', occurredAt: START + HOUR, actorId: 'p', payload: { leg_id: 'L1' } })
    expect(flagsOf([anEvent('created'), first, { ...first, eventId: 'b', ...other }])).toEqual([])
  })

  test('two corrections of different fields at one instant are two matters', () => {
    const ticket = foldTicket([
      anEvent('created'),
      anEvent('corrected', { eventId: 'a', occurredAt: START + 1, payload: { field: 'star', new: 3 } }),
      anEvent('corrected', { eventId: 'b', occurredAt: START + 1, payload: { field: 'region', new: '320502' } }),
    ])
    expect(ticket).toMatchObject({ star: 3, regionCode: '320502', qualityFlags: [] })
  })
})

describe('a correction by corrects_event_id', () => {
  const dispatched = anEvent('dispatched', { eventId: 'd', occurredAt: START + 10 * MINUTE, payload: { to_unit: 'wrong' } })
  const mended = anEvent('dispatched', { eventId: 'm', occurredAt: START + 5 * HOUR, payload: { to_unit: 'right' }, correctsEventId: 'd' })
  const claimed = anEvent('claimed', { occurredAt: START + HOUR })

  test('stands at the original instant and place in the order', () => {
    const ticket = foldTicket([anEvent('created'), dispatched, claimed, mended])
    expect(ticket).toMatchObject({
      status: 'processing',
      unitId: 'right',
      firstDispatchedAt: START + 10 * MINUTE,
      lastEventAt: START + HOUR,
      eventCount: 4,
      qualityFlags: [],
    })
  })

  test('may be of another type: the replaced one never was', () => {
    const released = anEvent('expedited', { eventId: 'm', occurredAt: START + 5 * HOUR, correctsEventId: 'd' })
    expect(foldTicket([anEvent('created'), dispatched, claimed, released])).toMatchObject({
      firstDispatchedAt: null,
      expedites: [{ at: START + 10 * MINUTE }],
      status: 'processing',
    })
  })

  test('of a chain the last one counts, at the place of the first', () => {
    const again = anEvent('dispatched', { eventId: 'n', occurredAt: START + 4 * HOUR, payload: { to_unit: 'final' }, correctsEventId: 'm' })
    expect(foldTicket([again, mended, anEvent('created'), dispatched])).toMatchObject({
      unitId: 'final',
      firstDispatchedAt: START + 10 * MINUTE,
      eventCount: 4,
    })
  })

  test('of two for one event the later one counts', () => {
    const rival = anEvent('dispatched', { eventId: 'a', occurredAt: START + 6 * HOUR, payload: { to_unit: 'later' }, correctsEventId: 'd' })
    expect(foldTicket([anEvent('created'), rival, dispatched, mended]).unitId).toBe('later')
  })

  test('of an event that has not come yet stands for itself, flagged, until it comes', () => {
    expect(foldTicket([anEvent('created'), mended])).toMatchObject({
      unitId: 'right',
      firstDispatchedAt: START + 5 * HOUR,
      qualityFlags: [{ flag: 'correction_without_target', eventId: 'm' }],
    })
  })

  test('in a ring, or of itself, is flagged and nothing is lost', () => {
    const a = anEvent('expedited', { eventId: 'a', occurredAt: START + 1, correctsEventId: 'b' })
    const b = anEvent('expedited', { eventId: 'b', occurredAt: START + 2, correctsEventId: 'a' })
    const self = anEvent('expedited', { eventId: 's', occurredAt: START + 3, correctsEventId: 's' })
    const ticket = foldTicket([anEvent('created'), a, b, self])
    expect(ticket.expedites.map(({ at }) => at)).toEqual([START + 1, START + 2, START + 3])
    expect(ticket.qualityFlags.map(({ flag, eventId }) => `${flag} ${eventId}`)).toEqual([
      'correction_cycle a',
      'correction_cycle b',
      'correction_cycle s',
    ])
  })

  test('of `created` replaces the whole acceptance and keeps its instant', () => {
    const created = anEvent('created', { eventId: 'c' })
    const better = anEvent('created', {
      eventId: 'c2',
      occurredAt: START + 3 * HOUR,
      payload: { ...CREATED_PAYLOAD, region_code: '320502' },
      correctsEventId: 'c',
    })
    expect(foldTicket([better, created])).toMatchObject({ acceptedAt: START, regionCode: '320502', qualityFlags: [] })
  })

  test('a `corrected` event that points at what it is about amends it and does not replace it', () => {
    const created = anEvent('created', { eventId: 'c' })
    const amendment = anEvent('corrected', {
      occurredAt: START + HOUR,
      payload: { field: 'phenomenon', old: 'network', new: 'billing' },
      correctsEventId: 'c',
    })
    expect(foldTicket([created, amendment])).toMatchObject({ acceptedAt: START, phenomenonL1: 'billing', qualityFlags: [] })
  })

  test('a `corrected` event without a field brings what changes of the event that it corrects', () => {
    const created = anEvent('created', { eventId: 'c' })
    const better = anEvent('corrected', { occurredAt: START + HOUR, payload: { region_code: '320502', star: 4 }, correctsEventId: 'c' })
    expect(foldTicket([better, created])).toMatchObject({
      acceptedAt: START,
      regionCode: '320502',
      star: 4,
      phenomenonL2: 'broadband_down',
      qualityFlags: [],
    })
  })

  test('a `corrected` event can itself be corrected', () => {
    const wrong = anEvent('corrected', { eventId: 'w', occurredAt: START + HOUR, payload: { field: 'star', new: 7 } })
    const right = anEvent('corrected', { occurredAt: START + 2 * HOUR, payload: { field: 'star', new: 2 }, correctsEventId: 'w' })
    const ticket = foldTicket([anEvent('created'), wrong, right])
    expect(ticket.star).toBe(2)
    expect(ticket.limitBasis.star).toBe(2)
  })
})

test('folds 2,000 tickets of 8 events in a time that a batch can bear', () => {
  const types = ['created', 'dispatched', 'claimed', 'suspended', 'resumed', 'replied', 'customer_replied', 'completed'] as const
  const tickets = Array.from({ length: 2_000 }, (_, n) =>
    types.map((type, i) => anEvent(type, { ticketNo: `T${n}`, occurredAt: START + i * MINUTE })).reverse(),
  )
  const begun = process.cpuUsage().user
  const folded = tickets.map((events) => foldTicket(events))
  const took = (process.cpuUsage().user - begun) / 1_000
  expect(folded.every((ticket) => ticket.status === 'completed')).toBe(true)
  console.info(`folded 2,000 tickets x 8 events with ${took.toFixed(0)} ms of processor time`)
  // Catches a fold that is no longer linear, not a slow machine; the figure itself is published by the bench.
  expect(took).toBeLessThan(5_000)
})
