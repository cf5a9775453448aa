import { beforeEach, expect, test } from 'vitest'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { createdEvent, takeIn } from '../support/complaints.ts'
import { aNoticeItem } from '../support/notices.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules())
})
const send = (clock: string, count: number, content_text: string, phenomenon = '停机') =>
  takeIn(world.engine, world.complaints(day(clock), count, { phenomenon, payload: { content_text } }).map(createdEvent), day(clock) + 300_000)
const cases = async () => (await world.openings()).map(([rule, region, severity, , , matter]) => [rule, region, severity, matter])

test('MR-19 counts tickets by their words, and none that a person called wrong', async () => {
  await world.only('MR-19')
  await send('10:00', 4, '营业厅说有合约限制，转不出去')
  await world.tick('10:05')
  expect(await cases()).toEqual([])
  await send('10:05', 1, '营业厅不让转')
  await world.pool.query(`update keyword_hit set wrong_at = now(), wrong_by = 'x' where ticket_key = (select max(ticket_key) from keyword_hit)`)
  await world.tick('10:10')
  expect(await cases()).toEqual([])
  await send('10:10', 1, '不给我携转码')
  await world.tick('10:15')
  expect(await cases()).toEqual([['MR-19', '320500', 1, '携出']])
  expect((await world.cases())[0]?.ticket_count).toBe(5)
})

test('MR-03 counts who speaks as organised claims do, two of the words together', async () => {
  await world.only('MR-03')
  await send('10:00', 5, '要求双倍退还')
  await world.tick('10:05')
  expect(await cases()).toEqual([])
  await send('10:05', 5, '要求双倍退还并书面道歉')
  await world.tick('10:10')
  expect(await cases()).toEqual([['MR-03', '32', 1, '停机']])
})

test('MR-07 counts tickets whose words say that there is an outage where one is open', async () => {
  await world.only('MR-07')
  await takeIn(
    world.engine,
    [aNoticeItem('incident.opened', { incident_id: 'I1', product: 'broadband', regions: ['320500'], started_at: new Date(day('10:00')).toISOString(), users_affected: 3 }, { event_id: 'i1', occurred_at: new Date(day('10:00')).toISOString() })],
    day('10:00'),
  )
  await send('10:01', 9, '整个小区都不行')
  await runRiskLook(world.engine, day('10:10'))
  expect(await cases()).toEqual([])
  await send('10:06', 1, '整栋楼都不行')
  await world.tick('10:15')
  expect(await cases()).toEqual([['MR-07', '320500', 1, 'broadband']])
})
