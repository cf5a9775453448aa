import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { explainRisk, explainTicket } from '../../core/engine/explain.ts'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import type { RegionNode, Scope } from '../../core/domain/region.ts'
import { HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import { createdEvent, laterEvent, takeIn } from '../support/complaints.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules('AT-02', 'AT-08'))
})

const place = (code: string) => world.tree.get(code) as RegionNode
const why = (ruleId: string, code: string, at: Instant, matter: string | null = null, scope: Scope = ENGINE_SCOPE) =>
  explainRisk(world.engine, place(code), { ruleId, at, matter, now: day('23:00'), scope })
/** Everything that is stored, table by table. */
const rowsStored = async () => {
  const tables = await world.rows<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")
  return Promise.all(tables.map(async ({ name }) => [name, (await world.rows(`select count(*)::int as n, coalesce(sum(hashtext(t::text)), 0)::text as sum from ${name} t`))[0]]))
}

describe('why a case opened, and why it did not before', () => {
  beforeEach(async () => {
    await world.only('MR-01', 'MR-19', 'MR-16')
    await world.file(day('10:00'), 9)
    await world.file(day('10:05'), 1)
    await world.ticks('10:05', '10:10')
  })

  test('MR-01 with nine customers lacks one, with ten it is blue and the next level is thirty', async () => {
    expect(await why('MR-01', '320500', day('10:05'))).toMatchObject({
      ruleId: 'MR-01', scope: '320500', at: day('10:05'), isOn: true, version: expect.any(Number), asKnownAt: day('23:00'),
      summary: { zh: '不成立：MR-01 批量投诉：60 分钟内 9 位客户（阈值 10）；达到 10 升为下一级' },
      items: [{ regionCode: '320500', matter: { kind: 'phenomenon', name: '无法上网' }, level: 0, value: 9, nextLevelAt: 10, clearsBelow: null, alertIds: [] }],
    })
    const [{ alert_id: id } = { alert_id: 0 }] = await world.rows<{ alert_id: number }>('select alert_id from risk_case')
    expect(await why('MR-01', '320500', day('10:14'))).toMatchObject({
      at: day('10:10'),
      summary: { en: 'true at level 1: MR-01 batch complaints: 10 customers in 60 min (threshold 10); the next level is reached with 30' },
      items: [{ level: 1, value: 10, nextLevelAt: 30, clearsBelow: 10, alertIds: [String(id)] }],
      clears: { zh: expect.stringContaining('30 分钟') },
    })
  })

  test('of another place, of another matter and of a rule that was off it says what there was', async () => {
    expect((await why('MR-01', '32', day('10:10')))?.items).toMatchObject([{ regionCode: '32', level: 0, value: 10, nextLevelAt: 20 }])
    expect((await why('MR-01', '330100', day('10:10')))).toMatchObject({ items: [], summary: { zh: expect.stringContaining('没有') } })
    expect((await why('MR-01', '320500', day('10:10'), '停机'))?.items).toMatchObject([{ level: 0, value: 0, nextLevelAt: 10 }])
    expect(await why('MR-02', '320500', day('10:10'))).toMatchObject({ isOn: false, items: [], summary: { zh: '规则当时停用' } })
    expect(await why('MR-99', '320500', day('10:10'))).toBeUndefined()
  })

  test('a reader of one city is told nothing of what lies around it', async () => {
    await world.file(day('10:10'), 5, { phenomenon: '携出' })
    const city = { regionCode: '320500', path: place('320500').path } as Scope
    expect((await why('MR-19', '320500', day('10:15'), null, city))?.items).toMatchObject([{ level: 1, value: 5, nextLevelAt: 15 }])
    expect((await why('MR-19', '320500', day('10:15'), null, { ...city, path: place('330100').path } as Scope))?.items).toEqual([])
  })

  test('writes nothing, whatever the rule', async () => {
    const before = await rowsStored()
    for (const { id } of RISK_RULES) expect((await why(id, '32', day('10:10')))?.ruleId).toBe(id)
    expect(await rowsStored()).toEqual(before)
  })
})

test('a ticket is judged by its events up to then, and by the settings of then', async () => {
  const ticket = { no: 'T1', at: day('09:00') }
  await takeIn(world.engine, [createdEvent(ticket)], day('09:00'))
  await takeIn(world.engine, [laterEvent(ticket, 'dispatched', day('09:00') + 2 * HOUR, { to_unit: 'U', leg_id: 'L1' })], day('09:00') + 2 * HOUR)
  const key = (await world.rows<{ key: string }>('select ticket_key as key from ticket'))[0]?.key ?? ''
  const ask = (ruleId: string, at: Instant, scope: Scope = ENGINE_SCOPE) => explainTicket(world.engine, key, { ruleId, at, matter: null, now: day('23:00'), scope })
  expect(await ask('AT-08', day('09:00') - 1)).toMatchObject({ items: [], summary: { zh: expect.stringContaining('没有') } })
  const early = await ask('AT-08', day('09:00') + MINUTE)
  expect(early).toMatchObject({ scope: `ticket:${key}`, isOn: true, items: [{ level: 0 }] })
  // Undispatched for an hour and 59 minutes: what came at eleven is not known yet.
  const late = await ask('AT-08', day('09:00') + 2 * HOUR - MINUTE)
  expect(late?.items[0]?.level).toBeGreaterThan(0)
  expect(late?.summary.zh).toMatch(/^成立：/u)
  expect(await ask('AT-08', day('12:00'))).toMatchObject({ items: [{ level: 0 }], clears: { zh: expect.any(String) } })
  expect(await ask('AT-01', day('12:00'))).toMatchObject({ isOn: false, items: [], summary: { zh: '规则当时停用' } })
  expect(await ask('AT-99', day('12:00'))).toBeUndefined()
  expect(await ask('AT-08', day('12:00'), { regionCode: '33', path: place('33').path } as Scope)).toBeUndefined()
})
