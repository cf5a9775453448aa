import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlidingCustomers } from '../../core/domain/risk/sliding-customers.ts'

test('law: a window that moves on counts as if it were counted anew each time', () => {
  const tickets = fc.array(fc.record({ acceptedAt: fc.integer({ min: 0, max: 100 }), customerKey: fc.constantFrom('a', 'b', 'c', 'd') }), { maxLength: 40 })
  fc.assert(
    fc.property(tickets, fc.integer({ min: 1, max: 30 }), fc.array(fc.integer({ min: 0, max: 130 }), { maxLength: 20 }), (given, window, asked) => {
      const inOrder = [...given].sort((a, b) => a.acceptedAt - b.acceptedAt)
      const sliding = new SlidingCustomers()
      for (const ticket of inOrder) sliding.push(ticket)
      for (const to of asked.sort((a, b) => a - b)) {
        const anew = new Set(inOrder.filter(({ acceptedAt }) => acceptedAt >= to - window && acceptedAt < to).map(({ customerKey }) => customerKey))
        expect(sliding.countIn(to - window, to)).toBe(anew.size)
      }
    }),
  )
})
