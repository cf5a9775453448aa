import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterPauses, type Pause, pausedBetween } from '../../core/domain/ticket/clocks/pauses.ts'
import { NATURAL } from '../../core/domain/ticket/worked-time.ts'

describe('the instant by which so much time has passed outside the pauses', () => {
  test.each([
    ['without pauses', 10, [], 10],
    ['up to the beginning of a pause', 5, [{ from: 5, to: 9 }], 5],
    ['beyond it', 6, [{ from: 5, to: 9 }], 10],
    [
      'beyond a second',
      8,
      [
        { from: 5, to: 9 },
        { from: 11, to: 20 },
      ],
      21,
    ],
    ['no time at all, in a pause', 0, [{ from: 0, to: 9 }], 0],
    ['before a pause without an end', 5, [{ from: 5, to: Number.POSITIVE_INFINITY }], 5],
    ['never, in a pause without an end', 6, [{ from: 5, to: Number.POSITIVE_INFINITY }], null],
  ] as const)('%s', (_, ms, pauses, expected) => {
    expect(afterPauses(0, ms, pauses)).toBe(expected)
  })

  test('law: by then that much has passed, and a millisecond earlier it had not', () => {
    const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), { maxLength: 4 })
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 60 }), (steps, ms) => {
        const pauses: Pause[] = []
        for (const [run, rest] of steps) {
          const from = (pauses.at(-1)?.to ?? 100) + run
          pauses.push({ from, to: from + rest })
        }
        const then = afterPauses(100, ms, pauses)!
        const passed = (at: number) => at - 100 - pausedBetween(NATURAL, pauses, 100, at)
        expect(passed(then)).toBe(ms)
        expect(passed(then - 1)).toBe(ms - 1)
      }),
    )
  })
})
