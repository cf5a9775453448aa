import { withChanges } from '../protect/protect.ts'
import { EVENT_RANK } from '../vocabulary.ts'
import type { QualityFlag } from './parts.ts'
import { flagOf } from './payload.ts'
import type { TicketEvent } from './ticket.ts'

/** The events of one ticket in their order, each once, corrections standing in the place of what they correct. */
export interface TicketHistory {
  readonly events: readonly TicketEvent[]
  readonly flags: readonly QualityFlag[]
  /** Distinct events given, replaced ones included. */
  readonly eventCount: number
}

const rankOf = (event: TicketEvent): number => EVENT_RANK.get(event.type) ?? EVENT_RANK.size
const seqOf = (event: TicketEvent): number => event.sourceSeq ?? Number.POSITIVE_INFINITY
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Order of the events of one ticket: `occurredAt`, `sourceSeq` (nulls last), fixed rank of the type, `eventId` (domain.md 3.3). */
export function compareEvents(a: TicketEvent, b: TicketEvent): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt - b.occurredAt
  if (a.sourceSeq !== b.sourceSeq) return seqOf(a) < seqOf(b) ? -1 : 1
  return rankOf(a) - rankOf(b) || compareText(a.eventId, b.eventId) || compareText(a.sourceSystem, b.sourceSystem)
}

/** Of two events that claim one identity the store keeps the first it saw; a fold cannot know it and takes the smaller, whatever the order given. */
function smallerOf(a: TicketEvent, b: TicketEvent): TicketEvent {
  const order = compareEvents(a, b) || a.receivedAt - b.receivedAt || compareText(JSON.stringify(a), JSON.stringify(b))
  return order <= 0 ? a : b
}

const identityOf = (sourceSystem: string, eventId: string): string => `${sourceSystem}\n${eventId}`

function distinct(events: readonly TicketEvent[]): Map<string, TicketEvent> {
  const byIdentity = new Map<string, TicketEvent>()
  for (const event of events) {
    const identity = identityOf(event.sourceSystem, event.eventId)
    const known = byIdentity.get(identity)
    byIdentity.set(identity, known === undefined || known === event ? event : smallerOf(known, event))
  }
  return byIdentity
}

/** A `corrected` event with a field amends the ticket; its reference to an event of another type only names what it is about. */
const isAmendment = (event: TicketEvent): boolean => event.type === 'corrected' && event.payload['field'] !== undefined

/** What `event` stands in the place of, or null. */
function targetOf(event: TicketEvent, byIdentity: ReadonlyMap<string, TicketEvent>): TicketEvent | null {
  if (event.correctsEventId === null) return null
  const target = byIdentity.get(identityOf(event.sourceSystem, event.correctsEventId))
  if (target === undefined) return null
  return isAmendment(event) && target.type !== 'corrected' ? null : target
}

/** Follows the references to the event that nothing is corrected by; null in a cycle. */
function placeOf(event: TicketEvent, targets: ReadonlyMap<TicketEvent, TicketEvent>): TicketEvent | null {
  const seen = new Set([event])
  let place = event
  for (let next = targets.get(place); next; next = targets.get(place)) {
    if (seen.has(next)) return null
    seen.add(next)
    place = next
  }
  return place
}

/** The correction's words at the original's place in the order. Sent as `corrected` without a field it brings what changes of the original's payload. */
function inPlaceOf(place: TicketEvent, event: TicketEvent): TicketEvent {
  if (place === event) return event
  const { occurredAt, sourceSeq, type, payload } = place
  const isPartial = event.type === 'corrected' && type !== 'corrected'
  return { ...event, occurredAt, sourceSeq, ...(isPartial ? { type, payload: withChanges(payload, event.payload) } : {}) }
}

/**
 * Puts corrections in their places (domain.md 3.8): the correction's words, at the original's instant and place in the order. Of several for
 * one place the latest counts that nothing corrects in its turn. Events that correct each other in a ring stand for themselves, flagged.
 */
function withCorrections(byIdentity: ReadonlyMap<string, TicketEvent>, flags: QualityFlag[]): { place: TicketEvent; event: TicketEvent }[] {
  const targets = new Map<TicketEvent, TicketEvent>()
  for (const event of byIdentity.values()) {
    const target = targetOf(event, byIdentity)
    if (target) targets.set(event, target)
    else if (event.correctsEventId !== null && !isAmendment(event)) flags.push(flagOf('correction_without_target', event))
  }
  const corrected = new Set(targets.values())
  const standing = new Map<TicketEvent, TicketEvent>()
  for (const event of byIdentity.values()) {
    const place = placeOf(event, targets)
    if (place === null) {
      standing.set(event, event)
      flags.push(flagOf('correction_cycle', event))
      continue
    }
    if (corrected.has(event)) continue
    const rival = standing.get(place)
    if (!rival || compareEvents(rival, event) < 0) standing.set(place, event)
  }
  return [...standing].map(([place, event]) => ({ place, event }))
}

/** What makes two events the same matter under two ids: type, leg and actor at one instant (domain.md 3.8); of `corrected` events also the field. */
function matterOf({ type, actorType, actorId, payload }: TicketEvent): string {
  return JSON.stringify([type, actorType, actorId, payload['leg_id'], type === 'corrected' ? payload['field'] : null])
}

function withoutRepetitions(ordered: readonly TicketEvent[], flags: QualityFlag[]): readonly TicketEvent[] {
  let repeated: Set<TicketEvent> | null = null
  let matters: Set<string> | null = null
  for (let i = 1; i < ordered.length; i++) {
    const earlier = ordered[i - 1] as TicketEvent
    const event = ordered[i] as TicketEvent
    if (earlier.occurredAt !== event.occurredAt) {
      matters = null
      continue
    }
    matters ??= new Set([matterOf(earlier)])
    const matter = matterOf(event)
    if (matters.has(matter)) {
      repeated = (repeated ?? new Set()).add(event)
      flags.push(flagOf('suspected_duplicate', event))
    }
    matters.add(matter)
  }
  return repeated === null ? ordered : ordered.filter((event) => !repeated.has(event))
}

/** Orders the events of one ticket, given in any order and any number of times (invariants 1 and 2). */
export function historyOf(events: readonly TicketEvent[]): TicketHistory {
  const byIdentity = distinct(events)
  const flags: QualityFlag[] = []
  let ordered: TicketEvent[]
  if (events.every((event) => event.correctsEventId === null)) {
    ordered = [...byIdentity.values()].sort(compareEvents)
  } else {
    ordered = withCorrections(byIdentity, flags)
      .sort((a, b) => compareEvents(a.place, b.place))
      .map(({ place, event }) => inPlaceOf(place, event))
    flags.sort((a, b) => compareText(a.eventId, b.eventId) || compareText(a.flag, b.flag))
  }
  return { events: withoutRepetitions(ordered, flags), flags, eventCount: byIdentity.size }
}
