import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binStart, type CellChange, HALF_MINUTE } from '../../core/domain/count/cell-sums.ts'
import { DIMENSIONS, type Fact } from '../../core/domain/count/fact.ts'
import { countingRegion } from '../../core/domain/count/fact-scene.ts'
import { compactOf, factOf } from '../../core/domain/count/compact-fact.ts'
import { differenceOfTexts, factsOfLines, headOf, linesOf, readDifference, readFacts, withoutEqual, writeDifference, writeFacts } from '../../core/engine/counted.ts'
import { isValid, type Ticket, type TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { HOUR } from '../../core/domain/time.ts'
import { anEvent, aRegionTree, aTicket, at, SHANGHAI, ticketOf } from '../support/builders.ts'
import { cellsOf, factsAt, recount, sumOf, ticketsFrom } from '../support/recount.ts'
import { shuffled, ticketHistories } from '../support/ticket-histories.ts'

const TREE = aRegionTree()
const START = at('2026-06-01 09:00')
const NOW = at('2026-06-20 00:00')
const local = (instant: number) => (instant === 0 ? '-' : new Date(instant + 8 * HOUR).toISOString().slice(5, 19))

const cellLines = (cells: readonly CellChange[], cube: string) =>
  cells.filter((cell) => cell.cube === cube).map(({ binAt, regionCode, value, n }) => `${local(binAt)} ${regionCode} ${value || '-'} ${n[0]}`)

/** What is left of lost and gained facts, as a difference row says it. */
function netOf(lost: readonly Fact[], gained: readonly Fact[]): { fact: Fact; times: number }[] {
  const text = writeDifference(linesOf(writeFacts(lost)), linesOf(writeFacts(gained)))
  return text === null ? [] : readDifference(text).map(([times, fact]) => ({ fact: factOf(fact), times }))
}

describe('what a ticket counts as', () => {
  test.each<[string, Partial<Ticket>]>([
    ['voided', { voidedAt: START + HOUR }],
    ['merged', { mergedAt: START + HOUR }],
    ['a test', { isTest: true }],
    ['not accepted', { acceptedAt: null }],
  ])('nothing, when it is %s (3.7-8)', (_, facts) => {
    expect(factsAt(aTicket({ completedAt: START + HOUR, ...facts }), NOW)).toEqual([])
  })

  test.each([
    ['a district', '320501', '320501'],
    ['a city', '320500', '320500'],
    ['a node that nobody knows counts at the province', '329999', '32'],
  ])('%s', (_, regionCode, expected) => {
    expect(countingRegion(aTicket({ regionCode }), TREE)).toBe(expected)
  })

  test('a province that nobody knows counts at the root', () => {
    expect(countingRegion(aTicket({ regionCode: '99', provinceCode: '99' }), TREE)).toBe('00')
  })

  test('the first level of the phenomenon stands in where there is no second', () => {
    expect(factsAt(aTicket({ phenomenonL2: '' }), NOW)[0]?.by.phenomenon).toBe('network')
  })
})

describe('cells', () => {
  test.each([
    ['2026-05-31 23:59:59.999', ['05-31T00:00:00', '05-25T00:00:00', '05-01T00:00:00']],
    ['2026-06-01 00:00:00.000', ['06-01T00:00:00', '06-01T00:00:00', '06-01T00:00:00']],
  ])('of what was accepted at %s lie in its local day, week and month (0.2-2)', (accepted, bins) => {
    const cells = cellsOf(factsAt(aTicket({ acceptedAt: at(accepted) }), NOW))
    expect(['ACC/day', 'ACC/week', 'ACC/month'].map((cube) => local(cells.find((cell) => cell.cube === cube)!.binAt))).toEqual(bins)
  })

  test('the finest bin holds its start and not its end', () => {
    const bins = [0, HALF_MINUTE - 1, HALF_MINUTE].map((offset) => binStart(START + offset, 'half_minute', SHANGHAI) - START)
    expect(bins).toEqual([0, 0, HALF_MINUTE])
  })

  test('keep the finest node by day and its city by hour, week and cut; province above where weeks are cut', () => {
    const cells = cellsOf(factsAt(aTicket({ completedAt: START + HOUR }), NOW))
    const regions = (cube: string) => cells.find((cell) => cell.cube === cube)?.regionCode
    expect(['ACC/half_minute/phenomenon', 'ACC/day', 'ACC/hour', 'FIN/week', 'FIN/day/phenomenon', 'FIN/month/phenomenon'].map(regions)).toEqual([
      '320501', '320501', '320500', '320500', '320500', '32',
    ])
  })

  test('district unknown: ten in the city, seven in its districts (S-14-5)', () => {
    const codes = [...Array<string>(4).fill('320501'), ...Array<string>(3).fill('320502'), ...Array<string>(3).fill('320500')]
    const cells = cellsOf(codes.flatMap((regionCode) => factsAt(aTicket({ regionCode }), NOW))).filter(({ cube }) => cube === 'ACC/day')
    const under = (code: string) =>
      cells.filter(({ regionCode }) => TREE.chain(regionCode).some((node) => node.code === code)).reduce((sum, { n }) => sum + (n[0] ?? 0), 0)
    expect([under('320500'), under('320501') + under('320502')]).toEqual([10, 7])
  })

  test('a void after the fact takes one away from the day of acceptance (S-14-8)', () => {
    const before = ticketOf(['created', '2026-06-01 09:00'], ['completed', '2026-06-01 15:00'])
    const after = ticketOf(['created', '2026-06-01 09:00'], ['completed', '2026-06-01 15:00'], ['voided', '2026-06-05 10:00'])
    const change = cellsOf(factsAt(after, NOW), factsAt(before, NOW))
    expect(cellLines(change, 'ACC/half_minute/phenomenon')).toEqual(['06-01T09:00:00 320501 broadband_down -1'])
    expect(cellLines(change, 'FIN/day')).toEqual(['06-01T00:00:00 320501 - -1'])
    expect(cellLines(change, 'SNAP/day')).toEqual([])
  })
})

describe('facts as text', () => {
  const fact = (more: Partial<Fact> = {}): Fact => ({
    base: 'FIN', at: START, regionCode: '320501', kind: 'complaint', by: { unit: 'u1', channel: 'hotline' }, measures: { finished: 1, net_seconds: 60 }, sketched: 60, ...more,
  })
  const facts: fc.Arbitrary<Fact> = fc.record({
    base: fc.constantFrom('ACC', 'FIN', 'SNAP', 'NOW'),
    at: fc.integer({ min: 0, max: 2e12 }),
    regionCode: fc.string(),
    kind: fc.constantFrom('complaint', '投诉"\\'),
    by: fc.dictionary(fc.constantFrom(...DIMENSIONS), fc.string({ minLength: 1 })),
    measures: fc.constantFrom({}, { open: -1 }),
  }).map((one) => ({ ...one, by: { ...one.by }, measures: one.base === 'SNAP' || one.base === 'NOW' ? one.measures : {} }) as Fact)

  test('come back as they were', () => {
    expect(readFacts(writeFacts([fact()]))).toEqual([fact()])
    fc.assert(fc.property(fc.array(facts), (list) => {
      const back = readFacts(writeFacts(list))
      expect(back).toHaveLength(list.length)
      expect(back).toEqual(expect.arrayContaining(list))
    }))
  })

  test('are the same text whatever the order of facts and keys, and whether what is empty is said', () => {
    const turned = fact({ by: { channel: 'hotline', unit: 'u1', tier: '' }, measures: { net_seconds: 60, finished: 1, in_time: 0 } })
    expect(writeFacts([turned, fact({ at: 1 })])).toBe(writeFacts([fact({ at: 1 }), fact()]))
  })

  const unsketched = (more: Partial<Fact>): Fact => {
    const { sketched: _, ...rest } = fact(more)
    return rest
  }

  test('are the same by names and by places, and a line says its base and instant before it is read', () => {
    fc.assert(fc.property(facts, (one) => {
      expect(factOf(compactOf(one))).toEqual(one)
      const lines = linesOf(writeFacts([one]))
      expect(factsOfLines(lines)).toEqual([one])
      expect(lines.map(headOf)).toEqual([{ base: one.base, at: one.at }])
    }))
  })

  test('values that look like the text around them are kept apart', () => {
    const odd = (unit: string, n: number) => fact({ by: { unit }, measures: { finished: n } })
    for (const unit of ['],[', '"],[1,2]', ']]', '\\"],[', ',\n']) {
      expect(netOf([odd(unit, 1)], [odd(unit, 3)])).toEqual([{ fact: { ...unsketched({ by: { unit }, measures: { finished: 2 } }) }, times: 1 }])
      expect(netOf([odd(unit, 1)], [odd(`${unit}x`, 1)])).toHaveLength(2)
    }
  })

  test('cancel where they are equal; in one place only what differs is left', () => {
    expect(netOf([fact(), fact()], [fact()])).toEqual([
      { fact: unsketched({ measures: { finished: -1, net_seconds: -60 } }), times: 1 },
      { fact: fact({ measures: {} }), times: -1 },
    ])
    expect(netOf([fact()], [])).toEqual([{ fact: fact(), times: -1 }])
    expect(netOf([fact()], [fact()])).toEqual([])
    expect(netOf([], [fact()])).toEqual([{ fact: fact(), times: 1 }])
    expect(netOf([fact()], [fact({ measures: { finished: 1, net_seconds: 60, in_time: 1 } })])).toEqual([{ fact: unsketched({ measures: { in_time: 1 } }), times: 1 }])
    const others = [fact({ at: START + 1 }), fact({ regionCode: '32' }), fact({ by: { unit: 'u2' } }), fact({ sketched: 61 })]
    for (const other of others) {
      const changes = netOf([fact()], [other])
      expect(changes.length).toBeGreaterThan(0)
      const applied = (list: { fact: Fact; times: number }[]) => cellsOf(list.flatMap(({ fact: one, times }) => (times > 0 ? [one] : [])), list.flatMap(({ fact: one, times }) => (times < 0 ? [one] : [])))
      expect(applied(changes)).toEqual(cellsOf([other], [fact()]))
    }
  })

  test('whole ones cancel whole; of two texts only what one of them has is read', () => {
    const [a, b, c] = [fact({ at: 1 }), fact({ at: 2 }), fact({ at: 3 })]
    expect(withoutEqual([a, b, b], [b, c])).toEqual([{ fact: a, times: -1 }, { fact: b, times: -1 }, { fact: c, times: 1 }])
    const ordered = (list: readonly Fact[]) => list.toSorted((x, y) => x.at - y.at)
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.array(fc.integer({ min: 0, max: 9 })), (was, is) => {
      const [before, after] = [was, is].map((list) => list.map((at_) => fact({ at: at_ }))) as [Fact[], Fact[]]
      const apart = differenceOfTexts(writeFacts(before), writeFacts(after))
      const [lost, gained] = [factsOfLines(apart.lost), factsOfLines(apart.gained)]
      const changes = withoutEqual(before, after).flatMap(({ fact: one, times }) => Array.from({ length: Math.abs(times) }, () => [one, times > 0] as const))
      expect(ordered(lost)).toEqual(ordered(changes.flatMap(([one, isGained]) => (isGained ? [] : [one]))))
      expect(ordered(gained)).toEqual(ordered(changes.flatMap(([one, isGained]) => (isGained ? [one] : []))))
    }))
  })

  test('name dimensions by their place, which no later version may move', () => {
    expect(DIMENSIONS.slice(0, 14)).toEqual([
      'source', 'channel', 'urgency', 'product', 'phenomenon_l1', 'phenomenon', 'tier', 'urban_rural', 'unit', 'cause', 'liability', 'survey_mode', 'stage', 'agent_group',
    ])
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
        const [gained, lost]: [Fact[], Fact[]] = [[], []]
        let start = 0
        for (const end of [...cuts.toSorted((a, b) => a - b), arriving.length]) {
          const before = known.length === 0 ? [] : recount(known, NOW)
          known.push(...arriving.slice(start, end))
          start = Math.max(start, end)
          for (const { fact, times } of netOf(before, recount(known, NOW))) {
            for (let time = Math.abs(times); time > 0; time--) (times > 0 ? gained : lost).push(fact)
          }
        }
        expect(cellsOf(gained, lost)).toEqual(cellsOf(recount(events, NOW)))
      }),
      { numRuns: 60 },
    )
  })

  test('a difference undone is no difference, and its keys are sorted and distinct', () => {
    fc.assert(
      fc.property(worlds, worlds, (one, other) => {
        const [a, b] = [recount(one, NOW), recount(other, NOW)]
        expect(cellsOf([...a, ...b], [...b, ...a])).toEqual([])
        const there = cellsOf(b, a)
        const keys = there.map(({ cube, binAt, regionCode, kind, value }) => [cube, binAt, regionCode, kind, value].join('\u001f'))
        expect(keys).toEqual([...new Set(keys)].sort())
        expect(there.every(({ n }) => n.some((one_) => one_ !== 0))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('accepted = finished + cancelled + open, and the running sum of changes is what is open now', () => {
    fc.assert(
      fc.property(worlds, (events) => {
        const facts = recount(events, NOW)
        const sum = (base: string, measure: string) => sumOf(facts, base, measure)
        const cancelled = ticketsFrom(events).filter((ticket) => isValid(ticket) && ticket.cancelledAt !== null).length
        expect(sum('ACC', 'accepted')).toBe(sum('FIN', 'finished') + cancelled + sum('NOW', 'open'))
        expect(sum('SNAP', 'open')).toBe(sum('NOW', 'open'))
        expect(sum('NOW', 'overdue')).toBeLessThanOrEqual(sum('NOW', 'open'))
        expect(sum('FIN', 'in_time')).toBeLessThanOrEqual(sum('FIN', 'finished'))
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
