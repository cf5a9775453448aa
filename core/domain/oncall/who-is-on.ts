import type { Calendar } from '../day-type.ts'
import { DAY, type Instant, type Zone } from '../time.ts'
import { type Planned, plannedFor, type RosterChange, type RosterVersion } from './roster.ts'
import { type Shift, shiftAt, shiftsBetween } from './shift.ts'

/** Somebody whom a roster names. */
export interface Person {
  readonly name: string
  /** Since when the account is disabled; null while it is not. */
  readonly goneAt: Instant | null
}

/** All that who is on follows from. A person who is not in `people` has left. */
export interface RosterBook {
  /** Any order. */
  readonly versions: readonly RosterVersion[]
  /** Those that stand, in the order in which they were made. */
  readonly changes: readonly RosterChange[]
  readonly people: ReadonlyMap<string, Person>
  readonly zone: Zone
  readonly calendar: Calendar
}

/** Somebody who was meant to be on and is not. */
export interface Absent {
  readonly userId: string
  readonly why: 'leave' | 'gone'
}

/** Who is on, by user id. */
export interface OnDuty {
  /** Null before the first roster of the position. */
  readonly shift: Shift | null
  /** Null: nobody is on. A deputy who stands in is the primary here. */
  readonly primary: string | null
  readonly deputy: string | null
  readonly source: Planned['source']
  readonly change: RosterChange | null
  /** Those who were meant to be on and are not; the first is he for whom the deputy stands in. */
  readonly absent: readonly Absent[]
}

/** The same for a stretch in which it does not change. */
export interface OnDutySpan extends OnDuty {
  readonly from: Instant
  readonly to: Instant
}

/** The version in force at an instant: the one that came into force last; of two at the same instant the higher. */
export function versionInForce(versions: readonly RosterVersion[], at: Instant): RosterVersion | null {
  let found: RosterVersion | null = null
  for (const version of versions) {
    if (version.effectiveFrom > at) continue
    if (found === null || version.effectiveFrom > found.effectiveFrom || (version.effectiveFrom === found.effectiveFrom && version.version > found.version)) found = version
  }
  return found
}

function whyAbsent({ people, changes }: RosterBook, userId: string, at: Instant): Absent['why'] | null {
  const person = people.get(userId)
  if (person === undefined || (person.goneAt !== null && person.goneAt <= at)) return 'gone'
  return changes.some(({ body }) => body.kind === 'leave' && body.userId === userId && body.from <= at && at < body.to) ? 'leave' : null
}

/** Who is on at an instant and why: the planned primary, else the deputy, else nobody (domain.md 7.6). Somebody on leave, disabled or gone is never named. */
export function whoIsOn(book: RosterBook, at: Instant): OnDuty {
  const version = versionInForce(book.versions, at)
  if (version === null) return { shift: null, primary: null, deputy: null, source: 'rotation', change: null, absent: [] }
  const shift = shiftAt({ times: version.body, zone: book.zone, calendar: book.calendar }, at)
  const { crew, source, change } = plannedFor(version.body, shift, book.changes)
  const meant = crew === null ? [] : [crew.primary, ...(crew.deputy === null ? [] : [crew.deputy])]
  const checked = meant.map((userId) => ({ userId, why: whyAbsent(book, userId, at) }))
  const absent = checked.flatMap(({ userId, why }) => (why === null ? [] : [{ userId, why }]))
  const [primary = null, deputy = null] = checked.filter(({ why }) => why === null).map(({ userId }) => userId)
  return { shift, primary, deputy, source, change, absent }
}

/** Every instant in a window at which who is on may change. */
function edgesOf(book: RosterBook, from: Instant, to: Instant): readonly Instant[] {
  const starts = [...new Set(book.versions.map(({ effectiveFrom }) => effectiveFrom))].sort((a, b) => a - b)
  const shifts = starts.flatMap((start, index) => {
    const [begins, ends] = [Math.max(start, from), Math.min(starts[index + 1] ?? to, to)]
    const version = versionInForce(book.versions, start)
    if (version === null || begins >= ends) return []
    return shiftsBetween({ times: version.body, zone: book.zone, calendar: book.calendar }, begins, ends).map((shift) => shift.from)
  })
  const leaves = book.changes.flatMap(({ body }) => (body.kind === 'leave' ? [body.from, body.to] : []))
  const gone = [...book.people.values()].flatMap(({ goneAt }) => (goneAt === null ? [] : [goneAt]))
  const inside = [...starts, ...shifts, ...leaves, ...gone].filter((edge) => edge > from && edge < to)
  return [...new Set([from, ...inside])].sort((a, b) => a - b)
}

function isSame(a: OnDuty, b: OnDuty): boolean {
  const absentOf = ({ absent }: OnDuty) => absent.map(({ userId, why }) => `${userId} ${why}`).join()
  return a.shift?.from === b.shift?.from && a.shift?.to === b.shift?.to && a.primary === b.primary && a.deputy === b.deputy && a.change?.id === b.change?.id && absentOf(a) === absentOf(b)
}

/** Who is on from `from` until just before `to`, stretch by stretch, without hole or overlap; a stretch never reaches over the end of a shift. */
export function spansOf(book: RosterBook, from: Instant, to: Instant): readonly OnDutySpan[] {
  if (from >= to) return []
  const edges = edgesOf(book, from, to)
  const spans: OnDutySpan[] = []
  for (const [index, edge] of edges.entries()) {
    const span = { ...whoIsOn(book, edge), from: edge, to: edges[index + 1] ?? to }
    const last = spans.at(-1)
    // An edge of somebody else's leave changes nothing here.
    if (last !== undefined && isSame(last, span)) spans[spans.length - 1] = { ...last, to: span.to }
    else spans.push(span)
  }
  return spans
}

const LOOKED_AHEAD = 62 * DAY

/** The next instant at which somebody else is on, or somebody else his deputy; null where nothing changes for two months. */
export function nextChange(book: RosterBook, at: Instant): Instant | null {
  const now = whoIsOn(book, at)
  // A week first: nearly every roster changes within it.
  for (const [from, to] of [[at, at + 7 * DAY], [at + 7 * DAY, at + LOOKED_AHEAD]] as const) {
    const other = spansOf(book, from, to).find(({ primary, deputy }) => primary !== now.primary || deputy !== now.deputy)
    if (other !== undefined) return other.from
  }
  return null
}
