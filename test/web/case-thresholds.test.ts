import { expect, test } from 'vitest'
import { thresholdMarks } from '../../web/case/thresholds.ts'

test.each([
  [9, [false, false, false, false]],
  [10, [true, false, false, false]],
  [29, [true, false, false, false]],
  [30, [true, true, false, false]],
  [300, [true, true, true, true]],
])('of %d the thresholds of a city that are reached', (value, reached) => {
  const marks = thresholdMarks({ value, thresholds: [10, 30, 100, 300] })
  expect(marks.map(({ isReached }) => isReached)).toEqual(reached)
  expect(marks.map(({ severity, at }) => [severity, at])).toEqual([[1, 10], [2, 30], [3, 100], [4, 300]])
})

test('a colour without a threshold is left out; a rule that is not judged by one number has none', () => {
  expect(thresholdMarks({ value: 3, thresholds: [null, 1, null, 5] }).map(({ severity }) => severity)).toEqual([2, 4])
  expect(thresholdMarks({ value: 3, thresholds: null })).toEqual([])
})
