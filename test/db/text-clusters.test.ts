import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'
import { HOUR } from '../../core/domain/time.ts'
import { finishRetention } from '../../core/engine/retention.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { type ClusterChoice, clustersAt } from '../../core/store/text-cluster-store.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { someText, T1, T2, T3, T4 } from '../support/similar-texts.ts'
import { NUMBER, rowsReadBy, saying, type TextWorld, textWorld } from '../support/text-world.ts'

let world: TextWorld
beforeEach(async () => {
  world = await textWorld()
})

const textsOf = async () => (await world.clusters()).map(({ texts }) => texts.join(' '))
const read = (local: string, more: Partial<ClusterChoice> = {}, scope = ENGINE_SCOPE) =>
  clustersAt(world.pool, scope, { kind: 'complaint', at: at(local), window: 24 * HOUR, least: 2, ...more })
const signature = async (ticketId: string) => (await world.pool.query('select * from text_signature where ticket_key = $1', [NUMBER + ticketId])).rows[0]
const two = (value: number) => String(value).padStart(2, '0')

/** The appeals of domain.md S-3: 26 customers, one every ten minutes from 10:00, the first two again, and one that only looks like them. */
function organisedAppeals(): unknown[] {
  const appeal = (id: string, local: string, text: string, customer: number) => saying(id, local, text, { kind: 'appeal', customer_id: `organised ${customer}` })
  const clock = (minutes: number) => `04-13 ${two(10 + Math.floor(minutes / 60))}:${two(minutes % 60)}`
  const texts = Array.from({ length: 28 }, (_, index) => {
    const own = (index % 2 === 0 ? T1 : T2).replace(/1[38]\d{9}/u, `139${String(10_000_000 + index * 7_919)}`).replace(/\d+元/u, `${index + 5}元`)
    return appeal(`A${two(index)}`, clock(index * 10), own, index < 26 ? index : index - 26)
  })
  return [...texts, appeal('OTHER', '04-13 12:05', T3, 99), appeal('FAULT', '04-13 12:15', T4, 98)]
}

describe('template appeals (domain.md S-3)', () => {
  test('are one cluster, whose distinct customers rise and fall as the scenario says; T3 stays out', async () => {
    await world.tell(...organisedAppeals())
    expect((await world.clusters()).map(({ texts }) => texts.length).sort()).toEqual([1, 1, 28])
    const customers = async (local: string) => (await read(local, { kind: 'appeal' })).map((cluster) => cluster.customers)
    for (const [local, x] of [
      ['04-13 10:10', []], ['04-13 10:25', [3]], ['04-13 10:45', [5]], ['04-13 11:35', [10]], ['04-13 14:15', [26]], ['04-14 00:00', [26]],
      ['04-14 10:00', [26]], ['04-14 13:00', [10]], ['04-14 13:05', [9]], ['04-14 14:20', [2]], ['04-14 14:25', []],
    ] as const) expect([local, await customers(`2026-${local}`)]).toEqual([local, x])
    expect(await read('2026-04-14 00:00')).toEqual([])
    const [cluster] = await read('2026-04-14 00:00', { kind: 'appeal' })
    expect(cluster).toMatchObject({ customers: 26, texts: 28, proxies: 0, firstAt: at('2026-04-13 10:00'), lastAt: at('2026-04-13 14:30') })
    expect(cluster?.text).toMatch(/本人号码139\*{4}\d{4}，.*工信部申诉到底/u)
  })

  test('count contact numbers, source addresses and proxies where the tickets have them', async () => {
    const filed = (id: string, minute: number, more: Record<string, unknown>) => saying(id, `04-14 10:${two(minute)}`, T1, { is_proxy: true, ...more })
    await world.tell(
      filed('A', 0, { contact_no: '18812340001', source_ip: '10.1.2.3' }),
      filed('B', 1, { contact_no: '18812340001', source_ip: '10.1.2.3' }),
      filed('C', 2, { contact_no: '18812340002', client_ip: '10.1.2.9', is_proxy: false }),
      filed('D', 3, {}),
    )
    expect(await read('2026-04-14 12:00')).toMatchObject([{ customers: 4, texts: 4, contacts: 2, addresses: 2, proxies: 3, ticketKey: `${NUMBER}A` }])
  })
})

describe('what is stored of a text', () => {
  test('holds no digit, and bands only for what names a cluster', async () => {
    await world.tell(saying('A', '04-14 10:00', T1), saying('B', '04-14 10:01', T2))
    expect((await signature('A')).said).toMatch(/^本人号码#P#于#年#月#日被贵公司/u)
    expect((await signature('A')).said).not.toMatch(/\d/u)
    expect((await world.pool.query('select count(*) as n, max(cardinality(keys)) as keys from text_band')).rows).toEqual([{ n: 1, keys: 32 }])
  })

  test('is nothing where it does not count: too short, another kind, a company’s own form', async () => {
    const body = { ...DEFAULT_NEAR_DUPLICATE, formChannels: ['app'] }
    await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'nearDuplicate', body, author: 'x', reason: 'x', effectiveFrom: at('2026-04-14 12:00'), now: at('2026-04-14 12:00') }))
    await world.tell(
      saying('SHORT', '04-14 10:00', someText(1, 9).slice(0, 21)),
      saying('ENOUGH', '04-14 10:00', '甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥'),
      saying('QUERY', '04-14 10:00', T1, { kind: 'enquiry' }),
      saying('BEFORE', '04-14 11:59', T1, { channel: 'app' }),
      saying('FORM', '04-14 12:00', T1, { channel: 'app' }),
      saying('CALL', '04-14 12:00', T1),
    )
    expect(await textsOf()).toEqual(['ENOUGH', 'BEFORE CALL'])
  })

  test('leaves out the phrases of its own province, from when they came into force', async () => {
    const [said, phrase] = ['甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥', '您好客户来电反映以下问题请尽快核实处理并回复客户谢谢配合祝工作顺利']
    const body = { ...DEFAULT_NEAR_DUPLICATE, templatePhrases: { 32: [`${phrase}！`] } }
    await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'nearDuplicate', body, author: 'x', reason: 'x', effectiveFrom: at('2026-04-14 12:00'), now: at('2026-04-14 12:00') }))
    await world.tell(saying('A', '04-14 11:59', said + phrase), saying('B', '04-14 12:00', `${said}。${phrase}`), saying('C', '04-14 12:01', said))
    expect(await textsOf()).toEqual(['A', 'B C'])
  })
})

describe('a text leaves its cluster', () => {
  const three = () => [saying('A', '04-14 10:00', T1), saying('B', '04-14 10:01', T2), saying('C', '04-14 10:02', T1)]

  test.each([
    ['voided', anItemAt('voided', '04-14 11:00', {}, { ticket_id: 'A' })],
    ['merged', anItemAt('merged', '04-14 11:00', { parent_ticket_id: 'B' }, { ticket_id: 'A' })],
    ['found to be a test', anItemAt('corrected', '04-14 11:00', { field: 'test_flag', old: false, new: true }, { ticket_id: 'A' })],
    ['of another kind', anItemAt('corrected', '04-14 11:00', { field: 'kind', old: 'complaint', new: 'enquiry' }, { ticket_id: 'A' })],
  ])('when its ticket is %s; the next oldest names the cluster then', async (_how, event) => {
    await world.tell(...three())
    await world.tell(event)
    expect(await world.clusters()).toEqual([{ texts: ['B', 'C'], oldest: 'B', medoid: 'B' }])
    expect(await read('2026-04-14 12:00')).toMatchObject([{ customers: 2, firstAt: at('2026-04-14 10:01') }])
    await world.tell(saying('D', '04-14 12:00', T2))
    expect(await textsOf()).toEqual(['B C D'])
  })

  test('when it is corrected, for the one that it fits now, and comes back', async () => {
    await world.tell(...three(), saying('X', '04-14 10:00', T4))
    await world.tell(anItemAt('corrected', '04-14 11:00', { field: 'content_text', old: T1, new: T4 }, { ticket_id: 'A' }))
    expect(await textsOf()).toEqual(['A X', 'B C'])
    await world.tell(anItemAt('corrected', '04-14 12:00', { field: 'content_text', old: T4, new: T1 }, { ticket_id: 'A' }))
    expect(await textsOf()).toEqual(['A B C', 'X'])
  })

  test('when its acceptance turns out to lie days before', async () => {
    await world.tell(...three())
    await world.tell(anItemAt('created', '04-12 09:00', { content_text: T1 }, { ticket_id: 'C' }))
    expect(await textsOf()).toEqual(['C', 'A B'])
  })

  test('and takes the cluster with it when it was the last', async () => {
    await world.tell(saying('A', '04-14 10:00', T1))
    await world.tell(anItemAt('voided', '04-14 11:00', {}, { ticket_id: 'A' }))
    for (const table of ['text_cluster', 'text_signature', 'text_band', 'text_check']) expect((await world.pool.query(`select from ${table}`)).rowCount, table).toBe(0)
  })

  test('and when the medoid does, another is chosen', async () => {
    const letters = (first: number) => String.fromCharCode(...Array.from({ length: 92 }, (_, index) => 0x4e00 + first + index))
    await world.tell(...[0, 2, 5, 9].map((first, index) => saying(`M${index}`, `04-14 10:0${index}`, letters(first))))
    expect(await world.clusters()).toEqual([{ texts: ['M0', 'M1', 'M2', 'M3'], oldest: 'M0', medoid: 'M1' }])
    await world.tell(anItemAt('voided', '04-14 11:00', {}, { ticket_id: 'M1' }))
    expect(await world.clusters()).toEqual([{ texts: ['M0', 'M2', 'M3'], oldest: 'M0', medoid: 'M2' }])
    // Near to the new medoid only: it is found by it.
    await world.tell(saying('N', '04-14 12:00', letters(15)))
    expect(await textsOf()).toEqual(['M0 M2 M3 N'])
  })

  test('but stays when only the customer or the place is another', async () => {
    await world.tell(...three())
    await world.tell(
      anItemAt('corrected', '04-14 11:00', { field: 'region_code', old: '320500', new: '320100' }, { ticket_id: 'A' }),
      anItemAt('corrected', '04-14 11:00', { field: 'customer_id', old: 'x', new: 'somebody' }, { ticket_id: 'B' }),
      anItemAt('corrected', '04-14 11:00', { field: 'customer_id', old: 'x', new: 'somebody' }, { ticket_id: 'C' }),
    )
    expect(await textsOf()).toEqual(['A B C'])
    expect(await read('2026-04-14 12:00')).toMatchObject([{ customers: 2, texts: 3 }])
    expect(await signature('A')).toMatchObject({ region_path: '/00/32/320100/' })
  })

  test('an expedite, a dispatch or a completion puts nothing in line', async () => {
    await world.tell(...three())
    await world.send('2026-04-15 00:00', anItemAt('dispatched', '04-14 11:00', { to_unit: 'u', leg_id: 'l' }, { ticket_id: 'A' }), anItemAt('completed', '04-14 12:00', { result_code: 'solved' }, { ticket_id: 'B' }))
    expect(await world.line()).toEqual([])
  })
})

describe('a reading', () => {
  const at320 = (code: string) => scopeOf({ code, path: `/00/32/${code}/` })
  beforeEach(async () => {
    await world.tell(
      ...['A', 'B', 'C'].map((id, index) => saying(id, `04-14 10:0${index}`, T1)),
      ...['D', 'E'].map((id, index) => saying(id, `04-14 11:0${index}`, T2, { region_code: '320100' })),
      saying('F', '04-14 11:30', T2, { kind: 'appeal' }),
      ...['X', 'Y'].map((id, index) => saying(id, `04-14 11:0${index}`, T4)),
      ...Array.from({ length: 5 }, (_, index) => saying(`S${index}`, '04-14 11:00', someText(index))),
    )
  })

  test('is of a node, of one kind, with a text that counts there', async () => {
    expect((await read('2026-04-14 12:00')).map(({ customers, ticketKey }) => [customers, ticketKey])).toEqual([[5, `${NUMBER}A`], [2, `${NUMBER}X`]])
    expect((await read('2026-04-14 12:00', {}, at320('320100'))).map(({ customers, ticketKey, text }) => [customers, ticketKey, text])).toEqual([[2, `${NUMBER}D`, expect.stringContaining('139****2222')]])
    expect(await read('2026-04-14 12:00', { kind: 'appeal' })).toEqual([])
    expect(await read('2026-04-14 12:00', {}, scopeOf({ code: '33', path: '/00/33/' }))).toEqual([])
  })

  test('takes a minimum, and goes on from page to page', async () => {
    expect((await read('2026-04-14 12:00', { least: 3 })).map(({ customers }) => customers)).toEqual([5])
    const [first] = await read('2026-04-14 12:00', { limit: 1 })
    const [second, ...rest] = await read('2026-04-14 12:00', { limit: 1, afterId: first!.id })
    expect([first?.customers, second?.customers, rest]).toEqual([5, 2, []])
    expect(await read('2026-04-14 12:00', { limit: 1, afterId: second!.id })).toEqual([])
  })

  test('is not disturbed by texts that stand alone', async () => {
    const rows = () => rowsReadBy(world.pool, (tx) => clustersAt(tx, ENGINE_SCOPE, { kind: 'complaint', at: at('2026-04-14 12:00'), window: 24 * HOUR, least: 2 }))
    const before = await rows()
    await world.tell(...Array.from({ length: 60 }, (_, index) => saying(`Z${index}`, '04-14 11:00', someText(500 + index))))
    expect(await rows()).toBe(before)
  })
})

test('a text that is deleted takes what is compared of it along; its cluster is named by the oldest that is left (domain.md 8.3)', async () => {
  const old = (id: string, time: string, text: string) => ({ ...(saying(id, '04-14 10:00', text) as object), event_id: `${id} old`, occurred_at: `${time}+08:00` })
  await world.tell(old('GONE', '2024-04-14T09:00:00', T1), old('ALONE', '2024-04-14T10:00:00', T4), old('KEPT', '2024-04-15T08:00:00', T2))
  expect(await textsOf()).toEqual(['GONE KEPT', 'ALONE'])
  await finishRetention(world.engine, world.clock)
  expect(await world.clusters()).toEqual([{ texts: ['KEPT'], oldest: 'KEPT', medoid: 'KEPT' }])
  expect((await world.ticket(`${NUMBER}GONE`))['is_frozen']).toBe(true)
})
