import { eventsOfHour, placesOf } from '../../bin/demo/world.ts'
import { HOUR, type Instant } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'

/** Worlds of the demo's size whose events come interleaved: about 90,000 events a day. */
const WORLDS = 25

/** An event as its source sends it, and when it arrives. */
export interface Sent {
  readonly at: Instant
  readonly item: Readonly<Record<string, unknown>>
}

/** Believable events of invented tickets in the order in which they would arrive, `count` of them, ids distinct between rounds. */
export function makeEvents(engine: Engine, count: number, round: number, start: Instant): Sent[] {
  const places = placesOf(engine.tree)
  const sent: Sent[] = []
  for (let hour = 0; sent.length < count * 1.5; hour++) {
    for (let world = 0; world < WORLDS; world++) {
      for (const { at, item } of eventsOfHour(`bench-${round}-${world}`, places, start + hour * HOUR, engine.zone)) {
        sent.push({ at, item: { ...item, event_id: `${round}-${world}-${String(item['event_id'])}`, ticket_id: `${round}-${world}-${String(item['ticket_id'])}` } })
      }
    }
  }
  return sent.sort((a, b) => a.at - b.at).slice(0, count)
}

/** The value below which that part of sorted figures lies, to two places. */
export const share = (sorted: readonly number[], part: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] as number).toFixed(2))
