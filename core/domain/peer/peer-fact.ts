import { REORDER_DELAY } from '../quality/quality-check.ts'
import type { Leg, Refund } from '../ticket/parts.ts'
import { flawsOf } from '../ticket/flaws.ts'
import { isValid, type Ticket } from '../ticket/ticket.ts'
import { HOUR, type Instant, localDate, type Zone } from '../time.ts'

/**
 * What of a ticket is held against the same of other tickets: a reply of a handler's day (AT-17), a refund of an agent's day (AT-21), a flawed event of a
 * province's hour (AT-23). Found by its group, in which facts stand in the order of `at`, ticket and subject.
 */
export interface PeerFact {
  readonly groupKey: string
  readonly at: Instant
  readonly ticketKey: string
  /** The leg, the refund, the event. */
  readonly subject: string
  /** Of a reply on a complaint or appeal: how long after the claim it came, ms. */
  readonly took: number | null
  /** Of a reply: by what equal wording is found. */
  readonly digest: string | null
}

/** What a group is of, by the first letter of its key. */
export type PeerKind = 'h' | 'a' | 'q'
export const peerKindOf = (groupKey: string): PeerKind => groupKey.charAt(0) as PeerKind
/** The province that a group belongs to. */
export const provinceOfGroup = (groupKey: string): string => groupKey.slice(1, groupKey.indexOf('|'))

/** The group of flawed events of a province's natural hour (UTC hours, counted from the epoch). */
export const hourGroup = (provinceCode: string, hour: number): string => `q${provinceCode}|${hour}`
/** The hour of such a group. */
export const hourOfGroup = (groupKey: string): number => Number(groupKey.slice(groupKey.indexOf('|') + 1))
export const hourOf = (at: Instant): number => Math.floor(at / HOUR)

/** A reply as a ticket of this kind is measured by it (domain.md 4.3: "for kinds complaint/appeal"). */
export const replyTook = (kind: Ticket['kind'], { claimedAt, finishedAt }: Pick<Leg, 'claimedAt' | 'finishedAt'>): number | null =>
  (kind === 'complaint' || kind === 'appeal') && claimedAt !== null && finishedAt !== null ? finishedAt - claimedAt : null

/** The first word of a refund that says that money is to go: when it counts for its agent; null where there was only a refusal. */
export function refundedFrom({ requestedAt, approvedAt, paidAt }: Refund): Instant | null {
  const known = [requestedAt, approvedAt, paidAt].filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function repliesOf({ provinceCode, ticketKey, kind, legs }: Ticket, zone: Zone): PeerFact[] {
  return legs.flatMap((leg) => {
    const { legId: subject, isAssist, finish, finishedAt: at, handlerKeys = [], replyDigest: digest = null } = leg
    if (isAssist || finish !== 'replied' || at === null || handlerKeys.length === 0) return []
    const [day, took] = [localDate(at, zone), replyTook(kind, leg)]
    return handlerKeys.map((key) => ({ groupKey: `h${provinceCode}|${day}|${key}`, at, ticketKey, subject, took, digest }))
  })
}

function refundsOf({ provinceCode, ticketKey, refunds }: Ticket, zone: Zone): PeerFact[] {
  return refunds.flatMap((refund) => {
    const { refundNo: subject, agentKeys = [] } = refund
    const at = refundedFrom(refund)
    if (at === null || agentKeys.length === 0) return []
    return agentKeys.map((key) => ({ groupKey: `a${provinceCode}|${localDate(at, zone)}|${key}`, at, ticketKey, subject, took: null, digest: null }))
  })
}

/** By the catalogue's own bounds, whatever a province has set: a share is of one thing everywhere. */
const BOUNDS = { reorderDelay: REORDER_DELAY, openLegs: 1 }

function flawedEventsOf(ticket: Ticket, now: Instant): PeerFact[] {
  const { provinceCode, ticketKey, acceptedAt } = ticket
  if (acceptedAt === null) return []
  return flawsOf(ticket, acceptedAt, BOUNDS).flatMap(({ eventName: subject, hourOf: at, from }) =>
    at === null || from > now ? [] : [{ groupKey: hourGroup(provinceCode, hourOf(at)), at, ticketKey, subject, took: null, digest: null }],
  )
}

/** Names a fact among all. */
export const peerName = ({ groupKey, at, ticketKey, subject }: Pick<PeerFact, 'groupKey' | 'at' | 'ticketKey' | 'subject'>): string =>
  `${groupKey}\u001f${at}\u001f${ticketKey}\u001f${subject}`

const NONE: readonly PeerFact[] = []

/**
 * Everything of a ticket that other tickets are judged by, each once; as of `now`, because what is out of order is flawed only after its delay.
 * Void tickets and tests are part of nothing; replies and refunds of merged ones are their parent's.
 */
export function peerFactsOf(ticket: Ticket, zone: Zone, now: Instant): readonly PeerFact[] {
  if (ticket.acceptedAt === null || ticket.voidedAt !== null || ticket.isTest) return NONE
  const { legs, refunds, qualityFlags, completedAt } = ticket
  if (legs.length + refunds.length + qualityFlags.length === 0 && completedAt === null) return NONE
  const ofDay = isValid(ticket) ? [...repliesOf(ticket, zone), ...refundsOf(ticket, zone)] : NONE
  const all = [...ofDay, ...flawedEventsOf(ticket, now)]
  return all.length < 2 ? all : [...new Map(all.map((fact) => [peerName(fact), fact])).values()]
}

/** Whether a fact that stands says the same as another at its place. */
export const isSameFact = (a: PeerFact | undefined, b: PeerFact): boolean => a !== undefined && a.took === b.took && a.digest === b.digest
