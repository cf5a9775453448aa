import { describe, expect, test } from 'vitest'
import type { Alert, Move, MoveRequest } from '../../core/domain/alert/alert.ts'
import { transition } from '../../core/domain/alert/transition.ts'
import { HOUR } from '../../core/domain/time.ts'
import { ROLES, type Severity } from '../../core/domain/vocabulary.ts'
import { ALERT, ENGINE, inState, person, T } from '../support/alert-builders.ts'

const ask = (move: Move, changes: Partial<MoveRequest> = {}): MoveRequest => ({ move, reason: 'because', ...changes })

describe('colours', () => {
  test('rise by any role that may take the alert, with a reason, and by group_ops for every province', () => {
    expect(transition(ALERT, ask('upgrade', { toSeverity: 3, reason: ' ' }), person('duty_manager'), T)).toMatchObject({ code: 'reason_required' })
    expect(transition(ALERT, ask('upgrade', { toSeverity: 3 }), person('group_ops', 'g', '/00/'), T)).toMatchObject({
      ok: true,
      alert: { severity: 3, severitySince: T },
    })
    expect(transition(ALERT, ask('upgrade', { toSeverity: 3 }), person('duty_agent'), T)).toMatchObject({ code: 'role_may_not' })
    expect(transition(ALERT, ask('upgrade', { toSeverity: 2 }), ENGINE, T)).toMatchObject({ code: 'illegal_move' })
  })

  test('of a case fall by the rules in blue and yellow only', () => {
    expect(transition(ALERT, ask('downgrade', { toSeverity: 1 }), ENGINE, T + HOUR)).toMatchObject({
      ok: true,
      alert: { severity: 1, severitySince: T },
    })
    for (const severity of [3, 4] as const) {
      expect(transition({ ...ALERT, severity }, ask('downgrade', { toSeverity: 1 }), ENGINE, T)).toMatchObject({ code: 'illegal_move' })
      expect(
        transition({ ...ALERT, severity }, ask('downgrade', { toSeverity: (severity - 1) as Severity }), person('duty_manager'), T),
      ).toMatchObject({ code: 'illegal_move' })
    }
  })

  test('of an abnormal ticket fall with its facts from any level, or by a duty manager', () => {
    const alert: Alert = { ...ALERT, kind: 'abnormal', severity: 4 }
    expect(transition(alert, ask('downgrade', { toSeverity: 1 }), ENGINE, T)).toMatchObject({ ok: true, alert: { severity: 1 } })
    expect(transition(alert, ask('approve_downgrade', { toSeverity: 3 }), person('duty_manager'), T)).toMatchObject({
      ok: true,
      alert: { severity: 3 },
    })
  })

  test('fall by hand one at a time', () => {
    expect(
      transition(inState('handling', { severity: 3 }), ask('approve_downgrade', { toSeverity: 1 }), person('province_center_director'), T),
    ).toMatchObject({ code: 'illegal_move' })
    expect(transition({ ...ALERT, severity: 1 }, { move: 'downgrade', reason: 'x' }, person('duty_manager'), T)).toMatchObject({
      code: 'illegal_move',
    })
  })

  test('fall by several when the engine has proposed it and the director approves', () => {
    const proposed = transition(inState('handling', { severity: 3 }), ask('propose_downgrade', { toSeverity: 1 }), ENGINE, T + HOUR)
    if (!proposed.ok) throw new Error(proposed.detail)
    expect(proposed.alert).toMatchObject({ severity: 3, proposedSeverity: 1 })
    expect(transition(proposed.alert, { move: 'approve_downgrade', reason: 'seen' }, person('province_center_director'), T + HOUR)).toMatchObject({
      ok: true,
      alert: { severity: 1, proposedSeverity: null },
    })
  })

  test('orange falls by the director of the province centre only, red by province_cs_dept and group_ops together', () => {
    const orange = inState('handling', { severity: 3 })
    for (const role of ROLES) {
      const result = transition(orange, { move: 'approve_downgrade', reason: 'x' }, person(role, role, '/00/'), T)
      expect(result.ok, role).toBe(role === 'province_center_director')
    }
    const red = inState('handling', { severity: 4 })
    const once = transition(red, { move: 'approve_downgrade', reason: 'x' }, person('province_cs_dept'), T)
    if (!once.ok) throw new Error(once.detail)
    expect(once.alert).toMatchObject({ severity: 4, approvals: [{ role: 'province_cs_dept', toSeverity: 3 }] })
    expect(transition(once.alert, { move: 'approve_downgrade', reason: 'x' }, person('province_cs_dept', 'other'), T)).toMatchObject({
      code: 'illegal_move',
    })
    expect(transition(once.alert, { move: 'approve_downgrade', reason: 'x' }, person('group_ops', 'g', '/00/'), T)).toMatchObject({
      ok: true,
      alert: { severity: 3, approvals: [] },
    })
  })
})

describe('two persons', () => {
  test('nobody closes an orange or red alert that he took or handled himself', () => {
    const mine = inState('resolved', { severity: 3, handlers: ['first', 'boss'] })
    expect(transition(mine, ask('close'), person('province_cs_dept', 'boss'), T)).toMatchObject({ code: 'separation_of_duty' })
    expect(transition(mine, ask('close'), person('province_cs_dept', 'other'), T)).toMatchObject({ ok: true, to: 'closed' })
    expect(transition({ ...mine, severity: 2 }, ask('close'), person('duty_manager', 'boss'), T)).toMatchObject({ ok: true })
  })

  test('red is closed by group_cs_dept only', () => {
    const red = inState('resolved', { severity: 4 })
    for (const role of ROLES) expect(transition(red, ask('close'), person(role, role, '/00/'), T).ok, role).toBe(role === 'group_cs_dept')
  })

  test('an orange or red false alarm needs somebody who took it and somebody else who says so', () => {
    expect(transition({ ...ALERT, severity: 3 }, ask('mark_false_positive'), person('duty_manager'), T)).toMatchObject({ code: 'separation_of_duty' })
    const taken = inState('acknowledged', { severity: 3 })
    expect(transition(taken, ask('mark_false_positive'), person('duty_manager', 'first'), T)).toMatchObject({ code: 'separation_of_duty' })
    expect(transition(taken, ask('mark_false_positive'), person('duty_manager', 'second'), T)).toMatchObject({ ok: true, to: 'false_positive' })
    expect(transition(inState('open', { severity: 1 }), ask('mark_false_positive'), person('duty_leader'), T)).toMatchObject({ ok: true })
    expect(transition(inState('open', { severity: 2 }), ask('mark_false_positive'), person('duty_leader'), T)).toMatchObject({ code: 'role_may_not' })
  })
})
