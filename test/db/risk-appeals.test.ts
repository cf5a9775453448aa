import { beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { clusterTexts } from '../../core/engine/cluster-texts.ts'
import { runRisk } from '../../workers/risk.ts'
import { at } from '../support/builders.ts'
import { createdEvent, spread, takeIn } from '../support/complaints.ts'
import { type RiskWorld, riskWorld, TICK } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
})

describe('S-3: appeals of one day, MR-06', () => {
  const april = (clock: string) => at(`2026-04-13 ${clock}`)
  const WEEKS = [5, 6, 7, 6, 5, 7, 6, 8]
  const appeal = (no: string, when: Instant, customer = no) =>
    createdEvent({ no, at: when, customer, payload: { kind: 'appeal', source_category: 'province_appeal', channel: 'miit_forward' } })

  test('blue 12:15, yellow 13:05, orange 14:15, still orange with 36', async () => {
    await world.only('MR-06')
    const past = WEEKS.flatMap((count, week) => {
      const start = april('00:00') - (week + 1) * 7 * DAY
      return spread(start + HOUR, start + 20 * HOUR, count).map((when, place) => appeal(`W${week}-${place}`, when))
    })
    await takeIn(world.engine, past, april('00:00') - 6 * DAY)
    const cluster = Array.from({ length: 26 }, (_, index) => ({ when: april('10:00') + index * 10 * MINUTE, who: `A${index}` }))
    const again = [{ when: april('14:20'), who: 'A0' }, { when: april('14:30'), who: 'A1' }]
    const others = Array.from({ length: 8 }, (_, index) => ({ when: april('15:05') + index * HOUR, who: `X${index}` }))
    const all = [...cluster, ...again, ...others]
    expect(all).toHaveLength(36)
    for (let tickAt = april('10:05'); tickAt <= april('22:30'); tickAt += TICK) {
      const items = all.map((one, index) => ({ ...one, index })).filter(({ when }) => when >= tickAt - TICK && when < tickAt)
      await takeIn(world.engine, items.map(({ when, who, index }) => appeal(`S${index}`, when, who)), tickAt)
      await world.tickAt(tickAt)
    }
    expect(await world.raises(april('00:00'))).toEqual([['open', '12:15', 1], ['upgrade', '13:05', 2], ['upgrade', '14:15', 3]])
    const values = await world.rows<{ value: number; baseline: number; z: number }>(
      "select value, baseline, z from risk_reading where tick_at in (to_timestamp($1 / 1000.0), to_timestamp($2 / 1000.0)) order by tick_at", [april('14:15'), april('22:30')],
    )
    // 8.17 where the text divides by the rounded σ = 2.449.
    expect(values.map(({ value, baseline, z }) => [value, baseline, z.toFixed(2)])).toEqual([[26, 6, '8.16'], [36, 6, '12.25']])
    expect((await world.cases())[0]).toMatchObject({ region_code: '32', ticket_count: 36 })
  })
})

describe('S-3: texts that say nearly the same, MR-03', () => {
  const april = (clock: string, date = '13') => at(`2026-04-${date} ${clock}`)
  // T1 and T2 of domain.md 5.3.2 with numbers of nobody, and T3, which is not of their cluster.
  const T1 = '本人号码19900001111，于2026年3月5日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费15元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底。'
  const T2 = '本人号码19900002222，于2026年2月18日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费20元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底！'
  const T3 = '本人号码19900003333，于2026年3月被贵公司在不知情的情况下开通云盘会员业务，每月扣费10元，本人从未授权，要求双倍退还全部费用，否则将向工信部申诉到底。'
  const appeal = (no: string, when: Instant, customer: string, text: string, more: Record<string, unknown> = {}) =>
    createdEvent({ no, at: when, customer, payload: { kind: 'appeal', source_category: 'province_appeal', channel: 'miit_forward', content_text: text, ...more } })
  const cluster = [
    ...Array.from({ length: 26 }, (_, index) => ({ when: april('10:00') + index * 10 * MINUTE, who: `A${index}`, text: index % 2 === 0 ? T1 : T2 })),
    { when: april('14:20'), who: 'A0', text: T1 },
    { when: april('14:30'), who: 'A1', text: T2 },
  ]
  const others = Array.from({ length: 8 }, (_, index) => ({ when: april('15:05') + index * HOUR, who: `X${index}`, text: index === 0 ? T3 : `第${index}件申诉另有其事` }))
  async function play(from: Instant, to: Instant): Promise<void> {
    for (let tickAt = from; tickAt <= to; tickAt += TICK) {
      const now = [...cluster, ...others].map((one, index) => ({ ...one, index })).filter(({ when }) => when >= tickAt - TICK && when < tickAt)
      await takeIn(world.engine, now.map(({ when, who, index, text }) => appeal(`S${index}`, when, who, text)), tickAt)
      if (now.length > 0) await clusterTexts(world.engine, tickAt)
      await world.tickAt(tickAt)
    }
  }

  test('blue 10:25, yellow 10:45, orange 11:35, never red; the next day blue is proposed at 14:05 and orange stays', async () => {
    await world.only('MR-03')
    await play(april('10:05'), april('22:30'))
    const moves = [['open', '10:25', 1], ['upgrade', '10:45', 2], ['upgrade', '11:35', 3]]
    expect(await world.raises(april('00:00'))).toEqual(moves)
    expect(await world.openings()).toEqual([['MR-03', '32', 3, 'open', 'appeals', '']])
    expect((await world.cases())[0]).toMatchObject({ ticket_count: 28, proposed_severity: null })
    const [top] = await world.rows<{ value: number }>('select max(value)::int as value from risk_reading')
    expect(top?.value).toBe(26)
    await play(april('22:35'), april('14:00', '14'))
    expect((await world.cases())[0]).toMatchObject({ severity: 3, proposed_severity: null })
    await world.tickAt(april('14:05', '14'))
    expect((await world.cases())[0]).toMatchObject({ severity: 3, state: 'open', proposed_severity: 1 })
    expect(await world.raises(april('00:00'))).toEqual([...moves, ['propose_downgrade', '14:05', 3]])
  })

  test('tickets that a province reports as templates count whatever they say, and a tick waits for texts that nobody has looked at', async () => {
    await world.only('MR-03')
    const when = april('10:01')
    await takeIn(world.engine, [1, 2, 3].map((no) => appeal(`R${no}`, when, `R${no}`, `第${no}件`, { is_template: true })), april('10:05'))
    await world.tickAt(april('10:05'))
    expect(await world.openings()).toEqual([['MR-03', '32', 1, 'open', 'appeals', '']])
    expect((await world.cases())[0]).toMatchObject({ ticket_count: 3 })
    await takeIn(world.engine, cluster.slice(0, 5).map(({ who, text }, no) => appeal(`C${no}`, april('10:06'), who, text)), april('10:10'))
    expect((await runRisk(world.engine, april('10:10') + 3 * SECOND)).map(({ tickAt }) => tickAt)).toEqual([])
    await clusterTexts(world.engine, april('10:10') + 3 * SECOND)
    expect((await runRisk(world.engine, april('10:10') + 4 * SECOND)).map(({ tickAt }) => tickAt)).toEqual([april('10:10')])
    expect(await world.openings()).toEqual([['MR-03', '32', 2, 'open', 'appeals', '']])
  })
})
