import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Alert } from '../../core/domain/alert/alert.ts'
import { decideEscalation, runDueAt, stepDueAt } from '../../core/domain/escalation/decide-escalation.ts'
import { withDeadlines } from '../../core/domain/escalation/deadlines.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import type { EscalationRun, Ladder } from '../../core/domain/escalation/ladder.ts'
import { planRun } from '../../core/domain/escalation/plan-run.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { ALERT_STATES } from '../../core/domain/vocabulary.ts'

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
  quietBy: null,
  mergedInto: null,
  proposedSeverity: null,
  handlers: [],
  approvals: [],
  isReviewOwed: false,
  version: 1,
}
const RUN: EscalationRun = { startedAt: T, severity: 3, nextStep: 0, remindedAt: null }
const ZONE = 'Asia/Shanghai'
/** Orange without its reminders, which have tests of their own. */
const ORANGE: Ladder = { ...DEFAULT_LADDERS.risk[3], reminder: null }

describe('decideEscalation', () => {
  test('fires step 1 at T and step 2 at T + the ack limit, not a millisecond earlier', () => {
    expect(decideEscalation(RUN, ORANGE, ALERT, T - 1)).toEqual({ kind: 'wait', until: T })
    expect(decideEscalation(RUN, ORANGE, ALERT, T)).toEqual({ kind: 'fire', step: 0, late: 0, nextDueAt: T + 10 * MINUTE })
    const second = { ...RUN, nextStep: 1 }
    expect(decideEscalation(second, ORANGE, ALERT, T + 10 * MINUTE - 1)).toEqual({ kind: 'wait', until: T + 10 * MINUTE })
    expect(decideEscalation(second, ORANGE, ALERT, T + 10 * MINUTE)).toEqual({ kind: 'fire', step: 1, late: 0, nextDueAt: T + 20 * MINUTE })
    expect(decideEscalation({ ...RUN, nextStep: 4 }, ORANGE, ALERT, T + HOUR)).toEqual({ kind: 'stop', why: 'exhausted' })
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
    expect(stepDueAt(RUN, ladder, risen, 1)).toBe(T + 3 * MINUTE)
    expect(stepDueAt(RUN, ladder, { ...risen, kind: 'risk' }, 1)).toBe(T + 15 * MINUTE)
  })

  const anyLadder = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 6 }).map(
    (minutes): Ladder => ({
      ackMinutes: 10,
      handleMinutes: 60,
      reminder: null,
      handlingOver: { kind: 'stalled' },
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

describe('reminders', () => {
  const orange = DEFAULT_LADDERS.risk[3]
  const minutes = (at: number | null) => (at === null ? null : (at - T) / MINUTE)
  /** Every call of a run that is looked at whenever it is due, up to `until`; `awake` false: nothing runs then. */
  function calls(ladder: Ladder, until: number, awake: (at: number) => boolean = () => true): string[] {
    const made: string[] = []
    let run = RUN
    for (let at = T; at <= T + until; at += MINUTE) {
      while (awake(at)) {
        const decision = decideEscalation(run, ladder, ALERT, at)
        if (decision.kind !== 'fire' && decision.kind !== 'remind') break
        made.push(decision.kind === 'fire' ? `${minutes(at)} step ${decision.step + 1}` : `${minutes(at)} again ${decision.step + 1} for ${minutes(decision.dueAt)}`)
        run = decision.kind === 'fire' ? { ...run, nextStep: decision.step + 1 } : { ...run, remindedAt: decision.dueAt }
        expect(decision.nextDueAt).toBe(runDueAt(run, ladder, ALERT))
      }
    }
    return made
  }

  test('come at every multiple from T, after the step of the same minute (7.2: orange every 5 min)', () => {
    expect(calls(orange, 20 * MINUTE)).toEqual(['0 step 1', '5 again 1 for 5', '10 step 2', '10 again 2 for 10', '15 again 2 for 15', '20 step 3', '20 again 3 for 20'])
  })

  test('go on after the last step until somebody answers', () => {
    expect(calls(DEFAULT_LADDERS.risk[4], 24 * MINUTE).slice(-3)).toEqual(['18 again 4 for 18', '21 again 4 for 21', '24 again 4 for 24'])
    expect(calls(DEFAULT_LADDERS.risk[1], 5 * HOUR)).toEqual(['0 step 1', '30 step 2', '60 step 3'])
  })

  test('of an outage come once, for the latest slot, after the steps that were due', () => {
    expect(calls(orange, 40 * MINUTE, (at) => at < T + 6 * MINUTE || at >= T + 37 * MINUTE)).toEqual([
      '0 step 1', '5 again 1 for 5', '37 step 2', '37 step 3', '37 step 4', '37 again 4 for 35', '40 again 4 for 40',
    ])
  })

  test('are none of a case that late data showed, and none after an answer', () => {
    const late: Alert = { ...ALERT, state: 'mitigated', isLateDetected: true }
    expect(decideEscalation({ ...RUN, nextStep: 1 }, orange, late, T + HOUR)).toEqual({ kind: 'stop', why: 'not_live' })
    expect(decideEscalation({ ...RUN, nextStep: 4 }, orange, { ...ALERT, state: 'acknowledged', ackedSeverity: 3 }, T + HOUR)).toEqual({ kind: 'stop', why: 'acknowledged' })
  })
})

describe('deadlines', () => {
  const limits = (before: Alert | null, after: Alert, at: number) => {
    const { ackDueAt, handleDueAt } = withDeadlines(before, after, DEFAULT_LADDERS, ZONE, at)
    return { ack: ackDueAt === null ? null : (ackDueAt - T) / MINUTE, handle: handleDueAt === null ? null : (handleDueAt - T) / MINUTE }
  }
  const fresh = (changes: Partial<Alert> = {}): Alert => withDeadlines(null, { ...ALERT, ackDueAt: null, ...changes }, DEFAULT_LADDERS, ZONE, T)

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
    const risen = withDeadlines(blue, { ...blue, severity: 2, severitySince: at }, DEFAULT_LADDERS, ZONE, at)
    expect(risen.handleDueAt).toBe(T + 480 * MINUTE)
    const answered = { ...risen, ackedAt: at + MINUTE, ackedSeverity: 2 as const }
    expect(withDeadlines(risen, answered, DEFAULT_LADDERS, ZONE, at + MINUTE).handleDueAt).toBe(T + 480 * MINUTE)
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
