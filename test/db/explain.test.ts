import { beforeAll, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { explainRisk } from '../../core/engine/explain-risk.ts'
import { outageWorld, local } from '../support/outage.ts'
import type { EngineWorld } from '../support/engine-world.ts'

const PHENOMENON = '无法上网'

describe('explain over the history of S-1', () => {
  let world: EngineWorld
  beforeAll(async () => {
    world = await outageWorld()
  })

  const ask = (ruleId: string, clock: string, regionCode = '320500', rest = {}) => {
    const node = world.tree.get(regionCode)
    if (node === undefined) throw new Error(regionCode)
    return explainRisk(world.engine, { ruleId, node, at: local(clock), phenomenon: PHENOMENON, ...rest })
  }

  test.each([
    ['20:15', 6, 0, 1, 4],
    ['20:19', 6, 0, 1, 4],
    ['20:20', 24, 1, 2, 6],
    ['20:25', 50, 2, 3, 50],
    ['20:30', 80, 2, 3, 20],
    ['20:35', 108, 3, 4, 192],
    ['21:30', 100, 3, 4, 200],
    ['22:00', 5, 0, 1, 5],
  ])('MR-01 at %s: %d customers, level %d, next %d is %d away', async (clock, value, level, next, missing) => {
    const { readings, version, notRead } = await ask('MR-01', clock)
    expect([version, notRead]).toEqual([1, null])
    expect(readings).toHaveLength(1)
    expect(readings[0]).toMatchObject({ reading: { value, level, baseline: null }, needs: [10, 30, 100, 300], next, missing })
  })

  test.each([
    ['20:15', 6, 0, 1, 14],
    ['20:20', 24, 1, 2, 2],
    ['20:30', 80, 3, 4, 120],
  ])('MR-02 at %s: %d tickets, level %d; colour %d needs %d more', async (clock, value, level, next, missing) => {
    const { readings } = await ask('MR-02', clock)
    // μ = 10, σ = √10: blue needs x ≥ 8, z ≥ 3 and r ≥ 1.5 at once, which is 20 tickets; yellow 26, orange 60, red 200.
    expect(readings[0]).toMatchObject({ reading: { value, level, baseline: 10 }, needs: [20, 26, 60, 200], next, missing })
  })

  test('names rule, numbers, the next colour and what would clear it, in both languages', async () => {
    const [before] = (await ask('MR-01', '20:15')).readings
    expect(before?.zh).toBe('MR-01 批量投诉：60 分钟内 6 位客户（阈值 10）：不成立，距蓝色（10）还差 4')
    expect(before?.en).toContain('not true, 4 short of blue (10)')
    expect(before?.clearEn).toContain('nothing to clear')
    const [opened] = (await ask('MR-01', '20:25')).readings
    expect(opened?.clearZh).toBe('数值须由 50 降到 30 以下方离开黄色，降到 10 以下方全部解除，并连续保持 30 分钟')
    expect(opened?.ticketCount).toBe(50)
    expect(opened?.tickets).toHaveLength(50)
  })

  test('answers with the numbers that the tick stored, at every tick of the case', async () => {
    const { rows } = await world.pool.query<{ rule_id: string; tick_at: number; value: number; level: number }>('select rule_id, tick_at, value, level from risk_reading where tick_at <= $1 order by tick_at', [new Date(local('22:00'))])
    expect(rows.length).toBeGreaterThan(30)
    const node = world.tree.get('320500')
    for (const { rule_id, tick_at, value, level } of rows) {
      if (node === undefined) throw new Error('320500')
      const { readings } = await explainRisk(world.engine, { ruleId: rule_id, node, at: tick_at, phenomenon: PHENOMENON })
      expect([readings[0]?.reading.value, readings[0]?.reading.level]).toEqual([value, level])
    }
  })

  test('judges by other parameters, and by a place where nothing is', async () => {
    const { risk } = await world.engine.settings(local('20:00'))
    const parameters = { ...risk.body, batch: { ...risk.body.batch, city: [6, 25, 80, 250] as const } }
    expect((await ask('MR-01', '20:15', '320500', { parameters })).readings[0]?.reading.level).toBe(1)
    expect((await ask('MR-01', '20:30', '330100')).readings[0]).toMatchObject({ reading: { value: 0, level: 0 }, missing: 10 })
    expect((await ask('MR-01', '20:30', world.tree.root.code)).notRead).toBe('not_at_this_level')
    expect((await ask('MR-13', '20:30', '32')).notRead).toBe('switched_off')
    expect((await ask('MR-02', '20:30', '330100')).readings[0]).toMatchObject({ reading: { reason: { why: 'no_baseline' } }, needs: null, missing: null })
  })

  test('leaves the parameters of another time in force for their time', async () => {
    expect((await ask('MR-01', '20:20')).tickAt).toBe(local('20:20'))
    expect((await explainRisk(world.engine, { ruleId: 'MR-01', node: world.tree.root, at: local('20:20') + 4 * MINUTE, phenomenon: null })).tickAt).toBe(local('20:20'))
    expect((await explainRisk(world.engine, { ruleId: 'MR-01', node: world.tree.root, at: local('20:20') - 24 * HOUR, phenomenon: null })).readings).toEqual([])
  })

  test('writes nothing', async () => {
    const written = async () => (await world.pool.query<{ n: number }>('select sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 as n from pg_stat_user_tables')).rows
    await world.pool.query('select pg_stat_force_next_flush()')
    const before = await written()
    await ask('MR-01', '20:30')
    await ask('MR-18', '20:30', world.tree.root.code)
    await world.pool.query('select pg_stat_force_next_flush()')
    expect(await written()).toEqual(before)
  })
})
