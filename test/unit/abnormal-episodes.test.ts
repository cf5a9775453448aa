import { describe, expect, test } from 'vitest'
import type { Course } from '../../core/domain/abnormal/course.ts'
import { earliestOf, verdictOfEpisodes } from '../../core/domain/abnormal/episodes.ts'

const course = (from: number, more: Partial<Course> = {}): Course => ({
  rungs: [{ level: 2, from }],
  ends: [],
  facts: { cause: `c${from}` },
  ...more,
})
const ended = (from: number, at: number, how: 'cleared' | 'mitigated' = 'mitigated') => course(from, { ends: [{ at, how }] })
const seen = (episodes: readonly Course[], at: number) => {
  const { level, why, nextChangeAt, facts } = verdictOfEpisodes(episodes, at)
  return [level, why, nextChangeAt, facts['cause']]
}

describe('episodes of a rule on a ticket', () => {
  test('the present one speaks', () => {
    expect(seen([ended(1, 5), course(10)], 10)).toEqual([2, 'true', null, 'c10'])
    expect(seen([ended(1, 5), ended(10, 15, 'cleared')], 20)).toEqual([0, 'cleared', null, 'c10'])
  })

  test('while it is not true, what was true before is not taken back, and its beginning is waited for', () => {
    expect(seen([ended(1, 5), course(10)], 9)).toEqual([0, 'mitigated', 10, 'c1'])
    expect(seen([ended(1, 5), ended(10, 10), ended(12, 12)], 20)).toEqual([0, 'mitigated', null, 'c1'])
  })

  test('where none was true, none was', () => {
    expect(seen([], 5)).toEqual([0, 'never_true', null, undefined])
    expect(seen([ended(5, 5), course(10)], 9)).toEqual([0, 'never_true', 10, 'c10'])
  })

  test('the earliest of what is known', () => {
    expect(earliestOf(null, 7, 3, null)).toBe(3)
    expect(earliestOf(null)).toBe(null)
  })
})
