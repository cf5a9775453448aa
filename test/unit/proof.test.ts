import { describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { type ProvenRun, proofOf } from '../../core/domain/escalation/proof.ts'
import { judgeRun } from '../../core/domain/escalation/self-audit.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'

const T = Date.UTC(2026, 5, 15, 12)
const orange = DEFAULT_LADDERS.risk[3]
const alert = { kind: 'risk', ackDueAt: null } as const
const run = (calls: readonly (readonly [step: number, round: number, dueMinutes: number, lateMs?: number])[], end: { at: number; why: string } | null = null): ProvenRun => ({
  runId: '1', severity: 3, purpose: 'answer', startedAt: T, stoppedAt: end?.at ?? null, stoppedWhy: end?.why ?? null,
  calls: calls.map(([step, round, minutes, late = 0]) => ({ step, round, dueAt: T + minutes * MINUTE, firedAt: T + minutes * MINUTE + late })),
})
const said = (proven: ProvenRun, now: number) => proofOf(proven, orange, alert, now).map(({ step, round, verdict, why }) => `${step}/${round} ${verdict}${why === null ? '' : ` ${why}`}`)

describe('what was due against what happened (orange: T, T+10, T+20, T+30)', () => {
  test('steps that were made in time, a reminder between them, and what is still to come', () => {
    expect(said(run([[0, 0, 0], [0, 1, 5], [1, 0, 10]]), T + 12 * MINUTE)).toEqual(['0/0 kept', '0/1 kept', '1/0 kept', '2/0 to_come', '3/0 to_come'])
  })
  test('5 s late is in time, a millisecond more is late', () => {
    expect(said(run([[0, 0, 0, 5 * SECOND], [1, 0, 10, 5 * SECOND + 1]]), T + 12 * MINUTE).slice(0, 2)).toEqual(['0/0 kept', '1/0 late'])
  })
  test('an answer at T+9 makes the rest needless; one that came 6 s after the step was due does not excuse it', () => {
    expect(said(run([[0, 0, 0]], { at: T + 9 * MINUTE, why: 'acknowledged' }), T + 60 * MINUTE)).toEqual(['0/0 kept', '1/0 not_needed acknowledged', '2/0 not_needed acknowledged', '3/0 not_needed acknowledged'])
    expect(said(run([[0, 0, 0]], { at: T + 10 * MINUTE + 6 * SECOND, why: 'acknowledged' }), T + 60 * MINUTE)[1]).toBe('1/0 missed')
  })
  test('a step that nobody made is missed 5 s after it was due', () => {
    expect(said(run([[0, 0, 0]]), T + 10 * MINUTE + 5 * SECOND - 1)[1]).toBe('1/0 to_come')
    expect(said(run([[0, 0, 0]]), T + 10 * MINUTE + 5 * SECOND)[1]).toBe('1/0 missed')
  })
  test('of a ticket’s ladder that went on for another alert the earlier steps are not its own', () => {
    const lines = proofOf(run([[2, 0, 20]]), orange, { kind: 'abnormal', ackDueAt: null }, T + 21 * MINUTE)
    expect(lines.map(({ step }) => step)).toEqual([2, 3])
  })
})

describe('the audit of a running ladder', () => {
  const asks = { kind: 'risk', state: 'open', severity: 3, ackedSeverity: null, ackDueAt: null, isLateDetected: false, ticketKey: null } as const
  const stands = (nextStep: number, dueMinutes: number | null, remindedMinutes: number | null = null) => ({
    startedAt: T, severity: 3 as const, nextStep, remindedAt: remindedMinutes === null ? null : T + remindedMinutes * MINUTE, dueAt: dueMinutes === null ? null : T + dueMinutes * MINUTE,
  })
  const judged = (at: ReturnType<typeof stands>, fired: number[], remindedMinutes: number | null, now: number, other: object = {}) =>
    judgeRun({ run: at, alert: { ...asks, ...other }, fired, remindedAt: remindedMinutes === null ? null : T + remindedMinutes * MINUTE }, orange, now)
  test('finds nothing where the pointer is what the record says', () => {
    expect(judged(stands(1, 5), [0], null, T + MINUTE)).toBeNull()
    expect(judged(stands(1, 10, 5), [0], 5, T + 6 * MINUTE)).toBeNull()
  })
  test('finds a skipped step, a hole, a step fired but not passed, a lost and a late time', () => {
    expect(judged(stands(2, 20, 5), [0], 5, T + 6 * MINUTE)).toMatchObject({ kind: 'pointer', nextStep: 1, dueAt: T + 10 * MINUTE })
    expect(judged(stands(3, 25, 15), [0, 2], 15, T + 21 * MINUTE)).toMatchObject({ kind: 'pointer', nextStep: 1 })
    expect(judged(stands(0, 0), [0], null, T + MINUTE)).toMatchObject({ kind: 'pointer', nextStep: 1, dueAt: T + 5 * MINUTE })
    expect(judged(stands(1, null), [0], null, T + MINUTE)).toMatchObject({ kind: 'pointer', nextStep: 1, dueAt: T + 5 * MINUTE })
    expect(judged(stands(1, 60), [0], null, T + MINUTE)).toMatchObject({ kind: 'pointer', dueAt: T + 5 * MINUTE })
  })
  test('says overdue 5 s after the time, not a millisecond before', () => {
    expect(judged(stands(1, 5), [0], null, T + 5 * MINUTE + 5 * SECOND - 1)).toBeNull()
    expect(judged(stands(1, 5), [0], null, T + 5 * MINUTE + 5 * SECOND)).toEqual({ kind: 'overdue', dueAt: T + 5 * MINUTE })
  })
  test('leaves alone what is answered or over', () => {
    expect(judged(stands(2, null), [0], null, T + 60 * MINUTE, { ackedSeverity: 3 })).toBeNull()
    expect(judged(stands(2, null), [0], null, T + 60 * MINUTE, { state: 'closed' })).toBeNull()
  })
})
