import { FAIL_POINTS, type FailPoint } from '../../core/platform/fail-point.ts'

/** What befalls a worker at a fail-point: killed, stopped for longer than its claims last, an error, a wait. */
export const FAULTS = ['kill', 'stop', 'throw', 'delay'] as const
export type Fault = (typeof FAULTS)[number]

/** How long a worker waits where it is held up. */
export const DELAY_MS = 600

/** One run: what is put in, the fault, where, at which passing of that place, and whether the provider breaks one call off. */
export interface CrashPlan {
  /** A few breaches with ladders, by webhook and by mail; or more alerts at once than one person is told singly. */
  readonly put: 'ladders' | 'storm'
  readonly point: FailPoint
  readonly fault: Fault
  readonly nth: number
  readonly hangsUp: boolean
}

/** Numbers from 0 (included) to 1 that follow from the seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** So many of the runs put a storm in, besides those at the places that only a storm passes. */
const STORMS = 0.06
/** Places that a run passes once for each breach, or once at all. */
const isPassedOnce = (point: FailPoint): boolean => point.startsWith('alert.') || point === 'storm.carried'

function planAt(one: { readonly point: FailPoint; readonly fault: Fault }, random: () => number): CrashPlan {
  const put = one.point.startsWith('storm.') || random() < STORMS ? 'storm' : 'ladders'
  return { ...one, put, nth: isPassedOnce(one.point) ? 1 : 1 + Math.floor(random() * 3), hangsUp: random() < 0.2 }
}

/** `count` runs: every place with every fault, in an order of the seed, again and again. */
export function plansOf(count: number, random: () => number): CrashPlan[] {
  const every = FAIL_POINTS.flatMap((point) => FAULTS.map((fault) => ({ point, fault })))
  const plans: CrashPlan[] = []
  while (plans.length < count) {
    const round = every.map((one) => ({ one, place: random() })).sort((a, b) => a.place - b.place)
    plans.push(...round.map(({ one }) => planAt(one, random)))
  }
  return plans.slice(0, count)
}
