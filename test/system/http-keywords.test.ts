import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'
import { saying } from '../support/text-world.ts'

const clock = new ManualClock(at('2026-04-14 12:00'))
let world: ServerWorld
let [jiangsu, suzhou, keeper, provinceKeeper]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['sz', 'city_owner', '320500'], ['root', 'group_cs_dept', '00'], ['pk', 'province_cs_dept', '32']] as const) await world.addUser(login, role, code)
  ;[jiangsu, suzhou, keeper, provinceKeeper] = [await world.signIn('js'), await world.signIn('sz'), await world.signIn('root'), await world.signIn('pk')]
  const sent = await world.call(key, 'POST', '/api/v1/events', [
    saying('A', '04-14 10:00', '号码18812340001，遇到骗子', { region_code: '320100' }),
    ...Array.from({ length: 30 }, (_, index) => saying(`M${index}`, '04-14 11:00', '我去找记者')),
  ])
  expect(sent.body).toMatchObject({ accepted: 31, refused: 0 })
  await runIngest(world.engine, clock.now())
})
afterAll(async () => { await world?.stop() })

const call = (caller: Caller | undefined, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => world.call(caller as Caller, method, `/api/v1${path}`, body)

describe('hits', () => {
  test('show a masked fragment to who may see texts there, page on, and are audited', async () => {
    const { body, text } = await call(jiangsu, 'GET', '/keyword-hits?category=KW-FRD')
    expect(body.items).toMatchObject([{ ticketKey: '32:crm:A', word: '骗子', kind: 'alert', regionCode: '320100', wrongAt: null }])
    expect(body.items[0].fragment).toContain('遇到骗子')
    expect(text).not.toContain('18812340001')
    expect((await call(suzhou, 'GET', '/keyword-hits?category=KW-FRD')).body.items).toEqual([])
    const first = (await call(jiangsu, 'GET', '/keyword-hits?limit=20')).body.items
    const next = (await call(jiangsu, 'GET', `/keyword-hits?limit=20&after=${first[19].id}`)).body.items
    expect(new Set([...first, ...next].map(({ id }: { id: string }) => id)).size).toBe(31)
    expect((await call(jiangsu, 'GET', '/keyword-hits?from=yesterday-as-it-seems')).body).toMatchObject({ error: { code: 'bad_instant' } })
    const { rows } = await world.pool.query(`select count(*)::int as n from audit_log where action = 'ticket_text_opened'`)
    expect(rows).toEqual([{ n: 3 }])
  })

  test('called wrong lower the precision of their word, and propose its removal under 20 %', async () => {
    const items = (await call(jiangsu, 'GET', '/keyword-hits?category=KW-MED')).body.items as { id: string }[]
    const precision = async () => (await call(jiangsu, 'GET', '/keyword-precision')).body.items.find(({ word }: { word: string }) => word === '记者')
    for (const { id } of items.slice(0, 24)) expect((await call(jiangsu, 'POST', `/keyword-hits/${id}/wrong`, { isWrong: true, reason: '误命中' })).status).toBe(200)
    expect(await precision()).toEqual({ category: 'KW-MED', word: '记者', hits: 30, wrong: 24, precision: 20, isProposedForRemoval: false })
    await call(jiangsu, 'POST', `/keyword-hits/${items[24]?.id}/wrong`, { isWrong: true, reason: '误命中' })
    expect(await precision()).toMatchObject({ wrong: 25, precision: 16.67, isProposedForRemoval: true })
    expect((await call(jiangsu, 'POST', `/keyword-hits/${items[24]?.id}/wrong`, { isWrong: false, reason: '撤回' })).body).toMatchObject({ wrongAt: null, wrongBy: null, wrongReason: null })
    expect((await call(suzhou, 'POST', '/keyword-hits/999999/wrong', { isWrong: true, reason: '误命中' })).status).toBe(404)
  })
})

describe('the dictionary', () => {
  test('is read by everybody and changed at the root, as a version with its reason', async () => {
    expect((await call(jiangsu, 'GET', '/keywords')).body).toMatchObject({ version: 1, mayChange: false })
    expect((await call(provinceKeeper, 'PUT', '/keywords/KW-LAW', { words: ['起诉'], reason: '试' })).status).toBe(400)
    expect((await call(provinceKeeper, 'PUT', '/keywords/KW-LAW', { words: ['起诉'], reason: '试改' })).status).toBe(403)
    const { status, body } = await call(keeper, 'PUT', '/keywords/KW-LAW', { words: ['起诉', '打官司'], colour: 2, reason: '补充' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ version: 2, mayChange: true })
    expect(body.items.find(({ code }: { code: string }) => code === 'KW-LAW')).toMatchObject({ words: ['起诉', '打官司'], colour: 2 })
  })

  test('refuses what is not sound by its field, and a category that is none', async () => {
    expect((await call(keeper, 'PUT', '/keywords/KW-LAW', { words: ['诉'], reason: '试改' })).body).toMatchObject({ error: { code: 'bad_keywords', field: 'KW-LAW.words' } })
    expect((await call(keeper, 'PUT', '/keywords/KW-XXX', { reason: '试改' })).status).toBe(404)
  })
})
