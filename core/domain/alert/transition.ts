import { isWithin } from '../region.ts'
import type { Instant } from '../time.ts'
import type { AlertState, Severity } from '../vocabulary.ts'
import { type Actor, type Alert, isAnswered, isAsking, type Move, type MoveRequest, MOVES, needsAck, type TransitionResult } from './alert.ts'
import { approversOf, AUTHORITY } from './authority.ts'
import { type Asking, GUARDS, lowerColour, type Refusal } from './guards.ts'
import { type Destination, type MoveRule, TRANSITIONS } from './transition-table.ts'

const refuse = (code: Refusal['code'], detail: string): Refusal => ({ ok: false, code, detail })

function destinationOf(destination: Destination, alert: Alert): AlertState {
  if (destination === 'same') return alert.state
  if (destination === 'asked') return alert.ackedAt === null ? 'open' : 'handling'
  return destination
}

/** A new question to people counts from the moment in which it is put. */
const askedAgain = (alert: Alert, at: Instant): Alert => (needsAck(alert) ? { ...alert, severitySince: at } : alert)

const withHandler = (alert: Alert, actor: Actor): Alert =>
  actor.kind === 'user' && !alert.handlers.includes(actor.userId) ? { ...alert, handlers: [...alert.handlers, actor.userId] } : alert

/** A lower colour is no new question, but raising it again is one: the answer shrinks with the colour. */
const lowered = (alert: Alert, to: Severity): Alert => ({
  ...alert,
  severity: to,
  ackedSeverity: alert.ackedSeverity === null ? null : (Math.min(alert.ackedSeverity, to) as Severity),
  proposedSeverity: null,
  approvals: [],
})

const raised = (alert: Alert, to: Severity, at: Instant): Alert => ({
  ...alert,
  severity: to,
  severitySince: at,
  proposedSeverity: null,
  approvals: [],
})

function approved(alert: Alert, asking: Asking): Alert {
  const { actor } = asking
  const to = lowerColour(asking)
  if (actor.kind !== 'user' || to === null) return alert
  const approvals = [...alert.approvals, { userId: actor.userId, role: actor.role, toSeverity: to }]
  const isUnanimous = approversOf(alert).every((roles) => approvals.some((approval) => approval.toSeverity === to && roles.includes(approval.role)))
  return isUnanimous ? lowered(alert, to) : { ...alert, approvals }
}

function relapsed(alert: Alert, request: MoveRequest, at: Instant): Alert {
  const again: Alert = { ...alert, mitigatedAt: null, relapseCount: alert.relapseCount + 1 }
  const to = request.toSeverity ?? alert.severity
  // The colour shown stays the last approved one: a relapse may raise it, and lower only what falls by itself (domain.md 5.1).
  const coloured = to > alert.severity ? raised(again, to, at) : to < alert.severity && alert.severity <= 2 ? lowered(again, to) : again
  return askedAgain(coloured, at)
}

/**
 * The case that stays takes over the higher colour and, at it, the better answer and the earlier limits of the one that goes into it: a merge puts no
 * new question to people (domain.md 5.1, 7.2).
 */
function absorbed(alert: Alert, { absorbed: other }: MoveRequest): Alert {
  if (other === undefined) return alert
  const isHigher = other.severity > alert.severity
  const isBetterAnswer = (other.ackedSeverity ?? 0) > (alert.ackedSeverity ?? 0)
  const earlier = (a: Instant | null, b: Instant | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))
  const taken: Alert = {
    ...alert,
    ...(isHigher
      ? {
          severity: other.severity,
          severitySince: other.severitySince,
          ackDueAt: other.ackDueAt,
          proposedSeverity: other.proposedSeverity,
          approvals: [],
        }
      : {}),
    ...(isBetterAnswer ? { ackedAt: other.ackedAt, ackedBy: other.ackedBy, ackedSeverity: other.ackedSeverity } : {}),
    handleDueAt: isAsking(alert) ? earlier(alert.handleDueAt, other.handleDueAt) : alert.handleDueAt,
    handlers: [...new Set([...alert.handlers, ...other.handlers])],
  }
  return taken.state === 'open' && taken.ackedAt !== null && isAnswered(taken)
    ? { ...taken, state: other.state === 'handling' ? 'handling' : 'acknowledged' }
    : taken
}

/** What a move changes besides the state; `alert` already stands in its new state. */
const EFFECTS: Readonly<Partial<Record<Move, (alert: Alert, asking: Asking) => Alert>>> = {
  ack: (alert, { actor, at }) =>
    withHandler({ ...alert, ackedAt: at, ackedBy: actor.kind === 'user' ? actor.userId : null, ackedSeverity: alert.severity }, actor),
  handle_start: (alert, { actor }) => withHandler({ ...alert, handleDueAt: null }, actor),
  resolve: (alert, { actor, at }) => withHandler({ ...alert, endedAt: at, handleDueAt: null }, actor),
  reopen_alert: (alert, { at }) => askedAgain({ ...alert, endedAt: null, mitigatedAt: null }, at),
  mark_false_positive: (alert, { at }) => ({ ...alert, endedAt: at, handleDueAt: null }),
  upgrade: (alert, { request, at }) => ({
    ...raised(alert, request.toSeverity ?? alert.severity, at),
    ...(request.because === 'handling_over' ? { handleDueAt: null } : {}),
  }),
  downgrade: (alert, asking) => lowered(alert, lowerColour(asking) ?? alert.severity),
  approve_downgrade: approved,
  propose_downgrade: (alert, { request }) => ({ ...alert, proposedSeverity: request.toSeverity ?? null }),
  refuse_downgrade: (alert) => ({ ...alert, proposedSeverity: null, approvals: [] }),
  mitigate: (alert, { at }) => ({ ...alert, mitigatedAt: at, handleDueAt: null }),
  relapse: (alert, { request, at }) => relapsed(alert, request, at),
  suppress: (alert, { request }) => ({ ...alert, suppressedBy: request.caseId ?? null }),
  unsuppress: (alert, { at }) => askedAgain({ ...alert, suppressedBy: null }, at),
  absorb: (alert, { request }) => absorbed(alert, request),
  merge: (alert, { request, at }) => ({ ...alert, mergedInto: request.caseId ?? null, endedAt: at, handleDueAt: null }),
  retract: (alert, { at }) => ({ ...alert, endedAt: at, handleDueAt: null }),
  auto_resolve: (alert, { at }) => ({ ...alert, mitigatedAt: alert.mitigatedAt ?? at, endedAt: at, handleDueAt: null }),
}

function refusalOfActor(rule: MoveRule, { alert, request, actor }: Asking): Refusal | null {
  if (actor.kind === 'engine') return rule.by === 'person' ? refuse('illegal_move', `${request.move} is a person's move`) : null
  if (!isWithin(alert.regionPath, actor.regionPath)) return refuse('out_of_scope', 'this alert lies outside your region')
  return rule.by === 'engine' ? refuse('illegal_move', `${request.move} is made by the rules, not by a person`) : null
}

function refusalOf(rule: MoveRule, asking: Asking): Refusal | null {
  const { alert, request, actor } = asking
  const byActor = refusalOfActor(rule, asking)
  if (byActor) return byActor
  if (rule.from[alert.state] === undefined) return refuse('illegal_move', `${request.move} is not possible in state ${alert.state}`)
  if (actor.kind === 'user' && rule.authority !== null && !AUTHORITY[rule.authority](actor.role, alert)) {
    return refuse('role_may_not', `${actor.role} may not ${request.move} at this colour`)
  }
  const guards = [...rule.guards, ...((actor.kind === 'user' ? rule.personGuards : rule.engineGuards) ?? [])]
  for (const guard of guards) {
    const refusal = GUARDS[guard](asking)
    if (refusal) return refusal
  }
  const isSilent = rule.needsReason && actor.kind === 'user' && request.reason.trim() === ''
  return isSilent ? refuse('reason_required', `${request.move} needs a reason`) : null
}

/**
 * The only way in which an alert changes (invariant 5): the alert as it will be, or why not. Deadlines other than those that a move
 * ends are set by deadlines.ts, which knows the ladder. A `note` changes nothing, not even the version (domain.md 7.1, 7.5).
 */
export function transition(alert: Alert, request: MoveRequest, actor: Actor, at: Instant): TransitionResult {
  const rule = TRANSITIONS[request.move]
  const asking: Asking = { alert, request, actor, at }
  const refusal = refusalOf(rule, asking)
  if (refusal) return refusal
  const to = destinationOf(rule.from[alert.state] ?? 'same', alert)
  if (request.move === 'note') return { ok: true, alert, from: alert.state, to }
  const moved = (EFFECTS[request.move] ?? ((same: Alert) => same))({ ...alert, state: to }, asking)
  return { ok: true, alert: { ...moved, version: alert.version + 1 }, from: alert.state, to: moved.state }
}

/** The moves that `actor` could make now with a good reason, from the same table; colours are probed one step up and down. */
export function allowedMoves(alert: Alert, actor: Actor, at: Instant): readonly Move[] {
  return MOVES.filter((move) => {
    const colours = move === 'upgrade' ? { toSeverity: Math.min(4, alert.severity + 1) as Severity } : {}
    return transition(alert, { move, reason: 'probe', ...colours }, actor, at).ok
  })
}
