import { beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { DAY, type Instant, MINUTE } from '../../core/domain/time.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { createdEvent } from '../support/complaints.ts'
import { lived, oneRule, play, replayed, type Told } from '../support/played.ts'
import { day, type RiskWorld, riskWorld, TICK } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules())
})

/** Numbers in [0, 1) that are the same for a seed in every run. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const PLACES = [['32', '320500'], ['32', '320500'], ['32', '320500'], ['32', '320100'], ['32', '32'], ['33', '330100']] as const
const PHENOMENA = ['无法上网', '无法上网', '信号', ''] as const

/** Complaints in `[from, to)` at whole half minutes, so that some stand on a tick: nested places, customers who come again, and some of no second level. */
function complaints(prefix: string, seed: number, count: number, from: Instant, to: Instant): Told[] {
  const next = chance(seed)
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  return Array.from({ length: count }, (_, index) => {
    const [province, region] = one(PLACES)
    const at = from + Math.floor((next() * (to - from)) / (MINUTE / 2)) * (MINUTE / 2)
    const customer = `c${Math.floor(next() * 40)}`
    return { at, item: createdEvent({ no: `${prefix}${index}`, at, province, region, phenomenon: one(PHENOMENA), customer }) }
  })
}

/** One complaint of its own kind every ten minutes in each province: no feed is silent, which a replay would not know. */
const heard = (from: Instant, to: Instant): Told[] =>
  Array.from({ length: Math.floor((to - from) / (10 * MINUTE)) }, (_, index) => from + index * 10 * MINUTE).flatMap((at, index) =>
    (['32', '33'] as const).map((province) => ({ at, item: createdEvent({ no: `H${province}-${index}`, at, province, region: province, phenomenon: `其他${index}` }) })),
  )

const SPAN = { from: day('10:00'), to: day('14:00'), looks: [] }

describe('a back-test of a rule of counts is what its ticks have done', () => {
  test.each([1, 2])('MR-01, history %d', async (seed) => {
    const parameters = await oneRule(world, 'MR-01', { batch: { enabled: true, city: [4, 7, 11, 16], province: [7, 11, 16, 22] } })
    await play(world, 'MR-01', [...complaints('A', seed, 30, day('09:00'), day('10:00')), ...complaints('B', seed + 10, 90, day('10:00'), day('12:30'))], SPAN)
    const truth = await lived(world)
    const places = new Set(truth.map(([, place]) => place))
    expect([truth.length > 2, places.size > 1, truth.some(([, , rings]) => rings.length > 1), truth.some(([name]) => name === '宽带')]).toEqual([true, true, true, true])
    expect(await replayed(world, 'MR-01', parameters, SPAN)).toEqual(truth)
  })

  test.each([1, 2])('MR-02, history %d, with hours of a confirmed case in its past', async (seed) => {
    const parameters = await oneRule(world, 'MR-02', { surge: { ...DEFAULT_RISK_PARAMETERS.surge, weeks: 4, minValues: 2, z: [1, 2, 3, 5], x: [4, 6, 10, 20], r: [1.2, 1.5, 2, 4] } })
    const past = [1, 2, 3, 4].flatMap((week) => complaints(`W${week}-`, seed + week, week <= 2 ? 150 : 20, day('09:00') - week * 7 * DAY, day('14:00') - week * 7 * DAY))
    await world.pool.query(
      `with a as (insert into alert (kind, rule_id, rule_version, ladder_version, parameters, region_code, region_path, severity, state, facts, opened_at, severity_since, acked_at, ended_at)
         select 'risk', 'MR-02', 1, 1, '{}', '320500', $1, 2, 'closed', '{}', t, t, t, t from unnest($2::timestamptz[]) t returning id, opened_at)
       insert into risk_case (alert_id, matter, first_true_at, last_true_at) select id, '无法上网', opened_at, opened_at + interval '200 minutes' from a`,
      [world.tree.get('320500')?.path, [7, 14].map((days) => new Date(day('10:20') - days * DAY).toISOString())],
    )
    const first = createdEvent({ no: 'first', at: day('00:00') - 60 * DAY })
    await play(world, 'MR-02', [{ at: day('00:00') - 60 * DAY, item: first }, ...past, ...heard(day('09:00'), day('14:00')), ...complaints('B', seed + 20, 110, day('09:00'), day('12:30'))], SPAN)
    const truth = (await lived(world)).slice(2)
    expect([truth.length > 2, truth.some(([, , rings]) => rings.length > 1)]).toEqual([true, true])
    expect(await replayed(world, 'MR-02', parameters, SPAN)).toEqual(truth)
    // What it is compared with counts: without the confirmed case the same hours are usual.
    await world.pool.query(`update alert set acked_at = null, state = 'false_positive' where rule_id = 'MR-02' and ended_at is not null`)
    expect(await replayed(world, 'MR-02', parameters, SPAN)).not.toEqual(truth)
  })

  test('the first tick reads the hour before the span, and a span that begins between ticks begins at the next', async () => {
    const parameters = await oneRule(world, 'MR-01', { batch: { enabled: true, city: [4, 7, 11, 16], province: [7, 11, 16, 22] } })
    const told = Array.from({ length: 8 }, (_, index) => ({ at: day('09:01') + index * MINUTE, item: createdEvent({ no: `E${index}`, at: day('09:01') + index * MINUTE }) }))
    await play(world, 'MR-01', told, { from: day('10:00'), to: day('11:30'), looks: [] })
    const truth = await lived(world)
    expect(truth).toMatchObject([['无法上网', '320500', [['open', day('10:00'), 2]], expect.any(Number)]])
    expect(await replayed(world, 'MR-01', parameters, { from: day('10:00') - TICK + MINUTE, to: day('11:30') })).toEqual(truth)
  })
})
