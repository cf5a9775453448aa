import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OVERDUE } from '../../core/domain/abnormal/at-02-overdue.ts'
import { DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import { type DatedVerdict, findingOf, type RuleTrial, type TrialFinding, trialsOf } from '../../core/domain/abnormal/trial.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import type { Instant } from '../../core/domain/time.ts'
import { onlyRules } from '../support/abnormal.ts'
import { aContext, aFolded, h } from '../support/clock-tickets.ts'

const TRIAL: RuleTrial = { id: '7', rule: OVERDUE, values: { A2: 0, A3: 1, A4: 2 }, scope: null, startedAt: h(1) }
const says = (at: Instant, level: number, why: DatedVerdict['verdict']['why'] = level > 0 ? 'true' : 'never_true'): DatedVerdict => ({
  at, verdict: { level: level as 0, why, facts: level > 0 ? { cause: `c${level}` } : {} },
})
const saidAfter = (...verdicts: DatedVerdict[]) => findingOf(null, TRIAL, 'T', verdicts)

describe('what a trial says of a ticket', () => {
  test('nothing, while it was never true, and nothing of before it began', () => {
    expect(saidAfter(says(h(2), 0))).toBeNull()
    expect(saidAfter(says(h(2), 0, 'cleared'))).toBeNull()
    expect(saidAfter(says(h(1) - 1, 2))).toBeNull()
    expect(saidAfter(says(h(1), 2))).toMatchObject({ level: 2, firstTrueAt: h(1) })
  })

  test('first and last true, the level of now, and its facts', () => {
    expect(saidAfter(says(h(2), 2), says(h(3), 3))).toEqual({ trialId: '7', ticketKey: 'T', level: 3, firstTrueAt: h(2), lastTrueAt: h(3), facts: { cause: 'c3' }, clearedAt: null, outcome: null })
  })

  test.each(['cleared', 'absorbed', 'mitigated'] as const)('ended by %s, once; and the same finding when it comes back', (why) => {
    const ended = saidAfter(says(h(2), 2), says(h(3), 0, why), says(h(4), 0, why))
    expect(ended).toMatchObject({ level: 2, firstTrueAt: h(2), lastTrueAt: h(2), clearedAt: h(3), outcome: 'ended' })
    expect(findingOf(ended, TRIAL, 'T', [says(h(5), 4)])).toMatchObject({ level: 4, firstTrueAt: h(2), lastTrueAt: h(5), clearedAt: null, outcome: null })
  })

  test('disproved, also after it had ended; true again it begins anew', () => {
    const disproved = saidAfter(says(h(2), 2), says(h(3), 0, 'cleared'), says(h(4), 0))
    expect(disproved).toMatchObject({ clearedAt: h(4), outcome: 'disproved' })
    expect(findingOf(disproved, TRIAL, 'T', [says(h(5), 0, 'cleared')])).toBe(disproved)
    expect(findingOf(disproved, TRIAL, 'T', [says(h(6), 2)])).toMatchObject({ firstTrueAt: h(6), outcome: null })
  })

  test('the same object where nothing has changed', () => {
    const ended = saidAfter(says(h(2), 2), says(h(3), 0, 'cleared')) as TrialFinding
    expect(findingOf(ended, TRIAL, 'T', [says(h(4), 0, 'cleared')])).toBe(ended)
    expect(findingOf(ended, TRIAL, 'T', [])).toBe(ended)
  })

  test('law: what is said is what was said last; whether it holds, and how high, does not depend on what was said before', () => {
    const any = fc.record({ at: fc.integer({ min: 2, max: 90 }).map(h), level: fc.integer({ min: 0, max: 4 }), why: fc.constantFrom('cleared', 'never_true', 'mitigated') })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 8 }), any, (before, last) => {
        const dated = ({ at, level, why }: typeof last) => says(at, level, level > 0 ? 'true' : (why as 'cleared'))
        const long = saidAfter(...before.map(dated), dated(last))
        const short = saidAfter(dated(last))
        const holds = (finding: TrialFinding | null) => (finding?.clearedAt === null ? [finding.level, finding.facts] : null)
        expect(holds(long)).toEqual(holds(short))
      }),
    )
  })
})

describe('a judgement with trials', () => {
  const late = aFolded()
  const judge = (at: Instant, trials: readonly RuleTrial[], parameters = onlyRules('AT-01')) => judgeTicket(late, aContext(), parameters, at, trials)

  test('says them apart: neither verdicts nor level know of them, and the next check comes at their instants too', () => {
    const bare = judge(h(48) + 1, [])
    const tried = judge(h(48) + 1, [TRIAL])
    expect(tried.trials.get('7')).toMatchObject({ ruleId: 'AT-02', level: 2, why: 'true' })
    expect([tried.verdicts, tried.level]).toEqual([bare.verdicts, bare.level])
    expect([bare.nextCheckAt, tried.nextCheckAt]).toEqual([null, h(49) + 1])
  })

  test('looks by the trial’s own values, beside the rule in force', () => {
    const both = judge(h(50), [TRIAL], DEFAULT_ABNORMAL_PARAMETERS)
    expect(both.verdicts.find(({ ruleId }) => ruleId === 'AT-02')?.level).toBe(2)
    expect(both.trials.get('7')?.level).toBe(3)
  })

  test('of a province looks at its tickets only', () => {
    expect(judge(h(50), [{ ...TRIAL, scope: '33' }]).trials.size).toBe(0)
    expect(judge(h(50), [{ ...TRIAL, scope: '32' }]).trials.size).toBe(1)
    expect(trialsOf([TRIAL, { ...TRIAL, scope: '32' }, { ...TRIAL, scope: '33' }], '32').map(({ scope }) => scope)).toEqual([null, '32'])
  })

  test('says of a void ticket that it was never true', () => {
    expect(judgeTicket(aFolded({ voidedAt: h(2) }), aContext(), onlyRules('AT-01'), h(60), [TRIAL]).trials.get('7')).toMatchObject({ level: 0, why: 'never_true' })
  })
})
