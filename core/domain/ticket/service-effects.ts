import { agentKeysOf } from '../protect/customer-key.ts'
import type { EventType } from '../vocabulary.ts'
import type { Effect, TicketDraft } from './draft.ts'
import { asInstant, asInteger, asText, asTruth, isUnknown } from './payload.ts'
import { solvedOf, isSatisfied } from './satisfaction.ts'
import type { TicketEvent } from './ticket.ts'
import type { StepName } from './transitions.ts'

type SurveyDraft = TicketDraft['surveys'][number]
type RefundDraft = TicketDraft['refunds'][number]

/** The survey that is out, or a new one where the source never said that it sent one. */
function surveyOf(draft: TicketDraft, { payload, occurredAt, type }: TicketEvent): SurveyDraft {
  const last = draft.surveys.at(-1)
  if (last !== undefined && last.endedAt === null && type !== 'survey_sent') return last
  const survey: SurveyDraft = {
    sentAt: type === 'survey_sent' ? occurredAt : null,
    mode: asText(payload['mode']) ?? '',
    endedAt: null,
    result: null,
    score: null,
    solved: null,
    skipReason: null,
  }
  draft.surveys.push(survey)
  return survey
}

function endSurvey(draft: TicketDraft, event: TicketEvent, result: SurveyDraft['result']): SurveyDraft {
  // Several answers of one survey: the last one stands (domain.md K-54).
  const last = draft.surveys.at(-1)
  const isAnswerAgain = event.type === 'survey_answered' && last?.result === 'dissatisfied'
  const survey = isAnswerAgain ? last : surveyOf(draft, event)
  survey.endedAt = event.occurredAt
  survey.result = result
  return survey
}

function answer(draft: TicketDraft, event: TicketEvent): void {
  const survey = endSurvey(draft, event, isSatisfied(event.payload) ? 'satisfied' : 'dissatisfied')
  const score = asInteger(event.payload['score'])
  survey.score = score !== null && score >= 1 && score <= 10 ? score : null
  survey.solved = solvedOf(event.payload)
}

const SUCCESSFUL: ReadonlySet<string> = new Set(['satisfied', 'agreed', 'repaired', 'success'])

function closeRepair(draft: TicketDraft, { payload, occurredAt }: TicketEvent): void {
  const repairNo = asText(payload['repair_no'])
  const open = draft.repairs.filter((repair) => repair.closedAt === null)
  const repair = open.find((candidate) => candidate.repairNo === repairNo) ?? open.at(-1)
  if (repair === undefined) return
  const score = asInteger(payload['resurvey_score'])
  repair.closedAt = occurredAt
  repair.result = asText(payload['result'])
  repair.isSuccess = score === null ? SUCCESSFUL.has(repair.result ?? '') : score >= 9
}

/** The refund that an event speaks of: by its number, else the last one that is not paid or refused. */
function refundOf(draft: TicketDraft, event: TicketEvent): RefundDraft {
  const refundNo = asText(event.payload['refund_no'])
  const known = refundNo === null ? undefined : draft.refunds.find((refund) => refund.refundNo === refundNo)
  const isNew = event.type === 'refund_requested'
  const open = isNew || refundNo !== null ? undefined : draft.refunds.findLast(({ paidAt, rejectedAt }) => paidAt === null && rejectedAt === null)
  if (known !== undefined) return known
  if (open !== undefined) return open
  const refund: RefundDraft = {
    refundNo: refundNo ?? `#${event.eventId}`,
    type: '',
    amountCents: 0,
    calculatedCents: null,
    requestedAt: null,
    approvedAt: null,
    rejectedAt: null,
    paidAt: null,
    auditResult: null,
  }
  draft.refunds.push(refund)
  return refund
}

const refunding =
  (field: 'requestedAt' | 'approvedAt' | 'rejectedAt' | 'paidAt'): Effect =>
  (draft, event) => {
    const { payload } = event
    const refund = refundOf(draft, event)
    refund[field] ??= event.occurredAt
    refund.type = asText(payload['type']) ?? refund.type
    refund.amountCents = asInteger(payload['amount_cents']) ?? refund.amountCents
    refund.calculatedCents = asInteger(payload['calculated_cents']) ?? refund.calculatedCents
    refund.auditResult = asText(payload['audit_result']) ?? refund.auditResult
    const agent = agentKeysOf(payload)
    if (refund.agentKeys === undefined && agent.length > 0) refund.agentKeys = [...agent]
  }

function qualify(draft: TicketDraft, { payload, occurredAt }: TicketEvent): void {
  const stage = payload['stage'] === 'final' ? 'final' : 'pre'
  if (draft.qualification?.stage === 'final' && stage === 'pre') return
  const causes = [1, 2, 3, 4, 5].map((level) => asText(payload[`cause_l${level}`]) ?? '')
  while (causes.at(-1) === '') causes.pop()
  draft.qualification = {
    at: occurredAt,
    stage,
    causes,
    liability: asText(payload['liability']) ?? '',
    isReasonable: asTruth(payload['is_reasonable']),
    responsibleUnit: asText(payload['responsible_unit']),
    controlChannel: asText(payload['control_channel']),
    timeoutReason: asText(payload['timeout_reason']),
  }
}

/** Takes what an event says of tendency, scene and the other marks; what it does not mention stays. */
export function mark(draft: TicketDraft, payload: Readonly<Record<string, unknown>>): void {
  const { marks } = draft
  const given = (key: string) => !isUnknown(payload[key])
  const tendency = given('escalation_tendency') ? payload['escalation_tendency'] : payload['tendency']
  marks.escalationTendency = asInteger(tendency) ?? marks.escalationTendency
  // −1 says that it is no such ticket, and takes an earlier mark away.
  marks.strictestScene = asInteger(payload['strictest_scene']) ?? marks.strictestScene
  marks.isSensitive = asTruth(payload['sensitive']) ?? marks.isSensitive
  marks.isFraud = asTruth(payload['fraud']) ?? marks.isFraud
  marks.isPortOut = asTruth(payload['port_out']) ?? marks.isPortOut
  draft.incidentId = asText(payload['incident_id']) ?? draft.incidentId
}

/** Legal steps of surveys and repairs (domain.md 3.4 rows 25, 26). */
export const SERVICE_STEPS: Readonly<Partial<Record<StepName, Effect>>> = {
  survey_sent: (draft, event) => void surveyOf(draft, event),
  survey_answered: answer,
  survey_answered_bad: answer,
  survey_expired: (draft, event) => void endSurvey(draft, event, 'no_answer'),
  repair_opened: (draft, { payload, occurredAt, eventId }) => {
    const repairNo = asText(payload['repair_no']) ?? `#${eventId}`
    draft.repairs.push({ repairNo, cause: asText(payload['cause']) ?? '', openedAt: occurredAt, closedAt: null, result: null, isSuccess: false })
  },
  repair_closed: closeRepair,
}

/** What holds whatever the state: a survey left out, money, qualification, supervision, marks (domain.md 3.4 rows 21, 22, 25, 29–31). */
export const SERVICE_FACTS: Readonly<Partial<Record<EventType, Effect>>> = {
  survey_skipped: (draft, event) => {
    endSurvey(draft, event, 'skipped').skipReason = asText(event.payload['skip_reason'])
  },
  refund_requested: refunding('requestedAt'),
  refund_approved: refunding('approvedAt'),
  refund_rejected: refunding('rejectedAt'),
  refund_paid: refunding('paidAt'),
  qualified: qualify,
  raised: (draft, event) => {
    draft.raisedAt.push(event.occurredAt)
  },
  supervised: (draft, { payload, occurredAt }) => {
    draft.supervisions.push({ level: asText(payload['level']) ?? '', at: occurredAt, dueAt: asInstant(payload['due_at']), answeredAt: null })
  },
  supervision_answered: (draft, event) => {
    const open = draft.supervisions.findLast((supervision) => supervision.answeredAt === null)
    if (open !== undefined) open.answeredAt = event.occurredAt
  },
  marked: (draft, event) => {
    const { payload, occurredAt } = event
    mark(draft, payload)
    const isDuplicate = asTruth(payload['duplicate'])
    if (isDuplicate !== null) draft.markedDifferentAt = isDuplicate ? null : (draft.markedDifferentAt ?? occurredAt)
    if (asTruth(payload['group_result_uploaded']) === true) draft.groupResultAt ??= occurredAt
  },
}
