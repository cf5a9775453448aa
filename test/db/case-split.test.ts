import { beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../core/domain/alert/alert.ts'
import { mergeCases } from '../../core/engine/case-merge.ts'
import { type SplitOrder, splitCase } from '../../core/engine/case-split.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { takeIn } from '../support/complaints.ts'
import { noticeAt as notice } from '../support/late-notice.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await world.only('MR-01')
})

const NONE = { regions: [], phenomena: [], ruleIds: [], ticketKeys: [], reason: '另一根因' }
const split = (caseId: number, clock: string, order: Partial<SplitOrder>, actor: Actor = world.director()) =>
  inEngineTransaction(world.engine, day(clock), (etx) => splitCase(etx, { ...NONE, caseId: String(caseId), ...order }, actor, 'desk'))
const merge = (from: number, into: number, clock: string) =>
  inEngineTransaction(world.engine, day(clock), (etx) =>
    mergeCases(etx, { fromId: String(from), intoId: String(into), reason: '同一根因' }, world.director(), 'desk'),
  )
const counts = async () =>
  (
    await world.rows<{ id: number; region_code: string; severity: number; state: string; ticket_count: number; customer_count: number }>(
      'select a.id, a.region_code, a.severity, a.state, c.ticket_count, c.customer_count from alert a join risk_case c on c.alert_id = a.id order by a.id',
    )
  ).map(({ id, region_code, severity, state, ticket_count, customer_count }) => [id, region_code, severity, state, ticket_count, customer_count])

/** One yellow case of province 32 with thirty customers in each of two cities. */
async function oneCase(): Promise<void> {
  await world.file(day('10:00'), 30)
  await world.file(day('10:00'), 30, { region: '320100' })
  await world.tick('10:05')
  expect(await counts()).toEqual([[1, '32', 2, 'open', 60, 60]])
}

describe('a split by hand', () => {
  test('keeps two cases over the next ticks, each with its own tickets', async () => {
    await oneCase()
    expect(await split(1, '10:06', { regions: ['320500'] })).toEqual({ ok: true, newId: '2' })
    expect(await counts()).toEqual([
      [1, '32', 2, 'open', 30, 30],
      [2, '320500', 2, 'open', 30, 30],
    ])
    await world.file(day('10:06'), 20)
    await world.file(day('10:06'), 10, { region: '320100' })
    await world.ticks('10:15', '10:25')
    expect(await counts()).toEqual([
      [1, '32', 2, 'open', 40, 40],
      [2, '320500', 2, 'open', 50, 50],
    ])
  })

  test('the old case is not held up by the customers of the new one', async () => {
    await oneCase()
    await split(1, '10:06', { regions: ['320500'] })
    for (const clock of ['10:50', '11:30', '12:10']) await world.file(day(clock), 35)
    await world.ticks('10:10', '12:20')
    const [old, part] = await world.cases()
    expect([old?.state, part?.state]).toEqual(['mitigated', 'open'])
  })

  test('merging it back undoes it, in either direction', async () => {
    for (const [from, into] of [
      [2, 1],
      [1, 2],
    ] as const) {
      world = await riskWorld()
      await world.only('MR-01')
      await oneCase()
      await split(1, '10:06', { regions: ['320500'] })
      expect(await merge(from, into, '10:07')).toMatchObject({ ok: true })
      await world.file(day('10:07'), 20)
      await world.file(day('10:07'), 20, { region: '320100' })
      await world.ticks('10:15', '10:20')
      const cases = await world.cases()
      expect(cases.filter(({ state }) => state === 'open').map(({ id, region_code, ticket_count }) => [id, region_code, ticket_count])).toEqual([
        [into, '32', 100],
      ])
      expect(cases).toHaveLength(2)
    }
  })

  test('the order in which places are split does not matter', async () => {
    const results: unknown[] = []
    for (const order of [
      ['320500', '320100'],
      ['320100', '320500'],
    ]) {
      world = await riskWorld()
      await world.only('MR-01')
      await world.file(day('10:00'), 30)
      await world.file(day('10:00'), 30, { region: '320100' })
      await world.file(day('10:00'), 30, { region: '320200' })
      await world.tick('10:05')
      for (const code of order) await split(1, '10:06', { regions: [code] })
      await world.file(day('10:06'), 20, { region: '320500' })
      await world.file(day('10:06'), 25, { region: '320100' })
      await world.ticks('10:15', '10:20')
      results.push((await counts()).map(([, ...rest]) => rest).sort())
    }
    expect(results[0]).toEqual(results[1])
  })

  test('single tickets make a case that no rule moves', async () => {
    await oneCase()
    const keys = (await world.rows<{ ticket_key: string }>('select ticket_key from case_ticket order by 1 limit 3')).map(
      ({ ticket_key }) => ticket_key,
    )
    expect(await split(1, '10:06', { ticketKeys: keys })).toMatchObject({ ok: true })
    await world.ticks('10:10', '12:00')
    expect((await counts()).map(([id, , severity, state, tickets]) => [id, severity, state, tickets])).toEqual([
      [1, 2, 'mitigated', 57],
      [2, 1, 'open', 3],
    ])
  })

  test('pages as a new case does, or keeps the answer of the person who splits his own', async () => {
    await oneCase()
    await split(1, '10:06', { regions: ['320500'] })
    expect(await world.rows('select alert_id, next_step from escalation where stopped_at is null order by 1')).toEqual([
      { alert_id: 1, next_step: 0 },
      { alert_id: 2, next_step: 0 },
    ])
    await world.act(1, day('10:07'), { move: 'ack', reason: '' })
    await split(1, '10:08', {
      ticketKeys: [(await world.rows<{ k: string }>('select min(ticket_key) as k from case_ticket where alert_id = 1'))[0]?.k ?? ''],
    })
    expect((await world.cases()).map(({ state }) => state)).toEqual(['acknowledged', 'open', 'acknowledged'])
    expect(await world.rows('select alert_id from escalation where stopped_at is null order by 1')).toEqual([{ alert_id: 2 }])
    expect(await world.rows('select 1 from outbox')).toEqual([])
  })

  test('splitting off what a merge brought makes two again', async () => {
    await world.file(day('09:55'), 12)
    await world.tick('10:00')
    await world.file(day('10:00'), 35, { region: '320100', phenomenon: '扣费争议' })
    await world.tick('10:05')
    await merge(1, 2, '10:06')
    expect(await split(2, '10:07', { phenomena: ['无法上网'] })).toEqual({ ok: true, newId: '3' })
    await world.file(day('10:07'), 12)
    await world.ticks('10:15', '10:20')
    expect(await counts()).toEqual([
      [1, '320500', 1, 'merged', 12, 12],
      [2, '32', 2, 'open', 35, 35],
      [3, '32', 1, 'open', 24, 24],
    ])
  })

  test('says what is wrong, and writes nothing then', async () => {
    await oneCase()
    expect(await split(1, '10:06', {})).toMatchObject({ ok: false, why: 'nothing_chosen' })
    expect(await split(1, '10:06', { regions: ['320500'], reason: '' })).toMatchObject({
      ok: false,
      why: 'move',
      refusal: { code: 'reason_required' },
    })
    expect(await split(1, '10:06', { regions: ['33'] })).toMatchObject({ ok: false, why: 'not_of_case', field: 'regions', value: '33' })
    expect(await split(1, '10:06', { regions: ['320500', '320100'] })).toMatchObject({ ok: false, why: 'nothing_left' })
    expect(await split(9, '10:06', { regions: ['320500'] })).toMatchObject({ ok: false, why: 'unknown' })
    expect(await world.cases()).toHaveLength(1)
  })

  test('a rule becomes a case of its own, and rises by itself', async () => {
    await world.only('MR-01', 'MR-07')
    await world.file(day('09:55'), 12, { phenomenon: '宽带慢' })
    await takeIn(
      world.engine,
      [notice('incident.opened', day('09:57'), { started_at: '2026-06-11T09:56:00+08:00', users_affected: 1_500 }, 'i1')],
      day('09:58'),
    )
    await world.tick('10:00')
    expect(await world.brief()).toEqual([['320500', 2, 'open']])
    expect(await split(1, '10:01', { ruleIds: ['MR-07'] })).toMatchObject({ ok: true })
    await takeIn(world.engine, [notice('incident.updated', day('10:02'), { users_affected: 10_000 }, 'i2')], day('10:03'))
    await world.ticks('10:05', '10:40')
    expect((await counts()).map(([id, , severity, state, tickets]) => [id, severity, state, tickets])).toEqual([
      [1, 1, 'open', 12],
      [2, 3, 'open', 0],
    ])
    expect(await world.rows('select alert_id, rule_id from risk_member order by 1')).toEqual([
      { alert_id: 1, rule_id: 'MR-01' },
      { alert_id: 2, rule_id: 'MR-07' },
    ])
  })
})
