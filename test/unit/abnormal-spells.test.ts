import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bySpells, type Spell } from '../../core/domain/abnormal/spells.ts'
import { viewOf } from '../support/abnormal.ts'
import { aFolded } from '../support/clock-tickets.ts'

const spell = (cause: string, from: number, endedAt: number | null, level: 1 | 2 | 3 | 4 = 2): Spell => ({
  cause,
  rungs: [{ level, from }],
  endedAt,
  words: { zh: `因${cause}`, en: `by ${cause}` },
})
const verdict = (spells: readonly Spell[], at: number) => bySpells(() => spells)(viewOf(aFolded(), at), {})
const seen = (spells: readonly Spell[], at: number) => {
  const { level, why, nextChangeAt } = verdict(spells, at)
  return [level, why, nextChangeAt]
}

describe('several causes on one ticket', () => {
  test('true while any lasts, cleared when all are answered, and true again with the next', () => {
    expect(seen([spell('a', 10, null), spell('b', 5, 12)], 20)).toEqual([2, 'true', null])
    expect(seen([spell('a', 10, 15), spell('b', 5, 12)], 20)).toEqual([0, 'cleared', null])
    expect(seen([spell('a', 10, 15), spell('b', 30, null)], 20)).toEqual([0, 'cleared', 30])
    expect(seen([spell('a', 10, 15), spell('b', 30, null)], 30)).toEqual([2, 'true', null])
    expect(seen([spell('b', 30, null)], 20)).toEqual([0, 'never_true', 30])
    expect(seen([spell('a', 10, 10)], 20)).toEqual([0, 'never_true', null])
  })

  test('keeps the level of an answered cause while the condition has not once been false since', () => {
    expect(seen([spell('a', 10, 15, 4), spell('b', 12, null)], 20)).toEqual([4, 'true', null])
    expect(seen([spell('a', 10, 15, 4), spell('b', 15, null)], 20)).toEqual([4, 'true', null])
    expect(seen([spell('a', 10, 15, 4), spell('c', 14, 18, 1), spell('b', 17, null)], 20)).toEqual([4, 'true', null])
    expect(seen([spell('a', 10, 15, 4), spell('b', 16, null)], 20)).toEqual([2, 'true', null])
  })

  test('names every cause of the episode, and speaks of what is still to be answered', () => {
    expect(verdict([spell('a', 10, 15, 4), spell('b', 12, null), spell('z', 1, 2), spell('y', 40, null)], 20)).toMatchObject({
      facts: { cause: 'a,b', words: '因b / by b' },
      nextChangeAt: 40,
    })
    expect(verdict([spell('b', 12, null), spell('a', 10, null)], 20).facts).toEqual({ cause: 'a,b', words: '因a；因b / by a; by b' })
  })

  test('law: it changes at the instants that it names and nowhere else, in whatever order its causes are told', () => {
    const rungs = fc.array(fc.record({ level: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const), from: fc.integer({ min: 1, max: 50 }) }), { maxLength: 3 })
    const endedAt = fc.option(fc.integer({ min: 1, max: 60 }))
    const spells = fc.array(fc.record({ rungs, endedAt }), { maxLength: 4 }).map((all) => all.map((one, index) => ({ ...spell(String(index), 0, null), ...one })))
    fc.assert(
      fc.property(spells, (told) => {
        for (let now = 0; now < 60; now++) {
          const [here, next] = [verdict(told, now), verdict(told, now + 1)]
          const isChanged = here.level !== next.level || here.why !== next.why || here.facts['cause'] !== next.facts['cause']
          if (isChanged) expect(here.nextChangeAt).toBe(now + 1)
          if (here.nextChangeAt !== null) expect(here.nextChangeAt).toBeGreaterThan(now)
          if (here.why === 'true') expect(next.level).toBeGreaterThanOrEqual(here.level)
          expect(verdict(told.toReversed(), now)).toMatchObject({ level: here.level, why: here.why, nextChangeAt: here.nextChangeAt })
        }
      }),
    )
  })
})
