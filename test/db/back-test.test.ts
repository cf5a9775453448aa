import { beforeAll, describe, expect, test } from 'vitest'
import type { RiskParameters } from '../../core/domain/risk/reading.ts'
import { withValues } from '../../core/domain/risk/parameter-paths.ts'
import { replayRule } from '../../core/engine/back-test.ts'
import { backTest } from '../../core/engine/back-test-report.ts'
import type { EngineWorld } from '../support/engine-world.ts'
import { local, outageWorld } from '../support/outage.ts'

describe('back-test over the history of S-1', () => {
  let world: EngineWorld
  let inForce: RiskParameters
  const span = { from: local('18:00'), to: local('23:00') }
  beforeAll(async () => {
    world = await outageWorld()
    inForce = (await world.engine.settings(local('20:00'))).risk.body
  })

  const run = (ruleId: string, values: Record<string, unknown> = {}) => {
    const changed = withValues(inForce, ruleId, values)
    if ('faults' in changed) throw new Error(changed.faults.join())
    return backTest(world.engine, { ruleId, parameters: changed.parameters, path: world.tree.root.path, ...span })
  }
  const rings = async (ruleId: string, values: Record<string, unknown> = {}) => {
    const changed = withValues(inForce, ruleId, values)
    if ('faults' in changed) throw new Error(changed.faults.join())
    const { cases } = await replayRule(world.engine, { ruleId, parameters: changed.parameters, ...span })
    return cases.map(({ matter, regionCode, rings: all, mitigatedAt }) => [matter.name, regionCode, all.map(({ at, severity }) => [at, severity]), mitigatedAt])
  }

  test('MR-01 with the parameters in force opens and rises at the ticks at which it did', async () => {
    expect(await rings('MR-01')).toEqual([['无法上网', '320500', [[local('20:20'), 1], [local('20:25'), 2], [local('20:35'), 3]], local('22:35')]])
    const report = await run('MR-01')
    expect(report).toMatchObject({ ticks: 60, onlyWould: 0, onlyDid: 0, medianMinutesEarlier: 0, byDay: [{ day: '2026-06-11', would: 1, did: 1 }] })
    expect(report.would).toEqual(report.did)
    expect(report.would).toMatchObject({ cases: 1, byColour: [0, 0, 1, 0], pages: 3, precision: null, pagesPerShift: { most: 3 } })
  })

  test('MR-02 too, against the baseline of eight weeks', async () => {
    expect(await rings('MR-02')).toEqual([['无法上网', '320500', [[local('20:20'), 1], [local('20:25'), 2], [local('20:30'), 3]], local('22:40')]])
    const report = await run('MR-02')
    expect(report.would).toEqual(report.did)
    expect(report.matched).toHaveLength(1)
  })

  test('lower thresholds are five minutes earlier, higher ones later, and ones out of reach raise nothing', async () => {
    expect(await run('MR-01', { 'batch_60min.city': [6, 25, 80, 250] })).toMatchObject({ medianMinutesEarlier: 5, would: { cases: 1, pages: 3 }, matched: [{ wouldAt: local('20:15'), didAt: local('20:20'), minutesEarlier: 5 }] })
    expect(await run('MR-01', { 'batch.city': [50, 60, 70, 400], 'batch.province': [500, 600, 700, 800] })).toMatchObject({ medianMinutesEarlier: -5, would: { byColour: [0, 0, 1, 0] } })
    expect(await run('MR-01', { 'batch.city': [500, null, null, null], 'batch.province': [500, null, null, null] })).toMatchObject({ would: { cases: 0, pages: 0 }, did: { cases: 1 }, onlyDid: 1, medianMinutesEarlier: null })
  })

  test('goes by what people said of the case that it meets', async () => {
    const checked = async (change: string) => {
      await world.pool.query(`update alert set ${change} where kind = 'risk'`)
      const { would, did } = await run('MR-01', { 'batch.city': [6, 25, 80, 250] })
      return [would.right, would.wrong, would.precision, did.precision]
    }
    const { rows: [before] } = await world.pool.query<{ state: string }>(`select state from alert where kind = 'risk'`)
    try {
      // Who acknowledges says that he is at it, not that it is true.
      expect(await checked('acked_at = opened_at')).toEqual([0, 0, null, null])
      expect(await checked(`state = 'resolved'`)).toEqual([1, 0, 100, 100])
      expect(await checked(`state = 'false_positive'`)).toEqual([0, 1, 0, 0])
    } finally {
      await checked(`acked_at = null, state = '${before?.state ?? ''}'`)
    }
  })

  test('leaves cases of other places out', async () => {
    const report = await backTest(world.engine, { ruleId: 'MR-01', parameters: inForce, path: world.tree.get('33')?.path ?? '', ...span })
    expect([report.would.cases, report.did.cases]).toEqual([0, 0])
  })

  test('writes nothing', async () => {
    const written = async () => {
      // A connection tells what it has written some time later, and a back-test uses several.
      const clients = await Promise.all(Array.from({ length: world.pool.options.max }, () => world.pool.connect()))
      for (const client of clients) await client.query('select pg_stat_force_next_flush()')
      for (const client of clients) client.release()
      return (await world.pool.query<{ n: number }>('select sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 as n from pg_stat_user_tables')).rows
    }
    const before = await written()
    await run('MR-01')
    expect(await written()).toEqual(before)
  })
})
