import { emptyDraft, type FoldMemory, type TicketDraft } from './draft.ts'
import type { FoldState } from './fold.ts'
import type { Ticket } from './ticket.ts'

/** Raised when the fold gives another ticket for the same events: what was stored before is then folded anew from its events. */
export const FOLD_VERSION = 6

const unwritten = () => emptyDraft({ ticketKey: '', provinceCode: '', sourceSystem: '', occurredAt: 0 })
const UNWRITTEN = Object.entries(unwritten()).map(([field, value]) => [field as keyof Ticket, value, JSON.stringify(value)] as const)

/** A ticket as it is stored: what says nothing (empty lists, nulls, defaults) is left out. */
export function packTicket(ticket: Ticket): Partial<Ticket> {
  const packed: Partial<Record<keyof Ticket, unknown>> = {}
  for (const [field, empty, emptyText] of UNWRITTEN) {
    const value = ticket[field]
    if (value === empty || (Array.isArray(value) && value.length === 0)) continue
    if (value !== null && typeof value === 'object' && !Array.isArray(value) && JSON.stringify(value) === emptyText) continue
    packed[field] = value
  }
  return packed as Partial<Ticket>
}

/** The whole ticket of what {@link packTicket} left. The result shares its parts with `packed`. */
export const unpackTicket = (packed: Partial<Ticket>): TicketDraft => Object.assign(unwritten(), packed)

/** What the fold remembers, as it is stored; null where only the whole history will do. */
export function packMemory({ memory }: FoldState): string | null {
  return memory === null ? null : JSON.stringify({ v: FOLD_VERSION, ...memory })
}

/** In the stored memory of a fold that met no correction, and nowhere else. */
export const UNCORRECTED = JSON.stringify({ isCorrected: false }).slice(1, -1)

/** A stored fold to go on with; its memory is null when another version of the fold made it. */
export function unpackState(packed: Partial<Ticket>, memoryText: string | null): FoldState {
  const stored = memoryText === null ? null : (JSON.parse(memoryText) as FoldMemory & { readonly v: number })
  if (stored === null || stored.v !== FOLD_VERSION) return { ticket: unpackTicket(packed), memory: null }
  const { v: _, ...memory } = stored
  return { ticket: unpackTicket(packed), memory }
}
