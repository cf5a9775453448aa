import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { mayAcknowledge } from '../../core/domain/access.ts'
import type { Alert } from '../../core/domain/alert/alert.ts'
import { decideEscalation, stepDueAt } from '../../core/domain/escalation/decide-escalation.ts'
import { withDeadlines } from '../../core/domain/escalation/deadlines.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import type { EscalationRun, Ladder, LadderSet } from '../../core/domain/escalation/ladder.ts'
import { ladderFaults } from '../../core/domain/escalation/ladder-faults.ts'
import { planRun } from '../../core/domain/escalation/plan-run.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { ALERT_STATES, type Severity } from '../../core/domain/vocabulary.ts'

const T = Date.UTC(2026, 5, 11, 11, 52)

const ALERT: Alert = {
  id: '1',
  kind: 'risk',
  ruleId: 'MR-01',
  ruleVersion: 1,
  ladderVersion: 1,
  ticketKey: null,
  regionCode: '320500',
  regionPath: '/00/32/320500/',
  severity: 3,
  state: 'open',
  facts: {},
  openedAt: T,
  severitySince: T,
  ackedAt: null,
  ackedBy: null,
  ackedSeverity: null,
  ackDueAt: T + 10 * MINUTE,
  handleDueAt: null,
  mitigatedAt: null,
  endedAt: null,
  relapseCount: 0,
  isLateDetected: false,
  suppressedBy: null,
  mergedInto: null,
  proposedSeverity: null,
  handlers: [],
  approvals: [],
  version: 1,
}
const RUN: EscalationRun = { startedAt: T, severity: 3, nextStep: 0 }
const ORANGE = DEFAULT_LADDERS.risk[3]
const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

describe('the default ladders', () => {
  test('hold the limits of domain.md 7.2 and 4.2', () => {
    const minutes = (ladders: LadderSet[keyof LadderSet & ('risk' | 'abnormal')]) =>
      SEVERITIES.map((severity) => [
        ladders[severity].ackMinutes,
        ladders[severity].handleMinutes,
        ladders[severity].steps.map((step) => step.afterMinutes),
      ])
    expect(minutes(DEFAULT_LADDERS.risk)).toEqual([
      [30, 480, [0, 30]],
      [15, 240, [0, 15]],
      [10, 120, [0, 10]],
      [5, 60, [0, 5]],
    ])
    expect(minutes(DEFAULT_LADDERS.abnormal)).toEqual([
      [null, 720, [0]],
      [30, 480, [0, 30]],
      [15, 240, [0, 15]],
      [10, 120, [0, 10]],
    ])
    expect(ladderFaults(DEFAULT_LADDERS)).toEqual([])
  })

  test('tell people in the application always, webhooks from yellow up', () => {
    for (const kind of ['risk', 'abnormal'] as const) {
      for (const severity of SEVERITIES) {
        for (const step of DEFAULT_LADDERS[kind][severity].steps) expect(step.channels).toEqual(severity === 1 ? ['in_app'] : ['in_app', 'webhook'])
      }
    }
  })

  test('call at every step somebody who may acknowledge what he is called for', () => {
    for (const kind of ['risk', 'abnormal'] as const) {
      for (const severity of SEVERITIES) {
        for (const step of DEFAULT_LADDERS[kind][severity].steps)
          expect(step.targets.some((target) => mayAcknowledge(target.role, kind, severity))).toBe(true)
      }
    }
  })

  test('are refused when they would leave an alert with nobody to call', () => {
    const broken = (ladder: Partial<Ladder>): LadderSet => ({
      ...DEFAULT_LADDERS,
      risk: { ...DEFAULT_LADDERS.risk, 2: { ...DEFAULT_LADDERS.risk[2], ...ladder } },
    })
    expect(ladderFaults(broken({ steps: [] }))).toEqual(['risk 2: at least one step is needed'])
    expect(
      ladderFaults(
        broken({
          steps: [
            { afterMinutes: 5, targets: [], channels: [] },
            { afterMinutes: 5, targets: [], channels: ['in_app'] },
          ],
        }),
      ),
    ).toHaveLength(4)
    expect(ladderFaults(broken({ ackMinutes: 0, handleMinutes: Number.NaN }))).toHaveLength(2)
  })
})

describe('decideEscalation', () => {
  test('fires step 1 at T and step 2 at T + the ack limit, not a millisecond earlier', () => {
    expect(decideEscalation(RUN, ORANGE, ALERT, T - 1)).toEqual({ kind: 'wait', until: T })
    expect(decideEscalation(RUN, ORANGE, ALERT, T)).toEqual({ kind: 'fire', step: 0, late: 0, nextDueAt: T + 10 * MINUTE })
    const second = { ...RUN, nextStep: 1 }
    expect(decideEscalation(second, ORANGE, ALERT, T + 10 * MINUTE - 1)).toEqual({ kind: 'wait', until: T + 10 * MINUTE })
    expect(decideEscalation(second, ORANGE, ALERT, T + 10 * MINUTE)).toEqual({ kind: 'fire', step: 1, late: 0, nextDueAt: null })
    expect(decideEscalation({ ...RUN, nextStep: 2 }, ORANGE, ALERT, T + HOUR)).toEqual({ kind: 'stop', why: 'exhausted' })
  })

  test('counts a step from T and not from the last step, however late that one was', () => {
    const late = decideEscalation(RUN, ORANGE, ALERT, T + 9 * MINUTE)
    expect(late).toEqual({ kind: 'fire', step: 0, late: 9 * MINUTE, nextDueAt: T + 10 * MINUTE })
  })

  test('stops for an answer to the present colour and for nothing less', () => {
    expect(decideEscalation(RUN, ORANGE, { ...ALERT, state: 'acknowledged', ackedSeverity: 3 }, T)).toEqual({ kind: 'stop', why: 'acknowledged' })
    expect(decideEscalation(RUN, ORANGE, { ...ALERT, state: 'acknowledged', ackedSeverity: 2 }, T).kind).toBe('fire')
    for (const state of ALERT_STATES) {
      const kind = decideEscalation(RUN, ORANGE, { ...ALERT, state }, T).kind
      expect(kind, state).toBe(['open', 'acknowledged', 'handling'].includes(state) ? 'fire' : 'stop')
    }
  })

  test('calls at the ack limit of the lower level when a ticket rises while that is still owed (4.4)', () => {
    const ladder = DEFAULT_LADDERS.abnormal[3]
    const risen: Alert = { ...ALERT, kind: 'abnormal', severity: 3, ackDueAt: T + 3 * MINUTE }
    expect(stepDueAt({ ...RUN, nextStep: 1 }, ladder, risen, 1)).toBe(T + 3 * MINUTE)
    expect(stepDueAt({ ...RUN, nextStep: 1 }, ladder, { ...risen, kind: 'risk' }, 1)).toBe(T + 15 * MINUTE)
  })

  const anyLadder = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 6 }).map(
    (minutes): Ladder => ({
      ackMinutes: 10,
      handleMinutes: 60,
      steps: minutes
        .sort((a, b) => a - b)
        .map((afterMinutes) => ({ afterMinutes, targets: [{ role: 'duty_manager', at: 'province' }], channels: ['in_app'] })),
    }),
  )
  test.prop([anyLadder, fc.array(fc.integer({ min: 0, max: 40 * MINUTE }), { maxLength: 60 })])(
    'takes every step once, in order, none early, and all overdue ones at once',
    (ladder, waits) => {
      let run = RUN
      let now = T
      const fired: number[] = []
      for (const wait of [...waits, 10 * HOUR]) {
        now += wait
        for (;;) {
          const decision = decideEscalation(run, ladder, ALERT, now)
          if (decision.kind !== 'fire') {
            if (decision.kind === 'wait') expect(decision.until).toBeGreaterThan(now)
            break
          }
          const dueAt = T + (ladder.steps[decision.step]?.afterMinutes ?? Number.NaN) * MINUTE
          expect(decision.late).toBe(now - dueAt)
          expect(decision.late).toBeGreaterThanOrEqual(0)
          fired.push(decision.step)
          run = { ...run, nextStep: decision.step + 1 }
        }
      }
      expect(fired).toEqual(ladder.steps.map((_, index) => index))
    },
  )
})

describe('deadlines', () => {
  const limits = (before: Alert | null, after: Alert, at: number) => {
    const { ackDueAt, handleDueAt } = withDeadlines(before, after, DEFAULT_LADDERS, at)
    return { ack: ackDueAt === null ? null : (ackDueAt - T) / MINUTE, handle: handleDueAt === null ? null : (handleDueAt - T) / MINUTE }
  }
  const fresh = (changes: Partial<Alert> = {}): Alert => withDeadlines(null, { ...ALERT, ackDueAt: null, ...changes }, DEFAULT_LADDERS, T)

  test('acknowledge from T, handle from the acknowledgement', () => {
    expect(limits(null, { ...ALERT, ackDueAt: null }, T)).toEqual({ ack: 10, handle: null })
    const before = fresh()
    const after: Alert = { ...before, state: 'acknowledged', ackedAt: T + 4 * MINUTE, ackedSeverity: 3 }
    expect(limits(before, after, T + 4 * MINUTE)).toEqual({ ack: 10, handle: 124 })
  })

  test('A1 needs no acknowledgement and is handled within 12 h of its opening', () => {
    expect(limits(null, { ...ALERT, kind: 'abnormal', severity: 1, ackDueAt: null }, T)).toEqual({ ack: null, handle: 720 })
  })

  test('an upgrade of a case gives the new colour its whole time; a ticket that rises keeps the shorter of the two', () => {
    const blue = fresh({ severity: 1 })
    const at = T + 20 * MINUTE
    expect(limits(blue, { ...blue, severity: 2, severitySince: at }, at)).toEqual({ ack: 35, handle: null })
    const a2 = fresh({ kind: 'abnormal', severity: 2 })
    expect(limits(a2, { ...a2, severity: 3, severitySince: at }, at)).toEqual({ ack: 30, handle: null })
    const early = T + 5 * MINUTE
    expect(limits(a2, { ...a2, severity: 3, severitySince: early }, early)).toEqual({ ack: 20, handle: null })
  })

  test('the handling limit keeps running through an upgrade and its new answer, and takes the earlier end', () => {
    const blue = { ...fresh({ severity: 1 }), state: 'acknowledged' as const, ackedAt: T, ackedSeverity: 1 as const, handleDueAt: T + 480 * MINUTE }
    const at = T + 7 * HOUR
    const risen = withDeadlines(blue, { ...blue, severity: 2, severitySince: at }, DEFAULT_LADDERS, at)
    expect(risen.handleDueAt).toBe(T + 480 * MINUTE)
    const answered = { ...risen, ackedAt: at + MINUTE, ackedSeverity: 2 as const }
    expect(withDeadlines(risen, answered, DEFAULT_LADDERS, at + MINUTE).handleDueAt).toBe(T + 480 * MINUTE)
  })

  test('a lower colour lengthens a limit that still runs and leaves a missed one missed', () => {
    const yellow = fresh({ severity: 2 })
    expect(limits(yellow, { ...yellow, severity: 1 }, T + 5 * MINUTE).ack).toBe(30)
    expect(limits(yellow, { ...yellow, severity: 1 }, T + 15 * MINUTE).ack).toBe(15)
  })

  test('nothing is due of what is mitigated, suppressed or ended', () => {
    for (const state of ['mitigated', 'suppressed', 'resolved', 'closed', 'merged', 'retracted', 'false_positive'] as const) {
      expect(limits({ ...ALERT, handleDueAt: T }, { ...ALERT, state, handleDueAt: T }, T).handle, state).toBeNull()
    }
  })
})

describe('planRun', () => {
  const acked: Alert = { ...ALERT, state: 'acknowledged', ackedAt: T, ackedSeverity: 3 }
  test('starts for a new question, stops for an answer or an end, goes on in between', () => {
    expect(planRun(null, ALERT)).toEqual({ kind: 'start' })
    expect(planRun(null, { ...ALERT, state: 'suppressed' })).toEqual({ kind: 'keep' })
    expect(planRun(ALERT, acked)).toEqual({ kind: 'stop', why: 'acknowledged' })
    expect(planRun(ALERT, { ...ALERT, state: 'mitigated' })).toEqual({ kind: 'stop', why: 'not_live' })
    expect(planRun(acked, { ...acked, state: 'handling' })).toEqual({ kind: 'keep' })
    expect(planRun(acked, { ...acked, severity: 4, severitySince: T + SECOND })).toEqual({ kind: 'start' })
    expect(planRun(ALERT, { ...ALERT, severity: 4 })).toEqual({ kind: 'start' })
    expect(planRun(ALERT, { ...ALERT, severity: 2 })).toEqual({ kind: 'retime' })
    expect(planRun({ ...ALERT, state: 'suppressed' }, { ...ALERT, severitySince: T + SECOND })).toEqual({ kind: 'start' })
  })
})

test('of what late data showed the first step fires and no other', () => {
  const late = { ...ALERT, state: 'mitigated', isLateDetected: true } as const
  expect(decideEscalation(RUN, ORANGE, late, T)).toMatchObject({ kind: 'fire', step: 0 })
  expect(decideEscalation({ ...RUN, nextStep: 1 }, ORANGE, late, T + HOUR)).toEqual({ kind: 'stop', why: 'not_live' })
  expect(decideEscalation(RUN, ORANGE, { ...late, isLateDetected: false }, T)).toEqual({ kind: 'stop', why: 'not_live' })
  expect(decideEscalation(RUN, ORANGE, { ...late, state: 'closed' }, T)).toEqual({ kind: 'stop', why: 'not_live' })
})
