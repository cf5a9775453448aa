import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../core/engine/context.ts'
import { runTally } from '../core/engine/tally.ts'
import type { Clock } from '../core/platform/clock.ts'

/** The longest that what is recorded waits for the next tally, ms; the watermark of the figures is 5 s (invariant 3). */
const LONGEST_PAUSE = 2_000

/** How much longer it rests than it worked. */
const REST = 3

/**
 * A duty that folds what was recorded into the cells, and then stands still for thrice as long as that took: alone with one event it is done in
 * milliseconds; under load it lets more come together, of which more falls into the same cells, and leaves the processor to others.
 */
export function tallyDuty(engine: Engine, clock: Clock): () => ReturnType<typeof runTally> {
  return async () => {
    let startedAt = performance.now()
    const pause = async () => {
      await sleep(Math.min(LONGEST_PAUSE, REST * (performance.now() - startedAt)))
      startedAt = performance.now()
    }
    return runTally(engine, clock.now(), pause)
  }
}
