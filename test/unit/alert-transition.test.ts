import { describe, expect, test } from 'vitest'
import { type Actor, type Move, type MoveRequest, MOVES, needsAck } from '../../core/domain/alert/alert.ts'
import { allowedMoves, transition } from '../../core/domain/alert/transition.ts'
import { TRANSITIONS } from '../../core/domain/alert/transition-table.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { ALERT_STATES, type AlertState, type Role, type Severity } from '../../core/domain/vocabulary.ts'
import { ALERT, ENGINE, inState, person, T } from '../support/alert-builders.ts'

/** domain.md 7.1 written a second time, by hand: where each move leads from each state. Whatever is not named is refused. */
const EXPECTED: Readonly<Record<Move, Partial<Record<AlertState, AlertState>>>> = {
  open: {},
  ack: { open: 'acknowledged' },
  handle_start: { acknowledged: 'handling', handling: 'handling' },
  resolve: { acknowledged: 'resolved', handling: 'resolved', mitigated: 'resolved' },
  close: { resolved: 'closed' },
  reopen_alert: { resolved: 'handling' },
  mark_false_positive: { open: 'false_positive', acknowledged: 'false_positive' },
  note: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', mitigated: 'mitigated', suppressed: 'suppressed', resolved: 'resolved' },
  upgrade: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', suppressed: 'suppressed' },
  downgrade: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', mitigated: 'mitigated', suppressed: 'suppressed' },
  approve_downgrade: {},
  propose_downgrade: {},
  refuse_downgrade: {},
  mitigate: { open: 'mitigated', acknowledged: 'mitigated', handling: 'mitigated', suppressed: 'mitigated' },
  relapse: { mitigated: 'open' },
  suppress: { open: 'suppressed' },
  unsuppress: { suppressed: 'open' },
  merge: { open: 'merged', acknowledged: 'merged', handling: 'merged', mitigated: 'merged' },
  absorb: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', mitigated: 'mitigated' },
  split: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', mitigated: 'mitigated' },
  retract: {
    open: 'retracted',
    acknowledged: 'retracted',
    handling: 'retracted',
    mitigated: 'retracted',
    suppressed: 'retracted',
    resolved: 'retracted',
  },
  auto_resolve: { open: 'resolved', acknowledged: 'resolved', handling: 'resolved', mitigated: 'resolved', suppressed: 'resolved' },
}
const HIGH_ONLY: Readonly<Record<'approve_downgrade' | 'propose_downgrade', Partial<Record<AlertState, AlertState>>>> = {
  approve_downgrade: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', mitigated: 'mitigated' },
  propose_downgrade: { open: 'open', acknowledged: 'acknowledged', handling: 'handling', mitigated: 'mitigated' },
}

const TO: Partial<Record<Move, Severity>> = { upgrade: 4, downgrade: 1, approve_downgrade: 2, propose_downgrade: 1 }
const ask = (move: Move, changes: Partial<MoveRequest> = {}): MoveRequest => {
  const to = TO[move]
  return { move, reason: 'because', ...(to === undefined ? {} : { toSeverity: to }), ...changes }
}

function actorFor(move: Move, severity: Severity): Actor {
  if (TRANSITIONS[move].by === 'engine') return ENGINE
  return person(severity === 3 ? 'province_center_director' : 'duty_manager', 'second')
}

describe('the transition table', () => {
  test.each(MOVES.flatMap((move) => ALERT_STATES.map((state) => [move, state] as const)))('%s from %s leads where 7.1 says', (move, state) => {
    const isHigh = move === 'approve_downgrade' || move === 'propose_downgrade'
    const severity: Severity = isHigh ? 3 : 2
    const expected = (isHigh ? HIGH_ONLY[move] : EXPECTED[move])[state]
    const alert = inState(state, { severity })
    const result = transition(alert, ask(move), actorFor(move, severity), T + 2 * HOUR)
    if (expected === undefined) {
      expect(result.ok).toBe(false)
      return
    }
    expect(result).toMatchObject({ ok: true, from: state, to: expected })
    if (result.ok && move !== 'note') expect(result.alert.version).toBe(alert.version + 1)
  })

  test('a note changes nothing at all', () => {
    const alert = inState('handling')
    const result = transition(alert, ask('note'), person('duty_agent'), T)
    expect(result.ok && result.alert).toBe(alert)
  })

  test('who made an end keeps it: endedAt is set by every end and cleared by reopening only', () => {
    for (const [move, state] of [
      ['resolve', 'handling'],
      ['mark_false_positive', 'open'],
      ['merge', 'open'],
      ['retract', 'open'],
      ['auto_resolve', 'open'],
    ] as const) {
      const result = transition(inState(state), ask(move), actorFor(move, 2), T + HOUR)
      expect(result.ok && result.alert.endedAt, move).toBe(T + HOUR)
    }
    const reopened = transition(inState('resolved'), ask('reopen_alert'), person('duty_manager'), T + 2 * HOUR)
    expect(reopened.ok && reopened.alert.endedAt).toBeNull()
  })
})

describe('acknowledging', () => {
  test('takes the present colour and names the taker', () => {
    const result = transition(ALERT, ask('ack', { reason: '' }), person('duty_leader', 'u1'), T + 1)
    expect(result).toMatchObject({ ok: true, to: 'acknowledged', alert: { ackedBy: 'u1', ackedAt: T + 1, ackedSeverity: 2, handlers: ['u1'] } })
  })

  test('tells the second who was first and when', () => {
    for (const state of ['acknowledged', 'handling'] as const) {
      const result = transition(inState(state), ask('ack'), person('duty_manager'), T + 5 * MINUTE)
      expect(result).toMatchObject({ ok: false, code: 'already_acknowledged', by: 'first', at: T + MINUTE })
      expect(!result.ok && result.detail).toBe('already acknowledged by first at 2026-06-11T12:01:00Z')
    }
  })

  test('is asked for again by an upgrade, and the answer keeps the state', () => {
    for (const state of ['acknowledged', 'handling'] as const) {
      const raised = transition(inState(state), ask('upgrade', { toSeverity: 3 }), ENGINE, T + HOUR)
      if (!raised.ok) throw new Error(raised.detail)
      expect(raised.alert).toMatchObject({ state, severity: 3, severitySince: T + HOUR, ackedSeverity: 2 })
      expect(needsAck(raised.alert)).toBe(true)
      const answered = transition(raised.alert, ask('ack'), person('duty_manager', 'second'), T + HOUR + 1)
      expect(answered).toMatchObject({ ok: true, to: state, alert: { ackedSeverity: 3, ackedBy: 'second' } })
    }
  })

  test('is asked for again when a colour that was lowered rises a second time', () => {
    const orange = inState('acknowledged', { severity: 3 })
    const lowered = transition(orange, ask('approve_downgrade', { toSeverity: 2 }), person('province_center_director'), T + HOUR)
    if (!lowered.ok) throw new Error(lowered.detail)
    expect(needsAck(lowered.alert)).toBe(false)
    const raised = transition(lowered.alert, ask('upgrade', { toSeverity: 3 }), ENGINE, T + 2 * HOUR)
    expect(raised.ok && needsAck(raised.alert)).toBe(true)
  })

  const cases: [Role, 'risk' | 'abnormal', Severity][] = [
    ['duty_agent', 'risk', 1],
    ['duty_agent', 'abnormal', 2],
    ['duty_leader', 'risk', 2],
    ['duty_leader', 'abnormal', 3],
    ['duty_manager', 'risk', 4],
    ['city_owner', 'risk', 4],
    ['dept_owner', 'abnormal', 4],
    ['group_ops', 'risk', 4],
  ]
  test.each(cases)('%s takes %s up to colour %i and no higher', (role, kind, highest) => {
    const actor = person(role, 'u', '/00/')
    expect(transition({ ...ALERT, kind, severity: highest }, ask('ack'), actor, T).ok).toBe(true)
    if (highest < 4)
      expect(transition({ ...ALERT, kind, severity: (highest + 1) as Severity }, ask('ack'), actor, T)).toMatchObject({ code: 'role_may_not' })
  })

  test.each(['admin', 'auditor', 'exec', 'data_steward'] as const)('%s acknowledges nothing', (role) => {
    for (const severity of [1, 2, 3, 4] as const)
      expect(transition({ ...ALERT, severity }, ask('ack'), person(role, 'u', '/00/'), T)).toMatchObject({ code: 'role_may_not' })
  })

  test('stays within the region: another province and a finer node are out of scope, the node and those above it are in', () => {
    for (const [path, isIn] of [
      ['/00/33/', false],
      ['/00/32/320500/320505/', false],
      ['/00/32/320500/', true],
      ['/00/32/', true],
      ['/00/', true],
    ] as const) {
      const result = transition(ALERT, ask('ack'), person('duty_manager', 'u', path), T)
      expect(result, path).toMatchObject(isIn ? { ok: true } : { ok: false, code: 'out_of_scope' })
    }
  })
})

describe('mitigation, relapse, reopening', () => {
  test('a relapse goes back to whoever had taken it, or asks again when nobody had; it is counted', () => {
    const taken = inState('mitigated', { ackedAt: T, ackedBy: 'first', ackedSeverity: 2 })
    expect(transition(taken, ask('relapse'), ENGINE, T + 2 * HOUR)).toMatchObject({
      to: 'handling',
      alert: { relapseCount: 1, mitigatedAt: null, severitySince: T },
    })
    expect(transition(inState('mitigated'), ask('relapse'), ENGINE, T + 2 * HOUR)).toMatchObject({
      to: 'open',
      alert: { relapseCount: 1, severitySince: T + 2 * HOUR },
    })
  })

  test('a relapse raises the colour and asks again, and never lowers orange', () => {
    const taken = inState('mitigated', { severity: 3, ackedAt: T, ackedBy: 'first', ackedSeverity: 3 })
    const red = transition(taken, ask('relapse', { toSeverity: 4 }), ENGINE, T + HOUR)
    expect(red).toMatchObject({ to: 'handling', alert: { severity: 4, severitySince: T + HOUR } })
    expect(red.ok && needsAck(red.alert)).toBe(true)
    expect(transition(taken, ask('relapse', { toSeverity: 1 }), ENGINE, T + HOUR)).toMatchObject({ alert: { severity: 3 } })
  })

  test('reopening is possible for 24 h, to the millisecond', () => {
    const resolved = inState('resolved')
    const ended = resolved.endedAt ?? 0
    expect(transition(resolved, ask('reopen_alert'), person('duty_manager'), ended + 24 * HOUR).ok).toBe(true)
    expect(transition(resolved, ask('reopen_alert'), person('duty_manager'), ended + 24 * HOUR + 1)).toMatchObject({ code: 'illegal_move' })
  })

  test('what nobody had taken comes back as open and asks from the reopening', () => {
    const unseen = inState('resolved', { ackedAt: null, ackedBy: null, ackedSeverity: null, handlers: [] })
    expect(transition(unseen, ask('reopen_alert'), person('duty_manager'), T + 3 * HOUR)).toMatchObject({
      to: 'open',
      alert: { severitySince: T + 3 * HOUR },
    })
  })

  test('a case that the rule still sees is released by those who may lower it; a mitigated one by whoever may take it', () => {
    const yellow = inState('handling')
    expect(transition(yellow, ask('resolve'), person('duty_leader'), T)).toMatchObject({ code: 'role_may_not' })
    expect(transition(yellow, ask('resolve'), person('duty_manager'), T)).toMatchObject({ ok: true })
    expect(transition(inState('mitigated'), ask('resolve'), person('duty_leader'), T)).toMatchObject({ ok: true })
  })

  test.each(['resolve', 'handle_start', 'mark_false_positive', 'note'] as const)('%s without a reason is refused', (move) => {
    expect(transition(inState('acknowledged'), ask(move, { reason: '  ' }), person('duty_manager', 'second'), T)).toMatchObject({
      code: 'reason_required',
    })
  })
})

describe('allowedMoves', () => {
  test('offers exactly what transition would accept', () => {
    expect(allowedMoves(ALERT, person('duty_leader'), T)).toEqual(['ack', 'note', 'upgrade'])
    expect(allowedMoves(inState('acknowledged'), person('duty_manager', 'second'), T)).toEqual([
      'handle_start',
      'resolve',
      'mark_false_positive',
      'note',
      'upgrade',
      'downgrade',
      'merge',
      'split',
      'absorb',
    ])
    expect(allowedMoves(ALERT, person('admin', 'a', '/00/'), T)).toEqual([])
    expect(allowedMoves(ALERT, person('duty_manager', 'u', '/00/33/'), T)).toEqual([])
  })
})
