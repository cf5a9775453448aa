import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { leakyKeys } from '../../core/domain/quality/dq-16-null-keys.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { foldTickets } from '../../core/engine/fold-tickets.ts'
import { runTally } from '../../core/engine/tally.ts'
import { judgeQualityDays } from '../../core/engine/quality-days.ts'
import { loadQualityDays } from '../../core/engine/quality.ts'
import { foldQualityCounts } from '../../core/engine/quality-sweep.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { FINDINGS_KEPT } from '../../core/store/quality-store.ts'
import { saveReconciliation } from '../../core/store/reconciliation-store.ts'
import { saveUnits } from '../../core/store/unit-store.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { aCreated, DAY_OF, type QualityWorld, qualityWorld } from '../support/quality-world.ts'

let world: QualityWorld
beforeEach(async () => {
  world = await qualityWorld()
})

describe('counts of a province’s day', () => {
  test('of ten events, some late, doubled, unknown, lacking or refused, are exact, and so is the score', async () => {
    await world.take(
      '2026-06-01 12:00',
      aCreated('T1'),
      aCreated('T2', '06-01 09:01', { channel: 'X9' }),
      aCreated('T3', '06-01 09:02', { source_category: undefined }),
      aCreated('T4', '06-01 09:03', { content_text: '太慢了' }),
      aCreated('T5', '06-01 09:04', { product_l1: 'payment' }),
      aCreated('T6', '06-01 09:05', { region_code: '999999' }),
      anItemAt('completed', '06-01 10:00', {}, { ticket_id: 'T1' }),
      anItemAt('refund_paid', '06-01 10:01', { amount_cents: 60_000, type: 'refund' }, { ticket_id: 'T1' }),
    )
    await world.take('2026-06-01 12:01', aCreated('T1'))
    await world.take('2026-06-04 10:00', anItemAt('expedited', '06-01 10:00', { by: 'customer', channel: 'hotline' }, { ticket_id: 'T2' }))
    const all = await world.counts()
    expect(all).toEqual({
      // Eight stored… five created, one refund, one late: seven; the completion without a result was refused.
      'DQ-01': '2/8',
      'DQ-02': '2/21',
      'DQ-03': '0/15',
      'DQ-04': '1/7',
      'DQ-05': '1/8',
      'DQ-09': '1/5',
      'DQ-10': '1/5',
      'DQ-11': '1/1',
      'DQ-17': '1/4',
    })
    const lost = 15 * (2 / 8) + 10 * (2 / 21) + 10 * (1 / 7) + 5 * (1 / 8) + 5 * (1 / 5) + 4 * (1 / 5) + 4 + 1 / 4
    expect(await world.score()).toBe(Math.round((100 - lost) * 100) / 100)
    expect((await world.findings()).sort()).toEqual([
      'DQ-01 #2 missing_payload_field payload.result_code',
      'DQ-01 crm/T3-created-06-01 09:02 source_category',
      'DQ-02 #1 unknown_region payload.region_code',
      'DQ-02 crm/T2-created-06-01 09:01 X9',
      'DQ-04 crm/T2-expedited-06-01 10:00 迟到 72 小时 / 72 h late',
      'DQ-05 crm/T1-created-06-01 09:00 event_id',
      'DQ-09 crm/T4-created-06-01 09:03 少于 10 个字 / fewer than 10 characters',
      'DQ-10 32:crm:T5 网络使用 × payment',
      'DQ-11 crm/T1-refund_paid-06-01 10:01 超过 50000 分 / above 50000 cents',
    ])
  })

  test('folding again, and sweeping, change nothing', async () => {
    await world.take('2026-06-01 12:00', aCreated('T1', '06-01 09:00', { product_l1: 'payment' }), aCreated('T2', '06-01 09:00', { channel: 'X9' }))
    const before = [await world.counts(), await world.findings(false)]
    for (let i = 0; i < 2; i++) {
      await inEngineTransaction(world.engine, world.clock.now(), async (etx) => void (await foldTickets(etx, ['32:crm:T1', '32:crm:T2'])))
      expect(await foldQualityCounts(world.engine)).toBe(i === 0 ? 16 : 0)
      expect([await world.counts(), await world.findings(false)]).toEqual(before)
    }
    await world.expectExact()
  })

  test('a ticket’s findings follow its facts: corrected they go, void it counts for nothing', async () => {
    await world.take('2026-06-01 12:00', aCreated('T1', '06-01 09:00', { product_l1: 'payment' }))
    expect((await world.counts())['DQ-10']).toBe('1/1')
    await world.take('2026-06-01 12:01', anItemAt('corrected', '06-01 11:00', { field: 'product_l1', old: 'payment', new: 'broadband' }))
    expect((await world.counts())['DQ-10']).toBe('0/1')
    expect(await world.findings()).toEqual([])
    expect(await world.findings(false)).toEqual(['DQ-10 32:crm:T1 网络使用 × payment'])
    await world.take('2026-06-01 12:02', anItemAt('voided', '06-01 11:30'))
    expect(await world.counts()).not.toHaveProperty('DQ-10')
    expect(await world.counts()).not.toHaveProperty('DQ-03')
  })

  test('an illegal step counts 120 s after it was received, by a timer at the exact instant, and not when what was missing arrives before', async () => {
    const reply = (no: string) => anItemAt('replied', '06-01 10:00', { leg_id: 'L1', unit_id: 'U1', text: '好' }, { ticket_id: no })
    await world.take('2026-06-01 12:00', aCreated('T1'), reply('T1'), aCreated('T2'), reply('T2'))
    expect((await world.counts())['DQ-03']).toBe('0/6')
    expect((await world.ticket('32:crm:T1'))['next_check_at']).toBe(at('2026-06-01 12:00') + 120 * SECOND)
    await world.take(
      '2026-06-01 12:01',
      anItemAt('dispatched', '06-01 09:10', { to_unit: 'U1', leg_id: 'L1' }, { ticket_id: 'T2' }),
      anItemAt('claimed', '06-01 09:20', { leg_id: 'L1', handler_id: 'h' }, { ticket_id: 'T2' }),
    )
    await world.timers('2026-06-01 12:01:59')
    expect((await world.counts())['DQ-03']).toBe('0/6')
    await world.timers('2026-06-01 12:02')
    expect((await world.counts())['DQ-03']).toBe('1/6')
  })

  test('units are checked where the province has loaded some', async () => {
    const dispatched = anItemAt('dispatched', '06-01 09:10', { to_unit: 'U1', leg_id: 'L1' })
    await world.take('2026-06-01 12:00', aCreated('T1'), dispatched)
    expect(await world.counts()).not.toHaveProperty('DQ-06')
    const unit = { code: 'U9', name: '九', regionCode: '320500', unitType: 'province_center', deptCode: null, validFrom: null, validTo: null }
    await inTransaction(world.pool, (tx) => saveUnits(tx, ENGINE_SCOPE, [unit], world.clock.now()))
    const fold = () => inEngineTransaction(world.engine, world.clock.now(), async (etx) => void (await foldTickets(etx, ['32:crm:T1'])))
    await fold()
    expect((await world.counts())['DQ-06']).toBe('1/1')
    await inTransaction(world.pool, (tx) => saveUnits(tx, ENGINE_SCOPE, [{ ...unit, code: 'U1', validTo: at('2026-06-02') }], world.clock.now()))
    await fold()
    expect((await world.counts())['DQ-06']).toBe('0/1')
  })

  test('findings are kept up to their bound, the counts are exact beyond it', async () => {
    const many = Array.from({ length: FINDINGS_KEPT + 30 }, (_, index) => aCreated(`T${index}`, '06-01 09:00', { content_text: '慢' }))
    await world.take('2026-06-01 12:00', ...many.slice(0, 150))
    await world.take('2026-06-01 12:00', ...many.slice(150))
    expect((await world.counts())['DQ-09']).toBe(`${FINDINGS_KEPT + 30}/${FINDINGS_KEPT + 30}`)
    expect((await world.findings()).filter((line) => line.startsWith('DQ-09'))).toHaveLength(FINDINGS_KEPT)
  })

  test('reconciliation compares with the source’s own counts, late arrivals at once', async () => {
    await world.take('2026-06-01 12:00', aCreated('T1'), aCreated('T2'))
    const say = (complaint: number) =>
      inTransaction(world.pool, (tx) =>
        saveReconciliation(tx, { provinceCode: '32', day: '2026-06-01', counts: { complaint, appeal: 0 }, by: 'key:crm' }, world.clock.now()),
      )
    await say(3)
    expect((await world.counts())['DQ-15']).toBe('1/2')
    world.clock.advance(2 * DAY)
    const { reconciliations } = await loadQualityDays(world.engine, world.pool, ENGINE_SCOPE, DAY_OF, world.clock.now())
    expect(reconciliations.map(({ kind, ours, sourceCount, state }) => [kind, ours, sourceCount, state])).toEqual([
      ['appeal', 0, 0, 'agrees'],
      ['complaint', 2, 3, 'yellow'],
    ])
    await world.take('2026-06-03 12:00', aCreated('T3'))
    expect((await world.counts())['DQ-15']).toBe('0/2')
  })

  test('an hour beyond 5 σ of its weeks, and cells that are not what their tickets are, fail once an hour and alike again', async () => {
    const weeks = Array.from({ length: 6 }, (_, week) => Array.from({ length: 4 }, (_, n) => ({ week, n }))).flat()
    const items = weeks.map(({ week, n }) => {
      const occurred = new Date(at('2026-06-01 09:00') - 7 * DAY * (week + 1) + n * MINUTE).toISOString()
      return { ...aCreated(`W${week}-${n}`), event_id: `W${week}-${n}`, occurred_at: occurred }
    })
    await world.take('2026-06-01 08:00', ...items)
    await world.take('2026-06-01 11:00', ...Array.from({ length: 40 }, (_, n) => aCreated(`T${n}`, '06-01 09:30')))
    world.clock.set(at('2026-06-01 11:10'))
    await runTally(world.engine, world.clock.now())
    expect(await judgeQualityDays(world.engine, world.clock.now())).toBe(true)
    const before = await world.counts()
    expect([before['DQ-13'], before['DQ-14']]).toEqual(['1/11', '0/1'])
    expect(await judgeQualityDays(world.engine, world.clock.now())).toBe(false)
    await world.pool.query(
      "update cell set n[1] = n[1] + 1 where cube = 'ACC/day' and region_code = '320500' and bin_at = to_timestamp($1::float8 / 1000)",
      [at('2026-06-01')],
    )
    await judgeQualityDays(world.engine, world.clock.now() + HOUR)
    expect((await world.counts())['DQ-14']).toBe('1/1')
  })
})

/** Keys of several columns with one that may be NULL where the column cannot be NULL in the rows that the key is about. */
const NEVER_NULL: Readonly<Record<string, string>> = {
  alert_one_open_per_rule_and_ticket: 'only of ticket alerts, which have their ticket',
}

test('DQ-16: no unique key of the schema lets the same row in twice because of a NULL', async () => {
  const { rows } = await world.pool.query(
    `select c.relname as name, i.indnullsnotdistinct as "isNullsNotDistinct",
            json_agg(json_build_object('name', a.attname, 'isNullable', not a.attnotnull)) as columns
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
      where i.indisunique and n.nspname = 'public' group by 1, 2`,
  )
  expect(rows.length).toBeGreaterThan(20)
  expect(leakyKeys(rows).filter((name) => !(name in NEVER_NULL))).toEqual([])
})
