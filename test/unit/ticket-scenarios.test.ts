import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type KnownAlert, reconcileAbnormal } from '../../core/domain/abnormal/reconcile.ts'
import { VOLUME } from '../../core/domain/indicator/k01-volume.ts'
import { HANDLED_IN_TIME } from '../../core/domain/indicator/k18-handled-in-time.ts'
import { OPEN_TICKETS } from '../../core/domain/indicator/k22-open.ts'
import { readClock } from '../../core/domain/ticket/clocks/read.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { HOUR, type Instant } from '../../core/domain/time.ts'
import { BY_DEADLINE } from '../support/abnormal.ts'
import { anEvent, at, CREATED_PAYLOAD } from '../support/builders.ts'
import { aContext } from '../support/clock-tickets.ts'
import { cellsOf, factsAt, periodOf, recount, sumOf } from '../support/recount.ts'

const CONTEXT = aContext()
const judge = (events: readonly TicketEvent[], when: Instant) =>
  judgeTicket(foldTicket(events), CONTEXT, BY_DEADLINE, when)

describe('S-6: late, out-of-order, duplicate events', () => {
  const created = anEvent('created', {
    occurredAt: '2026-06-01 09:00',
    payload: { ...CREATED_PAYLOAD, phenomenon_l1: 'broadband', phenomenon_l2: '' },
  })
  const claimed = anEvent('claimed', { occurredAt: '2026-06-01 09:40' })
  const dispatched = anEvent('dispatched', { occurredAt: '2026-06-01 09:20', receivedAt: '2026-06-01 09:41' })
  const late = '2026-06-03 11:00'
  const suspended = anEvent('suspended', { occurredAt: '2026-06-02 10:00', receivedAt: late })
  const resumed = anEvent('resumed', { occurredAt: '2026-06-03 10:00', receivedAt: late })
  const told = anEvent('customer_replied', { occurredAt: '2026-06-04 07:50', payload: { method: 'call', call_record_no: 'r1', staff: 's', agreed: true } })
  const completed = anEvent('completed', { occurredAt: '2026-06-04 08:00' })
  const correction = anEvent('corrected', { occurredAt: '2026-06-05 10:00', payload: { field: 'phenomenon_l1', old: 'broadband', new: 'billing' } })
  const open = [created, claimed, dispatched]
  const resumedLate = [...open, suspended, resumed]
  const all = [...resumedLate, told, completed, completed, completed, correction]

  test('a dispatch that arrives after the claim is no illegal transition', () => {
    expect(foldTicket(open)).toMatchObject({ status: 'processing', qualityFlags: [], firstDispatchedAt: at('2026-06-01 09:20') })
    expect(foldTicket(open)).toEqual(foldTicket([created, dispatched, claimed]))
  })

  test.each([
    ['2026-06-03 06:59:59.999', 0, 0],
    ['2026-06-03 07:00', 1, 0],
    ['2026-06-03 08:29:59.999', 1, 0],
    ['2026-06-03 08:30', 2, 0],
    ['2026-06-03 09:00', 0, 0],
    ['2026-06-03 09:00:00.001', 0, 2],
  ])('before the suspension is known, at %s AT-01 stands at %i and AT-02 at %i', (when, near, over) => {
    expect(judge(open, at(when)).verdicts.map(({ level }) => level)).toEqual([near, over])
  })

  test('the timers are set to exactly these instants', () => {
    const checks: number[] = []
    for (let when: Instant | null = at('2026-06-01 09:40'); when !== null && checks.length < 4; ) {
      when = judge(open, when).nextCheckAt
      if (when !== null) checks.push(when)
    }
    expect(checks).toEqual(['2026-06-03 07:00', '2026-06-03 08:30', '2026-06-03 09:00', '2026-06-03 09:00:00.001'].map(at))
  })

  test('the alerts open, are absorbed, and are retracted when the suspension becomes known; a new one comes for the new deadline', () => {
    let alerts: KnownAlert[] = []
    const settle = (events: readonly TicketEvent[], when: string) => {
      const actions = reconcileAbnormal(alerts, judge(events, at(when)).verdicts, { linkedCaseId: null })
      for (const action of actions) {
        if (action.action === 'open') {
          const { ruleId, severity, facts } = action
          alerts.push({ alertId: `${ruleId} ${when}`, ruleId, severity, state: 'open', cause: String(facts['cause']) })
          continue
        }
        alerts = alerts.map((alert) => {
          if (alert.alertId !== action.alertId) return alert
          if (action.action === 'upgrade') return { ...alert, severity: action.severity }
          return { ...alert, state: action.action === 'retract' ? 'retracted' : 'resolved', endedBy: 'engine' }
        })
      }
      return actions.map(
        (action) =>
          `${action.action} ${action.ruleId}${'severity' in action ? ` A${action.severity}` : ''}${'reason' in action ? ` ${action.reason}` : ''}`,
      )
    }
    expect(settle(open, '2026-06-03 07:00')).toEqual(['open AT-01 A1'])
    expect(settle(open, '2026-06-03 08:30')).toEqual(['upgrade AT-01 A2'])
    expect(settle(open, '2026-06-03 09:00')).toEqual(['auto_resolve AT-01 absorbed'])
    expect(settle(open, '2026-06-03 09:00:00.001')).toEqual(['open AT-02 A2'])
    expect(settle(resumedLate, late)).toEqual(['retract AT-01 never_true', 'retract AT-02 never_true'])
    expect(settle(resumedLate, '2026-06-04 06:59:59.999')).toEqual([])
    expect(settle(resumedLate, '2026-06-04 07:00')).toEqual(['open AT-01 A1'])
    expect(settle([...resumedLate, completed], '2026-06-04 08:00')).toEqual(['auto_resolve AT-01 cleared'])
    expect(alerts.map(({ ruleId, state }) => `${ruleId} ${state}`)).toEqual(['AT-01 retracted', 'AT-02 retracted', 'AT-01 resolved'])
  })

  test('26 h are used at 11:00, the new deadline is a day later, and the ticket is not overdue', () => {
    const clock = readClock(foldTicket(resumedLate), CONTEXT, at(late), 'C_HANDLE')
    expect(clock).toMatchObject({ netElapsed: 26 * HOUR, deadlineAt: at('2026-06-04 09:00'), isOverdue: false, running: true })
    expect(sumOf(factsAt(foldTicket(resumedLate), at(late)), 'NOW', 'overdue')).toBe(0)
    expect(sumOf(factsAt(foldTicket(open), at(late)), 'NOW', 'overdue')).toBe(1)
  })

  test('completed three times under one id it counts once: 47 h net, in time', () => {
    const ticket = foldTicket(all)
    expect(ticket).toMatchObject({ eventCount: 8, qualityFlags: [], completedAt: at('2026-06-04 08:00') })
    expect(readClock(ticket, CONTEXT, at('2026-06-10 00:00'), 'C_HANDLE')).toMatchObject({ netElapsed: 47 * HOUR, isOverdue: false })
    const june4 = periodOf(recount(all, at('2026-06-10 00:00')), at('2026-06-04 00:00'), at('2026-06-05 00:00'))
    expect(HANDLED_IN_TIME.compute(june4)).toMatchObject({ numerator: 1, denominator: 1, value: 100 })
  })

  test('the correction moves one ticket between two rows of 06-01 and leaves the total', () => {
    const when = at('2026-06-10 00:00')
    const [before, after] = [recount(all.slice(0, -1), when), recount(all, when)]
    const moved = cellsOf(after, before).filter(({ cube }) => cube === 'ACC/day/phenomenon')
    expect(moved.map(({ value, n, binAt }) => [value, n[0], binAt])).toEqual([
      ['billing', 1, at('2026-06-01 00:00')],
      ['broadband', -1, at('2026-06-01 00:00')],
    ])
    const june1 = (cells: typeof before) => VOLUME.compute(periodOf(cells, at('2026-06-01 00:00'), at('2026-06-02 00:00'))).value
    expect([june1(before), june1(after)]).toEqual([1, 1])
  })

  test('every permutation of the arrival order gives the same ticket, judgement and counts', () => {
    const expected = foldTicket(all)
    const when = at('2026-06-10 00:00')
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (order) => {
        expect(foldTicket(order)).toEqual(expected)
        expect(judge(order, when)).toEqual(judge(all, when))
        expect(factsAt(foldTicket(order), when)).toEqual(factsAt(expected, when))
      }),
      { numRuns: 400 },
    )
  })
})

describe('S-11: cross-period, open and reopened tickets', () => {
  const ROWS: readonly (readonly [no: string, accepted: string, ...steps: (readonly [TicketEvent['type'], string])[]])[] = [
    ['T1', '2026-05-29 10:00', ['completed', '2026-05-30 09:00']],
    ['T2', '2026-05-29 14:00', ['completed', '2026-05-31 15:00']],
    ['T3', '2026-05-30 08:00', ['completed', '2026-06-01 07:00']],
    ['T4', '2026-05-30 20:00', ['completed', '2026-06-02 10:00']],
    ['T5', '2026-05-31 23:30', ['completed', '2026-06-01 08:30']],
    ['T6', '2026-05-31 12:00'],
    ['T7', '2026-06-01 00:00', ['completed', '2026-06-01 20:00']],
    ['T8', '2026-06-01 09:00', ['completed', '2026-06-02 18:00'], ['reopened', '2026-06-02 20:00']],
    ['T9', '2026-06-02 10:00'],
    ['T10', '2026-06-02 11:00', ['cancelled', '2026-06-02 12:00']],
  ]
  const events = ROWS.flatMap(([ticketNo, accepted, ...steps]) => [
    anEvent('created', { ticketNo, occurredAt: accepted }),
    ...steps.map(([type, occurredAt]) => anEvent(type, { ticketNo, occurredAt })),
  ])
  const t8Done = anEvent('completed', { ticketNo: 'T8', occurredAt: '2026-06-03 12:00' })
  const asOf = at('2026-06-03 00:00')
  const may = [at('2026-05-01 00:00'), at('2026-06-01 00:00')] as const
  const june = [at('2026-06-01 00:00'), at('2026-07-01 00:00')] as const
  const cells = recount(events, asOf)
  const later = recount([...events, t8Done], at('2026-06-04 00:00'))

  test('K-18 of May is 1 of 2, of June 3 of 4', () => {
    expect(HANDLED_IN_TIME.compute(periodOf(cells, ...may))).toMatchObject({ numerator: 1, denominator: 2, value: 50 })
    expect(HANDLED_IN_TIME.compute(periodOf(cells, ...june))).toMatchObject({ numerator: 3, denominator: 4, value: 75 })
  })

  test('K-01 of May is 6, of June 4', () => {
    expect([VOLUME.compute(periodOf(cells, ...may)).value, VOLUME.compute(periodOf(cells, ...june)).value]).toEqual([6, 4])
  })

  test('a ticket accepted at 00:00:00.000 on the 1st belongs to June', () => {
    const t7 = recount(
      events.filter(({ ticketKey }) => ticketKey.endsWith(':T7')),
      asOf,
    )
    expect([VOLUME.compute(periodOf(t7, ...may)).value, VOLUME.compute(periodOf(t7, ...june)).value]).toEqual([0, 1])
  })

  test.each([
    ['2026-05-30 00:00', 2],
    ['2026-05-31 00:00', 3],
    ['2026-06-01 00:00', 4],
    ['2026-06-02 00:00', 3],
    ['2026-06-03 00:00', 3],
  ])('K-22 at %s is %i', (end, open) => {
    expect(OPEN_TICKETS.compute(periodOf(cells, may[0], at(end))).value).toBe(open)
  })

  test('T6 is overdue since 06-02 12:00, T8 and T9 are open and not overdue', () => {
    const overdue = (list: typeof cells) => sumOf(list, 'NOW', 'overdue')
    expect([overdue(recount(events, at('2026-06-02 12:00'))), overdue(recount(events, at('2026-06-02 12:00:00.001'))), overdue(cells)]).toEqual([
      0, 1, 1,
    ])
    expect(sumOf(cells, 'NOW', 'open')).toBe(3)
  })

  test('T8 completed later is 49 h late: June is 3 of 5, volume is as it was, one ticket fewer is open', () => {
    const t8 = foldTicket([...events, t8Done].filter(({ ticketKey }) => ticketKey.endsWith(':T8')))
    expect(readClock(t8, CONTEXT, at('2026-06-04 00:00'), 'C_HANDLE')).toMatchObject({ netElapsed: 49 * HOUR, isOverdue: true })
    expect(HANDLED_IN_TIME.compute(periodOf(later, ...june))).toMatchObject({ numerator: 3, denominator: 5, value: 60 })
    expect(HANDLED_IN_TIME.compute(periodOf(later, ...may))).toMatchObject({ numerator: 1, denominator: 2 })
    expect([VOLUME.compute(periodOf(later, ...may)).value, VOLUME.compute(periodOf(later, ...june)).value]).toEqual([6, 4])
    expect(OPEN_TICKETS.compute(periodOf(later, may[0], at('2026-06-04 00:00'))).value).toBe(2)
    expect(OPEN_TICKETS.compute(periodOf(later, may[0], asOf)).value).toBe(3)
  })

  test('a cancelled ticket is open until its cancellation and counts in no timeliness', () => {
    const t10 = recount(
      [anEvent('created', { occurredAt: '2026-06-01 11:00' }), anEvent('cancelled', { occurredAt: '2026-06-03 12:00' })],
      at('2026-06-10 00:00'),
    )
    const openAt = (end: string) => OPEN_TICKETS.compute(periodOf(t10, may[0], at(end))).value
    expect([openAt('2026-06-01 00:00'), openAt('2026-06-02 00:00'), openAt('2026-06-03 00:00'), openAt('2026-06-04 00:00')]).toEqual([0, 1, 1, 0])
    expect(HANDLED_IN_TIME.compute(periodOf(t10, ...june))).toMatchObject({ value: null, status: 'no_data' })
  })
})
