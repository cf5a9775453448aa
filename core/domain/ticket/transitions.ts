import { DAY } from '../time.ts'
import type { EventType, TicketState } from '../vocabulary.ts'
import type { FoldMemory, TicketDraft } from './draft.ts'
import { isSatisfied } from './satisfaction.ts'
import type { TicketEvent } from './ticket.ts'

/** Where a step leads: a state, the state it stands in, or the state that a suspension interrupted. */
export type Destination = TicketState | 'same' | 'before_suspension'

/** States in which an event is legal, and where it leads from each. */
export type TransitionRow = Readonly<Partial<Record<TicketState, Destination>>>

/** A row's name: an event type, or one of its variants that the matrix treats apart. */
export type StepName = EventType | 'survey_answered_bad'

/** A reopening later than this after the completion is a matter for a new ticket (domain.md 3.5 note 4, 3.6 Reopen). */
export const REOPEN_WITHIN = 7 * DAY

const OPEN_STATES = ['new', 'dispatched', 'processing', 'suspended', 'replied', 'confirming'] as const
const from = (states: readonly TicketState[], to: Destination): TransitionRow => Object.fromEntries(states.map((state) => [state, to]))

/**
 * The transition matrix of domain.md 3.5, one row per event; a state that a row does not name refuses it. An event without a row
 * changes no state and is never illegal. `created` has none: it supplies facts to a ticket that starts as `new`.
 */
export const TRANSITIONS: Readonly<Partial<Record<StepName, TransitionRow>>> = {
  dispatched: from(['new', 'processing'], 'dispatched'),
  claimed: from(['new', 'dispatched'], 'processing'),
  released: from(['processing'], 'dispatched'),
  transferred: from(['dispatched', 'processing'], 'dispatched'),
  reassigned: from(['dispatched', 'processing'], 'dispatched'),
  returned: from(['dispatched', 'processing'], 'new'),
  recalled: from(['dispatched', 'processing'], 'new'),
  suspended: from(['dispatched', 'processing', 'confirming'], 'suspended'),
  resumed: from(['suspended'], 'before_suspension'),
  replied: from(['processing'], 'replied'),
  review_passed: from(['replied'], 'confirming'),
  review_failed: from(['replied', 'confirming'], 'dispatched'),
  redispatched: from(['replied', 'confirming'], 'dispatched'),
  customer_replied: from([...OPEN_STATES, 'repairing'], 'same'),
  completed: from(['new', 'dispatched', 'processing', 'replied', 'confirming'], 'completed'),
  survey_sent: from(['completed'], 'surveying'),
  survey_answered: from(['surveying'], 'completed'),
  survey_answered_bad: from(['surveying'], 'same'),
  survey_expired: from(['surveying'], 'completed'),
  survey_skipped: from(['surveying'], 'completed'),
  repair_opened: from(['completed', 'surveying'], 'repairing'),
  repair_closed: from(['repairing'], 'completed'),
  reopened: from(['completed', 'surveying', 'repairing', 'archived'], 'processing'),
  archived: from(['completed', 'surveying'], 'archived'),
  cancelled: from(OPEN_STATES, 'cancelled'),
  merged: from(OPEN_STATES, 'merged'),
  voided: from([...OPEN_STATES, 'completed', 'surveying', 'archived'], 'voided'),
}

/** The row that an event is judged by: repair and installation end with the technician's word (domain.md 3.5 below the matrix). */
export function stepNameOf(event: TicketEvent, draft: TicketDraft): StepName {
  if (event.type === 'survey_answered') return isSatisfied(event.payload) ? 'survey_answered' : 'survey_answered_bad'
  const endsByTechnician = draft.kind === 'fault' || draft.kind === 'install'
  return endsByTechnician && (event.type === 'fault_cleared' || event.type === 'onsite_finished') ? 'completed' : event.type
}

/** Where `step` leads from where the draft stands, or null when it is illegal there. */
export function destinationOf(step: StepName, event: TicketEvent, draft: TicketDraft, memory: FoldMemory): TicketState | null {
  const to = TRANSITIONS[step]?.[draft.status]
  if (to === undefined) return null
  if (step === 'reopened' && draft.completedAt !== null && event.occurredAt - draft.completedAt > memory.reopenWithin) return null
  if (to === 'same') return draft.status
  return to === 'before_suspension' ? memory.statusBefore : to
}
