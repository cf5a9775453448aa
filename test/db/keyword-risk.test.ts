import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../core/domain/time.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { createdEvent, takeIn } from '../support/complaints.ts'
import { setRiskRules } from '../support/risk-rules.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules('AT-11', 'AT-25'))
  await setRiskRules(world.pool, 'MR-04', 'MR-10', 'MR-11', 'MR-12', 'MR-14', 'MR-15')
})

const file = async (clock: string, text: string, count = 1, phenomenon = '携出') => {
  const from = day(clock)
  await takeIn(world.engine, world.complaints(from, count, { phenomenon, payload: { content_text: text } }).map(createdEvent), from + 5 * MINUTE)
}
const cases = async () => {
  const rows = await world.rows<{ rule_id: string; region_code: string; severity: number; state: string }>(`select * from alert where kind = 'risk' order by id`)
  return rows.map(({ rule_id, region_code, severity, state }) => `${rule_id} ${region_code} ${severity} ${state}`)
}
const tickets = async () => (await world.rows<{ said: string }>(`select rule_id || ' ' || severity as said from alert where kind <> 'risk' order by id`)).map(({ said }) => said)

describe('S-13 at the look after the text', () => {
  test.each([
    ['再不解决我就从楼上跳下去', ['AT-25 4'], ['MR-10 320500 3 open']],
    ['师傅说机房跳线没做好', [], []],
    ['家里总跳闸，光猫重启', [], []],
    ['我不想投诉到工信部了，请尽快处理', [], []],
    ['今天不处理就打12300，再找记者曝光', ['AT-11 3'], ['MR-04 320500 2 open']],
    ['没有解决就找记者', ['AT-11 3'], ['MR-04 320500 2 open']],
    ['抖音会员怎么取消', [], []],
    ['号码是12345678的那户', [], []],
  ])('%s', async (text, abnormal, risk) => {
    await file('10:00', text)
    await runRiskLook(world.engine, day('10:05'))
    expect(await tickets()).toEqual(abnormal)
    expect(await cases()).toEqual(risk)
    await world.ticks('10:05', '10:20')
    expect(await cases()).toEqual(risk)
  })
})

test('an orange case is to be acknowledged within ten minutes', async () => {
  await file('10:00', '再不解决我就从楼上跳下去')
  await runRiskLook(world.engine, day('10:05'))
  expect(await world.rows(`select opened_at, ack_due_at from alert where kind = 'risk'`)).toEqual([{ opened_at: day('10:05'), ack_due_at: day('10:15') }])
})

test('the third ticket of one category and matter raises the colour; another ticket of them joins', async () => {
  await file('10:00', '找记者', 2)
  await runRiskLook(world.engine, day('10:05'))
  expect(await cases()).toEqual(['MR-04 320500 2 open'])
  await file('10:10', '找媒体')
  await runRiskLook(world.engine, day('10:15'))
  expect(await cases()).toEqual(['MR-04 320500 3 open'])
  expect((await world.cases())[0]?.ticket_count).toBe(3)
})

test('threats of two people are two cases', async () => {
  await file('10:00', '我要跳楼', 2)
  await runRiskLook(world.engine, day('10:05'))
  expect(await cases()).toEqual(['MR-10 320500 3 open', 'MR-10 320500 3 open'])
})

test('MR-11 and MR-14 rise by what a person states on the case, and MR-13 takes none of it for users', async () => {
  await file('10:00', '我的身份证被人用了')
  await file('10:00', '大家一起去拉横幅')
  await runRiskLook(world.engine, day('10:05'))
  expect((await cases()).sort()).toEqual(['MR-11 320500 1 open', 'MR-14 320500 2 open'])
  const [privacy, gathering] = (await world.rows<{ id: number }>(`select id from alert where kind = 'risk' order by rule_id`)).map(({ id }) => id)
  await world.confirm(privacy as number, 1_000, day('10:06'))
  await world.confirm(gathering as number, 29, day('10:06'))
  await world.tick('10:10')
  expect((await cases()).sort()).toEqual(['MR-11 320500 4 open', 'MR-14 320500 3 open'])
})

test('MR-12 counts beside MR-04 in one case', async () => {
  await file('10:00', '遇到骗子', 10)
  await world.tick('10:05')
  expect(await cases()).toHaveLength(1)
  expect((await world.cases())[0]).toMatchObject({ severity: 2, ticket_count: 10 })
})

test('MR-15 needs a money word', async () => {
  await file('10:00', '孩子上网')
  await file('10:00', '孩子充值')
  await world.tick('10:05')
  expect(await cases()).toEqual(['MR-15 320500 1 open'])
})

test('a word that somebody has called wrong opens nothing; the hours over, the case is mitigated', async () => {
  await file('10:00', '找记者')
  await file('10:00', '要起诉', 1, '费用')
  await world.pool.query(`update keyword_hit set wrong_at = to_timestamp(0), wrong_by = 'x' where word = '起诉'`)
  await world.tick('10:05')
  expect(await cases()).toEqual(['MR-04 320500 2 open'])
  for (let hour = 1; hour <= 23; hour += 1) await world.tickAt(day('10:00') + hour * 60 * MINUTE)
  await world.tickAt(day('10:00') + 24 * 60 * MINUTE)
  expect(await cases()).toEqual(['MR-04 320500 2 open'])
  await world.tickAt(day('10:05') + 24 * 60 * MINUTE)
  await world.tickAt(day('10:40') + 24 * 60 * MINUTE)
  expect(await cases()).toEqual(['MR-04 320500 2 mitigated'])
})

test('a case that a person has ended does not open again by the same ticket', async () => {
  await file('10:00', '找记者')
  await world.tick('10:05')
  const [opened] = await world.cases()
  await world.act(opened?.id ?? 0, day('10:06'), { move: 'mark_false_positive', reason: '误报' })
  await world.ticks('10:10', '10:15')
  expect(await cases()).toEqual(['MR-04 320500 2 false_positive'])
  await file('10:20', '找记者')
  await world.tick('10:25')
  expect((await cases())[1]).toBe('MR-04 320500 2 open')
})
