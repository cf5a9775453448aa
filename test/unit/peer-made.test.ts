import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PeerFact } from '../../core/domain/peer/peer-fact.ts'
import {
  countSuch,
  isSuch,
  LONGEST_FAST,
  madeOfDay,
  madeOfHour,
  MOST_ALIKE,
  MOST_OF_A_DAY,
  MOST_REFUNDS,
  MOST_SUCH,
  type ReplyMade,
  ticketPeers,
} from '../../core/domain/peer/peer-made.ts'
import { MINUTE } from '../../core/domain/time.ts'

const reply = (place: number, took: number | null, digest: string | null = null): PeerFact => ({ groupKey: 'h32|2026-06-01|k', at: place, ticketKey: `T${place}`, subject: 'L1', took, digest })
const refunds = (count: number): PeerFact[] =>
  Array.from({ length: count }, (_, place) => ({ groupKey: 'a32|2026-06-01|k', at: place, ticketKey: `T${place}`, subject: 'N1', took: null, digest: null }))
const alike = (count: number) => madeOfDay(Array.from({ length: count }, (_, place) => reply(place, null, 'x')))

describe('replies of a day', () => {
  test('ordinary ones make nothing of each other', () => {
    expect(madeOfDay([reply(1, LONGEST_FAST, 'a'), reply(2, null, 'b'), reply(3, null), reply(4, null)])).toEqual([null, null, null, null])
  })

  test('each is told how many before it were worded alike, up to the most that is asked', () => {
    expect(alike(4).map((made) => (made as ReplyMade | null)?.alike ?? 0)).toEqual([0, 1, 2, 3])
    expect((alike(MOST_ALIKE + 5).at(-1) as ReplyMade).alike).toBe(MOST_ALIKE)
  })

  test('a fast one alone is its own ticket’s to see', () => {
    expect(madeOfDay([reply(1, MINUTE), reply(2, 2 * MINUTE, 'a')])).toEqual([null, { alike: 0, before: [[MINUTE, 0]] }])
  })

  test('beyond the 500th nothing is made of a reply', () => {
    const made = alike(MOST_OF_A_DAY + 2)
    expect([made[MOST_OF_A_DAY - 1] !== null, made[MOST_OF_A_DAY], made[MOST_OF_A_DAY + 1]]).toEqual([true, null, null])
  })

  test('of ten and more that are the same the tenth still finds nine before it', () => {
    const day = Array.from({ length: 14 }, (_, place) => reply(place, MINUTE))
    const counts = madeOfDay(day).map((made) => countSuch((made as ReplyMade | null)?.before ?? [], { fast: 5 * MINUTE, alike: 5 }))
    expect(counts).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9])
  })

  test('law: what is kept of earlier ones answers every setting as all of them would', () => {
    const day = fc.array(fc.tuple(fc.constantFrom(null, 1, 2, 3, 5, 8, 60, 119, 120).map((m) => (m === null ? null : m * MINUTE)), fc.constantFrom(null, null, 'a', 'b', 'c')), { maxLength: 60, size: 'max' })
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: LONGEST_FAST / MINUTE }), fc.integer({ min: 1, max: 12 }), (replies, minutes, most) => {
        const facts = replies.map(([took, digest], place) => reply(place, took, digest))
        const made = madeOfDay(facts) as (ReplyMade | null)[]
        const bounds = { fast: minutes * MINUTE, alike: most }
        const such = facts.map(({ took, digest }, place) => {
          const before = facts.slice(0, place).filter((other) => digest !== null && other.digest === digest).length
          return isSuch(took, before, bounds)
        })
        facts.forEach(({ took }, place) => {
          expect(isSuch(took, made[place]?.alike ?? 0, bounds)).toBe(such[place])
          if (!such[place]) return
          const earlier = such.slice(0, place).filter(Boolean).length
          expect(countSuch(made[place]?.before ?? [], bounds)).toBe(Math.min(MOST_SUCH - 1, earlier))
        })
      }),
      { numRuns: 500 },
    )
  })

  test('what is kept is little, however many replies a day has', () => {
    const day = Array.from({ length: MOST_OF_A_DAY }, (_, place) => reply(place, ((place * 7_919) % 7_000) * 1_000, `d${place % 97}`))
    const sizes = madeOfDay(day).map((made) => (made as ReplyMade | null)?.before.length ?? 0)
    expect(Math.max(...sizes)).toBeLessThan(60)
  })
})

test('each refund is told how many its agent had that day, up to the most that is asked', () => {
  expect(madeOfDay(refunds(6))).toEqual([null, { earlier: 1 }, { earlier: 2 }, { earlier: 3 }, { earlier: 4 }, { earlier: 5 }])
  expect(madeOfDay(refunds(MOST_REFUNDS + 3)).at(-1)).toEqual({ earlier: MOST_REFUNDS })
})

test.each([
  [100, 1, { events: 100, flawed: 1 }],
  [101, 1, null],
  [199, 2, { events: 199, flawed: 2 }],
  [0, 0, null],
  [5, 0, null],
  // Events of an import that went another way are not counted: what is known to be flawed is a share of at least all.
  [0, 1, { events: 0, flawed: 1 }],
])('of an hour of %i events with %i flawed', (events, flawed, made) => {
  expect(madeOfHour(events, flawed)).toEqual(made)
})

test('of one fact under two keys the one counts that knows more of the day', () => {
  const fact = (key: string, earlier: number) => ({ groupKey: `a32|2026-06-01|${key}`, at: 1, subject: 'N1', made: { earlier } })
  for (const order of [[fact('k1', 4), fact('k2', 2)], [fact('k2', 2), fact('k1', 4)]]) expect(ticketPeers(order).refund('N1')).toEqual({ earlier: 4 })
})
