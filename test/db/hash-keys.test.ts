import { describe, expect, test } from 'vitest'
import { composeEngine } from '../../bin/compose.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { type CustomerKeys, customerKeysOf, keysMatch } from '../../core/domain/protect/customer-key.ts'
import { DAY } from '../../core/domain/time.ts'
import { checkHashKeys } from '../../core/engine/hash-key-check.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { type HashKeys, hashKeysOf } from '../../core/engine/protect-keys.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createLogger } from '../../core/platform/log.ts'
import { loadHashKeyUses } from '../../core/store/hash-key-store.ts'
import { runIngest } from '../../workers/ingest.ts'
import { anItem, CREATED } from '../support/items.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

const NOW = Date.UTC(2026, 5, 11, 12)
const NUMBER = '13800001111'
const SECOND = 'second-secret-of-thirty-two-characters-and-more'

const during = (world: EngineWorld) =>
  hashKeysOf(world.engine.secret, [
    { id: 'k1', secret: null },
    { id: 'k2', secret: SECOND },
  ])
const onlySecond = (world: EngineWorld) => hashKeysOf(world.engine.secret, [{ id: 'k2', secret: SECOND }])

async function take(world: EngineWorld, hashKeys: HashKeys, eventId: string, more: Record<string, unknown> = {}) {
  const engine = { ...world.engine, hashKeys }
  const item = anItem({ event_id: eventId, ticket_id: `T-${eventId}`, ...more })
  const payload = { ...(item['payload'] as object), customer_id: 'C7', product_no: NUMBER, contact_no: NUMBER, content_text: `call ${NUMBER}` }
  const answer = await acceptEvents(engine, [{ ...item, payload }], { source: 'test', scope: ENGINE_SCOPE, now: NOW })
  await runIngest(engine, NOW)
  return answer
}

const keysOf = async (world: EngineWorld, eventId: string): Promise<CustomerKeys> =>
  customerKeysOf((await world.pool.query('select payload from event where event_id = $1', [eventId])).rows[0].payload)

/** Every text, JSON and array column of every table that matches. */
async function placesOf(world: EngineWorld, pattern: string): Promise<string[]> {
  const { rows: columns } = await world.pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'character varying', 'USER-DEFINED', 'ARRAY')`,
  )
  expect(columns.length).toBeGreaterThan(60)
  const found: string[] = []
  for (const { table, column } of columns) {
    const { rowCount } = await world.pool.query(`select from "${table}" where "${column}"::text ~ $1`, [pattern])
    if (rowCount !== 0) found.push(`${table}.${column}`)
  }
  return found
}

describe('three tickets of one customer', () => {
  test('before, during and after a change-over of keys: each pair of neighbours is seen to be of one customer, and no clear number is anywhere', async () => {
    const world = await engineWorld()
    await take(world, world.engine.hashKeys, 'one')
    await take(world, during(world), 'two')
    await take(world, onlySecond(world), 'three')
    const [one, two, three] = [await keysOf(world, 'one'), await keysOf(world, 'two'), await keysOf(world, 'three')]
    for (const kind of ['customer', 'product', 'contact'] as const) {
      expect([keysMatch(one[kind], two[kind]), keysMatch(two[kind], three[kind]), keysMatch(one[kind], three[kind])], kind).toEqual([true, true, false])
    }
    const { rows } = await world.pool.query("select payload ->> 'key_id' as id, payload ->> 'key_id_next' as next from event order by event_id")
    expect(rows).toEqual([
      { id: 'k1', next: null },
      { id: 'k2', next: null },
      { id: 'k1', next: 'k2' },
    ])
    const { rows: tickets } = await world.pool.query('select count(distinct customer_key)::int as n from ticket')
    expect(tickets).toEqual([{ n: 2 }])
    expect(await placesOf(world, '1380000|second-secret|a secret for tests')).toEqual([])
    expect(JSON.stringify(world.logged)).not.toMatch(/1380000|second-secret|a secret for tests/)
  })

  test('one of them refused before the change-over and replayed during it keeps the keys that it was refused with', async () => {
    const world = await engineWorld()
    await take(world, world.engine.hashKeys, 'known')
    const early = await take(world, world.engine.hashKeys, 'early', { occurred_at: '2026-06-11T20:10:00+08:00' })
    const [{ quarantine_id: id } = {}] = early.items
    const engine = { ...world.engine, hashKeys: during(world) }
    const answer = await replayQuarantine(engine, [String(id)], { scope: ENGINE_SCOPE, now: NOW + DAY, by: 'test' })
    expect(answer.accepted, JSON.stringify(answer)).toBe(1)
    expect(await keysOf(world, 'early')).toEqual(await keysOf(world, 'known'))
    expect((await keysOf(world, 'early')).customer).toHaveLength(1)
  })
})

describe('a corrected number', () => {
  const OTHER = '13900002222'
  const CLEAR = '1380000|1390000|(^|")C[78]($|")|张三|second-secret|a secret for tests'
  const correct = async (world: EngineWorld, hashKeys: HashKeys, eventId: string, payload: Record<string, unknown>, more: Record<string, unknown> = {}) => {
    const engine = { ...world.engine, hashKeys }
    const item = anItem({ event_id: eventId, ticket_id: 'T-one', event_type: 'corrected', occurred_at: '2026-06-02T09:00:00+08:00', payload, ...more })
    const answer = await acceptEvents(engine, [item], { source: 'test', scope: ENGINE_SCOPE, now: NOW })
    await runIngest(engine, NOW)
    return answer
  }
  const payloadOf = async (world: EngineWorld, eventId: string) =>
    (await world.pool.query('select payload from event where event_id = $1', [eventId])).rows[0].payload as Record<string, unknown>
  const ticketKeys = async (world: EngineWorld, ticket = 'T-one') =>
    (await world.pool.query("select fold -> 'customerKeys' as keys from ticket where ticket_key = $1", [`32:crm:${ticket}`])).rows[0].keys as CustomerKeys

  test('is known by its keys with their ids, as if the ticket had been accepted with it, and is nowhere in the clear', async () => {
    const world = await engineWorld()
    await take(world, world.engine.hashKeys, 'one')
    const other = { ...CREATED, customer_id: 'C8', product_no: OTHER, contact_no: OTHER }
    await acceptEvents({ ...world.engine, hashKeys: during(world) }, [anItem({ event_id: 'two', ticket_id: 'T-two', payload: other })], { source: 'test', scope: ENGINE_SCOPE, now: NOW })
    for (const [index, field] of ['customer_id', 'product_no', 'contact_no'].entries()) {
      const [old, now] = index === 0 ? ['C7', 'C8'] : [NUMBER, OTHER]
      const at = { occurred_at: `2026-06-02T09:0${index}:00+08:00` }
      expect(await correct(world, during(world), field, { field, old, new: now }, at)).toMatchObject({ accepted: 1 })
    }
    await correct(world, during(world), 'name', { field: 'customer_name', old: '张三', new: '张三丰' })
    expect(await payloadOf(world, 'product_no')).toMatchObject({ old: '138****1111', new: '139****2222', key_id: 'k1', key_id_next: 'k2' })
    expect(await payloadOf(world, 'customer_id')).toMatchObject({ old: '****', new: '****', key_id: 'k1', key_id_next: 'k2' })
    expect(await ticketKeys(world)).toEqual(await ticketKeys(world, 'T-two'))
    expect((await ticketKeys(world)).product).toHaveLength(2)
    const { rows } = await world.pool.query('select count(distinct customer_key)::int as n from ticket')
    expect(rows).toEqual([{ n: 1 }])
    expect(await placesOf(world, CLEAR)).toEqual([])
    expect(JSON.stringify(world.logged)).not.toMatch(new RegExp(CLEAR, 'u'))
  })

  test('of a ticket accepted during a change-over leaves no coming key of the old one behind', async () => {
    const world = await engineWorld()
    await take(world, during(world), 'one')
    const before = await ticketKeys(world)
    expect(before.product).toHaveLength(2)
    await correct(world, onlySecond(world), 'replaced', { product_no: OTHER }, { corrects_event_id: 'one' })
    const after = await ticketKeys(world)
    expect(after.product).toHaveLength(1)
    expect([keysMatch(after.product, before.product), keysMatch(after.contact, before.contact)]).toEqual([false, true])
    await correct(world, onlySecond(world), 'mask', { field: 'contact_no', new: '138****1111' })
    expect(await ticketKeys(world)).toMatchObject({ contact: [], product: after.product })
    expect(await payloadOf(world, 'mask')).toEqual({ field: 'contact_no', new: '138****1111' })
  })

  test('refused before the change-over and replayed during it keeps the keys that it was refused with', async () => {
    const world = await engineWorld()
    await take(world, world.engine.hashKeys, 'one')
    const early = { occurred_at: '2026-06-11T20:10:00+08:00' }
    const [{ quarantine_id: id } = {}] = (await correct(world, world.engine.hashKeys, 'late', { field: 'product_no', old: NUMBER, new: OTHER }, early)).items
    expect(await placesOf(world, CLEAR)).toEqual([])
    const engine = { ...world.engine, hashKeys: during(world) }
    expect(await replayQuarantine(engine, [String(id)], { scope: ENGINE_SCOPE, now: NOW + DAY, by: 'test' })).toMatchObject({ accepted: 1 })
    expect(await payloadOf(world, 'late')).toEqual({ field: 'product_no', old: '138****1111', new: '139****2222', new_key: expect.any(String), key_id: 'k1' })
  })
})

describe('at a start', () => {
  const warnings = (world: EngineWorld) => world.logged.filter(({ level }) => level === 40)

  test('the keys in force are noted, once each', async () => {
    const world = await engineWorld()
    await take(world, world.engine.hashKeys, 'one')
    expect(await checkHashKeys(world.engine, NOW)).toBe(false)
    expect(await checkHashKeys({ ...world.engine, hashKeys: during(world) }, NOW + DAY)).toBe(false)
    expect(await checkHashKeys({ ...world.engine, hashKeys: during(world) }, NOW + 2 * DAY)).toBe(false)
    expect(await loadHashKeyUses(world.pool)).toEqual([
      { keyId: 'k1', firstUsedAt: NOW, lastUsedAt: NOW + 2 * DAY },
      { keyId: 'k2', firstUsedAt: NOW + DAY, lastUsedAt: NOW + 2 * DAY },
    ])
    expect(warnings(world)).toEqual([])
  })

  test('a key removed without a change-over is warned of in both languages, with what follows and what to do; after 90 days it is not', async () => {
    const world = await engineWorld()
    await take(world, during(world), 'one')
    await checkHashKeys({ ...world.engine, hashKeys: during(world) }, NOW)
    expect(await checkHashKeys({ ...world.engine, hashKeys: onlySecond(world) }, NOW + 89 * DAY)).toBe(true)
    const [warning] = warnings(world)
    expect(warning).toMatchObject({ removed: 'k1', identity: 'k2', msg: expect.stringMatching(/同一客户.*放回.*one customer.*Put k1 back first/s) })
    expect(JSON.stringify(warning)).not.toContain('second-secret')
    expect(await checkHashKeys({ ...world.engine, hashKeys: onlySecond(world) }, NOW + 90 * DAY)).toBe(false)
  })

  test('of a deployment that holds nothing yet the keys may change at will', async () => {
    const world = await engineWorld()
    await checkHashKeys(world.engine, NOW)
    expect(await checkHashKeys({ ...world.engine, hashKeys: onlySecond(world) }, NOW + DAY)).toBe(false)
    await take(world, onlySecond(world), 'one')
    expect(await checkHashKeys({ ...world.engine, hashKeys: onlySecond(world) }, NOW + 2 * DAY)).toBe(false)
    expect((await loadHashKeyUses(world.pool)).map(({ keyId }) => keyId)).toEqual(['k2'])
  })

  test('every process of the product does it, with the keys of its environment', async () => {
    const { database, pool } = await engineWorld()
    const config = loadConfig({ DATABASE_URL: database.url, TOCSIN_SECRET: 'x'.repeat(32), TOCSIN_HASH_KEYS: `k1:,k2:${SECOND}` })
    const engine = await composeEngine(pool, config, createLogger('silent'))
    expect(engine.hashKeys).toEqual({ first: { id: 'k1', secret: 'x'.repeat(32) }, next: { id: 'k2', secret: SECOND } })
    expect((await loadHashKeyUses(pool)).map(({ keyId }) => keyId)).toEqual(['k1', 'k2'])
  })
})
