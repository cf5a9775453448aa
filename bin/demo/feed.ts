import { setTimeout as sleep } from 'node:timers/promises'
import type { RegionTree } from '../../core/domain/region.ts'
import { DAY, floorTo, HOUR, type Instant, SECOND, type Zone } from '../../core/domain/time.ts'
import type { Clock } from '../../core/platform/clock.ts'
import { type DemoEvent, eventsOfHour, outageEvents, placesOf } from './world.ts'

/** Ten weeks of history: eight for the baseline and two to look at. */
export const HISTORY_DAYS = 70
/** The longest life of a demo ticket; a restart looks this far back for events still to come. */
const LONGEST_LIFE = 7 * DAY

/** S-1 is played ten times faster than in the specification: a bin of five minutes lasts 30 seconds. */
export const OUTAGE_BIN = 30 * SECOND
export const OUTAGE_CITY = '320500'

export interface DemoWorld {
  readonly seed: string
  readonly tree: RegionTree
  readonly zone: Zone
}

/**
 * What the demo's world has with `fromAt` ≤ at < `toAt`: per hour of acceptance, newest hour first, each ticket's events together.
 */
export function* historyOf(world: DemoWorld, fromAt: Instant, toAt: Instant): Generator<{ readonly hourAt: Instant; readonly events: readonly DemoEvent[] }> {
  const places = placesOf(world.tree)
  for (let hourAt = floorTo(toAt, HOUR); hourAt > fromAt - LONGEST_LIFE; hourAt -= HOUR) {
    const events = eventsOfHour(world.seed, places, hourAt, world.zone).filter((event) => event.at >= fromAt && event.at < toAt)
    if (events.length > 0) yield { hourAt, events }
  }
}

/**
 * The live stream: what of the world falls due, second by second, handed to `send` until `signal` aborts. A batch that could not be
 * sent is sent again; its events carry the same ids, so nothing is counted twice. `outageAt` starts scenario S-1 at that instant.
 */
export async function streamLive(
  world: DemoWorld,
  clock: Clock,
  options: { readonly fromAt: Instant; readonly outageAt: Instant | null; readonly signal: AbortSignal },
  send: (items: readonly Readonly<Record<string, unknown>>[]) => Promise<void>,
): Promise<void> {
  const places = placesOf(world.tree)
  const isLater = (event: DemoEvent) => event.at >= options.fromAt
  let nextHourAt = floorTo(options.fromAt - LONGEST_LIFE, HOUR)
  let queue: DemoEvent[] = options.outageAt === null ? [] : [...outageEvents(places, OUTAGE_CITY, options.outageAt, OUTAGE_BIN)]
  while (!options.signal.aborted) {
    const now = clock.now()
    if (nextHourAt <= now) {
      while (nextHourAt <= now) {
        queue.push(...eventsOfHour(world.seed, places, nextHourAt, world.zone).filter(isLater))
        nextHourAt += HOUR
      }
      queue = queue.sort((a, b) => a.at - b.at)
    }
    let due = 0
    while (due < queue.length && (queue[due] as DemoEvent).at <= now) due += 1
    const batch = queue.slice(0, Math.min(due, 2_000))
    if (batch.length > 0) {
      try {
        await send(batch.map((event) => event.item))
        queue.splice(0, batch.length)
      } catch {
        // The server is away; the same batch goes out again.
      }
    }
    await sleep(SECOND, undefined, { signal: options.signal }).catch(() => undefined)
  }
}
