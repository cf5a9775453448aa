import { describe, expect, test } from 'vitest'
import type { Alert } from '../../core/domain/alert/alert.ts'
import { transition } from '../../core/domain/alert/transition.ts'
import { CANARY_LADDER, CANARY_PLACE, type CanaryTrace, judgeCanaries, stuckPlace, verdictInWords } from '../../core/domain/escalation/canary.ts'
import { ladderOf } from '../../core/domain/escalation/deadlines.ts'
import { stepDueAt } from '../../core/domain/escalation/decide-escalation.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { isWithin } from '../../core/domain/region.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { ROLES } from '../../core/domain/vocabulary.ts'
import { ALERT, T } from '../support/alert-builders.ts'

const anAlert = (changes: Partial<Alert>): Alert => ({ ...ALERT, ...changes })
const canary = anAlert({ kind: 'canary', ruleId: 'CN-01', regionCode: CANARY_PLACE.code, regionPath: CANARY_PLACE.path, severity: 3 })
const step = (index: number, isCalled = true, receivedAt: number | null = T + 1_000) => ({ step: index, firedAt: T, isCalled, receivedAt })
const trace = (changes: Partial<CanaryTrace> = {}): CanaryTrace => ({ openedAt: T, acknowledgedAt: null, steps: [], ...changes })
const through = (openedAt: number): CanaryTrace => trace({ openedAt, acknowledgedAt: openedAt + 11_000, steps: [step(0), step(1)] })

describe('the ladder of a canary', () => {
  test('is its own whatever ladders are in force: a step at T, the next by the timer 10 s later to the millisecond', () => {
    const ladder = ladderOf(DEFAULT_LADDERS, canary, 'Asia/Shanghai')
    expect(ladder).toBe(CANARY_LADDER)
    expect([0, 1, 2].map((index) => stepDueAt({ startedAt: T }, ladder, canary, index))).toEqual([T, T + 10 * SECOND, null])
  })
})

describe('who may answer', () => {
  test('the engine acknowledges a canary and nothing else', () => {
    const ack = { move: 'ack', reason: '' } as const
    expect(transition(canary, ack, { kind: 'engine' }, T)).toMatchObject({ ok: true, to: 'acknowledged', alert: { ackedBy: null, ackedAt: T, handlers: [] } })
    for (const kind of ['abnormal', 'risk'] as const) expect(transition(anAlert({ kind }), ack, { kind: 'engine' }, T)).toMatchObject({ ok: false, code: 'illegal_move' })
  })

  test.each(ROLES)('%s of the group reaches none: it lies in nobody’s scope', (role) => {
    const person = { kind: 'user', userId: 'u', name: 'n', role, regionPath: '/00/' } as const
    expect(transition(canary, { move: 'ack', reason: '' }, person, T)).toMatchObject({ ok: false, code: 'out_of_scope' })
    expect(transition(canary, { move: 'ack', reason: '' }, { ...person, regionPath: CANARY_PLACE.path }, T)).toMatchObject({ ok: false, code: 'role_may_not' })
    expect(isWithin(CANARY_PLACE.path, ENGINE_SCOPE.path)).toBe(false)
  })
})

describe('where a canary stands still', () => {
  const places: readonly [CanaryTrace['steps'], string, number | null][] = [
    [[], 'step_not_fired', 1],
    [[step(0, false, null)], 'not_called', 1],
    [[step(0, true, null)], 'not_received', 1],
    [[step(0)], 'step_not_fired', 2],
    [[step(0), step(1, false, null)], 'not_called', 2],
    [[step(0), step(1, true, null)], 'not_received', 2],
    [[step(0), step(1)], 'not_acknowledged', null],
  ]
  test.each(places)('%j: %s, step %s', (steps, stage, index) => {
    expect(stuckPlace(trace({ steps }))).toEqual({ stage, step: index })
  })
  test('nowhere when it came through, whatever was written down of its receipts', () => {
    expect(stuckPlace(trace({ acknowledgedAt: T, steps: [] }))).toBeNull()
  })
})

describe('the verdict', () => {
  test('alive 90 s after the last that came through, late a millisecond later', () => {
    const traces = [through(T)]
    const at = T + 11_000 + 90 * SECOND
    expect(judgeCanaries(traces, at)).toMatchObject({ isAlive: true, lastCompletedAt: T + 11_000, ageSeconds: 90, tookMs: 11_000, stuckAt: null })
    expect(judgeCanaries(traces, at + 1)).toMatchObject({ isAlive: false, ageSeconds: 90, stuckAt: { stage: 'not_opened' } })
  })

  test('names the youngest that has had its time, not one that was raised a moment ago', () => {
    const stuck = trace({ openedAt: T + MINUTE, steps: [step(0)] })
    const fresh = trace({ openedAt: T + 2 * MINUTE })
    const judged = (now: number) => judgeCanaries([fresh, stuck, through(T - MINUTE)], now).stuckAt
    expect(judged(T + 2 * MINUTE + 1_000)).toEqual({ stage: 'step_not_fired', step: 2 })
    expect(judged(T + 2 * MINUTE + 19_999)).toEqual({ stage: 'step_not_fired', step: 2 })
    expect(judged(T + 2 * MINUTE + 20_000)).toEqual({ stage: 'step_not_fired', step: 1 })
  })

  test('of a deployment that has only just begun: late, and on its way', () => {
    expect(judgeCanaries([], T).stuckAt).toEqual({ stage: 'not_opened', step: null })
    expect(judgeCanaries([trace()], T + 1_000).stuckAt).toEqual({ stage: 'step_not_fired', step: 1 })
  })

  test('is the same in whatever order the traces come, and a clock that is behind makes no age below zero', () => {
    const traces = [through(T), through(T + MINUTE), trace({ openedAt: T + 2 * MINUTE })]
    expect(judgeCanaries([...traces].reverse(), T + 3 * MINUTE)).toEqual(judgeCanaries(traces, T + 3 * MINUTE))
    expect(judgeCanaries(traces, T)).toMatchObject({ isAlive: true, ageSeconds: 0 })
  })

  test('says it in both languages', () => {
    expect(verdictInWords(judgeCanaries([through(T)], T + 31_000))).toEqual({ zh: '通知链路正常，20 秒前走通一次', en: 'the path to a page is alive; it was passed 20 s ago' })
    expect(verdictInWords(judgeCanaries([trace({ openedAt: T + 150_000, steps: [step(0, false, null)] }), through(T)], T + 180_000))).toEqual({
      zh: '通知链路169 秒未走通：第 1 步的通知无人送出：检查后台进程的 notify',
      en: 'the path to a page was not passed for 169 s: nobody has sent the page of step 1: look at notify of the workers',
    })
  })
})
