import { foldHistory, foldOn, type FoldRules, type FoldState } from '../domain/ticket/fold.ts'
import type { TicketEvent } from '../domain/ticket/ticket.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { loadEventsOfTickets } from '../store/event-store.ts'
import type { TicketMemory } from '../store/ticket-store.ts'
import type { EngineTx } from './context.ts'

/** A stretch of time that holds events. */
export interface Stretch {
  readonly from: Instant
  readonly to: Instant
}

/** All events of tickets, by key. */
export type Histories = ReadonlyMap<string, readonly TicketEvent[]>

/** Reading widths: tickets (or subjects of notices) whose events lie in one such stretch are read together, so that an old one does not open every chunk for all. */
const READ_SPAN = 28 * DAY

/** The stretch that holds both. */
export const widen = (a: Stretch | null, b: Stretch | null): Stretch | null =>
  a === null || b === null ? (a ?? b) : { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) }

const stretchOf = (memory: TicketMemory | undefined): Stretch | null =>
  memory?.firstEventAt == null || memory.lastEventAt === null ? null : { from: memory.firstEventAt, to: memory.lastEventAt }

/** Keys with where their events lie, in the groups in which they are read. */
export function bySpan(stretches: ReadonlyMap<string, Stretch>): { keys: string[]; stretch: Stretch }[] {
  const groups = new Map<number, { keys: string[]; stretch: Stretch }>()
  for (const [key, stretch] of stretches) {
    const span = Math.floor(stretch.from / READ_SPAN)
    const group = groups.get(span)
    if (group === undefined) groups.set(span, { keys: [key], stretch })
    else {
      group.keys.push(key)
      group.stretch = widen(group.stretch, stretch) as Stretch
    }
  }
  return [...groups.values()]
}

function collect(histories: Map<string, TicketEvent[]>, events: readonly TicketEvent[]): void {
  for (const event of events) {
    const list = histories.get(event.ticketKey)
    if (list === undefined) histories.set(event.ticketKey, [event])
    else list.push(event)
  }
}

/** The events of tickets, each within its stretch at least. */
export async function loadBetween(etx: Pick<EngineTx, 'tx'>, stretches: ReadonlyMap<string, Stretch>): Promise<Map<string, TicketEvent[]>> {
  const histories = new Map<string, TicketEvent[]>()
  for (const { keys, stretch } of bySpan(stretches)) collect(histories, await loadEventsOfTickets(etx.tx, keys, stretch.from, stretch.to))
  return histories
}

/** A ticket as its events say, and where they lie. */
export interface FoldedState {
  readonly ticketKey: string
  readonly memory: TicketMemory | null
  readonly state: FoldState
  readonly stretch: Stretch
  /** The events that were read: all of them, the new ones only, or none for a timer. */
  readonly read: readonly TicketEvent[]
}

/** What a fold follows, by the instant of acceptance. */
export type RulesAt = (acceptedAt: Instant) => FoldRules

const acceptanceOf = (events: readonly TicketEvent[]): Instant => {
  let first = Number.POSITIVE_INFINITY
  for (const { type, occurredAt } of events) if (type === 'created' && occurredAt < first) first = occurredAt
  return Number.isFinite(first) ? first : (events[0]?.occurredAt ?? 0)
}

/** Where the whole history has to be read: new tickets, and those whose new events lie among the old ones or correct them. */
function sortOut(keys: readonly string[], memories: ReadonlyMap<string, TicketMemory>, found: ReadonlyMap<string, Stretch>) {
  const whole = new Map<string, Stretch>()
  const later = new Map<string, Stretch>()
  const still: string[] = []
  for (const key of keys) {
    const memory = memories.get(key)
    const stretch = found.get(key) ?? null
    const isPlain = memory?.lastEventAt != null && memory.state.memory !== null
    if (memory?.isFrozen === true || (isPlain && stretch === null)) still.push(key)
    else if (isPlain && stretch !== null && stretch.from > (memory.lastEventAt as Instant)) later.set(key, stretch)
    else {
      const all = widen(stretchOf(memory), stretch)
      if (all !== null) whole.set(key, all)
    }
  }
  return { whole, later, still }
}

/**
 * Brings the folds of these tickets up to their events: goes on with the stored fold where that gives the same, else folds the whole history.
 * `found` says where the events that call for it lie; `given` holds whole histories of new tickets, where the caller has them already.
 */
export async function foldStates(
  etx: EngineTx,
  keys: readonly string[],
  memories: ReadonlyMap<string, TicketMemory>,
  choice: { readonly found: ReadonlyMap<string, Stretch>; readonly given: Histories | null; readonly rulesAt: RulesAt },
): Promise<FoldedState[]> {
  const { found, given, rulesAt } = choice
  const { whole, later, still } = sortOut(keys, memories, found)
  const states: FoldedState[] = still.map((ticketKey) => {
    const memory = memories.get(ticketKey) as TicketMemory
    return { ticketKey, memory, state: memory.state, stretch: stretchOf(memory) as Stretch, read: [] }
  })
  const fresh = await loadBetween(etx, later)
  for (const [ticketKey, stretch] of later) {
    const memory = memories.get(ticketKey) as TicketMemory
    // What lies in the same stretch and is folded already is read with it.
    const read = (fresh.get(ticketKey) ?? []).filter(({ occurredAt }) => occurredAt > (memory.lastEventAt as Instant))
    const state = foldOn(memory.state, read)
    if (state === null) whole.set(ticketKey, widen(stretchOf(memory), stretch) as Stretch)
    else states.push({ ticketKey, memory, state, stretch: widen(stretchOf(memory), stretch) as Stretch, read })
  }
  const histories = given ?? (await loadBetween(etx, whole))
  for (const [ticketKey, stretch] of whole) {
    const read = histories.get(ticketKey)
    if (read === undefined) continue
    states.push({ ticketKey, memory: memories.get(ticketKey) ?? null, state: foldHistory(read, rulesAt(acceptanceOf(read))), stretch, read })
  }
  return states.sort((a, b) => (a.ticketKey < b.ticketKey ? -1 : 1))
}
