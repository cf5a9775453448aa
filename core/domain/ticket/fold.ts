import type { EventType } from '../vocabulary.ts'
import { accept, ticketKeyOf } from './acceptance.ts'
import { correct } from './correction.ts'
import type { FoldMemory, TicketDraft } from './draft.ts'
import { historyOf } from './history.ts'
import { asText } from './payload.ts'
import type { Ticket, TicketEvent } from './ticket.ts'
import { destinationOf, stepNameOf, TRANSITIONS, type StepName } from './transitions.ts'

type Effect = (draft: TicketDraft, event: TicketEvent, memory: FoldMemory) => void

const toPool = (draft: TicketDraft, event: TicketEvent): void => {
  draft.unitId = asText(event.payload['to_unit']) ?? draft.unitId
  draft.handlerId = null
}

const backToDispatcher = (draft: TicketDraft): void => {
  draft.unitId = null
  draft.handlerId = null
}

const endSuspension = (draft: TicketDraft, event: TicketEvent): void => {
  const last = draft.suspensions.at(-1)
  if (last && last.to === null) last.to = event.occurredAt
}

/** The facts that a legal step adds besides the state it leads to; issue by issue one row more. */
const STEP_EFFECTS: Readonly<Partial<Record<StepName, Effect>>> = {
  dispatched: (draft, event) => {
    draft.firstDispatchedAt ??= event.occurredAt
    toPool(draft, event)
  },
  redispatched: toPool,
  transferred: toPool,
  reassigned: toPool,
  released: (draft) => {
    draft.handlerId = null
  },
  review_failed: (draft) => {
    draft.handlerId = null
  },
  returned: backToDispatcher,
  recalled: backToDispatcher,
  claimed: (draft, event) => {
    draft.claimedAt = event.occurredAt
    draft.handlerId = asText(event.payload['handler_id']) ?? event.actorId
    draft.unitId ??= event.unitId
  },
  suspended: (draft, event) => {
    draft.suspensions.push({ from: event.occurredAt, to: null })
  },
  resumed: endSuspension,
  replied: (draft, event) => {
    draft.repliedAt = event.occurredAt
  },
  completed: (draft, event) => {
    draft.completedAt = event.occurredAt
  },
  reopened: (draft, event) => {
    if (draft.completedAt !== null) draft.closedGaps.push({ from: draft.completedAt, to: event.occurredAt })
    draft.completedAt = null
    draft.reopenCount += 1
  },
  cancelled: (draft, event) => {
    draft.cancelledAt = event.occurredAt
    endSuspension(draft, event)
  },
  merged: (draft, event) => {
    draft.mergedAt = event.occurredAt
    endSuspension(draft, event)
    const parentNo = asText(event.payload['parent_ticket_id'])
    if (parentNo !== null) draft.parentTicketKey = ticketKeyOf(draft, parentNo)
  },
  voided: (draft, event) => {
    draft.voidedAt = event.occurredAt
    endSuspension(draft, event)
  },
}

/** Facts that hold whatever the state: a reply that reached the customer has reached him, even where the matrix refuses the step (S-5). */
const FACT_EFFECTS: Readonly<Partial<Record<EventType, Effect>>> = {
  created: (draft, event) => {
    if (draft.acceptedAt === null) accept(draft, event)
    else draft.qualityFlags.push({ flag: 'illegal_transition', eventId: event.eventId })
  },
  corrected: correct,
  expedited: (draft, event) => {
    draft.expeditedAt.push(event.occurredAt)
  },
  refund_approved: (draft, event) => {
    draft.refundApprovedAt ??= event.occurredAt
  },
  customer_replied: (draft, event) => {
    draft.customerRepliedAt ??= event.occurredAt
  },
}

function emptyDraft(first: TicketEvent): TicketDraft {
  const { ticketKey, provinceCode, sourceSystem } = first
  return {
    ticketKey,
    ticketNo: ticketKey.slice(provinceCode.length + sourceSystem.length + 2),
    provinceCode,
    sourceSystem,
    status: 'new',
    kind: 'complaint',
    channel: '',
    sourceCategory: 'province_complaint',
    urgency: 'normal',
    regionCode: provinceCode,
    phenomenonL1: '',
    phenomenonL2: '',
    productL1: '',
    customerKey: ticketKey,
    star: -1,
    isVip: false,
    isKeyPerson: false,
    isTest: false,
    contentText: '',
    limitBasis: { star: -1, isVip: false, isKeyPerson: false, isSkipLevel: false, isAppeal: false },
    acceptedAt: null,
    firstDispatchedAt: null,
    claimedAt: null,
    repliedAt: null,
    customerRepliedAt: null,
    completedAt: null,
    cancelledAt: null,
    voidedAt: null,
    mergedAt: null,
    parentTicketKey: null,
    unitId: null,
    handlerId: null,
    expeditedAt: [],
    suspensions: [],
    closedGaps: [],
    reopenCount: 0,
    refundApprovedAt: null,
    limitMinutesGiven: null,
    qualityFlags: [],
    eventCount: 0,
    firstEventAt: first.occurredAt,
    lastEventAt: first.occurredAt,
  }
}

/** Makes the step where the matrix allows it; else keeps everything and flags it (domain.md 3.5 "Illegal transition"). */
function step(draft: TicketDraft, event: TicketEvent, memory: FoldMemory): void {
  FACT_EFFECTS[event.type]?.(draft, event, memory)
  const name = stepNameOf(event, draft)
  if (TRANSITIONS[name] === undefined) return
  const to = destinationOf(name, event, draft, memory)
  if (to === null) {
    draft.qualityFlags.push({ flag: 'illegal_transition', eventId: event.eventId })
    return
  }
  if (to === 'suspended') memory.statusBefore = draft.status
  draft.status = to
  STEP_EFFECTS[name]?.(draft, event, memory)
}

/** Findings that only the whole history shows. */
function flagWhole(draft: TicketDraft, ordered: readonly TicketEvent[]): void {
  const first = ordered[0] as TicketEvent
  if (draft.acceptedAt === null) draft.qualityFlags.push({ flag: 'missing_created', eventId: first.eventId })
  else if (first.type !== 'created') draft.qualityFlags.push({ flag: 'created_not_first', eventId: first.eventId })
}

/**
 * The ticket as a pure fold of its events (invariants 1 and 2, domain.md 3.3, 3.5, 3.8): any arrival order, any repetition and any
 * batching of the same events give the same ticket. Never throws on a payload. Throws RangeError on an empty list.
 */
export function foldTicket(events: readonly TicketEvent[]): Ticket {
  const history = historyOf(events)
  const first = history.events[0]
  if (first === undefined) throw new RangeError('a ticket has at least one event')
  const draft = emptyDraft(first)
  const memory: FoldMemory = { statusBefore: 'new', secondLevelCorrectedAt: null }
  draft.qualityFlags.push(...history.flags)
  for (const event of history.events) step(draft, event, memory)
  flagWhole(draft, history.events)
  draft.eventCount = history.eventCount
  draft.lastEventAt = (history.events.at(-1) as TicketEvent).occurredAt
  return draft
}
