import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'
import { saying } from '../support/text-world.ts'

const clock = new ManualClock(at('2026-04-14 12:00'))
let world: ServerWorld
let [jiangsu, suzhou, keeper, provinceKeeper, admin]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['sz', 'city_owner', '320500'], ['root', 'group_cs_dept', '00'], ['pk', 'province_cs_dept', '32'], ['adm', 'admin', '00']] as const) await world.addUser(login, role, code)
  ;[jiangsu, suzhou, keeper, provinceKeeper, admin] = [await world.signIn('js'), await world.signIn('sz'), await world.signIn('root'), await world.signIn('pk'), await world.signIn('adm')]
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

const change = (caller: Caller | undefined, category: string, body: object) => call(caller, 'PUT', `/keywords/${category}`, body)
const categoryIn = (body: { items: { code: string }[] }, code: string) => body.items.find((one) => one.code === code)

describe('the dictionary', () => {
  test('is read by everybody and changed at the root, as a version with its reason', async () => {
    expect((await call(jiangsu, 'GET', '/keywords')).body).toMatchObject({ version: 1, mayChange: false, common: { negationReach: 6, moneyExclusions: ['单元', '元旦', '元宵', '公元', '元器件'] } })
    expect((await change(provinceKeeper, 'KW-LAW', { version: 1, words: ['起诉'], reason: '试' })).status).toBe(400)
    expect((await change(provinceKeeper, 'KW-LAW', { version: 1, words: ['起诉'], reason: '试改' })).status).toBe(403)
    expect((await change(jiangsu, 'KW-LAW', { version: 1, words: ['起诉'], reason: '试改' })).status).toBe(403)
    const { status, body } = await change(keeper, 'KW-LAW', { version: 1, words: ['起诉', ' 打官司 '], colour: 2, reason: '补充，联系13800001111' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ version: 2, mayChange: true, author: 'root', reason: '补充，联系138****1111' })
    expect(categoryIn(body, 'KW-LAW')).toMatchObject({ words: ['起诉', '打官司'], colour: 2, exclusions: ['法院专线', '律师事务所宽带', '公安局专线', '派出所专线'] })
    const { rows } = await world.pool.query(`select detail ->> 'reason' as reason from audit_log where action = 'keywords_changed'`)
    expect(rows).toEqual([{ reason: '补充，联系138****1111' }])
  })

  test('tells its history: version, who, when, why, and the words that came and went', async () => {
    const { body } = await call(jiangsu, 'GET', '/keywords/history')
    expect(body.items).toEqual([{
      version: 2, at: clock.now(), author: 'root', reason: '补充，联系138****1111',
      changes: [{
        category: 'KW-LAW', zh: '法律', en: 'legal action', colour: { from: 1, to: 2 }, reach: null,
        lists: [{ list: 'words', added: ['打官司'], removed: ['法院', '律师', '律师函', '仲裁', '报警', '派出所', '公安', '公益诉讼'] }],
      }],
    }])
    expect((await call(suzhou, 'GET', '/keywords/history?category=KW-MED')).body.items).toEqual([])
  })

  test('refuses what is not sound by its field, and a category that is none', async () => {
    const { body } = await change(keeper, 'KW-LAW', { version: 2, words: ['诉'], reason: '试改' })
    expect(body).toMatchObject({ error: { code: 'bad_keywords', field: 'KW-LAW.words' } })
    expect(body.error.messageZh).not.toMatch(/expected/)
    expect(body.error.messageEn).not.toMatch(/应为/)
    for (const [given, field] of [
      [{ version: 2, words: ['起诉', '打官司'], reason: '没有改' }, 'KW-LAW.words'],
      [{ version: 99, words: ['起诉'], reason: '没有此版' }, 'version'],
      [{ version: 2, words: ['13800001111'], reason: '加号码' }, 'KW-LAW.words'],
      [{ version: 2, words: ['起诉'], reason: '    ' }, 'reason'],
      [{ words: ['起诉'], reason: '没有版本' }, 'body'],
    ] as const) {
      const refused = await change(keeper, 'KW-LAW', given)
      expect([refused.status, refused.body.error.field]).toEqual([400, field])
    }
    expect((await change(keeper, 'KW-XXX', { version: 2, reason: '试改' })).status).toBe(404)
    expect((await call(keeper, 'GET', '/keywords')).body.version).toBe(2)
  })

  test('refuses the second of two people with what the first has changed, and joins changes of different categories', async () => {
    expect((await change(keeper, 'KW-FRD', { version: 2, exclusions: ['防诈骗宣传'], reason: '收紧排除' })).body.version).toBe(3)
    const late = await change(admin, 'KW-FRD', { version: 2, words: ['诈骗', '被骗'], reason: '只留两个' })
    expect(late.status).toBe(409)
    expect(late.body.error).toMatchObject({ code: 'stale_keywords', field: 'version', by: 'root', at: clock.now() })
    expect(late.body.error.messageZh).toMatch(/root 已更改“涉诈”（第 3 版）：排除语删除 反诈APP、转账缴费成功/)
    expect(late.body.error.messageEn).toMatch(/root changed “fraud”.*version 3.*exclusions removed: 反诈APP, 转账缴费成功/)
    expect(late.body.error.mend).toMatch(/再次保存 \/ .*save again/)
    expect(categoryIn((await call(admin, 'GET', '/keywords')).body, 'KW-FRD')).toMatchObject({ exclusions: ['防诈骗宣传'], words: expect.arrayContaining(['骗子']) })
    const joined = await change(admin, 'KW-STF', { version: 2, words: ['辱骂'], reason: '另一类' })
    expect([joined.status, joined.body.version]).toEqual([200, 4])
    expect(categoryIn(joined.body, 'KW-FRD')).toMatchObject({ exclusions: ['防诈骗宣传'] })
  })

  test('of two changes of one category at the same moment one is made', async () => {
    const given = (word: string) => ({ version: 4, words: ['辱骂', word], reason: '同时' })
    const both = await Promise.all([change(keeper, 'KW-STF', given('打骂')), change(admin, 'KW-STF', given('推搡'))])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })
})

describe('what all categories have in common', () => {
  const common = (caller: Caller | undefined, body: object) => call(caller, 'PUT', '/keywords/common', body)
  const newest = async () => (await call(keeper, 'GET', '/keywords')).body
  const threat = async (more: object = {}) => (await call(jiangsu, 'POST', '/keywords/try', { text: '我懒得投诉到工信部了，请尽快处理', ...more })).body.items.map(({ word, verdict }: Record<string, string>) => `${word} ${verdict}`)

  test('is changed at the root with a reason; a negation holds at once, tried before it is saved', async () => {
    const { version, common: held } = await newest()
    const negations = [...held.negations, '懒得']
    expect([await threat(), await threat({ common: { negations } })]).toEqual([['工信部 alert'], ['工信部 noted']])
    expect((await common(provinceKeeper, { version, negations, reason: '省内试改' })).status).toBe(403)
    const { status, body } = await common(keeper, { version, negations, negationReach: 7, reason: '口语否定，13800001111' })
    expect([status, body.version, body.common]).toEqual([200, version + 1, { ...held, negations, negationReach: 7 }])
    expect(await threat()).toEqual(['工信部 noted'])
    expect(await threat({ text: '今天不处理就打12300，再找记者曝光' })).toEqual(['12300 alert', '记者 alert', '曝光 alert'])
    const { items } = (await call(suzhou, 'GET', '/keywords/history?category=common')).body
    expect(items).toEqual([{
      version: version + 1, at: clock.now(), author: 'root', reason: '口语否定，138****1111',
      changes: [{ category: 'common', zh: '各类共用', en: 'common to all categories', colour: null, reach: { from: 6, to: 7 }, lists: [{ list: 'negations', added: ['懒得'], removed: [] }] }],
    }])
    const { rows } = await world.pool.query(`select detail -> 'reach' as reach from audit_log where action = 'keywords_changed' and subject = 'common'`)
    expect(rows).toEqual([{ reach: { from: 6, to: 7 } }])
  })

  test('refuses the second of two people with what the first has changed, and joins a change of a category', async () => {
    const { version, common: held } = await newest()
    expect((await common(admin, { version: version - 1, cancellers: ['就'], reason: '迟了' })).body.error).toMatchObject({
      code: 'stale_keywords', by: 'root', messageZh: expect.stringMatching(/各类共用.*否定语新增 懒得；否定语的距离由 6 字改为 7 字/), messageEn: expect.stringMatching(/negations added: 懒得; reach of negations 6 became 7 letters/),
    })
    expect((await change(keeper, 'KW-PRV', { version: version - 1, words: ['泄露'], reason: '另一部分' })).status).toBe(200)
    expect((await newest()).common).toEqual(held)
  })

  test.each([
    [{ negations: ['不'] }, 'negations'],
    [{ moneyWords: ['元', '元'] }, 'moneyWords'],
    [{ cancellers: [''] }, 'cancellers'],
    [{ negationReach: 0 }, 'negationReach'],
    [{}, 'common'],
  ])('%j is refused by its field', async (given, field) => {
    const { version } = await newest()
    const { status, body } = await common(keeper, { version, ...given, reason: '试一试' })
    expect([status, body.error.code, body.error.field]).toEqual([400, 'bad_keywords', field])
    expect((await newest()).version).toBe(version)
  })
})

describe('a text that is tried', () => {
  const attempt = (caller: Caller | undefined, body: object) => call(caller, 'POST', '/keywords/try', body)

  test('shows hits, and what is excluded or negated with the phrase that decided', async () => {
    const { status, body, text } = await attempt(jiangsu, { text: '我不想投诉到工信部，抖音会员的直播卡顿，再找记者，电话18812340001' })
    expect(status).toBe(200)
    expect(body.items.map(({ category, word, verdict, because }: Record<string, unknown>) => [category, word, verdict, because])).toEqual([
      ['KW-REG', '工信部', 'noted', '不想'], ['KW-MED', '直播', 'excluded', '直播卡'], ['KW-MED', '记者', 'alert', null],
    ])
    const { start, end } = body.items[2]
    expect(body.text.slice(start, end)).toBe('记者')
    expect(text).not.toContain('18812340001')
  })

  test('goes by the draft of a category, by the kind of ticket, and leaves nothing behind', async () => {
    const before = await world.pool.query(`select (select count(*) from audit_log)::int as acts, (select count(*) from config_version)::int as versions, (select count(*) from keyword_hit)::int as hits`)
    const draft = { category: 'KW-MED', words: ['热搜'], exclusions: [] }
    expect((await attempt(jiangsu, { text: '找记者上热搜', draft })).body.items).toMatchObject([{ word: '热搜', verdict: 'alert' }])
    expect((await attempt(jiangsu, { text: '打12300', kind: 'appeal' })).body.items).toMatchObject([{ word: '12300', verdict: 'other_kind' }])
    expect((await attempt(jiangsu, { text: '无事' })).body.items).toEqual([])
    const after = await world.pool.query(`select (select count(*) from audit_log)::int as acts, (select count(*) from config_version)::int as versions, (select count(*) from keyword_hit)::int as hits`)
    expect(after.rows).toEqual(before.rows)
  })

  test('is refused by its field where it or the draft is not sound', async () => {
    expect((await attempt(jiangsu, { text: '' })).status).toBe(400)
    expect((await attempt(jiangsu, { text: '无事', kind: 'nothing' })).status).toBe(400)
    expect((await attempt(jiangsu, { text: '无事', draft: { category: 'KW-MED', words: ['一'] } })).body).toMatchObject({ error: { code: 'bad_keywords', field: 'KW-MED.words' } })
    expect((await attempt(jiangsu, { text: '无事', draft: { category: 'KW-XXX' } })).status).toBe(404)
  })
})

describe('figures by word', () => {
  test('are for everybody, of his own place; single hits are not', async () => {
    expect((await call(admin, 'GET', '/keyword-precision')).body.items).toEqual(expect.arrayContaining([expect.objectContaining({ word: '记者', hits: 30 })]))
    expect((await call(suzhou, 'GET', '/keyword-precision?region=32')).status).toBe(404)
    expect((await call(suzhou, 'GET', '/keyword-precision')).body.items.find(({ word }: { word: string }) => word === '骗子')).toBeUndefined()
    expect((await call(admin, 'GET', '/keyword-hits')).status).toBe(403)
  })

  test('a mark keeps its reason without any number, and needs one', async () => {
    const [hit] = (await call(jiangsu, 'GET', '/keyword-hits?category=KW-FRD')).body.items
    const marked = await call(jiangsu, 'POST', `/keyword-hits/${hit.id}/wrong`, { isWrong: true, reason: '客户13800001111说没有' })
    expect(marked.body).toMatchObject({ wrongBy: 'js', wrongReason: '客户138****1111说没有' })
    expect((await call(suzhou, 'POST', `/keyword-hits/${hit.id}/wrong`, { isWrong: false, reason: '不在本市' })).status).toBe(404)
    expect((await call(jiangsu, 'POST', `/keyword-hits/${hit.id}/wrong`, { isWrong: true, reason: '   ' })).body).toMatchObject({ error: { field: 'reason' } })
  })
})
