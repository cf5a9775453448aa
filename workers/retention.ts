import type { Engine } from '../core/engine/context.ts'
import { stepRetention } from '../core/engine/retention.ts'
import { HOUR, timeOfDay } from '../core/domain/time.ts'
import type { Clock } from '../core/platform/clock.ts'

/** Local hour from which a day's deletion runs: when the fewest people work. */
const FROM = 3 * HOUR

/** One bounded step of the day's deletion (core/engine/retention.ts), or nothing when it is done or too early in the day. */
export async function runRetention(engine: Engine, clock: Clock): Promise<void> {
  if (timeOfDay(clock.now(), engine.zone) >= FROM) await stepRetention(engine, clock)
}
