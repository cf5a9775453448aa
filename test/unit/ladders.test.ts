import { describe, expect, test } from 'vitest'
import { mayAcknowledge } from '../../core/domain/access.ts'
import { completedLadders, DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { isNight, type Ladder, ladderForTicket, ladderFrom, type LadderSet } from '../../core/domain/escalation/ladder.ts'
import { ladderFaults } from '../../core/domain/escalation/ladder-faults.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'

const ZONE = 'Asia/Shanghai'
const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

describe('the default ladders', () => {
  test('hold the limits and times of domain.md 7.2 and 4.2', () => {
    const minutes = (ladders: LadderSet[keyof LadderSet & ('risk' | 'abnormal')]) =>
      SEVERITIES.map((severity) => [
        ladders[severity].ackMinutes,
        ladders[severity].handleMinutes,
        ladders[severity].steps.map((step) => step.afterMinutes),
        ladders[severity].reminder?.everyMinutes ?? null,
        ladders[severity].handlingOver.kind,
      ])
    expect(minutes(DEFAULT_LADDERS.risk)).toEqual([
      [30, 480, [0, 30, 60], null, 'stalled'],
      [15, 240, [0, 15, 30, 60], 15, 'next_step'],
      [10, 120, [0, 10, 20, 30], 5, 'next_step'],
      [5, 60, [0, 5, 10, 15], 3, 'supervised'],
    ])
    expect(minutes(DEFAULT_LADDERS.abnormal)).toEqual([
      [null, 720, [0], null, 'raise'],
      [30, 480, [0, 30], null, 'raise'],
      [15, 240, [0, 15], null, 'raise'],
      [10, 120, [0, 10, 20], null, 'supervised'],
    ])
    expect(DEFAULT_LADDERS.abnormal[4].handlingOver).toMatchObject({ everyMinutes: 120 })
    expect(ladderFaults(DEFAULT_LADDERS)).toEqual([])
  })

  test('call whom 7.2 and 4.2 name, by the channels that they name', () => {
    const steps = (kind: 'risk' | 'abnormal', severity: Severity) =>
      DEFAULT_LADDERS[kind][severity].steps.map(({ targets, channels }) => [targets.map(({ role }) => role).join(' '), channels.filter((one) => one !== 'webhook').join(' ')])
    expect(steps('risk', 2)).toEqual([
      ['duty_leader duty_manager dept_owner', 'wall in_app im sms'],
      ['duty_manager', 'in_app voice'],
      ['province_center_director', 'wall in_app im sms'],
      ['province_cs_dept', 'wall in_app im sms'],
    ])
    expect(steps('risk', 3)).toEqual([
      ['duty_manager province_center_director dept_owner city_owner', 'wall in_app im sms voice'],
      ['province_center_director province_cs_dept', 'in_app voice'],
      ['province_cs_dept', 'in_app voice'],
      ['group_ops', 'wall in_app im sms voice'],
    ])
    expect(steps('risk', 4).map(([who]) => who)).toEqual([
      'duty_manager province_center_director dept_owner city_owner province_cs_dept group_ops',
      'duty_manager province_center_director dept_owner city_owner province_cs_dept group_ops',
      'exec province_cs_dept',
      'group_cs_dept group_ops',
    ])
    expect(steps('abnormal', 3)).toEqual([['duty_leader dept_owner', 'in_app im sms'], ['duty_manager', 'in_app voice']])
    for (const severity of SEVERITIES) for (const { channels } of DEFAULT_LADDERS.risk[severity].steps) expect(channels.includes('webhook')).toBe(severity > 1)
  })

  test('call the group for an A4 of a skip-level ticket only', () => {
    const firstOf = (isSkipLevel: boolean) => ladderForTicket(DEFAULT_LADDERS.abnormal[4], isSkipLevel).steps[0]?.targets.map(({ role }) => role)
    expect(firstOf(true)).toContain('group_ops')
    expect(firstOf(false)).toEqual(['duty_manager', 'province_center_director', 'dept_owner'])
  })

  test('give A2 an hour at night, from 20:00 to 08:00 of the deployment, and half an hour by day (4.2)', () => {
    const limits = (at: string) => {
      const { ackMinutes, steps } = ladderFrom(DEFAULT_LADDERS, 'abnormal', 2, Date.parse(`2026-06-11T${at}+08:00`), ZONE)
      return [ackMinutes, steps[1]?.afterMinutes]
    }
    expect(['19:59:59.999', '20:00:00', '23:59:59', '00:00:00', '07:59:59.999', '08:00:00'].map(limits)).toEqual([[30, 30], [60, 60], [60, 60], [60, 60], [60, 60], [30, 30]])
    expect(isNight({ night: { from: 60, to: 120 } }, Date.parse('2026-06-11T01:30:00+08:00'), ZONE)).toBe(true)
    expect(isNight({ night: { from: 60, to: 120 } }, Date.parse('2026-06-11T02:00:00+08:00'), ZONE)).toBe(false)
  })

  test('as stored before there were reminders run as they did', () => {
    const { ackMinutes, handleMinutes, steps } = DEFAULT_LADDERS.risk[2]
    const old = { version: 1, risk: { ...DEFAULT_LADDERS.risk, 2: { ackMinutes, handleMinutes, steps: steps.slice(0, 2) } }, abnormal: DEFAULT_LADDERS.abnormal }
    expect(completedLadders(old).risk[2]).toMatchObject({ reminder: null, handlingOver: { kind: 'next_step' }, steps: { length: 2 } })
    expect(completedLadders(DEFAULT_LADDERS)).toEqual(DEFAULT_LADDERS)
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
    expect(ladderFaults(broken({ steps: [] }))).toEqual(['risk 2: 至少要有一步 / at least one step is needed'])
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
