import { describe, expect, test } from 'vitest'
import type { Alert, Move } from '../../core/domain/alert/alert.ts'
import { type AlertLimit, limitsAfter } from '../../core/domain/alert/limit.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { ALERT, T } from '../support/alert-builders.ts'

/** A ticket's alert of A2, raised at T, to be acknowledged by T + 30 min. */
const RAISED: Alert = { ...ALERT, kind: 'abnormal', ruleId: 'AT-02', ticketKey: '32:eoms:T1', ackDueAt: T + 30 * MINUTE }
const ACKED: Alert = { ...RAISED, state: 'acknowledged', ackedAt: T + 10 * MINUTE, ackedSeverity: 2, handleDueAt: T + 8 * HOUR }

interface Step {
  readonly move: Move
  readonly to: Partial<Alert>
  readonly at: number
}

/** The limits after raising `alert` and these moves, each a change of the alert as it stood. */
function lived(alert: Alert, ...steps: readonly Step[]): Partial<Record<string, Omit<AlertLimit, 'clock'>>> {
  let [held, limits] = [alert, limitsAfter([], { before: null, after: alert, move: 'open', at: alert.openedAt })]
  for (const { move, to, at } of steps) {
    const after = { ...held, ...to }
    limits = limitsAfter(limits, { before: held, after, move, at })
    held = after
  }
  return Object.fromEntries(limits.map(({ clock, ...limit }) => [clock, limit]))
}
const acked = (at: number, severity: 2 | 3 = 2): Step => ({
  move: 'ack',
  to: { state: 'acknowledged', ackedAt: at, ackedSeverity: severity, handleDueAt: at + 8 * HOUR },
  at,
})

describe('the limit that fell due first', () => {
  test('to acknowledge begins with the alert, and to handle with the acknowledgement', () => {
    expect(lived(RAISED)).toEqual({ ack: { dueAt: T + 30 * MINUTE, severity: 2, metAt: null, liftedAt: null } })
    expect(lived(RAISED, acked(T + 30 * MINUTE))).toEqual({
      ack: { dueAt: T + 30 * MINUTE, severity: 2, metAt: T + 30 * MINUTE, liftedAt: null },
      handle: { dueAt: T + 8 * HOUR + 30 * MINUTE, severity: 2, metAt: null, liftedAt: null },
    })
  })

  test.each([
    ['a plan', 'handle_start', { state: 'handling', handleDueAt: null }],
    ['its resolution', 'resolve', { state: 'resolved', handleDueAt: null, endedAt: T + 8 * HOUR }],
    ['the condition being over', 'mitigate', { state: 'mitigated', handleDueAt: null }],
    ['the evidence', 'auto_resolve', { state: 'resolved', handleDueAt: null }],
  ] as const)('is met by %s', (_, move, to) => {
    for (const at of [T + 8 * HOUR - 1, T + 8 * HOUR, T + 8 * HOUR + 1])
      expect(lived(ACKED, { move, to, at })['handle']).toMatchObject({ dueAt: T + 8 * HOUR, metAt: at })
  })

  test('is not met, but lifted, by what is no handling', () => {
    const gone = { state: 'retracted', handleDueAt: null, endedAt: T + HOUR } as const
    expect(lived(ACKED, { move: 'retract', to: gone, at: T + HOUR })['handle']).toMatchObject({ metAt: null, liftedAt: T + HOUR })
    expect(lived(RAISED, { move: 'auto_resolve', to: { state: 'resolved', endedAt: T + MINUTE }, at: T + MINUTE })['ack']).toMatchObject({
      metAt: null,
      liftedAt: T + MINUTE,
    })
  })

  test('stays when the ladder goes up after it: what was missed is not made good by a new one', () => {
    const over = T + 8 * HOUR
    const raised: Step = { move: 'upgrade', to: { severity: 3, handleDueAt: null, severitySince: over, ackDueAt: over + 15 * MINUTE }, at: over }
    const limits = lived(ACKED, raised, acked(over + MINUTE, 3), { move: 'resolve', to: { state: 'resolved', handleDueAt: null }, at: over + HOUR })
    expect(limits['handle']).toEqual({ dueAt: over, severity: 2, metAt: over + HOUR, liftedAt: null })
  })

  test('is shortened when the ladder goes up before it', () => {
    const raised: Step = { move: 'upgrade', to: { severity: 3, ackDueAt: T + 15 * MINUTE }, at: T + MINUTE }
    expect(lived(RAISED, raised)['ack']).toEqual({ dueAt: T + 15 * MINUTE, severity: 3, metAt: null, liftedAt: null })
  })

  test('of A1 gives way to the first above it, also when it has passed; of a blue case it stays', () => {
    const low: Alert = { ...RAISED, severity: 1, ackDueAt: null, handleDueAt: T + 12 * HOUR }
    const up: Step = { move: 'upgrade', to: { severity: 2, handleDueAt: null, ackDueAt: T + 12 * HOUR + 30 * MINUTE }, at: T + 12 * HOUR }
    expect(lived(low, up, acked(T + 13 * HOUR))['handle']).toEqual({ dueAt: T + 21 * HOUR, severity: 2, metAt: null, liftedAt: null })
    expect(lived({ ...low, kind: 'risk' }, up, acked(T + 13 * HOUR))['handle']).toMatchObject({ dueAt: T + 12 * HOUR, severity: 1 })
  })

  test('begins anew when it was lifted in time and people are asked again', () => {
    const off: Step = { move: 'mitigate', to: { state: 'mitigated' }, at: T + MINUTE }
    const again: Step = { move: 'relapse', to: { state: 'open', ackDueAt: T + HOUR }, at: T + 2 * MINUTE }
    expect(lived(RAISED, off)['ack']).toMatchObject({ liftedAt: T + MINUTE })
    expect(lived(RAISED, off, again)['ack']).toEqual({ dueAt: T + HOUR, severity: 2, metAt: null, liftedAt: null })
  })
})
