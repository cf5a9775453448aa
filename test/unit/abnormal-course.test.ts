import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abnormalFaults, ABNORMAL_RULES, completedAbnormal, DEFAULT_ABNORMAL_PARAMETERS, valuesFor } from '../../core/domain/abnormal/catalogue.ts'
import { type Course, verdictOf } from '../../core/domain/abnormal/course.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'

const course = (more: Partial<Course>): Course => ({ rungs: [{ level: 1, from: 10 }, { level: 3, from: 20 }], ends: [], facts: { cause: 'c' }, ...more })
const seen = (one: Course, at: number) => {
  const { level, why, nextChangeAt } = verdictOf(one, at)
  return [level, why, nextChangeAt]
}

describe('a course', () => {
  test.each([
    [9, [0, 'never_true', 10]],
    [10, [1, 'true', 20]],
    [19, [1, 'true', 20]],
    [20, [3, 'true', null]],
  ])('climbs: at %i', (at, expected) => {
    expect(seen(course({}), at)).toEqual(expected)
  })

  test('ended by a fact is ended whenever one looks, and was true only if a rung came before the end', () => {
    const ended = (at: number) => course({ ends: [{ at, how: 'cleared' }] })
    expect([5, 12, 30].map((at) => seen(ended(11), at))).toEqual([[0, 'cleared', null], [0, 'cleared', null], [0, 'cleared', null]])
    expect(seen(ended(10), 30)).toEqual([0, 'never_true', null])
  })

  test('ended by time ends then, not before', () => {
    const fading = course({ ends: [{ at: 15, how: 'mitigated', isByTime: true }] })
    expect([9, 10, 14, 15].map((at) => seen(fading, at))).toEqual([[0, 'never_true', 10], [1, 'true', 15], [1, 'true', 15], [0, 'mitigated', null]])
  })

  test('is answered by any end that clears it, and else left to a person', () => {
    const both = course({ ends: [{ at: 12, how: 'mitigated' }, { at: 14, how: 'cleared' }] })
    expect(seen(both, 30)).toEqual([0, 'cleared', null])
    expect(seen(course({ ends: [{ at: 12, how: 'mitigated' }] }), 30)).toEqual([0, 'mitigated', null])
    expect(seen(course({ ends: [{ at: 12, how: 'mitigated' }, { at: 40, how: 'cleared', isByTime: true }] }), 30)).toEqual([0, 'mitigated', 40])
  })

  test('law: it changes at the instants that it names and nowhere else, and never falls but to its end', () => {
    const rungs = fc.array(fc.record({ level: fc.constantFrom<Severity>(1, 2, 3, 4), from: fc.integer({ min: 1, max: 50 }) }), { maxLength: 5 })
    const ends = fc.array(fc.record({ at: fc.integer({ min: 1, max: 60 }), how: fc.constantFrom('cleared' as const, 'mitigated' as const), isByTime: fc.constant(true as const) }), { maxLength: 2 })
    fc.assert(fc.property(rungs, ends, (climbed, ended) => {
      const one = course({ rungs: climbed, ends: ended })
      const at = (instant: number) => verdictOf(one, instant)
      for (let now = 0; now < 60; now++) {
        const [here, next] = [at(now), at(now + 1)]
        if (here.level !== next.level || here.why !== next.why) expect(here.nextChangeAt).toBe(now + 1)
        if (here.nextChangeAt !== null) expect(here.nextChangeAt).toBeGreaterThan(now)
        if (next.level < here.level) expect(['cleared', 'mitigated']).toContain(next.why)
      }
    }))
  })
})

describe('settings of the rules', () => {
  test('are the defaults where nothing else is said, and the first form of them is still read', () => {
    const rule = ABNORMAL_RULES[0]!
    expect(valuesFor(rule, DEFAULT_ABNORMAL_PARAMETERS)).toEqual({ A1: 120, A2: 30 })
    const first = completedAbnormal({ nearTimeoutMinutes: { A1: 90, A2: 20 }, overdueHours: { A2: 0, A3: 12, A4: 72 }, disabledRules: ['AT-02'] })
    expect(first).toEqual({ values: { 'AT-01': { A1: 90, A2: 20 }, 'AT-02': { A2: 0, A3: 12, A4: 72 } }, disabledRules: ['AT-02'] })
    expect(completedAbnormal(first)).toEqual(first)
  })

  test('are refused with the rule, the parameter and the mend', () => {
    expect(abnormalFaults(DEFAULT_ABNORMAL_PARAMETERS)).toEqual([])
    expect(abnormalFaults({ values: { 'AT-01': { A1: 0, A9: 1 }, 'AT-99': { A1: 1 } }, disabledRules: ['AT-98'] })).toEqual([
      expect.stringMatching(/^AT-99: .* no such rule$/),
      expect.stringMatching(/^AT-98: .* no such rule$/),
      expect.stringMatching(/^AT-01\.A1: 应为 1 至 2880 /),
      expect.stringMatching(/^AT-01\.A9: .* no such parameter$/),
    ])
  })

  test('every rule explains itself in both languages, and its parameters are in their own ranges', () => {
    expect(new Set(ABNORMAL_RULES.map(({ id }) => id)).size).toBe(ABNORMAL_RULES.length)
    expect(ABNORMAL_RULES.map(({ id }) => id)).toEqual(ABNORMAL_RULES.map(({ id }) => id).toSorted())
    for (const rule of ABNORMAL_RULES) {
      for (const text of [rule.nameZh, rule.meaningZh, rule.clearsZh]) expect(text).toMatch(/[\u4e00-\u9fff]/)
      for (const text of [rule.nameEn, rule.meaningEn, rule.clearsEn, rule.source]) expect(text).toMatch(/[a-z]/)
      for (const { default: usual, least, most } of rule.parameters) expect(least <= usual && usual <= most).toBe(true)
    }
  })
})
