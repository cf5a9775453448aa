import type { Pause } from '../ticket/clocks/pauses.ts'
import { closedAt, type Ticket } from '../ticket/ticket.ts'
import { DAY, HOUR, type Instant } from '../time.ts'
import type { FactScene } from './fact-scene.ts'
import type { Measure } from './fact.ts'
import { openSpans, type Stretch } from './open-spans.ts'

/** Natural age above which an open ticket is counted apart (domain.md K-24); strict, as every limit (0.2-6). */
const AGES: readonly (readonly [Measure<'SNAP'>, number])[] = [
  ['over_24h', 24 * HOUR],
  ['over_48h', 48 * HOUR],
  ['over_100h', 100 * HOUR],
  ['over_7d', 7 * DAY],
  ['over_15d', 15 * DAY],
  ['over_30d', 30 * DAY],
]

/** Who had the ticket from an instant on, until the next of the list. */
interface Holding {
  readonly from: Instant
  readonly unit: string
}

/** With nobody first, then with the unit of each main stay, and with nobody again after a return or a recall. */
function holdingsOf({ legs }: Ticket): readonly Holding[] {
  const holdings: Holding[] = [{ from: Number.NEGATIVE_INFINITY, unit: '' }]
  const pass = (from: Instant, unit: string) => {
    if (holdings.at(-1)?.unit !== unit) holdings.push({ from, unit })
  }
  for (const leg of legs) {
    if (leg.isAssist) continue
    pass(leg.receivedAt, leg.unitId ?? '')
    if (leg.finishedAt !== null && (leg.finish === 'returned' || leg.finish === 'recalled')) pass(leg.finishedAt, '')
  }
  return holdings
}

interface Change {
  readonly at: Instant
  readonly unit: string
  readonly measures: Partial<Record<Measure<'SNAP'>, number>>
}

/** Changes of states, joined where they fall on one instant and unit. */
class Changes {
  readonly #holdings: readonly Holding[]
  readonly #list: Change[] = []

  constructor(holdings: readonly Holding[]) {
    this.#holdings = holdings
  }

  /** The state lasted over a stretch: +1 where it began, −1 where it ended, and both where the ticket went to another unit meanwhile. */
  add(measure: Measure<'SNAP'>, { from, to }: Stretch): void {
    const holdings = this.#holdings
    for (let place = 0; place < holdings.length; place += 1) {
      const holding = holdings[place] as Holding
      const start = Math.max(from, holding.from)
      const end = Math.min(to, holdings[place + 1]?.from ?? Number.POSITIVE_INFINITY)
      if (start >= end) continue
      this.#count(start, holding.unit, measure, 1)
      if (Number.isFinite(end)) this.#count(end, holding.unit, measure, -1)
    }
  }

  #count(at: Instant, unit: string, measure: Measure<'SNAP'>, n: 1 | -1): void {
    let change = this.#list.find((one) => one.at === at && one.unit === unit)
    if (change === undefined) {
      change = { at, unit, measures: {} }
      this.#list.push(change)
    }
    const sum = (change.measures[measure] ?? 0) + n
    if (sum === 0) delete change.measures[measure]
    else change.measures[measure] = sum
  }

  *[Symbol.iterator](): Iterator<Change> {
    for (const change of this.#list) if (Object.keys(change.measures).length > 0) yield change
  }
}

/** What of a stretch from `since` on lies outside the pauses. */
function running({ from, to }: Stretch, since: Instant, pauses: readonly Pause[]): readonly Stretch[] {
  const parts: Stretch[] = []
  let start = Math.max(from, since)
  for (const pause of pauses) {
    if (pause.to <= start) continue
    if (pause.from >= to) break
    if (pause.from > start) parts.push({ from: start, to: pause.from })
    start = pause.to
  }
  if (start < to) parts.push({ from: start, to })
  return parts
}

/**
 * Whether a stretch is to be told: what an event has ended, whole; what goes on, once it has begun, and until then its beginning sets the timer.
 * Its end is an event too, so nothing of it is ahead.
 */
const isTold = (scene: FactScene, span: Stretch, from: Instant): boolean => Number.isFinite(span.to) || scene.isReached(from)

/** Adds when the ticket was overdue: over its limit while open and running (domain.md K-23). Whether it is now. */
function addOverdue(scene: FactScene, spans: readonly Stretch[], changes: Changes): boolean {
  const { handle } = scene
  if (handle === null) return false
  const since = scene.dueAt(handle) + 1
  if (!Number.isFinite(since)) return false
  let isNow = false
  for (const span of spans) {
    for (const part of running(span, since, scene.pauses)) {
      if (!isTold(scene, span, part.from)) break
      changes.add('overdue', part)
      isNow = !Number.isFinite(part.to)
    }
  }
  return isNow
}

function addAges(scene: FactScene, spans: readonly Stretch[], changes: Changes): void {
  for (const span of spans) {
    for (const [measure, age] of AGES) {
      const from = Math.max(span.from, scene.acceptedAt + age + 1)
      if (from >= span.to) break
      if (!isTold(scene, span, from)) break
      changes.add(measure, { from, to: span.to })
    }
  }
}

/**
 * `SNAP`: +1 and −1 at the instants at which the ticket entered and left a state, so that the sum up to and including an instant is the state
 * at it (domain.md 6.1 OPEN and OVD); by the unit that had the ticket then, not by the one that it counts for in the end. A reopened ticket was
 * closed in its gap. `NOW`: the present state.
 */
export function addStates(scene: FactScene): void {
  const { ticket } = scene
  const spans = openSpans(ticket, scene.acceptedAt)
  const changes = new Changes(holdingsOf(ticket))
  for (const span of spans) changes.add('open', span)
  const isOverdue = addOverdue(scene, spans, changes)
  addAges(scene, spans, changes)
  for (const { at, unit, measures } of changes) scene.add('SNAP', at, measures, { unit })
  if (closedAt(ticket) === null) scene.add('NOW', 0, isOverdue ? { open: 1, overdue: 1 } : { open: 1 })
}
