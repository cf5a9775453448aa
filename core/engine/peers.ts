import { hourOfGroup, isSameFact, type PeerFact, peerFactsOf, peerKindOf, peerName, provinceOfGroup } from '../domain/peer/peer-fact.ts'
import { type TicketPeers, ticketPeers } from '../domain/peer/peer-made.ts'
import { grouped } from '../domain/grouping.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { insertHourChecks, type ProvinceHour } from '../store/peer-hour-store.ts'
import { deletePeerFacts, insertPeerChecks, insertPeerFacts, loadMadeFacts } from '../store/peer-store.ts'
import type { Engine, EngineTx } from './context.ts'

/** What of a ticket other tickets are judged by, as of an instant. */
export const peersOf = ({ zone }: Pick<Engine, 'zone'>, ticket: Ticket, at: Instant): readonly PeerFact[] => peerFactsOf(ticket, zone, at)

/** What others make of the tickets that one transaction judges. */
export interface PeerBook {
  factsOf(ticket: Ticket): readonly PeerFact[]
  /** For the context of a judgement: empty for a ticket that nothing is made of. */
  of(ticket: Ticket): { readonly peers?: TicketPeers }
}

/** Reads what others make of these tickets, in one statement for any number of them; none where none has anything that is held against others. */
export async function peerBook({ engine, tx, now }: Pick<EngineTx, 'engine' | 'tx' | 'now'>, tickets: readonly Ticket[]): Promise<PeerBook> {
  const facts = new Map(tickets.map((ticket) => [ticket.ticketKey, peersOf(engine, ticket, now)]))
  const asked = [...facts].filter(([, own]) => own.length > 0).map(([ticketKey]) => ticketKey)
  const made = grouped(await loadMadeFacts(tx, asked), ({ ticketKey }) => ticketKey)
  return {
    factsOf: ({ ticketKey }) => facts.get(ticketKey) ?? [],
    of: ({ ticketKey }) => {
      // What this fold has moved or taken away is still stored where it was: nothing is made of that any more.
      const standing = new Set((facts.get(ticketKey) ?? []).map(peerName))
      const own = (made.get(ticketKey) ?? []).filter((fact) => standing.has(peerName(fact)))
      return own.length === 0 ? {} : { peers: ticketPeers(own) }
    },
  }
}

/** A ticket whose row is being written: what of it others are judged by, and what was before. */
export interface PeerNote {
  readonly peersBefore: readonly PeerFact[]
  readonly peersAfter: readonly PeerFact[]
}

function differencesOf(notes: readonly PeerNote[]): { readonly gained: PeerFact[]; readonly lost: PeerFact[] } {
  const [gained, lost]: [PeerFact[], PeerFact[]] = [[], []]
  for (const { peersBefore, peersAfter } of notes) {
    if (peersBefore.length + peersAfter.length === 0) continue
    const [before, after] = [peersBefore, peersAfter].map((facts) => new Map(facts.map((fact) => [peerName(fact), fact])))
    for (const [name, fact] of after ?? []) if (!isSameFact(before?.get(name), fact)) gained.push(fact)
    for (const [name, fact] of before ?? []) if (after?.has(name) !== true) lost.push(fact)
  }
  return { gained, lost }
}

/** Groups of days, once for each change, and hours, once, that must be looked at when so many facts of these groups have changed. */
export function groupsToLookAt(groupKeys: readonly string[]): { readonly days: readonly string[]; readonly hours: readonly ProvinceHour[] } {
  const hours = new Set(groupKeys.filter((groupKey) => peerKindOf(groupKey) === 'q'))
  return {
    days: groupKeys.filter((groupKey) => peerKindOf(groupKey) !== 'q'),
    hours: [...hours].map((groupKey) => ({ provinceCode: provinceOfGroup(groupKey), hour: hourOfGroup(groupKey) })),
  }
}

/**
 * Notes, in the transaction that writes tickets, what of them others are judged by, by difference, and which groups must be looked at. Nothing is looked up
 * here: what another transaction writes at the same time cannot be seen yet.
 */
export async function notePeers(tx: Tx, notes: readonly PeerNote[]): Promise<void> {
  const { gained, lost } = differencesOf(notes)
  if (gained.length + lost.length === 0) return
  await deletePeerFacts(tx, lost)
  await insertPeerFacts(tx, gained)
  const { days, hours } = groupsToLookAt([...gained, ...lost].map(({ groupKey }) => groupKey))
  await insertPeerChecks(tx, days)
  await insertHourChecks(tx, hours)
}
