import { type CalendarBody, calendarFrom } from '../domain/calendar.ts'
import type { Position } from '../domain/escalation/position.ts'
import { peopleOf } from '../domain/oncall/roster.ts'
import type { Person, RosterBook } from '../domain/oncall/who-is-on.ts'
import type { Instant, Zone } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadLeaves, loadRosterPeople, loadRosterVersions, loadShiftChanges } from '../store/roster-store.ts'

export const keyOf = ({ role, regionCode }: Position): string => `${role}@${regionCode}`

function grouped<T extends Position>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

/** What rosters are read by. */
export interface RosterTerms {
  readonly zone: Zone
  readonly calendar: CalendarBody
}

/**
 * All that who is on follows from in a window, for each position that has a roster, by `role@region`; a position without one is not in it. For positions
 * that the reader was shown to own, or for the engine.
 */
export async function loadRosterBooks(sql: Sql, positions: readonly Position[], { zone, calendar }: RosterTerms, from: Instant, to: Instant): Promise<Map<string, RosterBook>> {
  const versions = grouped(await loadRosterVersions(sql, positions))
  const held = positions.filter((position) => versions.has(keyOf(position)))
  if (held.length === 0) return new Map()
  const changes = grouped(await loadShiftChanges(sql, held, from, to))
  const named = new Map(held.map((position) => [keyOf(position), peopleOf(versions.get(keyOf(position)) ?? [], changes.get(keyOf(position)) ?? [])]))
  const userIds = [...new Set([...named.values()].flat())]
  const [people, leaves] = [await loadRosterPeople(sql, userIds), await loadLeaves(sql, userIds, from, to)]
  const personOf = new Map<string, Person>(people.map(({ userId, name, disabledAt }) => [userId, { name, goneAt: disabledAt }]))
  return new Map(
    [...named].map(([key, ids]) => {
      const own = leaves.filter(({ body }) => body.kind === 'leave' && ids.includes(body.userId))
      const known = new Map(ids.flatMap((id) => (personOf.has(id) ? [[id, personOf.get(id) as Person]] : [])))
      return [key, { versions: versions.get(key) ?? [], changes: [...(changes.get(key) ?? []), ...own], people: known, zone, calendar: calendarFrom(calendar) }]
    }),
  )
}
