import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { DEFAULT_DICTIONARY } from '../../core/domain/dictionary/default-dictionary.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { mendMappings } from '../../core/engine/mend-mappings.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertMapping, listMappings, listUnmappedCodes, type NewMapping } from '../../core/store/mapping-store.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { aCreated, type QualityWorld, qualityWorld } from '../support/quality-world.ts'

let world: QualityWorld
beforeEach(async () => {
  world = await qualityWorld()
})

async function map(over: Partial<NewMapping> & Pick<NewMapping, 'field' | 'sourceCode' | 'code'>) {
  const line = {
    sourceSystem: 'crm',
    regionCode: '32',
    regionPath: '/00/32/',
    effectiveFrom: 0,
    effectiveTo: null,
    createdBy: 'steward',
    reason: 'r',
    ...over,
  }
  const id = await inTransaction(world.pool, (tx) => insertMapping(tx, line, world.clock.now()))
  await mendMappings(world.engine, world.clock.now(), { mappingId: id as string, most: 10 })
  await runIngest(world.engine, world.clock.now())
  return (await listMappings(world.pool, ENGINE_SCOPE, null, 1))[0]
}

describe('mending a mapping', () => {
  test('moves stored tickets by an event of the engine’s own, once, and takes their failures back', async () => {
    await world.take(
      '2026-06-01 12:00',
      aCreated('T1', '06-01 09:00', { channel: '01', phenomenon_l2: '断网' }),
      aCreated('T2', '06-01 09:00', { channel: '01' }),
    )
    expect((await world.ticket('32:crm:T1'))['fold']).toMatchObject({ channel: '01', phenomenonL2: '断网' })
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { value: '断网' })).toBe(1)
    expect((await world.counts())['DQ-02']).toBe('3/8')
    expect(await listUnmappedCodes(world.pool, ENGINE_SCOPE, 9)).toMatchObject([
      { field: 'channel', sourceCode: '01', events: 2 },
      { field: 'phenomenon_l2', events: 1 },
    ])

    expect(await map({ field: 'phenomenon_l2', sourceCode: '断网', code: '宽带上不了网' })).toMatchObject({ corrected: 1, replayed: 0 })
    expect(await map({ field: 'channel', sourceCode: '01', code: 'hotline' })).toMatchObject({ corrected: 2 })
    const { fold } = await world.ticket('32:crm:T1')
    expect(fold).toMatchObject({
      channel: 'hotline',
      phenomenonL2: '宽带上不了网',
      qualityFlags: [],
      isCorrectedLate: false,
      acceptedAt: at('2026-06-01 09:00'),
    })
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { value: '断网' })).toBe(0)
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { value: '宽带上不了网' })).toBe(2)
    expect((await world.counts())['DQ-02']).toBe('0/8')
    expect(await world.findings()).toEqual([])
    const { rows } = await world.pool.query(
      "select event_id, corrects_event_id, payload ->> 'channel_source' as source from event where event_id like 'mapping:%' order by 1",
    )
    expect(rows).toEqual([
      { event_id: 'mapping:1:T1-created-06-01 09:00', corrects_event_id: 'T1-created-06-01 09:00', source: null },
      { event_id: 'mapping:2:T2-created-06-01 09:00', corrects_event_id: 'T2-created-06-01 09:00', source: '01' },
      { event_id: 'mapping:2:mapping:1:T1-created-06-01 09:00', corrects_event_id: 'mapping:1:T1-created-06-01 09:00', source: '01' },
    ])
    await world.expectExact()

    world.clock.advance(MINUTE)
    await mendMappings(world.engine, world.clock.now(), { most: 10 })
    expect((await listMappings(world.pool, ENGINE_SCOPE, null, 9)).map(({ finishedAt, corrected }) => [finishedAt !== null, corrected])).toEqual([
      [true, 2],
      [true, 1],
    ])
    expect((await world.counts())['DQ-02']).toBe('0/8')
  })

  test('maps what comes later at the door, by the version in force when it occurred', async () => {
    await map({ field: 'channel', sourceCode: '01', code: 'hotline', effectiveFrom: at('2026-06-01 09:00') })
    await world.take('2026-06-01 12:00', aCreated('T1', '06-01 08:59', { channel: '01' }), aCreated('T2', '06-01 09:00', { channel: '01' }))
    expect((await world.ticket('32:crm:T1'))['fold']).toMatchObject({ channel: '01' })
    expect((await world.ticket('32:crm:T2'))['fold']).toMatchObject({ channel: 'hotline' })
    const { rows } = await world.pool.query("select payload ->> 'channel_source' as source from event where ticket_key = '32:crm:T2'")
    expect(rows).toEqual([{ source: '01' }])
  })

  test('replays refused regions and words, takes their failures back, and replaying again changes nothing', async () => {
    const answer = await world.take(
      '2026-06-01 12:00',
      aCreated('T1', '06-01 09:00', { region_code: 'SZ' }),
      aCreated('T2', '06-01 09:00', { urgency: '加急' }),
    )
    expect(answer.refused).toBe(2)
    expect(await world.counts()).toEqual({ 'DQ-01': '1/1', 'DQ-02': '1/1' })
    expect(await map({ field: 'region', sourceCode: 'SZ', code: '320500' })).toMatchObject({ replayed: 1, stillRefused: 0 })
    expect(await map({ field: 'urgency', sourceCode: '加急', code: 'rush' })).toMatchObject({ replayed: 1 })
    expect((await world.ticket('32:crm:T1'))['region_code']).toBe('320500')
    expect((await world.ticket('32:crm:T2'))['fold']).toMatchObject({ urgency: 'rush' })
    const after = await world.counts()
    expect([after['DQ-01'], after['DQ-02']]).toEqual(['0/2', '0/9'])
    expect(await world.findings()).toEqual([])
    await replayQuarantine(world.engine, ['1', '2'], { scope: ENGINE_SCOPE, now: world.clock.now(), by: 'x' })
    expect(await world.counts()).toEqual(after)
    await world.expectExact()
  })

  test('leaves other sources, other provinces and what the source has corrected itself alone', async () => {
    await world.take(
      '2026-06-01 12:00',
      { ...aCreated('T1', '06-01 09:00', { channel: '01' }), source_system: 'eoms' },
      { ...aCreated('T2', '06-01 09:00', { channel: '01', region_code: '330100' }), province_code: '33' },
      aCreated('T3', '06-01 09:00', { channel: '01' }),
      { ...aCreated('T3', '06-01 09:00', { channel: 'app' }), event_id: 'c3', corrects_event_id: 'T3-created-06-01 09:00' },
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

  test('by a province reaches no item of another, even where its own key has sent it', async () => {
    const item = { ...aCreated('T1', '06-01 09:00', { region_code: 'HZ' }), province_code: '33' }
    const scope = scopeOf(world.tree.get('32')!)
    await acceptEvents(world.engine, [item], { source: 'key:32', scope, now: at('2026-06-01 12:00') })
    expect(await map({ field: 'region', sourceCode: 'HZ', code: '330100' })).toMatchObject({ replayed: 0, stillRefused: 1 })
    expect((await world.pool.query('select from event')).rowCount).toBe(0)
  })

  test('onto itself reads again what the dictionary has learnt since', async () => {
    await world.take('2026-06-01 12:00', aCreated('T1', '06-01 09:00', { channel: 'kiosk' }))
    const fields = { ...DEFAULT_DICTIONARY.fields, channel: [...DEFAULT_DICTIONARY.fields.channel, { code: 'kiosk', zh: '自助机', en: 'Kiosk' }] }
    const body = { ...DEFAULT_DICTIONARY, fields }
    await inTransaction(world.pool, (tx) =>
      saveSettings(tx, { kind: 'dictionary', body, author: 't', reason: 'r', effectiveFrom: 0, now: world.clock.now() }),
    )
    await map({ field: 'channel', sourceCode: 'kiosk', code: 'kiosk' })
    expect((await world.ticket('32:crm:T1'))['fold']).toMatchObject({ channel: 'kiosk', qualityFlags: [] })
    expect((await world.counts())['DQ-02']).toBe('0/4')
  })

  test('of more than one step goes on where it stopped', async () => {
    await world.take('2026-06-01 12:00', ...Array.from({ length: 650 }, (_, n) => aCreated(`T${n}`, '06-01 09:00', { channel: '01' })))
    const line: NewMapping = {
      sourceSystem: 'crm',
      field: 'channel',
      sourceCode: '01',
      code: 'hotline',
      regionCode: '00',
      regionPath: '/00/',
      effectiveFrom: 0,
      effectiveTo: null,
      createdBy: 's',
      reason: 'r',
    }
    await inTransaction(world.pool, (tx) => insertMapping(tx, line, world.clock.now()))
    const corrected = async () => (await listMappings(world.pool, ENGINE_SCOPE, null, 1))[0]?.corrected
    await mendMappings(world.engine, world.clock.now(), { most: 1 })
    expect(await corrected()).toBe(300)
    await mendMappings(world.engine, world.clock.now(), { most: 9 })
    expect(await corrected()).toBe(650)
    expect(await listUnmappedCodes(world.pool, ENGINE_SCOPE, 9)).toEqual([])
    expect((await world.counts())['DQ-02']).toBe('0/2600')
  })

  test('strict deployments count what is unknown as UNMAPPED until it is mapped', async () => {
    const body = { ...DEFAULT_DICTIONARY, strict: true }
    await inTransaction(world.pool, (tx) =>
      saveSettings(tx, { kind: 'dictionary', body, author: 't', reason: 'r', effectiveFrom: 0, now: world.clock.now() }),
    )
    await world.take('2026-06-01 12:00', aCreated('T1', '06-01 09:00', { phenomenon_l2: '断网' }))
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { value: 'UNMAPPED' })).toBe(1)
    await map({ field: 'phenomenon_l2', sourceCode: '断网', code: '宽带上不了网' })
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { value: 'UNMAPPED' })).toBe(0)
    expect(await world.cell('ACC/day/phenomenon', 'accepted', { value: '宽带上不了网' })).toBe(1)
    await world.expectExact()
  })
})
