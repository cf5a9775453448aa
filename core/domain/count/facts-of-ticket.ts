import { isValid } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { Fact } from './fact.ts'
import { type FactInput, FactScene } from './fact-scene.ts'
import { addAcceptance } from './facts-acc.ts'
import { addDue } from './facts-due.ts'
import { addEvents } from './facts-evt.ts'
import { addCompletion, addFirstCompletion } from './facts-fin.ts'
import { addLegs } from './facts-leg.ts'
import { addStates } from './facts-snap.ts'

/** What a ticket counts for at an instant. */
export interface TicketFacts {
  readonly facts: readonly Fact[]
  /** The exact next instant at which the facts change without a new event (invariant 4); null: never. */
  readonly changesAt: Instant | null
}

const NOTHING: TicketFacts = { facts: [], changesAt: null }

/**
 * Everything that one ticket adds to the counting cells (domain.md 3.7, 6.1, 6.2, 6.4–6.9); nothing where it leaves every count. Of the time
 * only this enters: how long it has been open, and which limits have been reached. Cancelled tickets count in the volume (`ACC`), in the state
 * until their cancellation (`SNAP`), and with money paid; in nothing that measures timeliness, quality or satisfaction (3.7-8).
 */
export function factsOfTicket(input: FactInput): TicketFacts {
  const { ticket } = input
  if (ticket.acceptedAt === null || !isValid(ticket)) return NOTHING
  const scene = new FactScene(input, ticket.acceptedAt)
  addAcceptance(scene)
  addStates(scene)
  addEvents(scene)
  if (!scene.isCancelled) {
    addCompletion(scene)
    addFirstCompletion(scene)
    addDue(scene)
    addLegs(scene)
  }
  return { facts: scene.facts, changesAt: scene.changesAt }
}
