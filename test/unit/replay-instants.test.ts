import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import { replayInstants } from '../../core/domain/risk/replay-instants.ts'
import { REPLAYABLE_RULES, whyNotReplayed } from '../../core/domain/back-test/replayable.ts'
import { GATHERINGS } from '../../core/engine/replay-gather.ts'

const PERIOD = 300
const span = { from: 3_000, to: 9_000, periodMs: PERIOD, isPrompt: true }

describe('when a rule of facts is looked at in a replay', () => {
  test('at the end of the step in which a fact came, unless that is a tick, and only within the span', () => {
    const { looks } = replayInstants({ steps: [2_990, 3_000, 3_295, 8_995], stepMs: 5, spans: [] }, span)
    expect(looks).toEqual([3_005])
    expect(replayInstants({ steps: [3_000], stepMs: 5, spans: [] }, { ...span, isPrompt: false }).looks).toEqual([])
  })

  test('at the tick after a fact came and at the one after it stopped counting', () => {
    const { mayDiffer } = replayInstants({ steps: [3_010], stepMs: 5, spans: [3_000] }, span)
    expect([3_000, 3_300, 4_200, 6_300, 7_200].map(mayDiffer)).toEqual([false, true, false, true, false])
  })

  test('law: a tick that is passed over counts the same facts as the one before', () => {
    const facts = fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 8 })
    fc.assert(
      fc.property(facts, fc.integer({ min: 1, max: 4_000 }), fc.constantFrom(5, PERIOD), (times, hours, stepMs) => {
        const steps = [...new Set(times.map((at) => Math.floor(at / stepMs) * stepMs))].sort((a, b) => a - b)
        const { mayDiffer } = replayInstants({ steps, stepMs, spans: [hours] }, { ...span, isPrompt: false })
        const counted = (tickAt: number) => times.filter((at) => at < tickAt && at >= tickAt - hours).join()
        const counted2 = (tickAt: number) => times.filter((at) => at <= tickAt && at > tickAt - hours).join()
        for (let tickAt = PERIOD; tickAt < 16_000; tickAt += PERIOD) {
          if (mayDiffer(tickAt)) continue
          expect([counted(tickAt), counted2(tickAt)]).toEqual([counted(tickAt - PERIOD), counted2(tickAt - PERIOD)])
        }
      }),
    )
  })
})

test('every rule of facts that says it can be replayed has its gathering, and no other', () => {
  const facts = FACT_RULES.map(({ id }) => id)
  expect(Object.keys(GATHERINGS).sort()).toEqual(facts.filter((id) => whyNotReplayed(id) === null).sort())
  expect(facts.filter((id) => !REPLAYABLE_RULES.includes(id))).toEqual(['MR-17'])
  expect([whyNotReplayed('MR-18')?.en, whyNotReplayed('MR-99')]).toEqual([expect.stringContaining('one rule alone'), undefined])
})
