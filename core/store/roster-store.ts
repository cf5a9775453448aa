import type { Position } from '../domain/escalation/position.ts'
import type { ChangeBody, RosterBody, RosterChange, RosterVersion } from '../domain/oncall/roster.ts'
import type { Candidate } from '../domain/oncall/roster-faults.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A position that has a roster, and how often it was changed. */
export interface RosterPosition extends Position {
  readonly revision: number
}

export interface StoredVersion extends Position, RosterVersion {
  readonly author: string
  readonly reason: string
  readonly createdAt: Instant
}

export interface StoredChange extends Position, RosterChange {
  /** Null while it stands. */
  readonly withdrawnAt: Instant | null
  readonly withdrawnBy: string | null
  readonly withdrawnReason: string | null
}

/** Somebody as rosters need him. */
export interface RosterPerson extends Candidate {
  readonly userId: string
  readonly name: string
  readonly disabledAt: Instant | null
}

const asked = (positions: readonly Position[]) => [joined(positions.map(({ role }) => role)), joined(positions.map(({ regionCode }) => regionCode))]
const among = (alias: string, first: number) => `(${alias}.role, ${alias}.region_code) in (select * from unnest(${column(`$${first}`)}, ${column(`$${first + 1}`)}))`

/** The positions of a subtree that have rosters, by region and role. */
export async function loadRosterPositions(sql: Sql, scope: Scope): Promise<RosterPosition[]> {
  const { rows } = await sql.query<RosterPosition>(
    `select p.role, p.region_code as "regionCode", p.revision from roster_position p join region r on r.code = p.region_code
      where r.path ^@ $1 order by r.path, p.role`,
    [scope.path],
  )
  return rows
}

const VERSION = `v.role, v.region_code as "regionCode", v.version, v.effective_from as "effectiveFrom", v.body, v.author, v.reason, v.created_at as "createdAt"`

/** Every version of these positions' rosters, oldest first. */
export async function loadRosterVersions(sql: Sql, positions: readonly Position[]): Promise<StoredVersion[]> {
  if (positions.length === 0) return []
  const { rows } = await sql.query<StoredVersion>(`select ${VERSION} from roster_version v where ${among('v', 1)} order by v.version`, asked(positions))
  return rows
}

const CHANGE = `c.id::text as id, c.role, c.region_code as "regionCode", c.body, c.author, c.reason, c.created_at as at,
  c.withdrawn_at as "withdrawnAt", c.withdrawn_by as "withdrawnBy", c.withdrawn_reason as "withdrawnReason"`

/** The overrides and swaps of these positions that stand and touch a window, in the order in which they were made. */
export async function loadShiftChanges(sql: Sql, positions: readonly Position[], from: Instant, to: Instant): Promise<StoredChange[]> {
  if (positions.length === 0) return []
  const { rows } = await sql.query<StoredChange>(
    `select ${CHANGE} from roster_change c
      where c.leave_of is null and c.withdrawn_at is null and c.to_at > ${instantOf('$3')} and c.from_at < ${instantOf('$4')} and ${among('c', 1)} order by c.id`,
    [...asked(positions), from, to],
  )
  return rows
}

/** The leaves of these people that stand and touch a window, whichever position they were entered at: somebody on leave is nowhere on. */
export async function loadLeaves(sql: Sql, userIds: readonly string[], from: Instant, to: Instant): Promise<StoredChange[]> {
  const { rows } = await sql.query<StoredChange>(
    `select ${CHANGE} from roster_change c
      where c.leave_of = any ($1::uuid[]) and c.withdrawn_at is null and c.to_at > ${instantOf('$2')} and c.from_at < ${instantOf('$3')} order by c.id`,
    [userIds, from, to],
  )
  return rows
}

/** The newest changes of one position, those withdrawn too, newest first. */
export async function loadChangeHistory(sql: Sql, { role, regionCode }: Position, limit: number): Promise<StoredChange[]> {
  const { rows } = await sql.query<StoredChange>(`select ${CHANGE} from roster_change c where c.role = $1 and c.region_code = $2 order by c.id desc limit $3`, [role, regionCode, limit])
  return rows
}

const PERSON = `u.id as "userId", u.display_name as name, u.role, r.path as "regionPath", u.disabled_at as "disabledAt", u.disabled_at is not null as "isDisabled"`

/** The people of these ids, disabled or not. */
export async function loadRosterPeople(sql: Sql, userIds: readonly string[]): Promise<RosterPerson[]> {
  const { rows } = await sql.query<RosterPerson>(`select ${PERSON} from app_user u join region r on r.code = u.region_code where u.id = any ($1::uuid[])`, [userIds])
  return rows
}

/** Who could be on for a position of a region: everybody in the reader's scope who stands at it or above it, and is not disabled. */
export async function loadRosterCandidates(sql: Sql, scope: Scope, regionPath: string): Promise<RosterPerson[]> {
  const { rows } = await sql.query<RosterPerson>(
    `select ${PERSON} from app_user u join region r on r.code = u.region_code
      where r.path ^@ $1 and $2 ^@ r.path and u.disabled_at is null order by length(r.path) desc, u.role, u.login`,
    [scope.path, regionPath],
  )
  return rows
}

/** Locks a position, making it where there is none, and returns its revision; nobody else changes its roster until the transaction ends. */
export async function lockRosterPosition(tx: Tx, { role, regionCode }: Position, now: Instant): Promise<number> {
  await tx.query(`insert into roster_position (role, region_code, check_at) values ($1, $2, ${instantOf('$3')}) on conflict do nothing`, [role, regionCode, now])
  const { rows } = await tx.query<{ revision: number }>('select revision from roster_position where role = $1 and region_code = $2 for update', [role, regionCode])
  return rows[0]?.revision ?? 0
}

/** Counts a change of a locked position, and has its gaps looked at. */
export async function touchRosterPosition(tx: Tx, { role, regionCode }: Position, now: Instant): Promise<void> {
  await tx.query(`update roster_position set revision = revision + 1, check_at = ${instantOf('$3')} where role = $1 and region_code = $2`, [role, regionCode, now])
}

/** Has the gaps of every roster looked at: somebody has left or come, or the calendar is another. */
export async function touchAllRosters(sql: Sql, now: Instant): Promise<void> {
  await sql.query(`update roster_position set check_at = ${instantOf('$1')} where check_at > ${instantOf('$1')}`, [now])
}

/** Has the positions looked at whose rosters name somebody: how he is reached has changed. */
export async function touchRostersNaming(sql: Sql, userId: string, now: Instant): Promise<void> {
  await sql.query(
    `update roster_position p set check_at = ${instantOf('$1')}
      where p.check_at > ${instantOf('$1')} and (
        exists (select from roster_version v where v.role = p.role and v.region_code = p.region_code and position($2 in v.body::text) > 0)
        or exists (select from roster_change c where c.role = p.role and c.region_code = p.region_code and c.withdrawn_at is null and position($2 in c.body::text) > 0))`,
    [now, userId],
  )
}

/** Locks the position whose gaps are to be looked at, the longest due first; undefined when none is. */
export async function lockDueRoster(tx: Tx, now: Instant): Promise<Position | undefined> {
  const { rows } = await tx.query<Position>(
    `select role, region_code as "regionCode" from roster_position where check_at <= ${instantOf('$1')} order by check_at limit 1 for update skip locked`,
    [now],
  )
  return rows[0]
}

/** When the gaps of a position are next looked at. */
export async function saveRosterCheck(tx: Tx, { role, regionCode }: Position, at: Instant): Promise<void> {
  await tx.query(`update roster_position set check_at = ${instantOf('$3')} where role = $1 and region_code = $2`, [role, regionCode, at])
}

/** Who writes, and why. */
export interface RosterEntry {
  readonly author: string
  readonly reason: string
  readonly now: Instant
}

/** Writes the next version of a locked position's roster and returns its number. */
export async function insertRosterVersion(tx: Tx, { role, regionCode }: Position, roster: { readonly body: RosterBody; readonly effectiveFrom: Instant }, entry: RosterEntry): Promise<number> {
  const { rows } = await tx.query<{ version: number }>(
    `insert into roster_version (role, region_code, version, effective_from, body, author, reason, created_at)
     select $1, $2, coalesce(max(version), 0) + 1, ${instantOf('$3')}, $4::jsonb, $5, $6, ${instantOf('$7')} from roster_version where role = $1 and region_code = $2
     returning version`,
    [role, regionCode, roster.effectiveFrom, JSON.stringify(roster.body), entry.author, entry.reason, entry.now],
  )
  return rows[0]?.version ?? 0
}

/** Writes a change of a locked position and returns its id. */
export async function insertRosterChange(
  tx: Tx,
  { role, regionCode }: Position,
  change: { readonly body: ChangeBody; readonly from: Instant; readonly to: Instant },
  entry: RosterEntry,
): Promise<string> {
  const { body } = change
  const { rows } = await tx.query<{ id: string }>(
    `insert into roster_change (role, region_code, kind, body, from_at, to_at, leave_of, author, reason, created_at)
     values ($1, $2, $3, $4::jsonb, ${instantOf('$5')}, ${instantOf('$6')}, $7, $8, $9, ${instantOf('$10')}) returning id::text as id`,
    [role, regionCode, body.kind, JSON.stringify(body), change.from, change.to, body.kind === 'leave' ? body.userId : null, entry.author, entry.reason, entry.now],
  )
  return rows[0]?.id ?? ''
}

/** Withdraws a change of a locked position that stands; false when there is none such. */
export async function withdrawRosterChange(tx: Tx, { role, regionCode }: Position, id: string, entry: RosterEntry): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update roster_change set withdrawn_at = ${instantOf('$4')}, withdrawn_by = $5, withdrawn_reason = $6
      where id = $3::bigint and role = $1 and region_code = $2 and withdrawn_at is null`,
    [role, regionCode, id, entry.now, entry.author, entry.reason],
  )
  return rowCount === 1
}
