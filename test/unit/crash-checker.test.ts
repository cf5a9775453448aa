import { describe, expect, test } from 'vitest'
import { FAIL_POINTS } from '../../core/platform/fail-point.ts'
import { type Arrival, type Breach, wrongsOf } from '../crash/checker.ts'
import { chance, FAULTS, plansOf } from '../crash/plan.ts'

const BOUNDS = { lateMs: 7_500, ackMs: 200 }
const BREACH: Breach = { ruleId: 'R', dueAt: [1_000, 2_000], ackedAt: null, ackAskedAt: null, heldMs: 0 }
const call = (step: number, at: number, given: Partial<Arrival> = {}): Arrival => ({ at, deliveryId: `d${step}`, ruleId: 'R', step, isMarked: false, ...given })
const kinds = (breach: Breach, arrivals: readonly Arrival[]) => wrongsOf([breach], arrivals, BOUNDS).map(({ kind, step }) => `${kind} ${step}`)
const ANSWERED: Breach = { ...BREACH, ackAskedAt: 1_400, ackedAt: 1_500 }

describe('the checker of the crash matrix', () => {
  test('accepts each step called once and in time, and one repeat that says so', () => {
    expect(kinds(BREACH, [call(0, 1_000), call(1, 2_000)])).toEqual([])
    expect(kinds(BREACH, [call(0, 1_000), call(0, 4_000, { isMarked: true }), call(1, 9_500)])).toEqual([])
    // One that was held calls after the repeat of the other.
    expect(kinds(BREACH, [call(0, 4_000, { isMarked: true }), call(0, 5_000), call(1, 2_000)])).toEqual([])
  })

  test('names what was lost, early or late', () => {
    expect(kinds(BREACH, [call(1, 2_000)])).toEqual(['lost 0'])
    expect(kinds(BREACH, [call(0, 990), call(1, 2_000)])).toEqual(['early 0'])
    expect(kinds(BREACH, [call(0, 1_000), call(1, 9_501)])).toEqual(['late 1'])
  })

  test('names repeats that say nothing, are too many, or have another id', () => {
    expect(kinds(BREACH, [call(0, 1_000), call(0, 1_100), call(1, 2_000)])).toEqual(['unmarked repeat 0'])
    expect(kinds(BREACH, [call(0, 1_000), call(0, 1_100, { isMarked: true }), call(0, 1_200, { isMarked: true }), call(1, 2_000)])).toEqual(['called too often 0'])
    expect(kinds(BREACH, [call(0, 1_000), call(0, 1_100, { isMarked: true, deliveryId: 'other' }), call(1, 2_000)])).toEqual(['two deliveries 0'])
  })

  test('lets what was answered end, and names what came 200 ms after', () => {
    expect(kinds(ANSWERED, [call(0, 1_000)])).toEqual([])
    expect(kinds(ANSWERED, [call(0, 1_700)])).toEqual([])
    expect(kinds(ANSWERED, [call(0, 1_701)])).toEqual(['after acknowledgement 0'])
    expect(kinds({ ...ANSWERED, heldMs: 3_200 }, [call(0, 1_701)])).toEqual([])
  })

  test('names calls for what nobody put in', () => {
    expect(wrongsOf([BREACH], [call(0, 1_000), call(1, 2_000), call(2, 3_000)], BOUNDS).map(({ kind }) => kind)).toEqual(['unknown breach'])
  })
})

test('the plan of the matrix holds every place with every fault before any comes again, and follows from its seed', () => {
  const every = FAIL_POINTS.length * FAULTS.length
  const plans = plansOf(every, chance(7))
  expect(new Set(plans.map(({ point, fault }) => `${point} ${fault}`)).size).toBe(every)
  expect(plansOf(every, chance(7))).toEqual(plans)
  expect(plansOf(every, chance(8))).not.toEqual(plans)
})
