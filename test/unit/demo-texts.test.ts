import { expect, test } from 'vitest'
import { PHENOMENA } from '../../bin/demo/phenomena.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'
import { textReader } from '../../core/domain/near-duplicate/reading.ts'

test('texts of the demo, which many of its customers send, are no templates', () => {
  const reader = textReader(DEFAULT_NEAR_DUPLICATE)
  const long = PHENOMENA.flatMap(({ texts }) => texts).filter((text) => reader.grams(reader.said('32', text)).length >= DEFAULT_NEAR_DUPLICATE.leastGrams)
  expect(long).toEqual([])
})
