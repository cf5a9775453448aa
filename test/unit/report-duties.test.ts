import { describe, expect, test } from 'vitest'
import { type ReportDuty, reportDuties, type SentReport } from '../../core/domain/escalation/report-duties.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { ALERT_STATES, type Severity } from '../../core/domain/vocabulary.ts'
import { at } from '../support/builders.ts'

const clock = (instant: number) => new Date(instant + 8 * HOUR).toISOString().slice(11, 16)
const told = (duties: readonly ReportDuty[]) => duties.map(({ kind, dueAt, doneAt, isLate }) => `${kind} ${clock(dueAt)}${doneAt === null ? '' : ` done ${clock(doneAt)}`}${isLate ? ' late' : ''}`)
const T = at('2026-06-11 19:52')
const owed = (severity: Severity, sent: SentReport[] = [], now = T, since = T) => told(reportDuties({ severity, severitySince: since, state: 'open' }, sent, now))
const report = (kind: SentReport['kind'], severity: Severity, minutes: number): SentReport => ({ kind, severity, at: T + minutes * MINUTE })

describe('the reports that a case owes', () => {
  test('are those of the scenarios: S-1 A orange at 20:19, S-1 B at 20:30, S-8 at 11:05, S-12 at 19:52', () => {
    expect(owed(3, [], at('2026-06-11 20:19'), at('2026-06-11 20:19'))).toEqual(['oral 20:49', 'written 22:19'])
    expect(owed(3, [], at('2026-06-11 20:30'), at('2026-06-11 20:30'))).toEqual(['oral 21:00', 'written 22:30'])
    expect(owed(3, [], at('2026-07-08 11:05'), at('2026-07-08 11:05'))[0]).toBe('oral 11:35')
    expect(owed(3)).toEqual(['oral 20:22', 'written 21:52'])
  })

  test('are of each colour as 5.5 has them', () => {
    expect(owed(1)).toEqual(['written 21:52'])
    expect(owed(2)).toEqual(['written 20:52'])
    expect(owed(4)).toEqual(['oral 20:07', 'written 20:52'])
  })

  test('are late from the instant after the limit, kept at it; a report stops its clock and no other', () => {
    expect(owed(3, [], T + 30 * MINUTE)).toEqual(['oral 20:22', 'written 21:52'])
    expect(owed(3, [], T + 30 * MINUTE + 1)).toEqual(['oral 20:22 late', 'written 21:52'])
    expect(owed(3, [report('oral', 3, 30)], T + 3 * HOUR)).toEqual(['oral 20:22 done 20:22', 'written 21:52 late'])
    expect(owed(3, [report('oral', 3, 31), report('oral', 3, 40)], T + HOUR)).toEqual(['oral 20:22 done 20:23 late', 'written 21:52'])
  })

  test('run on from the last one in writing: yellow every 2 h, orange every hour, red every half', () => {
    expect(owed(3, [report('written', 3, 100)], T + 101 * MINUTE)).toContain('update 22:32')
    expect(owed(3, [report('written', 3, 100), report('update', 3, 150)], T + 151 * MINUTE)).toContain('update 23:22')
    expect(owed(2, [report('written', 2, 50)], T + HOUR)).toContain('update 22:42')
    expect(owed(4, [report('written', 4, 50)], T + HOUR)).toContain('update 21:12')
    expect(owed(1, [report('written', 1, 50)], T + HOUR)).toEqual(['written 21:52 done 20:42'])
  })

  test('of the lower colour do not discharge the higher one, whose clocks run from the upgrade', () => {
    const sent = [report('written', 2, 20), report('oral', 3, 35)]
    expect(owed(3, sent, T + 40 * MINUTE, T + 30 * MINUTE)).toEqual(['oral 20:52 done 20:27', 'written 22:22'])
  })

  test('end with the case: what was not made is no longer owed, what was made stays told; how it stands is owed while people are asked', () => {
    for (const state of ALERT_STATES) {
      const none = told(reportDuties({ severity: 3, severitySince: T, state }, [], T))
      expect(none, state).toEqual(['open', 'acknowledged', 'handling', 'mitigated'].includes(state) ? ['oral 20:22', 'written 21:52'] : [])
      const both = told(reportDuties({ severity: 3, severitySince: T, state }, [report('oral', 3, 5), report('written', 3, 6)], T + HOUR))
      expect(both, state).toEqual(['oral 20:22 done 19:57', 'written 21:52 done 19:58', ...(['open', 'acknowledged', 'handling'].includes(state) ? ['update 20:58'] : [])])
    }
  })
})
