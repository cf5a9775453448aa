import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import type { Scope } from '../../core/domain/region.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { keyedHash } from '../../core/engine/protect-keys.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { anItem, CREATED } from '../support/items.ts'

const NOW = at('2026-06-01 10:00')
let world: EngineWorld

beforeAll(async () => {
  world = await engineWorld()
})

const take = (items: readonly unknown[], scope: Scope = ENGINE_SCOPE, now = NOW) => acceptEvents(world.engine, items, { source: 'test', scope, now })
const stored = async (eventId: string) => (await world.pool.query('select * from event where event_id = $1', [eventId])).rows[0]
const count = async (table: string) => Number((await world.pool.query(`select count(*) as n from ${table}`)).rows[0].n)
const created = (payload: Record<string, unknown>, more: Record<string, unknown> = {}) => anItem({ payload: { ...CREATED, ...payload }, ...more })

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

describe('an item that cannot be taken', () => {
  const { kind: _kind, ...withoutKind } = CREATED
  test.each<[what: string, item: unknown, code: string, field: string]>([
    ['nothing', null, 'not_an_object', '*'],
    ['a text', 'created', 'not_an_object', '*'],
    ['a list', [anItem()], 'not_an_object', '*'],
    ['no ticket id', (({ ticket_id: _, ...rest }) => rest)(anItem()), 'missing_field', 'ticket_id'],
    ['an empty event id', anItem({ event_id: '' }), 'bad_field', 'event_id'],
    ['a number for an id', anItem({ ticket_id: 7 }), 'bad_field', 'ticket_id'],
    ['a field that the envelope does not know', anItem({ customer: 'x' }), 'unknown_field', 'customer'],
    ['a payload that is a list', anItem({ payload: [] }), 'bad_field', 'payload'],
    ['a sequence number beyond 2^53', anItem({ source_seq: 1e300 }), 'number_out_of_range', 'source_seq'],
    ['a sequence number with a fraction', anItem({ source_seq: 1.5 }), 'bad_field', 'source_seq'],
    ['schema version 40000', anItem({ schema_version: 40_000 }), 'bad_field', 'schema_version'],
    ['an unknown type', anItem({ event_type: 'teleported' }), 'unknown_event_type', 'event_type'],
    ['a type of the language', anItem({ event_type: 'constructor' }), 'unknown_event_type', 'event_type'],
    ['no zone', anItem({ occurred_at: '2026-06-01T09:00:00.000' }), 'bad_time', 'occurred_at'],
    ['a day that does not exist', anItem({ occurred_at: '2026-06-31T09:00:00+08:00' }), 'bad_time', 'occurred_at'],
    ['hour 24', anItem({ occurred_at: '2026-06-01T24:00:00+08:00' }), 'bad_time', 'occurred_at'],
    ['year 0', anItem({ occurred_at: '0000-06-01T09:00:00+08:00' }), 'bad_time', 'occurred_at'],
    ['year 275760', anItem({ occurred_at: '+275760-09-13T00:00:00Z' }), 'bad_time', 'occurred_at'],
    ['six minutes ahead (S-14-11)', anItem({ occurred_at: '2026-06-01T10:06:00+08:00' }), 'in_future', 'occurred_at'],
    ['a millisecond more than five minutes ahead', anItem({ occurred_at: '2026-06-01T10:05:00.001+08:00' }), 'in_future', 'occurred_at'],
    ['2014', anItem({ occurred_at: '2014-12-31T23:59:59+08:00' }), 'too_old', 'occurred_at'],
    ['a province that is not in the tree', anItem({ province_code: '99' }), 'unknown_province', 'province_code'],
    ['a city for a province', anItem({ province_code: '320500' }), 'unknown_province', 'province_code'],
    ['a telephone number for a ticket id', anItem({ ticket_id: 'T-13800001111' }), 'clear_number', 'ticket_id'],
    ['no kind', anItem({ payload: withoutKind }), 'missing_payload_field', 'payload.kind'],
    ['an unknown kind', created({ kind: 'grievance' }), 'bad_payload_field', 'payload.kind'],
    ['no channel', created({ channel: null }), 'missing_payload_field', 'payload.channel'],
    ['no phenomenon', created({ phenomenon_l1: undefined }), 'missing_payload_field', 'payload.phenomenon_l1'],
    ['an empty text', created({ content_text: ' ' }), 'bad_payload_field', 'payload.content_text'],
    ['no region', created({ region_code: undefined }), 'missing_payload_field', 'payload.region_code'],
    ['an unknown region', created({ region_code: '329999' }), 'unknown_region', 'payload.region_code'],
    ['a region of another province', created({ region_code: '330100' }), 'region_outside_province', 'payload.region_code'],
    ['a limit of minus one hour', created({ limit_minutes: -60 }), 'bad_payload_field', 'payload.limit_minutes'],
    ['star nine', created({ star: 9 }), 'bad_payload_field', 'payload.star'],
    ['no payload at all', anItem({ payload: undefined }), 'missing_payload_field', 'payload.kind'],
    ['a dispatch without a unit', anItem({ event_type: 'dispatched', payload: { leg_id: 'l' } }), 'missing_payload_field', 'payload.to_unit'],
    [
      'a suspension without its reason',
      anItem({ event_type: 'suspended', payload: { approver: 'a', planned_resume_at: '2026-06-01T12:00:00+08:00' } }),
      'missing_payload_field',
      'payload.reason_code',
    ],
    [
      'a suspension until a word',
      anItem({ event_type: 'suspended', payload: { reason_code: 'r', approver: 'a', planned_resume_at: 'soon' } }),
      'bad_payload_field',
      'payload.planned_resume_at',
    ],
    ['a completion without a result', anItem({ event_type: 'completed', payload: {} }), 'missing_payload_field', 'payload.result_code'],
    ['a correction of nothing', anItem({ event_type: 'corrected', payload: {} }), 'missing_payload_field', 'payload.field'],
    [
      'a correction to a region elsewhere',
      anItem({ event_type: 'corrected', payload: { field: 'region_code', new: '330100' } }),
      'region_outside_province',
      'payload.new',
    ],
    ['a correction to star nine', anItem({ event_type: 'corrected', payload: { field: 'star', new: 9 } }), 'bad_payload_field', 'payload.new'],
    ['a NUL', created({ note: 'a\u0000b' }), 'nul_character', 'payload.note'],
    ['a NUL in a key', created({ 'a\u0000': 1 }), 'bad_key', 'payload.a\ufffd'],
    ['half a character', created({ note: 'a\ud800' }), 'broken_text', 'payload.note'],
    ['a separator', created({ phenomenon_l2: 'a\u001fb' }), 'control_character', 'payload.phenomenon_l2'],
    ['a text of 1 MB', created({ content_text: '长'.repeat(1_000_000) }), 'too_long', 'payload.content_text'],
    ['nine levels', created({ note: deep(9) }), 'too_deep', 'payload.note.a.a.a.a.a.a'],
    ['ten thousand levels', created({ note: deep(5_000) }), 'too_deep', 'payload.note.a.a.a.a.a.a'],
    ['five thousand values', created({ note: Array.from({ length: 5_000 }, () => 1) }), 'too_many_values', 'payload.note.1985'],
    ['a number beyond all bounds', created({ note: Number.POSITIVE_INFINITY }), 'number_out_of_range', 'payload.note'],
    ['the prototype', anItem({ payload: JSON.parse('{"__proto__": {"kind": "complaint"}}') }), 'bad_key', 'payload.__proto__'],
  ])('%s is refused, named, and kept', async (_what, item, code, field) => {
    const before = await count('event_id')
    const { items, accepted, refused } = await take([item])
    expect({ accepted, refused }).toEqual({ accepted: 0, refused: 1 })
    expect(items[0]).toMatchObject({ index: 0, outcome: 'refused', code, field })
    expect(items[0]?.expected).toMatch(/\S/)
    expect(items[0]?.mend).toMatch(/\S+ \/ \S+/)
    const { rows } = await world.pool.query('select code, field, state, source, region_path from quarantine where id = $1', [items[0]?.quarantine_id])
    expect(rows[0]).toMatchObject({ code, field, state: 'open', source: 'test' })
    expect(await count('event_id')).toBe(before)
  })

  test('does not keep the others of its batch out', async () => {
    const answer = await take([anItem({ event_id: 'b1' }), null, anItem({ event_id: 'b2' }), anItem({ event_id: 'b3', province_code: '99' })])
    expect(answer.items.map(({ index, outcome }) => [index, outcome])).toEqual([
      [0, 'accepted'],
      [1, 'refused'],
      [2, 'accepted'],
      [3, 'refused'],
    ])
    expect(answer).toMatchObject({ accepted: 2, refused: 2, duplicate: 0 })
  })

  test('of another province than the key’s is out of scope, and stays under the sender', async () => {
    const jiangsu = scopeOf(world.tree.get('32')!)
    const { items } = await take(
      [anItem({ event_id: 's1' }), anItem({ event_id: 's2', province_code: '33', payload: { ...CREATED, region_code: '330100' } })],
      jiangsu,
    )
    expect(items).toMatchObject([{ outcome: 'accepted' }, { outcome: 'refused', code: 'out_of_scope', field: 'province_code' }])
    const { rows } = await world.pool.query('select region_path from quarantine where id = $1', [items[1]?.quarantine_id])
    expect(rows[0].region_path).toBe('/00/32/')
  })

  test('law: whatever JSON is sent, each item gets one answer and nothing is thrown', async () => {
    const anything = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary', noUnicodeString: false } as never)
    const envelope = fc.record(Object.fromEntries(Object.keys(anItem()).map((key) => [key, fc.oneof(fc.constant(anItem()[key]), anything)])), {
      requiredKeys: [],
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anything, envelope), { minLength: 1, maxLength: 20 }), async (items) => {
        const answer = await take(items)
        expect(answer.items.map(({ index }) => index)).toEqual(items.map((_item, index) => index))
        expect(answer.accepted + answer.duplicate + answer.refused).toBe(items.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('what is taken', () => {
  test.each([
    ['four minutes ahead (S-14-11)', '2026-06-01T10:04:00+08:00'],
    ['exactly five minutes ahead', '2026-06-01T10:05:00+08:00'],
    ['the first instant of 2015', '2015-01-01T00:00:00+08:00'],
    ['UTC', '2026-06-01T01:00:00Z'],
    ['with microseconds', '2026-06-01T09:00:00.123456+08:00'],
  ])('%s goes in', async (what, occurredAt) => {
    expect((await take([anItem({ event_id: what, occurred_at: occurredAt })])).items).toMatchObject([{ outcome: 'accepted' }])
    expect((await stored(what)).occurred_at).toBe(Math.floor(Date.parse(occurredAt)))
  })

  test('waits for its fold, with the event, and the bell rings', async () => {
    world.bells.length = 0
    await take([anItem({ event_id: 'w1', ticket_id: 'W' })])
    const { rows } = await world.pool.query(`select ticket_key, occurred_at from pending_event where ticket_key = '32:crm:W'`)
    expect(rows).toEqual([{ ticket_key: '32:crm:W', occurred_at: at('2026-06-01 09:00') }])
    expect(world.bells).toEqual(['ingest'])
  })

  test('twice is once: in one batch, in the next, and in ten at the same time', async () => {
    const item = anItem({ event_id: 'd1', ticket_id: 'D' })
    expect((await take([item, item])).items.map(({ outcome }) => outcome)).toEqual(['accepted', 'duplicate'])
    expect((await take([{ ...item, occurred_at: '2026-06-01T08:00:00+08:00' }])).duplicate).toBe(1)
    const many = Array.from({ length: 50 }, (_, index) => anItem({ event_id: `c${index}`, ticket_id: 'D' }))
    const answers = await Promise.all(Array.from({ length: 10 }, (_, turn) => take(turn % 2 === 0 ? many : [...many].reverse())))
    expect(answers.reduce((sum, answer) => sum + answer.accepted, 0)).toBe(50)
    expect(answers.reduce((sum, answer) => sum + answer.duplicate, 0)).toBe(450)
    expect((await world.pool.query(`select count(*) as n from event where ticket_key = '32:crm:D'`)).rows[0].n).toBe(51)
    expect((await world.pool.query(`select count(*) as n from pending_event where ticket_key = '32:crm:D'`)).rows[0].n).toBe(51)
  })

  test('an id that belongs to another province is no silent duplicate', async () => {
    const other = anItem({ event_id: 'x1', province_code: '33', payload: { ...CREATED, region_code: '330100' } })
    expect((await take([anItem({ event_id: 'x1' })])).accepted).toBe(1)
    expect((await take([other])).items).toMatchObject([{ outcome: 'refused', code: 'event_id_taken', field: 'event_id' }])
    expect((await take([{ ...other, event_id: 'x2' }, anItem({ event_id: 'x2' })])).items).toMatchObject([
      { outcome: 'accepted' },
      { outcome: 'refused', code: 'event_id_taken' },
    ])
  })

  test('more than 5,000 at once are all answered, in order', async () => {
    const items = Array.from({ length: 5_200 }, (_, index) =>
      index === 5_100 ? null : anItem({ event_id: `l${index}`, ticket_id: `L${index % 100}` }),
    )
    const answer = await take(items)
    expect(answer).toMatchObject({ accepted: 5_199, refused: 1 })
    expect(answer.items[5_100]).toMatchObject({ index: 5_100, outcome: 'refused' })
  })

  test('a coarser region than the finest given stands where the tree does not know the finer', async () => {
    await take([created({ region_code: undefined, region_city: '320500', region_grid: 'G-17' }, { event_id: 'r1' })])
    expect((await stored('r1')).payload).toMatchObject({ region_code: '320500', region_grid: 'G-17' })
  })
})

describe('personal data', () => {
  const NUMBER = '13800001111'
  const ID = '320500199001011234'

  test('text is stored masked (S-14-14)', async () => {
    await take([created({ content_text: `我的手机${NUMBER}身份证${ID}` }, { event_id: 'p1' })])
    expect((await stored('p1')).payload.content_text).toBe('我的手机138****1111身份证[ID]')
  })

  test('a number becomes a keyed hash and a mask, the same in every field and event of a province, another in the next', async () => {
    await take([
      created({ product_no: NUMBER, contact_no: `+86 ${NUMBER}`, customer_id: 'C7' }, { event_id: 'p2' }),
      created({ product_no: Number(NUMBER), region_code: '330100' }, { event_id: 'p3', province_code: '33' }),
    ])
    const jiangsu = (await stored('p2')).payload
    expect(jiangsu).toMatchObject({
      product_no_mask: '138****1111',
      key_id: 'k1',
      product_no_key: keyedHash(world.engine.hashKeys.first, '32')('number', NUMBER),
    })
    expect(jiangsu.contact_no_key).toBe(jiangsu.product_no_key)
    expect(jiangsu.customer_key).toMatch(/^[\w-]{43}$/)
    expect(jiangsu).not.toHaveProperty('product_no')
    expect((await stored('p3')).payload.product_no_key).not.toBe(jiangsu.product_no_key)
  })

  test('no clear number is anywhere in the database or the log, whatever field it came in and whether or not it was refused', async () => {
    const everywhere = {
      product_no: NUMBER,
      caller_no: Number(NUMBER),
      note: `tel ${NUMBER}`,
      [NUMBER]: NUMBER,
      list: [NUMBER, { deep: `x${NUMBER}` }],
      id_no: ID,
      customer_name: '张三',
    }
    const poured = created(everywhere, { event_id: 'p4', actor_id: NUMBER, unit_id: NUMBER, actor_type: NUMBER })
    await take([
      poured,
      { ...poured, province_code: '99' },
      { ...poured, ticket_id: NUMBER },
      { ...poured, event_id: NUMBER, ticket_id: `${NUMBER}` },
      { ...poured, [NUMBER]: NUMBER, phone: NUMBER },
      { ...poured, payload: [everywhere] },
      { ...poured, payload: NUMBER },
      { ...poured, event_type: `t${NUMBER}`, province_code: NUMBER },
      NUMBER,
      Number(NUMBER),
      [NUMBER, Number(NUMBER)],
      `broken {"phone":"${NUMBER}"`,
      `${'字'.repeat(1_995)}${NUMBER}`.slice(0, 2_000),
      { ...poured, payload: { ...CREATED, content_text: `${'字'.repeat(1_994)}${NUMBER}${'字'.repeat(30_000)}` } },
    ])
    const { rows: columns } = await world.pool.query<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
        where table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'character varying', 'USER-DEFINED', 'ARRAY')`,
    )
    expect(columns.length).toBeGreaterThan(60)
    const found: string[] = []
    for (const { table, column } of columns) {
      // Also any five digits of it that a cut could have left over.
      const { rows } = await world.pool.query(`select "${column}"::text as held from "${table}" where "${column}"::text ~ '1380000|3205001990|张三'`)
      for (const { held } of rows) found.push(`${table}.${column}: ${held}`)
    }
    expect(found).toEqual([])
    expect(JSON.stringify(world.logged)).not.toMatch(/1380000|3205001990|张三/)
  })
})

test('events outlive the answer: what was accepted is there for another connection at once', async () => {
  const answer = await take([anItem({ event_id: 'z1' })], ENGINE_SCOPE, NOW + MINUTE)
  expect(answer.accepted).toBe(1)
  expect((await stored('z1')).received_at).toBe(NOW + MINUTE)
})
