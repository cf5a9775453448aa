import type { RosterChangeBody, RosterPut } from '../contract/rosters.ts'
import type { Position } from '../domain/escalation/position.ts'
import { type ChangeBody, peopleOf, type RosterBody } from '../domain/oncall/roster.ts'
import { isDate, spanOfChange } from '../domain/oncall/named-shift.ts'
import { type Candidate, changeFaults, type ChangeFacts, rosterFaults } from '../domain/oncall/roster-faults.ts'
import type { RosterBook } from '../domain/oncall/who-is-on.ts'
import type { RegionTree, Scope } from '../domain/region.ts'
import { atLocal, DAY, HOUR, type Instant, MINUTE, type Zone } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import {
  insertRosterChange,
  insertRosterVersion,
  loadRosterCandidates,
  loadRosterPeople,
  lockRosterPosition,
  type RosterEntry,
  touchAllRosters,
  touchRosterPosition,
  withdrawRosterChange,
} from '../store/roster-store.ts'
import { keyOf, loadRosterBooks, type RosterTerms } from './roster-books.ts'

/** Where a roster is changed, and by whose eyes. */
export interface RosterDesk {
  readonly tx: Tx
  readonly scope: Scope
  readonly tree: RegionTree
  readonly terms: RosterTerms
  readonly position: Position
  readonly entry: RosterEntry
}

/** What became of a change: refused for its faults or because the roster is another by now, or done; `ref` is the version or the change. */
export type RosterOutcome =
  | { readonly outcome: 'stale'; readonly revision: number }
  | { readonly outcome: 'faults'; readonly faults: readonly string[] }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'done'; readonly ref: string }

const EMPTY: Omit<RosterBook, 'zone' | 'calendar'> = { versions: [], changes: [], people: new Map() }
const AHEAD = 400 * DAY

/** `YYYY-MM-DDTHH:mm` of the zone; null where it is none. */
function localInstant(text: string, zone: Zone): Instant | null {
  const [date = '', time = ''] = text.split('T')
  const [, hour = '', minute = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? []
  return isDate(date) && hour !== '' ? atLocal(date, Number(hour) * HOUR + Number(minute) * MINUTE, zone) : null
}

const notLocal = (field: string) => `${field}: 部署时区的时刻 YYYY-MM-DDTHH:mm；请改正 / a reading of the clock as YYYY-MM-DDTHH:mm; correct it`

async function factsOf(desk: RosterDesk): Promise<ChangeFacts> {
  const { tx, scope, tree, terms, position, entry } = desk
  const regionPath = tree.get(position.regionCode)?.path ?? ''
  const held = (await loadRosterBooks(tx, [position], terms, entry.now - DAY, entry.now + AHEAD)).get(keyOf(position))
  const book: RosterBook = held ?? { ...EMPTY, zone: terms.zone, calendar: { isWorkday: () => null } }
  // Whoever is on the roster already may stay on it, though the one who changes it could not have chosen him.
  const named = await loadRosterPeople(tx, peopleOf(book.versions, book.changes))
  const people = [...(await loadRosterCandidates(tx, scope, regionPath)), ...named]
  const candidates = new Map<string, Candidate>(people.map((person) => [person.userId, person]))
  return { position: { ...position, regionPath }, candidates, book, now: entry.now }
}

async function isStale({ tx, position, entry }: RosterDesk, basedOn: number): Promise<RosterOutcome | null> {
  const revision = await lockRosterPosition(tx, position, entry.now)
  return revision === basedOn ? null : { outcome: 'stale', revision }
}

/** Writes the next version of a position's roster, in force from `effectiveFrom`, at once by default. */
export async function putRoster(desk: RosterDesk, put: RosterPut): Promise<RosterOutcome> {
  const { tx, terms, position, entry } = desk
  const stale = await isStale(desk, put.basedOn)
  if (stale !== null) return stale
  const effectiveFrom = put.effectiveFrom === undefined ? entry.now : localInstant(put.effectiveFrom, terms.zone)
  if (effectiveFrom === null) return { outcome: 'faults', faults: [notLocal('effectiveFrom')] }
  if (effectiveFrom < entry.now) return { outcome: 'faults', faults: ['effectiveFrom: 不早于现在；请改为以后的时刻或留空 / not before now; choose a later time or leave it out'] }
  const body: RosterBody = put.roster
  const faults = rosterFaults(body, await factsOf(desk))
  if (faults.length > 0) return { outcome: 'faults', faults }
  const version = await insertRosterVersion(tx, position, { body, effectiveFrom }, entry)
  await touchRosterPosition(tx, position, entry.now)
  return { outcome: 'done', ref: String(version) }
}

/** The change as it is kept: the readings of a leave as instants of the zone. */
function kept(change: RosterChangeBody['change'], zone: Zone): ChangeBody | { readonly fault: string } {
  if (change.kind === 'override') return change
  if (change.kind === 'swap') return { kind: 'swap', shifts: [change.shifts[0], change.shifts[1]], people: [change.people[0], change.people[1]] }
  const [from, to] = [localInstant(change.from, zone), localInstant(change.to, zone)]
  if (from === null || to === null) return { fault: notLocal(from === null ? 'from' : 'to') }
  return { kind: 'leave', userId: change.userId, from, to }
}

/** Writes an override, a swap or a leave. A leave takes the person off every roster that names him. */
export async function changeRoster(desk: RosterDesk, { basedOn, change }: RosterChangeBody): Promise<RosterOutcome> {
  const { tx, position, terms, entry } = desk
  const stale = await isStale(desk, basedOn)
  if (stale !== null) return stale
  const body = kept(change, terms.zone)
  if ('fault' in body) return { outcome: 'faults', faults: [body.fault] }
  const facts = await factsOf(desk)
  const faults = changeFaults(body, facts)
  if (faults.length > 0) return { outcome: 'faults', faults }
  const span = spanOfChange(facts.book, body)
  if (span === null) return { outcome: 'unknown' }
  // A day on either side: a later version may cut the same shift elsewhere.
  const margin = body.kind === 'leave' ? 0 : DAY
  const ref = await insertRosterChange(tx, position, { body, from: span.from - margin, to: span.to + margin }, entry)
  await touchRosterPosition(tx, position, entry.now)
  if (body.kind === 'leave') await touchAllRosters(tx, entry.now)
  return { outcome: 'done', ref }
}

/** Takes a change back; it stays on record. */
export async function withdrawChange(desk: RosterDesk, id: string, basedOn: number): Promise<RosterOutcome> {
  const { tx, position, entry } = desk
  const stale = await isStale(desk, basedOn)
  if (stale !== null) return stale
  if (!(await withdrawRosterChange(tx, position, id, entry))) return { outcome: 'unknown' }
  await touchRosterPosition(tx, position, entry.now)
  await touchAllRosters(tx, entry.now)
  return { outcome: 'done', ref: id }
}
