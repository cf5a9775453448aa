import type { EventType } from '../vocabulary.ts'
import type { Effect, TicketDraft } from './draft.ts'
import { asInstant, asInteger, asText, asTruth } from './payload.ts'
import type { TicketEvent } from './ticket.ts'

type AppointmentDraft = TicketDraft['appointments'][number]

function newAppointment(draft: TicketDraft, { payload, occurredAt }: TicketEvent): AppointmentDraft {
  const appointment: AppointmentDraft = {
    setAt: occurredAt,
    windowStart: asInstant(payload['window_start']),
    windowEnd: asInstant(payload['window_end']),
    companyMoves: 0,
    arrivedAt: null,
    finishedAt: null,
    replacedBy: null,
  }
  draft.appointments.push(appointment)
  return appointment
}

/** Moved by the customer it is a new appointment; moved by the company it is the same one, later (domain.md K-66). */
function changeAppointment(draft: TicketDraft, event: TicketEvent): void {
  const last = draft.appointments.at(-1)
  const isCustomers = event.payload['initiator'] === 'customer'
  if (last === undefined || last.arrivedAt !== null) {
    newAppointment(draft, event)
    return
  }
  if (isCustomers) {
    last.replacedBy = 'customer'
    newAppointment(draft, event)
    return
  }
  last.companyMoves += 1
  last.windowStart = asInstant(event.payload['window_start']) ?? last.windowStart
  last.windowEnd = asInstant(event.payload['window_end']) ?? last.windowEnd
}

const IN_HANDLING = 4
const CLOSING: ReadonlySet<number> = new Set([0, 3, 5, 6, 7])

function appealStatus(draft: TicketDraft, event: TicketEvent, memory: { isFeedbackByReply: boolean }): void {
  const { payload, occurredAt } = event
  const status = asInteger(payload['status'])
  const known = draft.appeal ?? { regulatorCaseNo: null, status: null, stage: null, dueAt: null, feedbackAt: null, closedAt: null }
  const isFeedback = (status !== null && status !== IN_HANDLING) || asTruth(payload['feedback']) === true
  draft.appeal = {
    regulatorCaseNo: asText(payload['regulator_case_no']) ?? known.regulatorCaseNo,
    status: status ?? known.status,
    stage: asText(payload['stage']) ?? known.stage,
    dueAt: asInstant(payload['due_at']) ?? known.dueAt,
    feedbackAt: known.feedbackAt ?? (isFeedback ? occurredAt : null),
    closedAt: known.closedAt ?? (status !== null && CLOSING.has(status) ? occurredAt : null),
  }
  if (isFeedback) memory.isFeedbackByReply = false
}

/** Legal steps that touch the appeal: the reply of the final leg is the feedback, until it is refused (domain.md 3.6 C_APPEAL_FEEDBACK). */
export const APPEAL_STEPS: Readonly<Partial<Record<EventType, Effect>>> = (() => {
  const takeBack: Effect = (draft, _event, memory) => {
    if (draft.appeal === null || !memory.isFeedbackByReply) return
    draft.appeal.feedbackAt = null
    memory.isFeedbackByReply = false
  }
  return {
    replied: (draft, event, memory) => {
      if (draft.appeal === null || draft.appeal.feedbackAt !== null) return
      draft.appeal.feedbackAt = event.occurredAt
      memory.isFeedbackByReply = true
    },
    review_failed: takeBack,
    redispatched: takeBack,
  }
})()

/** Facts of the regulator, of home visits, of provisioning and of repair (domain.md 3.4 rows 32–36). */
export const FIELD_FACTS: Readonly<Partial<Record<EventType, Effect>>> = {
  appeal_status_changed: appealStatus,
  appointment_set: (draft, event) => void newAppointment(draft, event),
  appointment_changed: changeAppointment,
  onsite_arrived: (draft, event) => {
    const last = draft.appointments.at(-1)
    if (last !== undefined) last.arrivedAt ??= event.occurredAt
  },
  onsite_finished: (draft, event) => {
    const last = draft.appointments.at(-1)
    if (last !== undefined) last.finishedAt ??= event.occurredAt
  },
  stage_entered: (draft, { payload, occurredAt }) => {
    draft.stages.push({ stage: asText(payload['stage']) ?? '', enteredAt: occurredAt, leftAt: null })
  },
  stage_left: (draft, { payload, occurredAt }) => {
    const stage = asText(payload['stage'])
    const open = draft.stages.findLast((one) => one.leftAt === null && (stage === null || one.stage === stage))
    if (open !== undefined) open.leftAt = occurredAt
  },
  fault_cleared: (draft, event) => {
    draft.faultClearedAt ??= event.occurredAt
  },
  service_restored: (draft, event) => {
    draft.serviceRestoredAt ??= event.occurredAt
    draft.reconnectPaidAt ??= asInstant(event.payload['paid_at'])
  },
}
