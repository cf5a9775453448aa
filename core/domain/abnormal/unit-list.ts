import { grouped } from '../grouping.ts'
import { commonRegion } from '../notice/incident.ts'
import type { RegionTree } from '../region.ts'
import { atLocal, DAY, type Instant, localDate, MINUTE, type Zone } from '../time.ts'
import type { Severity } from '../vocabulary.ts'

/** "Daily: every unit gets its list at 08:30 and 14:00" (domain.md 4.4): minutes of the local day. */
export const LIST_TIMES: readonly number[] = [8 * 60 + 30, 14 * 60]

/** The last of those times at or before `now`. */
export function lastListTime(now: Instant, zone: Zone): Instant {
  const times = [now, now - DAY].flatMap((at) => LIST_TIMES.map((minutes) => atLocal(localDate(at, zone), minutes * MINUTE, zone)))
  return Math.max(...times.filter((at) => at <= now))
}

/** An open ticket with alerts that ask for people, at the unit that has it. */
export interface ListedTicket {
  readonly ticketKey: string
  readonly ticketNo: string
  readonly provinceCode: string
  readonly regionCode: string
  /** Empty while nobody has it. */
  readonly unitId: string
  /** Its highest open alert. */
  readonly level: Severity
  readonly rules: readonly string[]
  /** The deadline that people work to; null where no clock runs. */
  readonly deadlineAt: Instant | null
}

/** What one unit is given. */
export interface UnitList {
  readonly unitId: string
  readonly provinceCode: string
  readonly regionPath: string
  /** The nearest deadline first. */
  readonly tickets: readonly ListedTicket[]
}

const byDeadline = (a: ListedTicket, b: ListedTicket) =>
  (a.deadlineAt ?? Number.POSITIVE_INFINITY) - (b.deadlineAt ?? Number.POSITIVE_INFINITY) || b.level - a.level || (a.ticketKey < b.ticketKey ? -1 : 1)

/** The lists of all units of all provinces, in the order of province and unit. */
export function unitLists(tickets: readonly ListedTicket[], tree: RegionTree): UnitList[] {
  const groups = [...grouped(tickets, ({ provinceCode, unitId }) => `${provinceCode}\u001f${unitId}`)].sort(([a], [b]) => (a < b ? -1 : 1))
  return groups.map(([, mine]) => {
    const [{ provinceCode, unitId }] = mine as [ListedTicket]
    const regionPath = commonRegion(mine.map(({ regionCode }) => regionCode), provinceCode, tree).path
    return { unitId, provinceCode, regionPath, tickets: mine.toSorted(byDeadline) }
  })
}
