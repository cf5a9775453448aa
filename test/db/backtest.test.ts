import { beforeEach, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import type { Scope } from '../../core/domain/region.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { backtest } from '../../core/engine/backtest.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
const FROM = day('09:00')
const TO = day('14:00')

/** A morning as it went: nine customers by 10:05, thirty-one by 10:20, quiet from then on. */
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules())
  await world.only('MR-01', 'MR-19')
  for (const [clock, count] of [['10:00', 9], ['10:05', 3], ['10:10', 10], ['10:15', 9]] as const) await world.file(day(clock), count)
  await world.file(day('11:00'), 6, { phenomenon: '携出', region: '320100' })
  await world.ticks('09:05', '14:00')
})

const run = (ruleId: string, set: Record<string, unknown> = {}, scope: Scope = ENGINE_SCOPE) => backtest(world.engine, scope, { ruleId, set, from: FROM, to: TO })
const minutes = (at: number | null) => (at === null ? null : (at - day('00:00')) / MINUTE)
const brief = ({ replayed }: Awaited<ReturnType<typeof run>>) => replayed.map((one) => [one.regionCode, one.matter.name, minutes(one.openedAt), one.highest, minutes(one.mitigatedAt), one.pages, one.alertId, one.minutesEarlier])
const stored = async () => {
  const tables = await world.rows<{ name: string }>("select tablename as name from pg_tables where schemaname = 'public' order by 1")
  return Promise.all(tables.map(async ({ name }) => [name, (await world.rows(`select coalesce(sum(hashtext(t::text)), 0)::text as sum from ${name} t`))[0]]))
}

test('with the parameters in force it finds exactly what was raised, and writes nothing', async () => {
  const before = await stored()
  const [real] = await world.rows<{ id: number; opened_at: number; mitigated_at: number }>("select * from alert where rule_id = 'MR-01'")
  const pages = (await world.movesOf(real?.id ?? 0)).filter(([move]) => move === 'open' || move === 'upgrade').length
  const answer = await run('MR-01')
  expect(brief(answer)).toEqual([['320500', '无法上网', minutes(real?.opened_at ?? 0), 2, minutes(real?.mitigated_at ?? 0), pages, String(real?.id), 0]])
  expect(answer).toMatchObject({ raised: 1, missed: [], ticks: 60, pages: 2, byDay: [{ day: '2026-06-11', replayed: 1, raised: 1 }], medianMinutesEarlier: 0, set: {} })
  expect(await stored()).toEqual(before)
})

test('with lower thresholds it comes earlier and rises higher; with higher ones what was raised is missed', async () => {
  expect(brief(await run('MR-01', { 'batch.city': [8, 25, 30, 250] }))).toMatchObject([['320500', '无法上网', 605, 3, expect.any(Number), 2, expect.any(String), 5]])
  const high = await run('MR-01', { 'batch.city': [400, 500, 600, 700], 'batch.province': [400, 500, 600, 700] })
  expect(high).toMatchObject({ replayed: [], raised: 1, missed: [{ regionCode: '320500', severity: 2 }], pages: 0, medianMinutesEarlier: null })
})

test('rules of facts are replayed as well; a reader is told of what lies in his scope only', async () => {
  expect(brief(await run('MR-19', { 'redLine.customers': [6, 15, 50, 150] }))).toMatchObject([['320100', '携出', 665, 1, null, 1, expect.any(String), 0]])
  const city = { regionCode: '320500', path: world.tree.get('320500')?.path ?? '' } as Scope
  expect(await run('MR-19', {}, city)).toMatchObject({ replayed: [], raised: 0 })
  expect(await run('MR-01', {}, city)).toMatchObject({ raised: 1 })
})

test('what people found of the cases tells how often it was right', async () => {
  await world.pool.query("update alert set state = 'closed' where rule_id = 'MR-01'")
  expect((await run('MR-01')).precision).toEqual({ right: 1, wrong: 0, share: 1 })
})
