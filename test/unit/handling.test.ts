import { describe, expect, test } from 'vitest'
import type { Alert } from '../../core/domain/alert/alert.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { decideHandling, decideHandlingOver, handlingStepOf, isHandlingOver } from '../../core/domain/escalation/handling.ts'
import type { EscalationRun } from '../../core/domain/escalation/ladder.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { ALERT_STATES, type AlertKind, type Severity } from '../../core/domain/vocabulary.ts'
import { inState, T } from '../support/alert-builders.ts'

const DUE = T + HOUR
const taken = (kind: AlertKind, severity: Severity, changes: Partial<Alert> = {}): Alert => inState('acknowledged', { kind, severity, ackedSeverity: severity, handleDueAt: DUE, ...changes })
const over = (kind: AlertKind, severity: Severity, lastStep: number | null = 0, at = DUE) =>
  decideHandlingOver(taken(kind, severity), DEFAULT_LADDERS[kind][severity], lastStep, at)

describe('a handling limit', () => {
  const ladder = DEFAULT_LADDERS.risk[2]

  test('is over at its instant, not a millisecond before, and only while no plan is entered', () => {
    expect([DUE - 1, DUE, DUE + 1].map((at) => isHandlingOver(taken('risk', 2), ladder, at))).toEqual([false, true, true])
    expect(isHandlingOver(taken('risk', 2, { handleDueAt: null }), ladder, DUE)).toBe(false)
    for (const state of ALERT_STATES) expect(isHandlingOver(taken('risk', 2, { state }), ladder, DUE), state).toBe(['open', 'acknowledged', 'handling'].includes(state))
  })

  test('waits for an answer that is owed, save of A1, which needs none', () => {
    expect(isHandlingOver(taken('risk', 3, { ackedSeverity: 2 }), DEFAULT_LADDERS.risk[3], DUE)).toBe(false)
    expect(isHandlingOver(taken('abnormal', 1, { state: 'open', ackedSeverity: null }), DEFAULT_LADDERS.abnormal[1], DUE)).toBe(true)
  })

  test('that is over raises A1 to A3 by one, has A4 supervised (4.2)', () => {
    expect(([1, 2, 3] as const).map((severity) => over('abnormal', severity))).toEqual([2, 3, 4].map((toSeverity) => ({ kind: 'raise', toSeverity })))
    expect(over('abnormal', 4)).toEqual({ kind: 'flag', as: 'supervised', callsStep: 3 })
    expect(over('abnormal', 1, 0, DUE - 1)).toEqual({ kind: 'none' })
  })

  test('of a case: blue is flagged, yellow and orange go to the next step, red to the group (7.2)', () => {
    expect(over('risk', 1)).toEqual({ kind: 'flag', as: 'stalled', callsStep: null })
    expect([0, 1, 3, null].map((last) => over('risk', 2, last))).toEqual([1, 2, 3, 0].map((callsStep) => ({ kind: 'flag', as: 'next_step', callsStep })))
    expect(over('risk', 3, 1)).toEqual({ kind: 'flag', as: 'next_step', callsStep: 2 })
    expect(over('risk', 4)).toEqual({ kind: 'flag', as: 'supervised', callsStep: 4 })
    expect(handlingStepOf(DEFAULT_LADDERS.risk[4], 4)?.targets).toEqual([{ role: 'group_ops', at: 'group' }, { role: 'group_cs_dept', at: 'group' }])
    expect(handlingStepOf(DEFAULT_LADDERS.risk[2], 4)).toBeUndefined()
  })
})

describe('the run of a passed handling limit', () => {
  const run: EscalationRun = { startedAt: DUE, severity: 4, nextStep: 3, remindedAt: null }
  const a4 = taken('abnormal', 4)
  const ladder = DEFAULT_LADDERS.abnormal[4]

  test('calls at once, and A4 again every 2 h, for the latest slot only', () => {
    expect(decideHandling(run, ladder, a4, DUE)).toEqual({ kind: 'fire', dueAt: DUE, nextDueAt: DUE + 2 * HOUR })
    const told = { ...run, remindedAt: DUE }
    expect(decideHandling(told, ladder, a4, DUE + 2 * HOUR - 1)).toEqual({ kind: 'wait', until: DUE + 2 * HOUR })
    expect(decideHandling(told, ladder, a4, DUE + 2 * HOUR)).toEqual({ kind: 'fire', dueAt: DUE + 2 * HOUR, nextDueAt: DUE + 4 * HOUR })
    expect(decideHandling(told, ladder, a4, DUE + 7 * HOUR)).toEqual({ kind: 'fire', dueAt: DUE + 6 * HOUR, nextDueAt: DUE + 8 * HOUR })
  })

  test('calls once for a case, and ends with the plan', () => {
    expect(decideHandling(run, DEFAULT_LADDERS.risk[4], taken('risk', 4), DUE + MINUTE)).toEqual({ kind: 'fire', dueAt: DUE, nextDueAt: null })
    expect(decideHandling({ ...run, remindedAt: DUE }, DEFAULT_LADDERS.risk[4], taken('risk', 4), DUE + HOUR)).toEqual({ kind: 'stop', why: 'exhausted' })
    expect(decideHandling(run, ladder, { ...a4, handleDueAt: null, state: 'handling' }, DUE)).toEqual({ kind: 'stop', why: 'handled' })
  })
})
