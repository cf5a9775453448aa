import type { AbnormalParameters } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { type AbnormalAction, type KnownAlert, reconcileAbnormal } from '../domain/abnormal/reconcile.ts'
import { decidingScope, GROUP, valuesFor } from '../domain/abnormal/scopes.ts'
import type { MoveRequest } from '../domain/alert/alert.ts'
import type { TicketJudgement } from '../domain/ticket/judge.ts'
import type { Instant } from '../domain/time.ts'
import { type AlertState, LIVE_ALERT_STATES } from '../domain/vocabulary.ts'
import { moveAlerts, openAlerts } from './alert-life.ts'
import type { EngineTx } from './context.ts'
import { closeBook, openBook, type TicketBook } from './ticket-book.ts'

/** One judgement of a ticket: the exact instant it is for, and what was true then. */
export interface DatedJudgement {
  readonly at: Instant
  readonly judgement: TicketJudgement
}

/** What is to be done about one ticket's alerts, step by step, and the level that the ticket then has. */
export interface AlertPlan {
  readonly ticketKey: string
  readonly regionCode: string
  readonly steps: readonly { readonly at: Instant; readonly actions: readonly AbnormalAction[] }[]
  /** Highest alert after the last step whose condition holds (domain.md 4.1-3). */
  readonly level: number
}

type Following = Exclude<AbnormalAction, { action: 'open' }>

const STATE_AFTER: Readonly<Partial<Record<AbnormalAction['action'], AlertState>>> = {
  auto_resolve: 'resolved',
  retract: 'retracted',
  suppress: 'suppressed',
  unsuppress: 'open',
  mitigate: 'mitigated',
  relapse: 'open',
}

function afterMove(alert: KnownAlert, action: Following): KnownAlert {
  const severity = 'severity' in action ? action.severity : alert.severity
  const state = STATE_AFTER[action.action] ?? alert.state
  const cause = causeOf(action)
  return { ...alert, severity, state, ...(cause === null ? {} : { cause }), ...(LIVE_ALERT_STATES.includes(state) ? {} : { endedBy: 'engine' as const }) }
}

/** The alerts as the actions leave them; one that is opened stands under a name of its own until it has an id. */
function afterActions(known: readonly KnownAlert[], actions: readonly AbnormalAction[], step: number): KnownAlert[] {
  let alerts = [...known]
  for (const action of actions) {
    if (action.action === 'open') {
      const { ruleId, severity, facts, suppressedBy } = action
      alerts.push({
        alertId: newName(ruleId, step),
        ruleId,
        severity,
        state: suppressedBy === null ? 'open' : 'suppressed',
        cause: String(facts['cause']),
      })
    } else {
      alerts = alerts.map((alert) => (alert.alertId === action.alertId ? afterMove(alert, action) : alert))
    }
  }
  return alerts
}

const newName = (ruleId: string, step: number) => `new:${ruleId}:${step}`

/** Plans what a ticket's judgements ask for, one after the other; pure. */
export function planAlerts(
  ticket: { readonly ticketKey: string; readonly regionCode: string },
  judgements: readonly DatedJudgement[],
  known: readonly KnownAlert[],
  linkedCaseId: string | null,
): AlertPlan {
  let alerts = [...known]
  const steps = judgements.map(({ at, judgement }, step) => {
    const actions = reconcileAbnormal(alerts, judgement.verdicts, { linkedCaseId })
    alerts = afterActions(alerts, actions, step)
    return { at, actions }
  })
  const holds = ({ state }: KnownAlert) => state !== 'mitigated' && LIVE_ALERT_STATES.includes(state)
  const level = alerts.reduce((highest, alert) => (holds(alert) ? Math.max(highest, alert.severity) : highest), 0)
  return { ...ticket, steps, level }
}

function reasonOf(action: Following): string {
  if ('reason' in action) return action.reason
  // What raised it stands nowhere else: an alert keeps the facts that opened it.
  const words = action.action === 'upgrade' ? action.facts['words'] : null
  return typeof words === 'string' ? words : `${action.ruleId}:${action.action}`
}

const causeOf = (action: Following): string | null => {
  const cause = 'facts' in action ? action.facts['cause'] : null
  return typeof cause === 'string' ? cause : null
}

function requestOf(action: Following): MoveRequest {
  const [reason, cause] = [reasonOf(action), causeOf(action)]
  return {
    move: action.action,
    reason,
    ...(cause === null ? {} : { cause }),
    ...('severity' in action ? { toSeverity: action.severity } : {}),
    ...(action.action === 'suppress' ? { caseId: action.caseId } : {}),
  }
}

/** A move that a plan asks for, of an alert by its id. */
interface PlannedMove {
  readonly alertId: string
  readonly ticketKey: string
  readonly at: Instant
  readonly action: Following
}

/** The moves in waves in which each alert stands at most once: the first move of each, then the second. */
function wavesOf(moves: readonly PlannedMove[]): PlannedMove[][] {
  const waves: PlannedMove[][] = []
  const turns = new Map<string, number>()
  for (const move of moves) {
    const turn = turns.get(move.alertId) ?? 0
    turns.set(move.alertId, turn + 1)
    const wave = waves[turn] ?? []
    waves[turn] = wave
    wave.push(move)
  }
  return waves
}

async function carryOut(etx: EngineTx, wave: readonly PlannedMove[], book: TicketBook): Promise<void> {
  const orders = wave.map(({ alertId, at, action }) => ({ alertId, at, request: requestOf(action) }))
  const results = await moveAlerts(etx, orders, { kind: 'engine' }, 'engine', book)
  wave.forEach(({ alertId, ticketKey, action }, index) => {
    const result = results[index]
    // A person was faster, or the table forbids it: the alert stays as it is, and the ticket's counts do not depend on it.
    if (result?.ok === false)
      etx.engine.log.warn({ alertId, ticketKey, move: action.action, code: result.code, detail: result.detail }, 'alert move refused')
  })
}

/** The parameters that a rule went by, as they are stamped on its alerts; `scope` names the province whose word they are, and is left out for the group's. */
function parametersOf(ruleId: string, settings: AbnormalParameters, ticketKey: string): Readonly<Record<string, number | string>> {
  const rule = ABNORMAL_RULES.find(({ id }) => id === ruleId)
  if (rule === undefined) return {}
  const province = ticketKey.slice(0, ticketKey.indexOf(':'))
  const scope = decidingScope(rule, settings, province)
  return { ...valuesFor(rule, settings, province), ...(scope === GROUP ? {} : { scope }) }
}

/** Carries plans out, step by step over all tickets: what ends or changes first, then what opens, with its exact instant. */
export async function settleAlerts(etx: EngineTx, plans: readonly AlertPlan[]): Promise<void> {
  const ids = new Map<string, string>()
  const idOf = (ticketKey: string, alertId: string) => ids.get(`${ticketKey}|${alertId}`) ?? alertId
  const depth = Math.max(0, ...plans.map(({ steps }) => steps.length))
  for (let step = 0; step < depth; step++) {
    const opening: { plan: AlertPlan; at: Instant; action: Extract<AbnormalAction, { action: 'open' }> }[] = []
    const moves: PlannedMove[] = []
    for (const plan of plans) {
      const { ticketKey } = plan
      const { at, actions } = plan.steps[step] ?? { at: etx.now, actions: [] }
      for (const action of actions) {
        if (action.action === 'open') opening.push({ plan, at, action })
        else moves.push({ alertId: idOf(ticketKey, action.alertId), ticketKey, at, action })
      }
    }
    if (opening.length === 0 && moves.length === 0) continue
    // One book for what a moment ends, changes and opens: people are paged by what the ticket's level is after all of it.
    const book = await openBook(etx, [...opening.map(({ plan }) => plan.ticketKey), ...moves.map(({ ticketKey }) => ticketKey)])
    for (const wave of wavesOf(moves)) await carryOut(etx, wave, book)
    const { version, body } = etx.settings.abnormal
    const opened = await openAlerts(
      etx,
      opening.map(({ plan, at, action }) => ({
        kind: 'abnormal',
        ruleId: action.ruleId,
        severity: action.severity,
        ticketKey: plan.ticketKey,
        regionCode: plan.regionCode,
        facts: action.facts,
        parameters: parametersOf(action.ruleId, body, plan.ticketKey),
        ruleVersion: version,
        openedAt: at,
        suppressedBy: action.suppressedBy,
      })),
      book,
    )
    await closeBook(etx, book)
    opening.forEach(({ plan, action }, index) => ids.set(`${plan.ticketKey}|${newName(action.ruleId, step)}`, opened[index]?.id ?? ''))
  }
}
