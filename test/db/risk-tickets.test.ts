import { beforeEach, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../core/domain/time.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { type Complaint, createdEvent, laterEvent, takeIn } from '../support/complaints.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules())
})

const send = (clock: string, ...events: Record<string, unknown>[]) => takeIn(world.engine, events, day(clock))
const one = (no: string, clock: string, payload: Record<string, unknown> = {}, rest: Partial<Complaint> = {}): Complaint => ({ no, at: day(clock), payload, ...rest })
const create = (no: string, clock: string, payload: Record<string, unknown> = {}, rest: Partial<Complaint> = {}) => createdEvent(one(no, clock, payload, rest))
const members = () => world.rows('select rule_id as rule, value, level from risk_member order by rule_id, alert_id')

test('MR-05: the third valid expedite of a star-7 customer, at the look after it; it goes with the ticket', async () => {
  await world.only('MR-05')
  const ticket = one('K1', '09:00', { star: 7 })
  await send('09:00', createdEvent(ticket))
  const expedite = (clock: string) => laterEvent(ticket, 'expedited', day(clock), { by: 'customer', channel: 'hotline' })
  for (const clock of ['10:30', '13:05', '14:20', '15:10']) {
    await send(clock, expedite(clock))
    await runRiskLook(world.engine, day(clock) + MINUTE)
  }
  await world.tick('15:15')
  expect(await world.openings()).toEqual([])
  await send('17:15', expedite('17:15'))
  await runRiskLook(world.engine, day('17:15') + 5_000)
  expect(await world.openings()).toEqual([['MR-05', '320500', 2, 'open', 'key_customer', '无法上网']])
  expect((await world.cases())[0]?.ticket_count).toBe(1)
  // It counts nobody over a window, so it says no such number.
  expect((await world.rows<{ facts: object }>('select facts from alert'))[0]?.facts).not.toHaveProperty('customers')
  await send('17:20', laterEvent(ticket, 'cancelled', day('17:20')))
  await world.ticks('17:25', '17:50')
  expect((await world.brief())[0]?.[2]).toBe('open')
  await world.tick('17:55')
  expect((await world.brief())[0]?.[2]).toBe('mitigated')
})

test('MR-05: a second skip-level contact in 30 days, and three important customers of one matter', async () => {
  await world.only('MR-05')
  const skip = { star: 7, source_category: 'group_complaint', channel: 'group_hotline' }
  await send('09:01', createdEvent({ no: 'S1', at: day('09:00') - 20 * DAY, customer: 'same', payload: skip }))
  await world.tick('09:05')
  expect(await world.openings()).toEqual([])
  await send('09:07', create('S2', '09:06', skip, { customer: 'same' }))
  await world.tick('09:10')
  expect(await world.brief()).toEqual([['320500', 2, 'open']])
  await send('09:12', create('V1', '09:11', { is_vip: true }), create('V2', '09:11', { is_key_person: true }))
  await world.tick('09:15')
  expect(await world.brief()).toEqual([['320500', 3, 'open']])
  expect(await members()).toEqual([{ rule: 'MR-05', value: 3, level: 3 }])
})

test('MR-08: each ticket over an official channel, at once; by order of a ministry red', async () => {
  await world.only('MR-08')
  await send('09:01', create('H1', '09:00'), create('H2', '09:00', { channel: 'aic_12315', source_category: 'group_complaint' }))
  await world.tick('09:05')
  expect(await world.openings()).toEqual([])
  const ticket = one('P1', '09:06', { channel: 'petition', source_category: 'group_complaint' })
  await send('09:06', createdEvent(ticket))
  await runRiskLook(world.engine, day('09:06') + 5_000)
  expect(await world.openings()).toEqual([['MR-08', '320500', 2, 'open', 'executive', '无法上网']])
  await send('09:08', laterEvent(ticket, 'supervised', day('09:07'), { level: 'group', due_at: new Date(day('18:00')).toISOString() }))
  await world.tick('09:10')
  expect((await world.brief())[0]?.[1]).toBe(2)
  await send('09:12', laterEvent(ticket, 'supervised', day('09:11'), { level: 'ministry', due_at: new Date(day('18:00')).toISOString() }))
  await runRiskLook(world.engine, day('09:12') + 5_000)
  expect((await world.brief())[0]?.[1]).toBe(4)
})

test('MR-21 and MR-15 are one case about one hall', async () => {
  await world.only('MR-15', 'MR-21')
  const hall = { disputed_channel: 'H-001' }
  const filed = (count: number, from: number, payload: Record<string, unknown>) => Array.from({ length: count }, (_, no) => create(`D${from + no}`, '09:00', payload))
  await send('09:01', ...filed(4, 0, hall))
  await world.tick('09:05')
  expect(await world.openings()).toEqual([])
  await send('09:06', ...filed(1, 4, hall))
  await world.tick('09:10')
  expect(await world.openings()).toEqual([['MR-21', '320500', 1, 'open', 'agent', 'H-001']])
  // Two by age, one by a word beside money: three who are minors or elderly.
  await send('09:11', ...filed(2, 5, { ...hall, age_band: '65+' }), ...filed(1, 7, { sales_channel: 'H-001', content_text: '孩子被诱导充值三百元' }))
  await world.tick('09:15')
  expect(await world.openings()).toEqual([['MR-21', '320500', 2, 'open', 'agent', 'H-001'], ['MR-15', '320500', 1, 'open', 'keyword', 'KW-MIN:无法上网']])
  expect(await members()).toEqual([{ rule: 'MR-15', value: 3, level: 2 }, { rule: 'MR-15', value: 3, level: 1 }, { rule: 'MR-21', value: 7, level: 1 }])
  await send('09:16', ...filed(1, 8, { ...hall, age_band: '16', escalation_tendency: 1 }))
  await world.tick('09:20')
  expect((await world.brief())[0]?.[1]).toBe(4)
  // A correction that names another hall takes its tickets there.
  await send('09:21', ...Array.from({ length: 5 }, (_, no) => laterEvent(one(`D${no}`, '09:00'), 'corrected', day('09:21'), { field: 'disputed_channel', old: 'H-001', new: 'H-002' })))
  await world.tick('09:25')
  expect((await world.openings()).at(-1)).toEqual(['MR-21', '320500', 1, 'open', 'agent', 'H-002'])
})
