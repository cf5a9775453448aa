import type { PeerFact } from '../domain/peer/peer-fact.ts'
import type { MadeFact, PeerMade } from '../domain/peer/peer-made.ts'
import { advisoryLock, type Sql, type Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A stored fact with what its group was found to make of it. */
export interface PeerRow extends PeerFact {
  readonly made: PeerMade | null
}

type Place = Pick<PeerFact, 'groupKey' | 'at' | 'ticketKey' | 'subject'>
const PLACES = `unnest(${['$1', '$2', '$3', '$4'].map(column).join(', ')})`
const placesOf = (facts: readonly Place[]) => [
  joined(facts.map(({ groupKey }) => groupKey)),
  joined(facts.map(({ at }) => at)),
  joined(facts.map(({ ticketKey }) => ticketKey)),
  joined(facts.map(({ subject }) => subject)),
]
const AT_PLACE = `f.group_key = i.group_key and f.at = ${instantOf('i.at')} and f.ticket_key = i.ticket_key and f.subject = i.subject`
const READ = `f.group_key as "groupKey", f.at, f.ticket_key as "ticketKey", f.subject, f.took, f.digest, f.made`

/** Stores facts of tickets that this transaction has locked; one that stands at its place already is said anew, and what was made of it stays. */
export async function insertPeerFacts(tx: Tx, facts: readonly PeerFact[]): Promise<void> {
  if (facts.length === 0) return
  await tx.query(
    `insert into peer_fact (group_key, at, ticket_key, subject, took, digest)
     select group_key, ${instantOf('at')}, ticket_key, subject, took::bigint, digest
       from unnest(${['$1', '$2', '$3', '$4', '$5', '$6'].map(column).join(', ')}) as i (group_key, at, ticket_key, subject, took, digest) order by 1, 2, 3, 4
     on conflict (group_key, at, ticket_key, subject) do update set took = excluded.took, digest = excluded.digest`,
    [...placesOf(facts), joined(facts.map(({ took }) => took)), joined(facts.map(({ digest }) => digest))],
  )
}

/** Takes facts away that a ticket no longer has. */
export async function deletePeerFacts(tx: Tx, facts: readonly Place[]): Promise<void> {
  if (facts.length === 0) return
  await tx.query(`delete from peer_fact f using ${PLACES} as i (group_key, at, ticket_key, subject) where ${AT_PLACE}`, placesOf(facts))
}

/** Puts groups in line for a look, once for each change of them. */
export async function insertPeerChecks(tx: Tx, groupKeys: readonly string[]): Promise<void> {
  if (groupKeys.length > 0) await tx.query(`insert into peer_check (group_key) select * from unnest(${column('$1')})`, [joined(groupKeys)])
}

/** Whether any group waits for a look. */
export async function hasPeerChecks(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ waits: boolean }>('select exists (select from peer_check) as waits')
  return rows[0]?.waits === true
}

/** Makes this transaction the only one that says what groups make of their facts until it ends, when whoever is at it has ended. */
export const lockPeers = (tx: Tx): Promise<void> => advisoryLock(tx, 'tocsin:peers')

/** Takes up to `limit` changes out of the line: each group with how many of them are its own. Only for a holder of {@link lockPeers}. */
export async function takePeerChecks(tx: Tx, limit: number): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ groupKey: string; n: number }>(
    `with taken as (delete from peer_check where seq = any(array(select seq from peer_check order by seq limit $1)) returning group_key)
     select group_key as "groupKey", count(*)::int as n from taken group by 1`,
    [limit],
  )
  return new Map(rows.map(({ groupKey, n }) => [groupKey, n]))
}

/** The first facts of these groups, in their order; of each as many as are asked for. */
export async function loadPeerGroups(tx: Tx, most: ReadonlyMap<string, number>): Promise<PeerRow[]> {
  if (most.size === 0) return []
  const { rows } = await tx.query<PeerRow>(
    `select ${READ} from unnest(${column('$1')}, ${column('$2')}) as g (group_key, most)
       cross join lateral (select * from peer_fact p where p.group_key = g.group_key order by p.at, p.ticket_key, p.subject limit g.most::int) f
      order by f.group_key, f.at, f.ticket_key, f.subject`,
    [joined([...most.keys()]), joined([...most.values()])],
  )
  return rows
}

/** Notes what groups make of facts. */
export async function savePeerMade(tx: Tx, facts: readonly (Place & { readonly made: PeerMade | null })[]): Promise<void> {
  if (facts.length === 0) return
  await tx.query(
    `update peer_fact f set made = i.made::json from unnest(${['$1', '$2', '$3', '$4', '$5'].map(column).join(', ')}) as i (group_key, at, ticket_key, subject, made)
      where ${AT_PLACE}`,
    [...placesOf(facts), joined(facts.map(({ made }) => (made === null ? null : JSON.stringify(made))))],
  )
}

/** What others make of facts of these tickets. */
export async function loadMadeFacts(sql: Sql, ticketKeys: readonly string[]): Promise<(MadeFact & { readonly ticketKey: string })[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await sql.query<MadeFact & { ticketKey: string }>(
    `select f.ticket_key as "ticketKey", f.group_key as "groupKey", f.at, f.subject, f.made from peer_fact f
      where f.ticket_key = any(${column('$1')}) and f.made is not null`,
    [joined(ticketKeys)],
  )
  return rows
}

/** Every fact of these tickets. */
export async function loadPeerFacts(sql: Sql, ticketKeys: readonly string[]): Promise<PeerRow[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await sql.query<PeerRow>(`select ${READ} from peer_fact f where f.ticket_key = any(${column('$1')})`, [joined(ticketKeys)])
  return rows
}

/** Facts of tickets that are not there, at most `limit`. */
export async function loadStrayPeerFacts(sql: Sql, limit: number): Promise<PeerRow[]> {
  const { rows } = await sql.query<PeerRow>(`select ${READ} from peer_fact f where not exists (select from ticket t where t.ticket_key = f.ticket_key) limit $1`, [limit])
  return rows
}

/** Takes away by what equal replies are found of tickets whose text goes (docs/keeping.md); what was made of them stays. */
export async function forgetReplyDigests(tx: Tx, ticketKeys: readonly string[]): Promise<void> {
  if (ticketKeys.length > 0) await tx.query(`update peer_fact set digest = null where ticket_key = any(${column('$1')}) and digest is not null`, [joined(ticketKeys)])
}

/** Those of these groups of which a ticket is frozen: what they make of their facts can no longer be told from these. */
export async function loadFrozenGroups(sql: Sql, groupKeys: readonly string[]): Promise<Set<string>> {
  if (groupKeys.length === 0) return new Set()
  const { rows } = await sql.query<{ groupKey: string }>(
    `select distinct f.group_key as "groupKey" from peer_fact f join ticket t on t.ticket_key = f.ticket_key and t.is_frozen where f.group_key = any(${column('$1')})`,
    [joined(groupKeys)],
  )
  return new Set(rows.map(({ groupKey }) => groupKey))
}

/** The next groups after `after`, at most `limit`. */
export async function loadGroupKeys(sql: Sql, after: string, limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ groupKey: string }>(
    'select distinct group_key as "groupKey" from peer_fact where group_key > $1 order by group_key limit $2',
    [after, limit],
  )
  return rows.map(({ groupKey }) => groupKey)
}

/** Those of these groups that wait for a look. */
export async function loadWaitingGroups(sql: Sql, groupKeys: readonly string[]): Promise<Set<string>> {
  if (groupKeys.length === 0) return new Set()
  const { rows } = await sql.query<{ groupKey: string }>(`select distinct group_key as "groupKey" from peer_check where group_key = any(${column('$1')})`, [joined(groupKeys)])
  return new Set(rows.map(({ groupKey }) => groupKey))
}
