import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { needsAck } from '../../core/domain/alert/alert.ts'
import {
  answeredWith,
  carrierOf,
  planTicketRuns,
  type TicketAlert,
  type TicketRun,
  type TicketRunPlan,
  type TicketStanding,
  ticketLevel,
} from '../../core/domain/alert/ticket-level.ts'
import { MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { T } from '../support/alert-builders.ts'

const anAlert = (id: number, severity: Severity, changes: Partial<TicketAlert> = {}): TicketAlert => ({
  id: String(id),
  state: 'open',
  severity,
  ackedSeverity: null,
  severitySince: T,
  ackDueAt: T + 30 * MINUTE,
  ...changes,
})
const answered = (alert: TicketAlert): TicketAlert => ({ ...alert, state: 'acknowledged', ackedSeverity: alert.severity })
const aRun = (alertId: number, severity: Severity, nextStep = 1): TicketRun => ({ alertId: String(alertId), severity, startedAt: T, nextStep, remindedAt: null })
const NONE: TicketStanding = { alerts: [], runs: [] }

describe('the level of a ticket', () => {
  test('with five rules A1, A2, A2, A3, A3 is A3, and one of them pages (S-14-7)', () => {
    const alerts = ([1, 2, 2, 3, 3] as const).map((severity, index) => anAlert(index + 1, severity))
    expect(ticketLevel(alerts)).toBe(3)
    expect(planTicketRuns(NONE, alerts)).toEqual([
      { kind: 'start', alertId: '4', ackDueAt: T + 30 * MINUTE, mayRun: false },
      ...['1', '2', '3', '5'].map((alertId) => ({ kind: 'cover', alertId, by: '4' })),
    ])
  })

  test.each([
    ['open', 3],
    ['acknowledged', 3],
    ['handling', 3],
    ['mitigated', 1],
    ['suppressed', 1],
    ['resolved', 1],
    ['retracted', 1],
  ] as const)('counts an alert that is %s: %i', (state, level) => {
    expect(ticketLevel([anAlert(1, 1), anAlert(2, 3, { state })])).toBe(level)
  })

  test('without alerts is none, and nothing carries it', () => {
    expect([ticketLevel([]), carrierOf([], new Set()), planTicketRuns(NONE, [])]).toEqual([0, null, []])
  })
})

describe('what carries a ticket', () => {
  const [older, younger] = [anAlert(7, 3, { severitySince: T }), anAlert(3, 3, { severitySince: T + 1 })]
  test.each([
    ['the higher one', [anAlert(1, 2), anAlert(2, 3)], [], '2'],
    ['of equals the one that has its colour longer, whatever the ids', [younger, older], [], '7'],
    ['of equals the one that was answered', [older, answered(younger)], [], '3'],
    ['of equals the one whose ladder runs, answered or not', [answered(older), younger], ['3'], '3'],
    ['of what began together the first', [anAlert(10, 2), anAlert(9, 2)], [], '9'],
  ] as const)('is %s', (_, alerts, running, id) => {
    expect(carrierOf<TicketAlert>(alerts, new Set(running))?.id).toBe(id)
  })
})

describe('the ladder of a ticket', () => {
  const plan = (before: TicketStanding, ...after: TicketAlert[]) => planTicketRuns(before, after)
  const [low, high] = [anAlert(1, 2), anAlert(2, 3, { severitySince: T + 20 * MINUTE, ackDueAt: T + 35 * MINUTE })]

  test('starts when the level rises, with the shorter remaining time of the two (4.4)', () => {
    expect(plan({ alerts: [low], runs: [aRun(1, 2)] }, low, high)).toEqual([
      { kind: 'stop', alertId: '1', why: 'covered' },
      { kind: 'start', alertId: '2', ackDueAt: T + 30 * MINUTE, mayRun: false },
      { kind: 'cover', alertId: '1', by: '2' },
    ])
  })

  test('keeps its own time where what it rose from was answered', () => {
    expect(plan({ alerts: [answered(low)], runs: [] }, answered(low), high)).toEqual([{ kind: 'start', alertId: '2', ackDueAt: T + 35 * MINUTE, mayRun: false }])
  })

  test('starts anew for an alert whose own level rises', () => {
    const raised = { ...low, severity: 3 } as const
    expect(plan({ alerts: [low], runs: [aRun(1, 2)] }, raised)).toEqual([
      { kind: 'start', alertId: '1', ackDueAt: T + 30 * MINUTE, mayRun: true },
    ])
  })

  test.each([1, 2, 3] as const)('leaves an alert of level %i that joins an A3 to it', (severity) => {
    expect(plan({ alerts: [high], runs: [aRun(2, 3)] }, high, anAlert(3, severity))).toEqual([{ kind: 'cover', alertId: '3', by: '2' }])
    expect(plan({ alerts: [answered(high)], runs: [] }, answered(high), anAlert(3, severity))).toEqual([{ kind: 'cover', alertId: '3', by: '2' }])
  })

  test('goes on for what remains when what carried the ticket ends without an answer', () => {
    const from = aRun(2, 3, 1)
    expect(plan({ alerts: [low, high], runs: [from] }, low)).toEqual([
      { kind: 'stop', alertId: '2', why: 'not_live' },
      { kind: 'take_over', alertId: '1', from },
    ])
  })

  test('comes to what joined after the answer when the answered alert ends', () => {
    expect(plan({ alerts: [low, answered(high)], runs: [] }, low)).toEqual([{ kind: 'take_over', alertId: '1', from: null }])
  })

  test('passes on when the level falls by a downgrade, and goes on by other times when nothing else is as high', () => {
    const from = aRun(2, 3)
    const lowered = { ...high, severity: 1 } as const
    expect(plan({ alerts: [low, high], runs: [from] }, low, lowered)).toEqual([
      { kind: 'stop', alertId: '2', why: 'covered' },
      { kind: 'take_over', alertId: '1', from },
      { kind: 'cover', alertId: '2', by: '1' },
    ])
    expect(plan({ alerts: [high], runs: [from] }, lowered)).toEqual([{ kind: 'retime', alertId: '2' }])
  })

  test('passes on without a page where one rule takes the place of another at the same moment', () => {
    const from = aRun(1, 2)
    expect(plan({ alerts: [low], runs: [from] }, anAlert(5, 2))).toEqual([
      { kind: 'stop', alertId: '1', why: 'not_live' },
      { kind: 'take_over', alertId: '5', from },
    ])
  })

  test('stops when all are answered, and when nothing is left', () => {
    expect(plan({ alerts: [low, high], runs: [aRun(2, 3)] }, answered(low), answered(high))).toEqual([
      { kind: 'stop', alertId: '2', why: 'acknowledged' },
    ])
    expect(plan({ alerts: [high], runs: [aRun(2, 3)] })).toEqual([{ kind: 'stop', alertId: '2', why: 'not_live' }])
  })
})

describe('an acknowledgement', () => {
  const [blue, yellow, orange, taken] = [anAlert(1, 1), anAlert(2, 2), anAlert(3, 3), answered(anAlert(4, 2))]
  const all = [blue, yellow, orange, taken, anAlert(5, 2, { state: 'suppressed' })]
  test('answers what waits at its level and below', () => {
    expect(answeredWith(orange, all)).toEqual([blue, yellow])
    expect(answeredWith(yellow, all)).toEqual([blue])
    expect(answeredWith(blue, all)).toEqual([])
  })
})

type Act =
  | { readonly act: 'open' | 'raise' | 'lower'; readonly which: number; readonly severity: Severity }
  | { readonly act: 'end' | 'mitigate' | 'ack'; readonly which: number; readonly severity?: never }

const severities = fc.constantFrom<Severity>(1, 2, 3, 4)
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('open', 'raise', 'lower'), which: fc.nat({ max: 5 }), severity: severities }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('end', 'mitigate', 'ack'), which: fc.nat({ max: 5 }) }) },
)
/** What happens to a ticket at one moment after the other. */
const anyLife = fc.array(fc.array(anyAct, { minLength: 1, maxLength: 4 }), { maxLength: 12 })

/** Six rules at most, one alert of each; an alert that was raised or lowered has its colour since then. */
function acted(alerts: readonly TicketAlert[], act: Act, at: number): TicketAlert[] {
  const id = String(act.which + 1)
  const found = alerts.find((alert) => alert.id === id)
  if (act.act === 'open') return found === undefined ? [...alerts, anAlert(act.which + 1, act.severity, { severitySince: at })] : [...alerts]
  if (found === undefined) return [...alerts]
  if (act.act === 'end') return alerts.filter((alert) => alert !== found)
  const changed = (changes: Partial<TicketAlert>) => alerts.map((alert) => (alert === found ? { ...alert, ...changes } : alert))
  if (act.act === 'mitigate') return changed({ state: 'mitigated' })
  if (act.act === 'ack') {
    const taken = new Set([found.id, ...answeredWith(found, alerts).map((other) => other.id)])
    return alerts.map((alert) => (taken.has(alert.id) && needsAck(alert) ? answered(alert) : alert))
  }
  if (act.severity === undefined) return [...alerts]
  if (act.act === 'raise') return act.severity > found.severity ? changed({ severity: act.severity, severitySince: at }) : [...alerts]
  const ackedSeverity = found.ackedSeverity === null ? null : (Math.min(found.ackedSeverity, act.severity) as Severity)
  return act.severity < found.severity ? changed({ severity: act.severity, ackedSeverity }) : [...alerts]
}

function runsAfter(runs: readonly TicketRun[], plans: readonly TicketRunPlan[], alerts: readonly TicketAlert[]): TicketRun[] {
  let left = [...runs]
  for (const plan of plans) {
    const alert = alerts.find(({ id }) => id === plan.alertId)
    if (plan.kind === 'cover') continue
    if (plan.kind === 'retime') {
      left = left.map((run) => (run.alertId === plan.alertId && alert !== undefined ? { ...run, severity: alert.severity } : run))
      continue
    }
    left = left.filter(({ alertId }) => alertId !== plan.alertId)
    if (plan.kind === 'stop' || alert === undefined) continue
    const { severity, severitySince: startedAt } = alert
    if (plan.kind === 'start') left.push({ alertId: plan.alertId, severity, startedAt, nextStep: 1, remindedAt: null })
    else left.push({ startedAt, nextStep: 1, remindedAt: null, ...plan.from, alertId: plan.alertId, severity })
  }
  return left
}

function lived(life: readonly (readonly Act[])[], order: (alerts: TicketAlert[]) => TicketAlert[] = (alerts) => alerts) {
  let [alerts, runs]: [TicketAlert[], TicketRun[]] = [[], []]
  let [pages, rises] = [0, 0]
  const running: number[] = []
  for (const [moment, acts] of life.entries()) {
    const after = acts.reduce((held, act) => acted(held, act, T + moment), alerts)
    // A rise that is answered at the same moment pages nobody.
    if (ticketLevel(after) > ticketLevel(alerts) && needsAck(carrierOf(after, new Set(runs.map(({ alertId }) => alertId))) as TicketAlert)) rises += 1
    const plans = planTicketRuns({ alerts: order([...alerts]), runs }, order([...after]))
    pages += plans.filter(({ kind }) => kind === 'start').length
    runs = runsAfter(runs, plans, after)
    alerts = after
    const carrier = carrierOf(alerts, new Set(runs.map(({ alertId }) => alertId)))
    expect(runs.map(({ alertId, severity }) => [alertId, severity])).toEqual(
      carrier !== null && needsAck(carrier) ? [[carrier.id, carrier.severity]] : [],
    )
    running.push(runs.length === 0 ? 0 : ticketLevel(alerts))
  }
  return { pages, rises, running, alerts }
}

describe('of any life of a ticket', () => {
  test.prop([anyLife], { numRuns: 2_000 })('pages are the strict rises of its level, and one ladder runs while its level is to be answered', (life) => {
    const { pages, rises } = lived(life)
    expect(pages).toBe(rises)
  })

  test.prop([anyLife], { numRuns: 500 })('the order in which its rules are looked at does not matter', (life) => {
    const [one, other] = [lived(life), lived(life, (alerts) => alerts.reverse())]
    expect({ pages: other.pages, running: other.running }).toEqual({ pages: one.pages, running: one.running })
  })

  test.prop([anyLife], { numRuns: 500 })('an acknowledgement of what carries it leaves nothing that waits', (life) => {
    const { alerts } = lived(life)
    const carrier = carrierOf(alerts, new Set())
    fc.pre(carrier !== null && needsAck(carrier))
    const which = Number(carrier?.id) - 1
    expect(acted(alerts, { act: 'ack', which }, T).filter(needsAck)).toEqual([])
  })
})
