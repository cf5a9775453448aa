import type { EventType } from '../vocabulary.ts'
import { accept } from './acceptance.ts'
import { correct } from './correction.ts'
import { COURSE_FACTS, COURSE_STEPS } from './course-effects.ts'
import { type Effect, emptyDraft, type FoldMemory, type TicketDraft } from './draft.ts'
import { APPEAL_STEPS, FIELD_FACTS } from './field-effects.ts'
import { compareEvents, historyOf } from './history.ts'
import { LEG_FACTS, LEG_STEPS } from './leg-effects.ts'
import { flagOf } from './payload.ts'
import { SERVICE_FACTS, SERVICE_STEPS } from './service-effects.ts'
import type { Ticket, TicketEvent } from './ticket.ts'
import { destinationOf, REOPEN_WITHIN, type StepName, stepNameOf, TRANSITIONS } from './transitions.ts'

const ACCEPTANCE: Readonly<Partial<Record<EventType, Effect>>> = {
  created: (draft, event) => {
    if (draft.acceptedAt === null) accept(draft, event)
    else draft.qualityFlags.push(flagOf('illegal_transition', event))
  },
  corrected: correct,
}

type Effects = Readonly<Partial<Record<StepName, Effect>>>

function joinedEffects(...tables: readonly Effects[]): ReadonlyMap<string, readonly Effect[]> {
  const all = new Map<string, Effect[]>()
  for (const table of tables) {
    for (const [type, effect] of Object.entries(table)) all.set(type, [...(all.get(type) ?? []), effect])
  }
  return all
}

/** Facts that hold whatever the state: a reply that reached the customer has reached him, even where the matrix refuses the step (S-5). */
const FACT_EFFECTS = joinedEffects(ACCEPTANCE, LEG_FACTS, COURSE_FACTS, SERVICE_FACTS, FIELD_FACTS)
/** The facts that a legal step adds besides the state it leads to. */
const STEP_EFFECTS = joinedEffects(LEG_STEPS, COURSE_STEPS, SERVICE_STEPS, APPEAL_STEPS)

const NONE: readonly Effect[] = []
const NO_FIELDS: readonly string[] = []

/** Fields whose codes the door did not know (DQ-02); a mended event no longer lists them. */
function unmappedFieldsOf({ payload }: TicketEvent): readonly string[] {
  const listed = payload['unmapped_fields']
  return Array.isArray(listed) ? listed.filter((field) => typeof field === 'string') : NO_FIELDS
}

/** Makes the step where the matrix allows it; else keeps everything and flags it (domain.md 3.5 "Illegal transition"). */
function step(draft: TicketDraft, event: TicketEvent, memory: FoldMemory): void {
  for (const field of unmappedFieldsOf(event)) draft.qualityFlags.push(flagOf(`unmapped:${field}`, event))
  for (const effect of FACT_EFFECTS.get(event.type) ?? NONE) effect(draft, event, memory)
  const name = stepNameOf(event, draft)
  if (TRANSITIONS[name] === undefined) return
  const to = destinationOf(name, event, draft, memory)
  if (to === null) {
    draft.qualityFlags.push(flagOf('illegal_transition', event))
    return
  }
  if (to === 'suspended') memory.statusBefore = draft.status
  draft.status = to
  for (const effect of STEP_EFFECTS.get(name) ?? NONE) effect(draft, event, memory)
}

/** Findings that only the whole history shows. */
function flagWhole(draft: TicketDraft, ordered: readonly TicketEvent[]): void {
  const first = ordered[0] as TicketEvent
  if (draft.acceptedAt === null) draft.qualityFlags.push(flagOf('missing_created', first))
  else if (first.type !== 'created') draft.qualityFlags.push(flagOf('created_not_first', first))
}

/** Settings that a fold follows; versioned, by acceptance. */
export interface FoldRules {
  /** A reopening later than this after the completion is a matter for a new ticket, ms. */
  readonly reopenWithin: number
}

const DEFAULT_RULES: FoldRules = { reopenWithin: REOPEN_WITHIN }

/** A fold that can be gone on with: the ticket, and what the fold remembers besides. */
export interface FoldState {
  readonly ticket: Ticket
  /** Null where later events may change the meaning of earlier ones, so that only the whole history will do. */
  readonly memory: FoldMemory | null
}

/**
 * The ticket as a pure fold of its events (invariants 1 and 2, domain.md 3.3, 3.5, 3.8): any arrival order, any repetition and any
 * batching of the same events give the same ticket. Never throws on a payload. Throws RangeError on an empty list.
 */
export function foldHistory(events: readonly TicketEvent[], rules: FoldRules = DEFAULT_RULES): FoldState {
  const history = historyOf(events)
  const first = history.events[0]
  if (first === undefined) throw new RangeError('a ticket has at least one event')
  const draft = emptyDraft(first)
  const memory: FoldMemory = { statusBefore: 'new', secondLevelCorrectedAt: null, isFeedbackByReply: false, isCorrected: false, reopenWithin: rules.reopenWithin }
  draft.qualityFlags.push(...history.flags)
  for (const event of history.events) step(draft, event, memory)
  flagWhole(draft, history.events)
  draft.eventCount = history.eventCount
  draft.lastEventAt = (history.events.at(-1) as TicketEvent).occurredAt
  const isPlain = first.type === 'created' && draft.acceptedAt !== null && events.every(({ correctsEventId }) => correctsEventId === null)
  return { ticket: draft, memory: isPlain ? memory : null }
}

/** {@link foldHistory}, the ticket only. */
export const foldTicket = (events: readonly TicketEvent[], rules: FoldRules = DEFAULT_RULES): Ticket => foldHistory(events, rules).ticket

/**
 * Goes on with a fold where that gives what folding the whole history would: new events, each later than all before and none a correction.
 * Null where it would not. `state` is used up: its ticket must not be looked at afterwards.
 */
export function foldOn({ ticket, memory }: FoldState, events: readonly TicketEvent[]): FoldState | null {
  if (memory === null || events.length === 0) return null
  if (events.some((event) => event.correctsEventId !== null || event.occurredAt <= ticket.lastEventAt)) return null
  const ordered = [...events].sort(compareEvents)
  for (let index = 1; index < ordered.length; index++) if (ordered[index - 1]?.occurredAt === ordered[index]?.occurredAt) return null
  const draft = ticket as TicketDraft
  for (const event of ordered) step(draft, event, memory)
  draft.eventCount += ordered.length
  draft.lastEventAt = (ordered.at(-1) as TicketEvent).occurredAt
  return { ticket: draft, memory }
}
