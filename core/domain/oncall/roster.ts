import { dayOfDate, type Instant } from '../time.ts'
import type { Shift, ShiftKey, ShiftKind, ShiftTimes } from './shift.ts'

/** Who is on for a shift, by user id: the primary is called, the deputy stands in (domain.md 7.6). */
export interface Crew {
  readonly primary: string
  readonly deputy: string | null
}

/** Crews that take turns in the shifts of some kinds, the first of them on the `anchor` date; before it as after it. */
export interface Rotation {
  readonly kinds: readonly ShiftKind[]
  readonly crews: readonly Crew[]
  /** Local date `YYYY-MM-DD`. */
  readonly anchor: string
  /** The next crew every so many days, or with every shift (0). */
  readonly turnDays: number
}

/** A position's roster as it is written down (design.md section 4: versioned data). */
export interface RosterBody extends ShiftTimes {
  readonly rotations: readonly Rotation[]
}

export interface RosterVersion {
  readonly version: number
  readonly effectiveFrom: Instant
  readonly body: RosterBody
}

/** What was decided for single shifts or a person's span, beside the rotation. */
export type ChangeBody =
  | { readonly kind: 'override'; readonly shift: ShiftKey; readonly crew: Crew }
  /** `people[0]` gives `shifts[0]` to `people[1]` and takes `shifts[1]` from him. */
  | { readonly kind: 'swap'; readonly shifts: readonly [ShiftKey, ShiftKey]; readonly people: readonly [string, string] }
  | { readonly kind: 'leave'; readonly userId: string; readonly from: Instant; readonly to: Instant }

/** A change that stands, with who made it and why. */
export interface RosterChange {
  readonly id: string
  readonly author: string
  readonly reason: string
  readonly at: Instant
  readonly body: ChangeBody
}

export const isSameShift = (a: ShiftKey, b: ShiftKey): boolean => a.date === b.date && a.part === b.part

/** The crew whose turn a shift is; null where no rotation has shifts of its kind. */
export function turnOf({ rotations }: RosterBody, shift: Shift): Crew | null {
  const rotation = rotations.find(({ kinds }) => kinds.includes(shift.kind))
  if (rotation === undefined) return null
  const days = dayOfDate(shift.date) - dayOfDate(rotation.anchor)
  const turn = rotation.turnDays === 0 ? 2 * days + shift.part : Math.floor(days / rotation.turnDays)
  const { crews } = rotation
  return crews[((turn % crews.length) + crews.length) % crews.length] ?? null
}

/** Who was meant to be on, and what says so. */
export interface Planned {
  readonly crew: Crew | null
  readonly source: 'rotation' | 'override' | 'swap'
  /** The override or swap that decided last; null for the rotation. */
  readonly change: RosterChange | null
}

function replaced(crew: Crew | null, leaves: string, comes: string): Crew | null {
  if (crew === null) return null
  return { primary: crew.primary === leaves ? comes : crew.primary, deputy: crew.deputy === leaves ? comes : crew.deputy }
}

function swapIn(crew: Crew | null, shift: ShiftKey, { shifts, people }: Extract<ChangeBody, { kind: 'swap' }>): Crew | null {
  if (isSameShift(shifts[0], shift)) return replaced(crew, people[0], people[1])
  return isSameShift(shifts[1], shift) ? replaced(crew, people[1], people[0]) : crew
}

/** Who is meant to be on for a shift: the crew whose turn it is, changed by each override and swap of the shift in the order in which they were made. */
export function plannedFor(body: RosterBody, shift: Shift, changes: readonly RosterChange[]): Planned {
  let planned: Planned = { crew: turnOf(body, shift), source: 'rotation', change: null }
  for (const change of changes) {
    if (change.body.kind === 'override' && isSameShift(change.body.shift, shift)) planned = { crew: change.body.crew, source: 'override', change }
    if (change.body.kind !== 'swap') continue
    const crew = swapIn(planned.crew, shift, change.body)
    if (crew?.primary !== planned.crew?.primary || crew?.deputy !== planned.crew?.deputy) planned = { crew, source: 'swap', change }
  }
  return planned
}

/** Everybody whom a roster and its changes name. */
export function peopleOf(versions: readonly RosterVersion[], changes: readonly RosterChange[]): readonly string[] {
  const crews = versions.flatMap(({ body }) => body.rotations.flatMap((rotation) => rotation.crews))
  const overrides = changes.flatMap(({ body }) => (body.kind === 'override' ? [body.crew] : []))
  const named = [...crews, ...overrides].flatMap(({ primary, deputy }) => (deputy === null ? [primary] : [primary, deputy]))
  const swapped = changes.flatMap(({ body }) => (body.kind === 'swap' ? body.people : []))
  return [...new Set([...named, ...swapped])]
}
