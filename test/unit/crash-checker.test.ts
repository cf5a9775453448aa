import { describe, expect, test } from 'vitest'
import { FAIL_POINTS } from '../../core/platform/fail-point.ts'
import { type Arrival, type Breach, type Together, wrongsOf, wrongsOfStorm } from '../crash/checker.ts'
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

describe('the checker of a storm', () => {
  const STORM = { ...BOUNDS, singly: 10, gatherMs: 7_500, windowMs: 75_000 }
  const breachOf = (no: number): Breach => ({ ruleId: `S${no}`, dueAt: [1_000], ackedAt: null, ackAskedAt: null, heldMs: 0 })
  const breaches = [...Array.from({ length: 15 }, (_, no) => breachOf(no)), { ...breachOf(15), ackAskedAt: 3_000, ackedAt: 3_100 }]
  const single = (no: number, at = 1_000, isMarked = false): Arrival => ({ at, deliveryId: `d${no}`, ruleId: `S${no}`, step: 0, isMarked })
  const ten = Array.from({ length: 10 }, (_, no) => single(no))
  const several = (alerts: number, at = 8_600, given: Partial<Together> = {}): Together => ({ at, deliveryId: 'several', storm: 1, alerts, isMarked: false, ...given })
  const stormKinds = (arrivals: readonly Arrival[], together: readonly Together[]) => wrongsOfStorm(breaches, arrivals, together, STORM).map(({ kind }) => kind)

  test('accepts ten singly and the rest together, with or without the one that was answered', () => {
    expect(stormKinds(ten, [several(6)])).toEqual([])
    expect(stormKinds(ten, [several(5)])).toEqual([])
    // Said again, and says so; one of the ten, too.
    expect(stormKinds([...ten, single(3, 4_000, true)], [several(6), several(6, 14_000, { isMarked: true })])).toEqual([])
    expect(stormKinds(ten, [several(4), several(2, 90_000, { deliveryId: 'next' })])).toEqual([])
  })

  test('names what was lost, told twice without a word, or too late', () => {
    expect(stormKinds(ten, [several(4)])).toEqual(['lost'])
    expect(stormKinds(ten, [])).toEqual(['lost'])
    expect(stormKinds(ten, [several(5), several(2, 90_000, { deliveryId: 'next' })])).toEqual(['unmarked repeat'])
    expect(stormKinds(ten, [several(6), several(6)])).toEqual(['unmarked repeat', 'unmarked repeat'])
    expect(stormKinds(ten, [several(6), several(6, 9_000, { isMarked: true }), several(6, 9_100, { isMarked: true })])).toEqual(['called too often'])
    expect(stormKinds(ten, [several(6, 16_001)])).toEqual(['late'])
    expect(stormKinds(ten, [several(3), several(3, 91_001, { deliveryId: 'next' })])).toEqual(['late'])
  })

  test('names an eleventh that was told singly, and one that was told 200 ms after its answer', () => {
    expect(stormKinds([...ten, single(10)], [several(5)])).toEqual(['told singly in a storm'])
    expect(stormKinds([...ten.slice(1), single(15, 3_301)], [several(6)])).toEqual(['after acknowledgement'])
  })
})

test('the plan of the matrix holds every place with every fault before any comes again, and follows from its seed', () => {
  const every = FAIL_POINTS.length * FAULTS.length
  const plans = plansOf(every, chance(7))
  expect(new Set(plans.map(({ point, fault }) => `${point} ${fault}`)).size).toBe(every)
  expect(plansOf(every, chance(7))).toEqual(plans)
  expect(plansOf(every, chance(8))).not.toEqual(plans)
})
