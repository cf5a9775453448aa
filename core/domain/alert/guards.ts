import { Temporal } from 'temporal-polyfill'
import { HOUR, type Instant } from '../time.ts'
import { CANARY, colourOf, type Severity } from '../vocabulary.ts'
import { type Actor, type Alert, isAnswered, type MoveRequest, type TransitionResult } from './alert.ts'
import { approversOf } from './authority.ts'
import type { GuardName } from './transition-table.ts'

export type Refusal = Extract<TransitionResult, { ok: false }>

export interface Asking {
  readonly alert: Alert
  readonly request: MoveRequest
  readonly actor: Actor
  readonly at: Instant
}

/** How long after its resolution an alert may be taken up again (domain.md 7.1). */
export const REOPEN_LIMIT = 24 * HOUR

const iso = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toString()
const refuse = (code: Refusal['code'], detail: string): Refusal => ({ ok: false, code, detail })

/** The next colour down, or null below blue. */
const below = (severity: Severity): Severity | null => (severity === 1 ? null : ((severity - 1) as Severity))

/** The colour that a lowering move asks for: what it names, else what the engine proposed, else the next one down; null below blue. */
export function lowerColour({ alert, request }: Pick<Asking, 'alert' | 'request'>): Severity | null {
  if (request.toSeverity !== undefined) return request.toSeverity
  return (request.move === 'approve_downgrade' ? alert.proposedSeverity : null) ?? below(alert.severity)
}

function alreadyAcknowledged(alert: Alert): Refusal {
  const by = alert.ackedBy ?? ''
  const at = alert.ackedAt ?? 0
  return { ok: false, code: 'already_acknowledged', detail: `already acknowledged by ${by} at ${iso(at)}`, by, at }
}

function lowersOne(asking: Asking): Refusal | null {
  const to = lowerColour(asking)
  if (to !== null && to === below(asking.alert.severity)) return null
  return refuse('illegal_move', `a person lowers ${colourOf(asking.alert.severity)} by one colour at a time, never below blue`)
}

function lowersByRule(asking: Asking): Refusal | null {
  const { alert } = asking
  const to = lowerColour(asking)
  if (to === null || to >= alert.severity) return refuse('illegal_move', `${colourOf(alert.severity)} can only go to a lower colour`)
  // An abnormal ticket's level falls with the facts (a retraction, domain.md 4.1-2); a case's orange and red only by consent.
  if (alert.kind === 'risk' && alert.severity >= 3) return refuse('illegal_move', 'orange and red are lowered by approve_downgrade only')
  return null
}

function lowersApproved(asking: Asking): Refusal | null {
  const { alert, actor } = asking
  const to = lowerColour(asking)
  if (to !== alert.proposedSeverity) {
    const byHand = lowersOne(asking)
    if (byHand) return byHand
  }
  if (actor.kind !== 'user') return null
  const consents = alert.approvals.filter((approval) => approval.toSeverity === to)
  const own = approversOf(alert).find((roles) => roles.includes(actor.role)) ?? []
  const given = consents.find((approval) => own.includes(approval.role))
  return given ? refuse('illegal_move', `${given.role} has approved already; the other role's approval is awaited`) : null
}

function secondPerson({ alert, actor }: Asking): Refusal | null {
  if (alert.severity < 3 || actor.kind !== 'user') return null
  if (alert.handlers.length === 0)
    return refuse('separation_of_duty', 'orange and red need two persons: one acknowledges, another marks the false alarm')
  if (alert.handlers.includes(actor.userId)) return refuse('separation_of_duty', 'a second person must mark an orange or red alert as a false alarm')
  return null
}

/** The conditions that the table names; each gives null or the reason why not. */
export const GUARDS: Readonly<Record<GuardName, (asking: Asking) => Refusal | null>> = {
  unanswered: ({ alert }) => (isAnswered(alert) ? alreadyAcknowledged(alert) : null),
  second_person: secondPerson,
  not_own: ({ alert, actor }) =>
    alert.severity >= 3 && actor.kind === 'user' && alert.handlers.includes(actor.userId)
      ? refuse('separation_of_duty', 'nobody closes an orange or red alert that he took or handled himself')
      : null,
  review_done: ({ alert }) => (alert.isReviewOwed ? refuse('review_owed', 'its review is not signed yet; the last signature closes the case') : null),
  within_reopen_limit: ({ alert, at }) =>
    alert.endedAt !== null && at - alert.endedAt <= REOPEN_LIMIT
      ? null
      : refuse('illegal_move', 'an alert can be reopened within 24 h of its resolution only'),
  plan_outstanding: ({ alert }) =>
    alert.state === 'handling' && alert.handleDueAt === null ? refuse('illegal_move', 'handling has started already; use a note') : null,
  raises: ({ alert, request }) =>
    request.toSeverity !== undefined && request.toSeverity > alert.severity
      ? null
      : refuse('illegal_move', `an upgrade names a colour above ${colourOf(alert.severity)}`),
  lowers_one: lowersOne,
  lowers_by_rule: lowersByRule,
  lowers_approved: lowersApproved,
  proposes: ({ alert, request }) =>
    request.toSeverity !== undefined && request.toSeverity < alert.severity
      ? null
      : refuse('illegal_move', `a proposal names a colour below ${colourOf(alert.severity)}`),
  colour_is_low: ({ alert }) =>
    alert.severity <= 2 ? null : refuse('illegal_move', `${colourOf(alert.severity)} is lowered by approve_downgrade only`),
  is_proposed: ({ alert }) => (alert.proposedSeverity === null ? refuse('illegal_move', 'no lower colour is proposed') : null),
  is_canary: ({ alert }) => (alert.kind === CANARY ? null : refuse('illegal_move', "ack is a person's move")),
  is_case: ({ alert }) => (alert.kind === 'risk' ? null : refuse('illegal_move', 'only risk cases are merged and split')),
  colour_is_high: ({ alert }) =>
    alert.severity >= 3 ? null : refuse('illegal_move', `${colourOf(alert.severity)} needs no approval; use downgrade`),
}
