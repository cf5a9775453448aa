import type { EventType } from '../vocabulary.ts'
import { ticketKeyOf } from './acceptance.ts'
import type { Effect, TicketDraft } from './draft.ts'
import { closeLegs, openAgain } from './leg-effects.ts'
import { asInstant, asInteger, asText, asTruth } from './payload.ts'
import type { TicketEvent } from './ticket.ts'

const endSuspension = (draft: TicketDraft, event: TicketEvent): void => {
  const last = draft.suspensions.at(-1)
  if (last && last.to === null) last.to = event.occurredAt
}

const endWith = (field: 'cancelledAt' | 'mergedAt' | 'voidedAt'): Effect => {
  return (draft, event) => {
    draft[field] = event.occurredAt
    endSuspension(draft, event)
    closeLegs(draft, event)
  }
}

function complete(draft: TicketDraft, event: TicketEvent): void {
  draft.completedAt = event.occurredAt
  draft.completions.push({ at: event.occurredAt, reopenedAt: null })
  draft.resultCode = asText(event.payload['result_code'])
  draft.isRaiseFinish = asTruth(event.payload['is_raise_finish']) ?? false
  closeLegs(draft, event)
}

function reopen(draft: TicketDraft, event: TicketEvent): void {
  if (draft.completedAt !== null) draft.closedGaps.push({ from: draft.completedAt, to: event.occurredAt })
  const last = draft.completions.at(-1)
  if (last !== undefined) last.reopenedAt = event.occurredAt
  draft.completedAt = null
  draft.archivedAt = null
  draft.faultClearedAt = null
  draft.reopenCount += 1
  openAgain(draft, event, true)
}

/** Legal steps of the course of the whole ticket (domain.md 3.4 rows 16, 23, 24, 27, 28). */
export const COURSE_STEPS: Readonly<Partial<Record<EventType, Effect>>> = {
  suspended: (draft, event) => {
    const { payload, occurredAt, actorId } = event
    const planned = payload['planned_resume_at']
    draft.suspensions.push({
      from: occurredAt,
      to: null,
      reason: asText(payload['reason_code']) ?? '',
      approver: asText(payload['approver']) ?? actorId,
      plannedResumeAt: asInstant(planned),
    })
  },
  resumed: endSuspension,
  completed: complete,
  reopened: reopen,
  archived: (draft, event) => {
    draft.archivedAt = event.occurredAt
  },
  cancelled: endWith('cancelledAt'),
  voided: endWith('voidedAt'),
  merged: (draft, event, memory) => {
    endWith('mergedAt')(draft, event, memory)
    const parentNo = asText(event.payload['parent_ticket_id'])
    if (parentNo !== null) draft.parentTicketKey = ticketKeyOf(draft, parentNo)
  },
}

function answerExtension(draft: TicketDraft, event: TicketEvent, isApproved: boolean): void {
  const legId = asText(event.payload['leg_id'])
  const waiting = draft.extensions.filter((extension) => extension.answeredAt === null)
  const extension = waiting.find((candidate) => candidate.legId === legId) ?? waiting.at(-1) ?? askExtension(draft, event)
  extension.answeredAt = event.occurredAt
  extension.isApproved = isApproved
  const minutes = asInteger(event.payload['minutes'])
  if (isApproved && minutes !== null) extension.minutes = minutes
}

function askExtension(draft: TicketDraft, event: TicketEvent): TicketDraft['extensions'][number] {
  const open = draft.legs.findLast((leg) => leg.finishedAt === null && !leg.isAssist)
  const extension = {
    legId: asText(event.payload['leg_id']) ?? open?.legId ?? null,
    requestedAt: event.occurredAt,
    answeredAt: null,
    isApproved: false,
    minutes: Math.max(0, asInteger(event.payload['minutes']) ?? 0),
  }
  draft.extensions.push(extension)
  return extension
}

/** What holds of the course of a ticket whatever its state: contacts, chases, extensions (domain.md 3.4 rows 6, 7, 14, 15, 17, 20). */
export const COURSE_FACTS: Readonly<Partial<Record<EventType, Effect>>> = {
  first_contacted: (draft, event) => {
    const result = asText(event.payload['result'])
    if (result === null || result === 'reached') draft.firstContactedAt ??= event.occurredAt
  },
  contact_failed: (draft, event) => {
    draft.contactFailures.push(event.occurredAt)
  },
  customer_replied: (draft, { occurredAt, payload }) => {
    draft.customerReplies.push({
      at: occurredAt,
      method: asText(payload['method']) ?? '',
      recordNo: asText(payload['call_record_no']) ?? asText(payload['message_id']),
      recordSeconds: asInteger(payload['record_seconds']),
      isAgreed: asTruth(payload['agreed']) ?? false,
    })
  },
  interim_replied: (draft) => {
    draft.interimReplyCount += 1
  },
  expedited: (draft, { occurredAt, payload }) => {
    const { status } = draft
    draft.expedites.push({ at: occurredAt, by: asText(payload['by']) ?? '', channel: asText(payload['channel']) ?? '', status })
  },
  extension_requested: askExtension,
  extension_approved: (draft, event) => answerExtension(draft, event, true),
  extension_rejected: (draft, event) => answerExtension(draft, event, false),
}
