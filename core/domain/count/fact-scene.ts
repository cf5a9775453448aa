import type { Calendar } from '../day-type.ts'
import type { RegionTree } from '../region.ts'
import type { ClockName, ClockReading } from '../ticket/clock-reading.ts'
import type { CustomerHistory } from '../ticket/customer-history.ts'
import type { ClockLimits } from '../ticket/limits.ts'
import { type Pause, pausesOf } from '../ticket/clocks/pauses.ts'
import type { Ticket } from '../ticket/ticket.ts'
import { dayStart, HOUR, type Instant, type Zone } from '../time.ts'
import { dueInstant } from './due-instant.ts'
import type { Base, Fact, Measure } from './fact.ts'
import { valuesOf } from './fact-values.ts'

/** What the facts of one ticket follow from. */
export interface FactInput {
  readonly ticket: Ticket
  /** Its clocks, read at `at`. */
  readonly readings: readonly ClockReading[]
  readonly customer: CustomerHistory
  readonly limits: ClockLimits
  readonly at: Instant
  readonly tree: RegionTree
  readonly zone: Zone
  readonly calendar: Calendar
}

/** Values that a thing on the ticket has of its own: a stay its unit, a survey its mode. */
export type Cut = Readonly<Partial<Record<'unit' | 'survey_mode', string>>>

const NO_CUT: Cut = {}

/** How a clock stands for a count: kept, broken, not yet either; `void`: it ended without the answer that it waits for, and in time. */
export type Verdict = 'kept' | 'broken' | 'pending' | 'void'

/** A valid ticket while its facts are gathered: what several bases need, what was found, and when that next changes by time alone. */
export class FactScene {
  readonly ticket: Ticket
  readonly readings: readonly ClockReading[]
  readonly customer: CustomerHistory
  readonly limits: ClockLimits
  readonly at: Instant
  readonly zone: Zone
  readonly acceptedAt: Instant
  readonly isCancelled: boolean
  readonly unitId: string
  /** When the handling clock stands still: suspensions up to the cap, closed gaps. */
  readonly pauses: readonly Pause[]
  readonly handle: ClockReading | null
  readonly facts: Fact[] = []
  readonly #regionCode: string
  readonly #values: { readonly base: Base; readonly unit: string; readonly mode: string; readonly by: Fact['by'] }[] = []
  #next = Number.POSITIVE_INFINITY

  constructor({ ticket, readings, customer, limits, at, tree, zone }: FactInput, acceptedAt: Instant) {
    this.ticket = ticket
    this.readings = readings
    this.customer = customer
    this.limits = limits
    this.at = at
    this.zone = zone
    this.acceptedAt = acceptedAt
    this.isCancelled = ticket.cancelledAt !== null
    this.unitId = unitOf(ticket)
    this.pauses = pausesOf(ticket, acceptedAt, limits.suspendMaxHours * HOUR).both
    this.handle = this.reading('C_HANDLE')
    this.#regionCode = countingRegion(ticket, tree)
  }

  /** The ticket's reading of a clock; null where it has none. */
  reading(clock: ClockName): ClockReading | null {
    for (const reading of this.readings) if (reading.clock === clock) return reading
    return null
  }

  /** Adds a fact; `cut` replaces values of the ticket by those of the thing that is counted. */
  add<B extends Base>(base: B, at: Instant, measures: Fact<B>['measures'], cut: Cut = NO_CUT, sketched: number | null = null): void {
    const { kind } = this.ticket
    const fact = { base, at, regionCode: this.#regionCode, kind, by: this.#valuesOf(base, cut), measures: measures as Fact['measures'] }
    this.facts.push(sketched === null ? fact : { ...fact, sketched })
  }

  /** Most facts of a base are cut alike: they share one object. */
  #valuesOf(base: Base, { unit = this.unitId, survey_mode = '' }: Cut): Fact['by'] {
    for (const known of this.#values) if (known.base === base && known.unit === unit && known.mode === survey_mode) return known.by
    const by = valuesOf(base, this.ticket, unit, survey_mode)
    this.#values.push({ base, unit, mode: survey_mode, by })
    return by
  }

  /** The instant at which a clock's limit is used up: later pauses never move it. */
  dueAt(reading: ClockReading): Instant {
    return dueInstant(reading, this.pauses, this.at)
  }

  /** How a clock stands at `at`; a limit that is still to be reached sets the timer. `isAnswered`: what it waits for did happen. */
  verdictOf(reading: ClockReading, isAnswered = true): Verdict {
    if (reading.stoppedAt !== null) {
      if (reading.isOverdue) return 'broken'
      return isAnswered ? 'kept' : 'void'
    }
    return this.isReached(this.dueAt(reading) + 1) ? 'broken' : 'pending'
  }

  /** Whether an instant has come; the facts are looked at again when it comes. */
  isReached(instant: Instant): boolean {
    if (instant <= this.at) return true
    if (instant < this.#next) this.#next = instant
    return false
  }

  get changesAt(): Instant | null {
    return Number.isFinite(this.#next) ? this.#next : null
  }
}

/** Counts of one fact on their way: a whole number above zero, or a condition that counts one; nothing where it is neither. */
export class Counts<B extends Base> {
  readonly measures: Partial<Record<Measure<B>, number>> = {}

  set(measure: Measure<B>, n: number | boolean): this {
    const whole = Number(n)
    if (whole > 0) this.measures[measure] = whole
    return this
  }
}

/** Where a ticket counts: its node; its province where the tree does not know the node; the root where it knows neither. Nothing is lost. */
export function countingRegion({ regionCode, provinceCode }: Pick<Ticket, 'regionCode' | 'provinceCode'>, tree: RegionTree): string {
  return (tree.get(regionCode) ?? tree.get(provinceCode) ?? tree.root).code
}

/**
 * The unit that a ticket counts for: the one held responsible by the qualification, else that of the last main stay. A recalled stay is void
 * (domain.md 1.1). On a finished ticket every stay has ended.
 */
function unitOf({ qualification, legs }: Ticket): string {
  const responsible = qualification?.responsibleUnit
  if (responsible !== undefined && responsible !== null) return responsible
  for (let place = legs.length - 1; place >= 0; place -= 1) {
    const leg = legs[place]
    if (leg !== undefined && !leg.isAssist && leg.finish !== 'recalled' && leg.unitId !== null) return leg.unitId
  }
  return ''
}

/** The midnight that ends the local day of an instant; 36 h after a midnight lie in the next day also where a clock changes. */
export const dayEnd = (at: Instant, zone: Zone): Instant => dayStart(dayStart(at, zone) + 36 * HOUR, zone)
