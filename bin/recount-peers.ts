import { grouped } from '../core/domain/grouping.ts'
import { hourGroup, hourOfGroup, isSameFact, type PeerFact, peerKindOf, peerName, provinceOfGroup } from '../core/domain/peer/peer-fact.ts'
import { isSameMade, madeOfDay, MOST_OF_A_DAY } from '../core/domain/peer/peer-made.ts'
import { groupsToLookAt } from '../core/engine/peers.ts'
import { hourChanges } from '../core/engine/settle-hours.ts'
import type { Tx } from '../core/platform/database.ts'
import { countHourEvents, insertHourChecks, loadFlawedHours, loadWaitingHours } from '../core/store/peer-hour-store.ts'
import { deletePeerFacts, insertPeerChecks, insertPeerFacts, loadFrozenGroups, loadGroupKeys, loadPeerFacts, loadPeerGroups, loadStrayPeerFacts, loadWaitingGroups } from '../core/store/peer-store.ts'

const PAGE = 1_000
const STRAYS_AT_ONCE = 10_000

/** Facts that other tickets are judged by, as they should be and are not. */
export interface PeerRecount {
  readonly missing: PeerFact[]
  readonly extra: PeerFact[]
  /** Groups of which something else is kept than they make of their facts. */
  readonly groups: string[]
}

/** Nothing found yet. */
export const noPeerFaults = (): PeerRecount => ({ missing: [], extra: [], groups: [] })

/** How many things are wrong. */
export const wrongPeersOf = ({ missing, extra, groups }: PeerRecount): number => missing.length + extra.length + groups.length

/** Compares what is stored of some tickets with what they say. */
export async function comparePeerFacts(tx: Tx, facts: ReadonlyMap<string, readonly PeerFact[]>, { missing, extra }: PeerRecount): Promise<void> {
  const stored = grouped(await loadPeerFacts(tx, [...facts.keys()]), ({ ticketKey }) => ticketKey)
  for (const [ticketKey, said] of facts) {
    const held = new Map((stored.get(ticketKey) ?? []).map((fact) => [peerName(fact), fact]))
    for (const fact of said) if (!isSameFact(held.get(peerName(fact)), fact)) missing.push(fact)
    const names = new Set(said.map(peerName))
    for (const [name, fact] of held) if (!names.has(name)) extra.push(fact)
  }
}

async function wrongDays(tx: Tx, groupKeys: readonly string[]): Promise<string[]> {
  // One beyond what is looked at: nothing must be made of it.
  const rows = await loadPeerGroups(tx, new Map(groupKeys.map((groupKey) => [groupKey, MOST_OF_A_DAY + 1])))
  return [...grouped(rows, ({ groupKey }) => groupKey)].flatMap(([groupKey, own]) => {
    const made = madeOfDay(own)
    return own.every((row, place) => isSameMade(row.made, made[place] ?? null)) ? [] : [groupKey]
  })
}

async function wrongHours(tx: Tx, groupKeys: readonly string[]): Promise<string[]> {
  const waiting = new Set((await loadWaitingHours(tx)).map(({ provinceCode, hour }) => hourGroup(provinceCode, hour)))
  const settled = groupKeys.filter((groupKey) => !waiting.has(groupKey))
  const events = await countHourEvents(
    tx,
    settled.map((groupKey) => ({ provinceCode: provinceOfGroup(groupKey), hour: hourOfGroup(groupKey) })),
  )
  const flawed = await loadFlawedHours(tx, settled)
  return flawed.filter((one, place) => hourChanges(one, events[place] ?? 0).length > 0).map(({ groupKey }) => groupKey)
}

/** Compares what is kept with what every group makes of its facts, and finds facts of tickets that are not there; days that wait for their look, or of which texts are gone, are left out. */
export async function comparePeerGroups(tx: Tx, { extra, groups }: PeerRecount): Promise<void> {
  extra.push(...(await loadStrayPeerFacts(tx, STRAYS_AT_ONCE)))
  for (let after = ''; ; ) {
    const page = await loadGroupKeys(tx, after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return
    after = last
    const left = new Set([...(await loadWaitingGroups(tx, page)), ...(await loadFrozenGroups(tx, page))])
    const [days, hours] = [page.filter((key) => peerKindOf(key) !== 'q' && !left.has(key)), page.filter((key) => peerKindOf(key) === 'q')]
    groups.push(...(await wrongDays(tx, days)), ...(await wrongHours(tx, hours)))
  }
}

/** Puts the facts right, and the groups in line for a look, which has the tickets judged again that it concerns. */
export async function repairPeers(tx: Tx, { missing, extra, groups }: PeerRecount): Promise<void> {
  await deletePeerFacts(tx, extra)
  await insertPeerFacts(tx, missing)
  const { days, hours } = groupsToLookAt([...missing, ...extra].map(({ groupKey }) => groupKey).concat(groups))
  await insertPeerChecks(tx, days)
  await insertHourChecks(tx, hours)
}
