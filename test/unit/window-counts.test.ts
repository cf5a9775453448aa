import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRegionTree, isWithin } from '../../core/domain/region.ts'
import { WindowCounts } from '../../core/domain/risk/window-counts.ts'
import { node } from '../support/node.ts'

const tree = buildRegionTree([
  node('00', null, 'group', '/00/'),
  node('32', '00', 'province', '/00/32/'),
  node('3205', '32', 'city', '/00/32/3205/'),
  node('3201', '32', 'city', '/00/32/3201/'),
  node('33', '00', 'province', '/00/33/'),
])
const least = { group: Number.POSITIVE_INFINITY, province: 5, city: 3 } as const
const STEP = 1_000

test('law: a sliding window holds at every place what lies in it, knows those that have enough, and what lay in it before', () => {
  const ticket = fc.record({ step: fc.integer({ min: 0, max: 59 }), code: fc.constantFrom('3205', '3201', '32', '33'), phenomenon: fc.constantFrom('a', 'b'), n: fc.integer({ min: 1, max: 3 }) })
  fc.assert(
    fc.property(fc.array(ticket, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), fc.constantFrom(7, 20, 60), (given, windowSteps, stretch) => {
      const counts = new WindowCounts(tree, (level) => least[level as keyof typeof least], STEP, windowSteps * STEP)
      const held = (path: string, phenomenon: string, from: number, to: number) =>
        given.filter((one) => one.phenomenon === phenomenon && one.step >= from && one.step < to && isWithin(tree.get(one.code)?.path ?? '', path)).reduce((sum, { n }) => sum + n, 0)
      for (let first = 0; first < 60; first += stretch) {
        const mine = given.filter(({ step }) => step >= first && step < first + stretch)
        counts.take(['a', 'b'].map((phenomenon) => {
          const lines = mine.filter((one) => one.phenomenon === phenomenon)
          return { phenomenon, steps: lines.map(({ step }) => step), regionCodes: lines.map(({ code }) => code), counts: lines.map(({ n }) => n) }
        }))
        for (let to = first + 1; to <= Math.min(60, first + stretch); to += 1) {
          counts.slide(to)
          const hot = [...counts.hot].map(({ node: { code }, phenomenon, tickets }) => `${code} ${phenomenon} ${tickets}`).sort()
          const expected = ['3205', '3201', '32', '33'].flatMap((code) => ['a', 'b'].flatMap((phenomenon) => {
            const n = held(tree.get(code)?.path ?? '', phenomenon, to - windowSteps, to)
            return n >= (tree.get(code)?.level === 'province' ? least.province : least.city) ? [`${code} ${phenomenon} ${n}`] : []
          }))
          expect(hot).toEqual(expected.sort())
          for (const watched of counts.hot) {
            const window = { from: (to - 5) * STEP, to: (to - 2) * STEP, basis: 'weeks' } as const
            expect(counts.past(watched, window)).toBe(held(watched.node.path, watched.phenomenon, to - 5, to - 2))
          }
        }
      }
    }),
  )
})
