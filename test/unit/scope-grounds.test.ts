import { expect, test } from 'vitest'
import { scopeGrounds } from '../../core/domain/risk/scope-grounds.ts'

const at = (code: string, depth: number, customers: number) => ({ code, depth, customers })

test.each([
  ['at 69 of 100 the share is not held', [at('32', 0, 100), at('320500', 1, 69), at('320100', 1, 31)], 'spread', '320500', 69],
  ['at 70 of 100 it is', [at('32', 0, 100), at('320500', 1, 70), at('320100', 1, 30)], 'not_true_below', '320500', 70],
  ['of places that hold it the lowest is told', [at('32', 0, 100), at('320500', 1, 90), at('320508', 2, 80), at('320506', 2, 10)], 'not_true_below', '320508', 80],
  ['of places that do not, the one with most customers', [at('00', 0, 100), at('32', 1, 60), at('320500', 2, 60), at('44', 1, 40)], 'spread', '32', 60],
  ['no finer place', [at('320500', 0, 40)], 'lowest', null, 0],
  ['a finer place without customers is none', [at('320500', 0, 40), at('320508', 1, 0)], 'lowest', null, 0],
  ['nobody', [at('32', 0, 0)], 'no_customers', null, 0],
  ['nothing at all', [], 'no_customers', null, 0],
] as const)('%s', (_, places, kind, part, partCustomers) => {
  const customers = places[0]?.customers ?? 0
  expect(scopeGrounds(places, 0.7, false)).toEqual({ kind, part, partCustomers, customers, share: 0.7 })
  expect(scopeGrounds(places, 0.7, true)).toMatchObject({ kind: 'by_hand', part })
})
