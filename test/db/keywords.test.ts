import { beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_KEYWORDS } from '../../core/domain/keyword/default-keywords.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 08:00')
  await setRules(world.pool, onlyRules('AT-11', 'AT-25'))
})

const created = (content_text: string, more: Record<string, unknown> = {}, ticket_id = 'A') => anItemAt('created', '06-01 09:00', { content_text, ...more }, { ticket_id })
const amended = (clock: string, value: string, field = 'content_text') => anItemAt('corrected', `06-01 ${clock}`, { field, new: value }, { ticket_id: 'A' })
const alerts = async (ticketId = 'A') => (await world.alerts(`32:crm:${ticketId}`)).map(({ rule, severity, state }) => `${rule} ${severity} ${state}`)
const hits = async () => {
  const { rows } = await world.pool.query<{ said: string }>(
    `select category || ' ' || word || ' ' || kind || case when is_standing then '' else ' gone' end || case when wrong_at is null then '' else ' wrong' end as said
       from keyword_hit order by ticket_key, category, word`,
  )
  return rows.map(({ said }) => said)
}
const markWrong = (word: string) => world.pool.query(`update keyword_hit set wrong_at = now(), wrong_by = 'x' where word = $1`, [word])

describe('S-13', () => {
  test.each([
    ['再不解决我就从楼上跳下去', ['KW-SAF 跳下去 alert'], ['AT-25 4 open']],
    ['师傅说机房跳线没做好', [], []],
    ['家里总跳闸，光猫重启', [], []],
    ['我不想投诉到工信部了，请尽快处理', ['KW-REG 工信部 noted'], []],
    ['今天不处理就打12300，再找记者曝光', ['KW-MED 曝光 alert', 'KW-MED 记者 alert', 'KW-REG 12300 alert'], ['AT-11 3 open']],
    ['没有解决就找记者', ['KW-MED 记者 alert'], ['AT-11 3 open']],
    ['抖音会员怎么取消', [], []],
    ['号码是12345678的那户', [], []],
  ])('%s', async (text, found, raised) => {
    await world.send('2026-06-01 09:00', created(text))
    expect(await hits()).toEqual(found)
    expect(await alerts()).toEqual(raised)
    await world.expectExact()
  })
})

describe('rules by keyword', () => {
  test.each([
    ['触电', {}, ['AT-25 3 open']],
    ['遇到骗子', {}, ['AT-25 3 open']],
    ['要求尽快', { escalation_tendency: 3 }, ['AT-11 2 open']],
    ['找记者', { escalation_tendency: 3 }, ['AT-11 3 open']],
    ['找记者', { escalation_tendency: 0 }, ['AT-11 3 open']],
  ])('%s, %j', async (text, more, raised) => {
    await world.send('2026-06-01 09:00', created(text, more))
    expect(await alerts()).toEqual(raised)
  })

  test('the tendency that the source gave stands where the text says nothing graver', async () => {
    await world.send('2026-06-01 09:00', created('打12300', { escalation_tendency: 1 }))
    const { rows } = await world.pool.query<{ cause: string }>(`select facts ->> 'cause' as cause from alert`)
    expect(rows).toEqual([{ cause: 'tendency:1' }])
  })

  test('a word that a person has called wrong raises nothing more', async () => {
    await world.send('2026-06-01 09:00', created('遇到骗子'))
    await markWrong('骗子')
    await world.send('2026-06-01 09:10', anItemAt('expedited', '06-01 09:05', { by: 'customer', channel: 'hotline' }, { ticket_id: 'A' }))
    expect(await alerts()).toEqual(['AT-25 3 retracted'])
    expect(await hits()).toEqual(['KW-FRD 骗子 alert wrong'])
  })
})

describe('hits', () => {
  test('follow the text, in whatever order its corrections come', async () => {
    const events = [created('遇到骗子'), amended('09:10', '找记者'), amended('09:20', '找记者曝光')]
    await world.send('2026-06-01 09:00', events[0])
    expect(await hits()).toEqual(['KW-FRD 骗子 alert'])
    await world.send('2026-06-01 09:20', events[2])
    await world.send('2026-06-01 09:30', events[1], ...events)
    expect(await hits()).toEqual(['KW-MED 曝光 alert', 'KW-MED 记者 alert'])
    expect(await alerts()).toEqual(['AT-25 3 retracted', 'AT-11 3 open'])
  })

  test('go with a ticket that is void', async () => {
    await world.send('2026-06-01 09:00', created('遇到骗子'))
    await world.send('2026-06-01 09:10', anItemAt('voided', '06-01 09:10', {}, { ticket_id: 'A' }))
    expect(await hits()).toEqual([])
    expect(await alerts()).toEqual(['AT-25 3 retracted'])
  })

  test('carry the mark of a person through any correction', async () => {
    await world.send('2026-06-01 09:00', created('找记者曝光'))
    await markWrong('记者')
    await world.send('2026-06-01 09:10', amended('09:10', '要求退费'))
    expect(await hits()).toEqual(['KW-MED 记者 alert gone wrong'])
    await world.send('2026-06-01 09:20', amended('09:20', '不会找记者'))
    expect(await hits()).toEqual(['KW-MED 记者 noted wrong'])
  })

  test('are those of the dictionary in force at the acceptance', async () => {
    const body = { ...DEFAULT_KEYWORDS, categories: DEFAULT_KEYWORDS.categories.map((one) => (one.code === 'KW-MED' ? { ...one, words: ['爆料'], threats: [] } : one)) }
    await world.send('2026-06-01 09:00', created('找记者'))
    const when = at('2026-06-01 10:00')
    await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'keywords', body, author: 'x', reason: 'x', effectiveFrom: when, now: when }))
    await world.send('2026-06-01 10:30', amended('09:10', '找记者曝光'), anItemAt('created', '06-01 10:20', { content_text: '找记者爆料' }, { ticket_id: 'B' }))
    const { rows } = await world.pool.query('select ticket_key, word, version from keyword_hit order by ticket_key, word')
    expect(rows).toEqual([
      { ticket_key: '32:crm:A', word: '曝光', version: 1 },
      { ticket_key: '32:crm:A', word: '记者', version: 1 },
      { ticket_key: '32:crm:B', word: '爆料', version: 2 },
    ])
  })

  test('count where the ticket counts', async () => {
    await world.send('2026-06-01 09:00', created('遇到骗子', { region_code: '320500' }))
    await world.send('2026-06-01 09:10', amended('09:10', '320100', 'region'))
    const { rows } = await world.pool.query('select region_code, occurred_at from keyword_hit')
    expect(rows).toEqual([{ region_code: '320100', occurred_at: at('2026-06-01 09:00') }])
  })
})
