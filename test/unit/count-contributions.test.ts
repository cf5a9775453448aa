import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Contribution, CUBES, FINE_BIN } from '../../core/domain/count/contribution.ts'
import { cellKey, contributions, countingRegion, differenceOf } from '../../core/domain/count/contributions.ts'
import { DEFAULT_HANDLE_LIMITS } from '../../core/domain/ticket/clock.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { isValid, type Ticket, type TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { anEvent, aRegionTree, aTicket, at, SHANGHAI, ticketOf } from '../support/builders.ts'
import { contributionsAt, recount, ticketsFrom } from '../support/recount.ts'
import { shuffled, ticketHistories } from '../support/ticket-histories.ts'

const TREE = aRegionTree()
const START = at('2026-06-01 09:00')
const NOW = at('2026-06-20 00:00')

/** `cube day region phenomenon n`, one line per contribution. */
const lines = (list: readonly Contribution[]) =>
  list.map(({ cube, binAt, regionCode, phenomenon, n }) =>
    [cube, binAt === 0 ? '-' : new Date(binAt + 8 * HOUR).toISOString().slice(5, 19), regionCode, phenomenon || '-', n].join(' '),
  )

describe('what a ticket counts for', () => {
  const ACCEPTED = ['accepted_30s 06-01T09:00:00 320501 broadband_down 1', 'accepted_day 06-01T00:00:00 320500 broadband_down 1']

  test.each<[string, Partial<Ticket>, string[]]>([
    ['an open one', {}, ['open_change_day 06-01T00:00:00 320500 - 1', 'open_now - 320501 - 1', 'overdue_now - 320501 - 1']],
    [
      'one finished in time on another day',
      { completedAt: START + 48 * HOUR },
      [
        'finished_day 06-03T00:00:00 320500 broadband_down 1',
        'finished_in_time_day 06-03T00:00:00 320500 broadband_down 1',
        'open_change_day 06-01T00:00:00 320500 - 1',
        'open_change_day 06-03T00:00:00 320500 - -1',
      ],
    ],
    [
      'one finished a millisecond late',
      { completedAt: START + 48 * HOUR + 1 },
      [
        'finished_day 06-03T00:00:00 320500 broadband_down 1',
        'open_change_day 06-01T00:00:00 320500 - 1',
        'open_change_day 06-03T00:00:00 320500 - -1',
      ],
    ],
    [
      'one finished on the day of its acceptance',
      { completedAt: START + HOUR },
      ['finished_day 06-01T00:00:00 320500 broadband_down 1', 'finished_in_time_day 06-01T00:00:00 320500 broadband_down 1'],
    ],
    [
      'a cancelled one: volume, and open until then',
      { cancelledAt: START + DAY },
      ['open_change_day 06-01T00:00:00 320500 - 1', 'open_change_day 06-02T00:00:00 320500 - -1'],
    ],
    [
      'a fault finished: no clock, so never in time',
      { kind: 'fault', completedAt: START + HOUR },
      ['finished_day 06-01T00:00:00 320500 broadband_down 1'],
    ],
  ])('%s', (_, facts, more) => {
    expect(lines(contributionsAt(aTicket(facts), NOW))).toEqual([...ACCEPTED, ...more])
  })

  test.each<[string, Partial<Ticket>]>([
    ['voided', { voidedAt: START + HOUR }],
    ['merged', { mergedAt: START + HOUR }],
    ['a test', { isTest: true }],
    ['not accepted', { acceptedAt: null }],
  ])('nothing, when it is %s (3.7-8)', (_, facts) => {
    expect(contributionsAt(aTicket({ completedAt: START + HOUR, ...facts }), NOW)).toEqual([])
  })

  test('is overdue only by the judgement that is handed in', () => {
    const input = { ticket: aTicket(), limits: DEFAULT_HANDLE_LIMITS, tree: TREE, zone: SHANGHAI }
    expect(contributions({ ...input, isOverdue: false }).some(({ cube }) => cube === 'overdue_now')).toBe(false)
    expect(contributions({ ...input, isOverdue: true }).some(({ cube }) => cube === 'overdue_now')).toBe(true)
  })

  test.each([
    ['2026-05-31 23:59:59.999', '05-31'],
    ['2026-06-01 00:00:00.000', '06-01'],
  ])('accepted at %s belongs to %s (0.2-2)', (accepted, day) => {
    const cell = contributionsAt(aTicket({ acceptedAt: at(accepted) }), NOW).find(({ cube }) => cube === 'accepted_day')!
    expect(lines([cell])[0]).toContain(`${day}T00:00:00`)
  })

  test('the finest bin holds its start and not its end', () => {
    const bins = [0, FINE_BIN - 1, FINE_BIN].map((offset) => contributionsAt(aTicket({ acceptedAt: START + offset }), NOW)[0]!.binAt - START)
    expect(bins).toEqual([0, 0, FINE_BIN])
  })

  test.each([
    ['a district', '320501', { finest: '320501', city: '320500' }],
    ['a city', '320500', { finest: '320500', city: '320500' }],
    ['a province', '32', { finest: '32', city: '32' }],
    ['a node that nobody knows counts at the province', '329999', { finest: '32', city: '32' }],
  ])('%s', (_, regionCode, expected) => {
    expect(countingRegion(aTicket({ regionCode }), TREE)).toEqual(expected)
  })

  test('a province that nobody knows counts at the root', () => {
    expect(countingRegion(aTicket({ regionCode: '99', provinceCode: '99' }), TREE)).toEqual({ finest: '00', city: '00' })
  })

  test('the first level of the phenomenon stands in where there is no second', () => {
    expect(contributionsAt(aTicket({ phenomenonL2: '' }), NOW)[0]!.phenomenon).toBe('network')
  })

  test('district unknown: ten in the city, seven in its districts (S-14-5)', () => {
    const codes = [...Array<string>(4).fill('320501'), ...Array<string>(3).fill('320502'), ...Array<string>(3).fill('320500')]
    const cells = codes.flatMap((regionCode) => contributionsAt(aTicket({ regionCode }), NOW)).filter(({ cube }) => cube === 'accepted_30s')
    const under = (code: string) => cells.filter(({ regionCode }) => TREE.chain(regionCode).some((node) => node.code === code)).length
    expect([under('320500'), under('320501') + under('320502')]).toEqual([10, 7])
  })

  test('a void after the fact takes one away from the day of acceptance (S-14-8)', () => {
    const before = ticketOf(['created', '2026-06-01 09:00'], ['completed', '2026-06-01 15:00'])
    const after = ticketOf(['created', '2026-06-01 09:00'], ['completed', '2026-06-01 15:00'], ['voided', '2026-06-05 10:00'])
    const change = differenceOf(contributionsAt(before, NOW), contributionsAt(after, NOW))
    expect(lines(change)).toEqual([
      'accepted_30s 06-01T09:00:00 320501 broadband_down -1',
      'accepted_day 06-01T00:00:00 320500 broadband_down -1',
      'finished_day 06-01T00:00:00 320500 broadband_down -1',
      'finished_in_time_day 06-01T00:00:00 320500 broadband_down -1',
    ])
  })
})

describe('the difference', () => {
  const cell = (n: number, more: Partial<Contribution> = {}): Contribution => ({
    cube: 'accepted_day',
    binAt: START,
    regionCode: '32',
    kind: 'complaint',
    phenomenon: 'x',
    n,
    ...more,
  })

  test('nets out, drops zero and sorts by cell', () => {
    const before = [cell(1), cell(1, { regionCode: '33' })]
    const after = [cell(1, { regionCode: '33' }), cell(2, { regionCode: '31' }), cell(3, { cube: 'accepted_30s' })]
    expect(differenceOf(before, after)).toEqual([cell(3, { cube: 'accepted_30s' }), cell(2, { regionCode: '31' }), cell(-1)])
    expect(differenceOf(after, after)).toEqual([])
  })

  test('cells differ by each part of their key and not by their count', () => {
    const others = [
      cell(1, { cube: 'finished_day' }),
      cell(1, { binAt: START + 1 }),
      cell(1, { regionCode: '33' }),
      cell(1, { kind: 'query' }),
      cell(1, { phenomenon: 'y' }),
    ]
    expect(new Set([cell(1), ...others].map(cellKey)).size).toBe(6)
    expect(cellKey(cell(1))).toBe(cellKey(cell(5)))
    expect(cellKey(cell(1, { kind: 'ab', phenomenon: 'c' }))).not.toBe(cellKey(cell(1, { kind: 'a', phenomenon: 'bc' })))
  })
})

describe('laws of counting', () => {
  const worlds = fc.tuple(ticketHistories('T1', 8), ticketHistories('T2', 8), ticketHistories('T3', 8)).map((tickets) => tickets.flat())

  test('differences written batch by batch, in any order and with repetitions, add up to a recount of all events', () => {
    const world = worlds.chain((events) =>
      fc.tuple(fc.constant(events), shuffled(events), fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 })),
    )
    fc.assert(
      fc.property(world, ([events, arriving, cuts]) => {
        const known: TicketEvent[] = []
        let cells: readonly Contribution[] = []
        let start = 0
        for (const end of [...cuts.toSorted((a, b) => a - b), arriving.length]) {
          const before = known.length === 0 ? [] : recount(known, NOW)
          known.push(...arriving.slice(start, end))
          start = Math.max(start, end)
          const change = differenceOf(before, recount(known, NOW))
          cells = differenceOf([], [...cells, ...change])
        }
        expect(cells).toEqual(differenceOf([], recount(events, NOW)))
      }),
      { numRuns: 150 },
    )
  })

  test('a difference undone is no difference, and its keys are sorted and distinct', () => {
    fc.assert(
      fc.property(worlds, worlds, (one, other) => {
        const [a, b] = [recount(one, NOW), recount(other, NOW)]
        const there = differenceOf(a, b)
        expect(differenceOf([], [...there, ...differenceOf(b, a)])).toEqual([])
        const keys = there.map(cellKey)
        expect(keys).toEqual([...new Set(keys)].sort())
        expect(there.every(({ n, cube }) => n !== 0 && CUBES.includes(cube))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('follow from the ticket alone: time moves nothing but the overdue gauge', () => {
    fc.assert(
      fc.property(ticketHistories(), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (events, a, b) => {
        const ticket = foldTicket(events)
        const still = (days: number) => contributionsAt(ticket, START + days * DAY).filter(({ cube }) => cube !== 'overdue_now')
        expect(still(a)).toEqual(still(b))
      }),
    )
  })

  test('accepted = finished + cancelled + open, and the running sum of changes is the open gauge', () => {
    fc.assert(
      fc.property(worlds, (events) => {
        const cells = recount(events, NOW)
        const sum = (cube: string) => cells.filter((one) => one.cube === cube).reduce((total, { n }) => total + n, 0)
        const cancelled = ticketsFrom(events).filter((ticket) => isValid(ticket) && ticket.cancelledAt !== null).length
        expect(sum('accepted_day')).toBe(sum('finished_day') + cancelled + sum('open_now'))
        expect(sum('open_change_day')).toBe(sum('open_now'))
        expect(sum('accepted_30s')).toBe(sum('accepted_day'))
        expect(sum('overdue_now')).toBeLessThanOrEqual(sum('open_now'))
        expect(sum('finished_in_time_day')).toBeLessThanOrEqual(sum('finished_day'))
      }),
      { numRuns: 200 },
    )
  })
})

test('an event of another ticket changes nothing of this one', () => {
  const other = anEvent('created', { ticketNo: 'T2', payload: { kind: 'query' } })
  const alone = recount([anEvent('created')], NOW)
  expect(recount([anEvent('created'), other], NOW).slice(0, alone.length)).toEqual(alone)
})
