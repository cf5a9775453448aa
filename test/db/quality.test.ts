import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DEFAULT_DICTIONARY } from '../../core/domain/dictionary/default-dictionary.ts'
import { leakyKeys } from '../../core/domain/quality/dq-16-null-keys.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { foldTickets } from '../../core/engine/fold-tickets.ts'
import { forgetMappings } from '../../core/engine/code-book.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { mendMappings } from '../../core/engine/mend-mappings.ts'
import { judgeQualityDays } from '../../core/engine/quality-days.ts'
import { loadQualityDays } from '../../core/engine/quality.ts'
import { foldQualityCounts } from '../../core/engine/quality-sweep.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertMapping, listMappings, listUnmappedCodes, type NewMapping } from '../../core/store/mapping-store.ts'
import { FINDINGS_KEPT, loadFindings } from '../../core/store/quality-store.ts'
import { saveReconciliation } from '../../core/store/reconciliation-store.ts'
import { saveUnits } from '../../core/store/unit-store.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld()
})

const GOOD = { source_category: 'province_complaint', product_no: '13800001111', content_text: '家里宽带上不了网光猫红灯一直闪', product_l1: 'broadband' }
const DAY_OF = { fromDay: '2026-06-01', toDay: '2026-06-01', provinceCode: null }
const created = (no: string, local = '06-01 09:00', payload: Record<string, unknown> = {}) => anItemAt('created', local, { ...GOOD, ...payload }, { ticket_id: no })

async function take(local: string, ...items: readonly unknown[]) {
  world.clock.set(at(local))
  const answer = await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: world.clock.now() })
  await runIngest(world.engine, world.clock.now())
  return answer
}

/** Counts as `DQ-01: failed/checked`, by check. */
async function counts(day = DAY_OF): Promise<Record<string, string>> {
  const { days } = await loadQualityDays(world.engine, world.pool, ENGINE_SCOPE, day, world.clock.now())
  return Object.fromEntries((days[0]?.checks ?? []).map(({ id, checked, failed }) => [id, `${failed}/${checked}`]))
}
const score = async () => (await loadQualityDays(world.engine, world.pool, ENGINE_SCOPE, DAY_OF, world.clock.now())).days[0]?.score
const findings = async (standingOnly = true) =>
  (await loadFindings(world.pool, ENGINE_SCOPE, { fromDay: '2026-06-01', toDay: '2026-06-05', standingOnly, limit: 500 })).map(
    ({ checkId, subject, detail }) => `${checkId} ${subject} ${detail}`,
  )

async function map(over: Partial<NewMapping> & Pick<NewMapping, 'field' | 'sourceCode' | 'code'>) {
  const line = { sourceSystem: 'crm', regionCode: '32', regionPath: '/00/32/', effectiveFrom: 0, effectiveTo: null, createdBy: 'steward', reason: 'r', ...over }
  const id = await inTransaction(world.pool, (tx) => insertMapping(tx, line, world.clock.now()))
  await mendMappings(world.engine, world.clock.now(), { mappingId: id as string, most: 10 })
  await runIngest(world.engine, world.clock.now())
  return (await listMappings(world.pool, ENGINE_SCOPE, null, 1))[0]
}

describe('counts of a province’s day', () => {
  test('of ten events, some late, doubled, unknown, lacking or refused, are exact, and so is the score', async () => {
    await take(
      '2026-06-01 12:00',
      created('T1'),
      created('T2', '06-01 09:01', { channel: 'X9' }),
      created('T3', '06-01 09:02', { source_category: undefined }),
      created('T4', '06-01 09:03', { content_text: '太慢了' }),
      created('T5', '06-01 09:04', { product_l1: 'payment' }),
      created('T6', '06-01 09:05', { region_code: '999999' }),
      anItemAt('completed', '06-01 10:00', {}, { ticket_id: 'T1' }),
      anItemAt('refund_paid', '06-01 10:01', { amount_cents: 60_000, type: 'refund' }, { ticket_id: 'T1' }),
    )
    await take('2026-06-01 12:01', created('T1'))
    await take('2026-06-04 10:00', anItemAt('expedited', '06-01 10:00', { by: 'customer', channel: 'hotline' }, { ticket_id: 'T2' }))
    const all = await counts()
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
    expect(await score()).toBe(Math.round((100 - lost) * 100) / 100)
    expect((await findings()).sort()).toEqual([
      'DQ-01 #2 missing_payload_field payload.result_code',
      'DQ-01 crm/T3-created-06-01 09:02 source_category',
      'DQ-02 #1 unknown_region payload.region_code',
      'DQ-02 crm/T2-created-06-01 09:01 X9',
      'DQ-04 crm/T2-expedited-06-01 10:00 72 h late',
      'DQ-05 crm/T1-created-06-01 09:00 event_id',
      'DQ-09 crm/T4-created-06-01 09:03 fewer than 10 characters',
      'DQ-10 32:crm:T5 网络使用 × payment',
      'DQ-11 crm/T1-refund_paid-06-01 10:01 above 50000 cents',
    ])
  })

  test('folding again, and sweeping, change nothing', async () => {
    await take('2026-06-01 12:00', created('T1', '06-01 09:00', { product_l1: 'payment' }), created('T2', '06-01 09:00', { channel: 'X9' }))
    const before = [await counts(), await findings(false)]
    for (let i = 0; i < 2; i++) {
      await inEngineTransaction(world.engine, world.clock.now(), async (etx) => void (await foldTickets(etx, ['32:crm:T1', '32:crm:T2'])))
      expect(await foldQualityCounts(world.engine)).toBe(i === 0 ? 12 : 0)
      expect([await counts(), await findings(false)]).toEqual(before)
    }
    await world.expectExact()
  })

  test('a ticket’s findings follow its facts: corrected they go, void it counts for nothing', async () => {
    await take('2026-06-01 12:00', created('T1', '06-01 09:00', { product_l1: 'payment' }))
    expect((await counts())['DQ-10']).toBe('1/1')
    await take('2026-06-01 12:01', anItemAt('corrected', '06-01 11:00', { field: 'product_l1', old: 'payment', new: 'broadband' }))
    expect((await counts())['DQ-10']).toBe('0/1')
    expect(await findings()).toEqual([])
    expect(await findings(false)).toEqual(['DQ-10 32:crm:T1 网络使用 × payment'])
    await take('2026-06-01 12:02', anItemAt('voided', '06-01 11:30'))
    expect(await counts()).not.toHaveProperty('DQ-10')
    expect(await counts()).not.toHaveProperty('DQ-03')
  })

  test('an illegal step counts 120 s after it was received, by a timer at the exact instant, and not when what was missing arrives before', async () => {
    const reply = (no: string) => anItemAt('replied', '06-01 10:00', { leg_id: 'L1', unit_id: 'U1', text: '好' }, { ticket_id: no })
    await take('2026-06-01 12:00', created('T1'), reply('T1'), created('T2'), reply('T2'))
    expect((await counts())['DQ-03']).toBe('0/6')
    expect((await world.ticket('32:crm:T1'))['next_check_at']).toBe(at('2026-06-01 12:00') + 120 * SECOND)
    await take(
      '2026-06-01 12:01',
      anItemAt('dispatched', '06-01 09:10', { to_unit: 'U1', leg_id: 'L1' }, { ticket_id: 'T2' }),
      anItemAt('claimed', '06-01 09:20', { leg_id: 'L1', handler_id: 'h' }, { ticket_id: 'T2' }),
    )
    await world.timers('2026-06-01 12:01:59')
    expect((await counts())['DQ-03']).toBe('0/6')
    await world.timers('2026-06-01 12:02')
    expect((await counts())['DQ-03']).toBe('1/6')
  })

  test('units are checked where the province has loaded some', async () => {
    const dispatched = anItemAt('dispatched', '06-01 09:10', { to_unit: 'U1', leg_id: 'L1' })
    await take('2026-06-01 12:00', created('T1'), dispatched)
    expect(await counts()).not.toHaveProperty('DQ-06')
    const unit = { code: 'U9', name: '九', regionCode: '320500', unitType: 'province_center', deptCode: null, validFrom: null, validTo: null }
    await inTransaction(world.pool, (tx) => saveUnits(tx, ENGINE_SCOPE, [unit], world.clock.now()))
    const fold = () => inEngineTransaction(world.engine, world.clock.now(), async (etx) => void (await foldTickets(etx, ['32:crm:T1'])))
    await fold()
    expect((await counts())['DQ-06']).toBe('1/1')
    await inTransaction(world.pool, (tx) => saveUnits(tx, ENGINE_SCOPE, [{ ...unit, code: 'U1', validTo: at('2026-06-02') }], world.clock.now()))
    await fold()
    expect((await counts())['DQ-06']).toBe('0/1')
  })

  test('findings are kept up to their bound, the counts are exact beyond it', async () => {
    const many = Array.from({ length: FINDINGS_KEPT + 30 }, (_, index) => created(`T${index}`, '06-01 09:00', { content_text: '慢' }))
    await take('2026-06-01 12:00', ...many.slice(0, 150))
    await take('2026-06-01 12:00', ...many.slice(150))
    expect((await counts())['DQ-09']).toBe(`${FINDINGS_KEPT + 30}/${FINDINGS_KEPT + 30}`)
    expect((await findings()).filter((line) => line.startsWith('DQ-09'))).toHaveLength(FINDINGS_KEPT)
  })

  test('reconciliation compares with the source’s own counts, late arrivals at once', async () => {
    await take('2026-06-01 12:00', created('T1'), created('T2'))
    const say = (complaint: number) =>
      inTransaction(world.pool, (tx) => saveReconciliation(tx, { provinceCode: '32', day: '2026-06-01', counts: { complaint, appeal: 0 }, by: 'key:crm' }, world.clock.now()))
    await say(3)
    expect((await counts())['DQ-15']).toBe('1/2')
    world.clock.advance(2 * DAY)
    const { reconciliations } = await loadQualityDays(world.engine, world.pool, ENGINE_SCOPE, DAY_OF, world.clock.now())
    expect(reconciliations.map(({ kind, ours, sourceCount, state }) => [kind, ours, sourceCount, state])).toEqual([
      ['appeal', 0, 0, 'agrees'],
      ['complaint', 2, 3, 'yellow'],
    ])
    await take('2026-06-03 12:00', created('T3'))
    expect((await counts())['DQ-15']).toBe('0/2')
  })

  test('an hour beyond 5 σ of its weeks, and cells that are not what their tickets are, fail once an hour and alike again', async () => {
    const weeks = Array.from({ length: 6 }, (_, week) => Array.from({ length: 4 }, (_, n) => ({ week, n }))).flat()
    const items = weeks.map(({ week, n }) => {
      const occurred = new Date(at('2026-06-01 09:00') - 7 * DAY * (week + 1) + n * MINUTE).toISOString()
      return { ...created(`W${week}-${n}`), event_id: `W${week}-${n}`, occurred_at: occurred }
    })
    await take('2026-06-01 08:00', ...items)
    await take('2026-06-01 11:00', ...Array.from({ length: 40 }, (_, n) => created(`T${n}`, '06-01 09:30')))
    world.clock.set(at('2026-06-01 11:10'))
    expect(await judgeQualityDays(world.engine, world.clock.now())).toBe(true)
    const before = await counts()
    expect([before['DQ-13'], before['DQ-14']]).toEqual(['1/11', '0/1'])
    expect(await judgeQualityDays(world.engine, world.clock.now())).toBe(false)
    await world.pool.query("update cell set n = n + 1 where cube = 'accepted_day' and region_code = '320500' and bin_at = to_timestamp($1::float8 / 1000)", [at('2026-06-01')])
    await judgeQualityDays(world.engine, world.clock.now() + HOUR)
    expect((await counts())['DQ-14']).toBe('1/1')
  })
})

describe('mending a mapping', () => {
  test('moves stored tickets by an event of the engine’s own, once, and takes their failures back', async () => {
    await take('2026-06-01 12:00', created('T1', '06-01 09:00', { channel: '01', phenomenon_l2: '断网' }), created('T2', '06-01 09:00', { channel: '01' }))
    expect((await world.ticket('32:crm:T1'))['fold']).toMatchObject({ channel: '01', phenomenonL2: '断网' })
    expect(await world.cell('accepted_day', { phenomenon: '断网' })).toBe(1)
    expect((await counts())['DQ-02']).toBe('3/8')
    expect(await listUnmappedCodes(world.pool, ENGINE_SCOPE, 9)).toMatchObject([{ field: 'channel', sourceCode: '01', events: 2 }, { field: 'phenomenon_l2', events: 1 }])

    expect(await map({ field: 'phenomenon_l2', sourceCode: '断网', code: '宽带上不了网' })).toMatchObject({ corrected: 1, replayed: 0 })
    expect(await map({ field: 'channel', sourceCode: '01', code: 'hotline' })).toMatchObject({ corrected: 2 })
    const { fold } = await world.ticket('32:crm:T1')
    expect(fold).toMatchObject({ channel: 'hotline', phenomenonL2: '宽带上不了网', qualityFlags: [], isCorrectedLate: false, acceptedAt: at('2026-06-01 09:00') })
    expect(await world.cell('accepted_day', { phenomenon: '断网' })).toBe(0)
    expect(await world.cell('accepted_day', { phenomenon: '宽带上不了网' })).toBe(2)
    expect((await counts())['DQ-02']).toBe('0/8')
    expect(await findings()).toEqual([])
    const { rows } = await world.pool.query("select event_id, corrects_event_id, payload ->> 'channel_source' as source from event where event_id like 'mapping:%' order by 1")
    expect(rows).toEqual([
      { event_id: 'mapping:1:T1-created-06-01 09:00', corrects_event_id: 'T1-created-06-01 09:00', source: null },
      { event_id: 'mapping:2:T2-created-06-01 09:00', corrects_event_id: 'T2-created-06-01 09:00', source: '01' },
      { event_id: 'mapping:2:mapping:1:T1-created-06-01 09:00', corrects_event_id: 'mapping:1:T1-created-06-01 09:00', source: '01' },
    ])
    await world.expectExact()

    world.clock.advance(MINUTE)
    await mendMappings(world.engine, world.clock.now(), { most: 10 })
    expect((await listMappings(world.pool, ENGINE_SCOPE, null, 9)).map(({ finishedAt, corrected }) => [finishedAt !== null, corrected])).toEqual([[true, 2], [true, 1]])
    expect((await counts())['DQ-02']).toBe('0/8')
  })

  test('maps what comes later at the door, by the version in force when it occurred', async () => {
    await map({ field: 'channel', sourceCode: '01', code: 'hotline', effectiveFrom: at('2026-06-01 09:00') })
    await take('2026-06-01 12:00', created('T1', '06-01 08:59', { channel: '01' }), created('T2', '06-01 09:00', { channel: '01' }))
    expect((await world.ticket('32:crm:T1'))['fold']).toMatchObject({ channel: '01' })
    expect((await world.ticket('32:crm:T2'))['fold']).toMatchObject({ channel: 'hotline' })
    const { rows } = await world.pool.query("select payload ->> 'channel_source' as source from event where ticket_key = '32:crm:T2'")
    expect(rows).toEqual([{ source: '01' }])
  })

  test('replays refused regions and words, takes their failures back, and replaying again changes nothing', async () => {
    const answer = await take('2026-06-01 12:00', created('T1', '06-01 09:00', { region_code: 'SZ' }), created('T2', '06-01 09:00', { urgency: '加急' }))
    expect(answer.refused).toBe(2)
    expect(await counts()).toEqual({ 'DQ-01': '1/1', 'DQ-02': '1/1' })
    expect(await map({ field: 'region', sourceCode: 'SZ', code: '320500' })).toMatchObject({ replayed: 1, stillRefused: 0 })
    expect(await map({ field: 'urgency', sourceCode: '加急', code: 'rush' })).toMatchObject({ replayed: 1 })
    expect((await world.ticket('32:crm:T1'))['region_code']).toBe('320500')
    expect((await world.ticket('32:crm:T2'))['fold']).toMatchObject({ urgency: 'rush' })
    const after = await counts()
    expect([after['DQ-01'], after['DQ-02']]).toEqual(['0/2', '0/9'])
    expect(await findings()).toEqual([])
    await replayQuarantine(world.engine, ['1', '2'], { scope: ENGINE_SCOPE, now: world.clock.now(), by: 'x' })
    expect(await counts()).toEqual(after)
    await world.expectExact()
  })

  test('leaves other sources, other provinces and what the source has corrected itself alone', async () => {
    await take(
      '2026-06-01 12:00',
      { ...created('T1', '06-01 09:00', { channel: '01' }), source_system: 'eoms' },
      { ...created('T2', '06-01 09:00', { channel: '01', region_code: '330100' }), province_code: '33' },
      created('T3', '06-01 09:00', { channel: '01' }),
      { ...created('T3', '06-01 09:00', { channel: 'app' }), event_id: 'c3', corrects_event_id: 'T3-created-06-01 09:00' },
    )
    await map({ field: 'channel', sourceCode: '01', code: 'hotline' })
    const channels = await world.pool.query("select ticket_key as key, fold ->> 'channel' as channel from ticket order by 1")
    expect(channels.rows).toEqual([
      { key: '32:crm:T3', channel: 'app' },
      { key: '32:eoms:T1', channel: '01' },
      { key: '33:crm:T2', channel: '01' },
    ])
    await world.expectExact()
  })

  test('of more than one step goes on where it stopped', async () => {
    await take('2026-06-01 12:00', ...Array.from({ length: 650 }, (_, n) => created(`T${n}`, '06-01 09:00', { channel: '01' })))
    const line: NewMapping = { sourceSystem: 'crm', field: 'channel', sourceCode: '01', code: 'hotline', regionCode: '00', regionPath: '/00/', effectiveFrom: 0, effectiveTo: null, createdBy: 's', reason: 'r' }
    await inTransaction(world.pool, (tx) => insertMapping(tx, line, world.clock.now()))
    const corrected = async () => (await listMappings(world.pool, ENGINE_SCOPE, null, 1))[0]?.corrected
    await mendMappings(world.engine, world.clock.now(), { most: 1 })
    expect(await corrected()).toBe(300)
    await mendMappings(world.engine, world.clock.now(), { most: 9 })
    expect(await corrected()).toBe(650)
    expect(await listUnmappedCodes(world.pool, ENGINE_SCOPE, 9)).toEqual([])
    expect((await counts())['DQ-02']).toBe('0/2600')
  })

  test('strict deployments count what is unknown as UNMAPPED until it is mapped', async () => {
    const body = { ...DEFAULT_DICTIONARY, strict: true }
    await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'dictionary', body, author: 't', reason: 'r', effectiveFrom: 0, now: world.clock.now() }))
    forgetMappings(world.engine)
    await take('2026-06-01 12:00', created('T1', '06-01 09:00', { phenomenon_l2: '断网' }))
    expect(await world.cell('accepted_day', { phenomenon: 'UNMAPPED' })).toBe(1)
    await map({ field: 'phenomenon_l2', sourceCode: '断网', code: '宽带上不了网' })
    expect(await world.cell('accepted_day', { phenomenon: 'UNMAPPED' })).toBe(0)
    expect(await world.cell('accepted_day', { phenomenon: '宽带上不了网' })).toBe(1)
    await world.expectExact()
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
