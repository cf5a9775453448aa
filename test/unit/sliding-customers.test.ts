import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWithin } from '../../core/domain/region.ts'
import { SlidingCustomers } from '../../core/domain/risk/sliding-customers.ts'

const PLACES = { '00': '/00/', '32': '/00/32/', '3205': '/00/32/3205/', '33': '/00/33/' } as const
type Code = keyof typeof PLACES

test('law: a window that moves on counts at every place as if it were counted anew each time', () => {
  const code = fc.constantFrom<Code>('00', '32', '3205', '33')
  const tickets = fc.array(fc.record({ step: fc.integer({ min: 0, max: 100 }), regionPath: code.map((one) => PLACES[one]), customerKey: fc.integer({ min: 0, max: 25 }).map(String) }), { maxLength: 40 })
  const asked = fc.array(fc.record({ to: fc.integer({ min: 0, max: 130 }), place: code }), { maxLength: 20 })
  fc.assert(
    fc.property(tickets, fc.integer({ min: 1, max: 30 }), asked, fc.uniqueArray(code), (given, window, questions, places) => {
      const sliding = new SlidingCustomers({ steps: given.map(({ step }) => step), regionPaths: given.map(({ regionPath }) => regionPath), customerKeys: given.map(({ customerKey }) => customerKey) }, places)
      for (const { to, place } of questions.sort((a, b) => a.to - b.to)) {
        const inside = given.filter(({ step, regionPath }) => step >= to - window && step < to && isWithin(regionPath, PLACES[place]))
        const anew = places.includes(place) ? new Set(inside.map(({ customerKey }) => customerKey)).size : 0
        expect(sliding.countIn(place, to - window, to)).toBe(anew)
      }
    }),
  )
})
