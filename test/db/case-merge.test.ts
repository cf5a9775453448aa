import { beforeEach, describe, expect, test } from 'vitest'
import { mergeCases } from '../../core/engine/case-merge.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { takeIn } from '../support/complaints.ts'
import { noticeAt as notice } from '../support/late-notice.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
})

const merge = (from: number, into: number, clock: string, reason = '同一根因') =>
  inEngineTransaction(world.engine, day(clock), (etx) =>
    mergeCases(etx, { fromId: String(from), intoId: String(into), reason }, world.director(), 'desk'),
  )
const pages = async () => (await world.rows<{ n: number }>('select count(*)::int as n from outbox'))[0]?.n ?? 0
const lineOf = async (id: number) =>
  world.rows<{ customer_count: number; ticket_count: number; confirmed_users: number | null }>(
    'select customer_count, ticket_count, confirmed_users from risk_case where alert_id = $1',
    [id],
  )

/** A blue case of Suzhou (1) about no net, a yellow one of Nanjing (2) about charges. */
async function twoCases(): Promise<void> {
  await world.only('MR-01')
  await world.file(day('09:55'), 12)
  await world.tick('10:00')
  await world.file(day('10:00'), 35, { region: '320100', phenomenon: '扣费争议' })
  await world.tick('10:05')
}

describe('a merge by hand', () => {
  test('keeps one case over the next ticks, at the place that holds both', async () => {
    await twoCases()
    expect(await merge(1, 2, '10:06')).toEqual({ ok: true, intoId: '2' })
    await world.file(day('10:05'), 12)
    await world.file(day('10:05'), 5, { region: '320100', phenomenon: '扣费争议' })
    await world.ticks('10:10', '10:20')
    const cases = await world.cases()
    expect(
      cases.map(({ region_code, severity, state, merged_into, ticket_count }) => [region_code, severity, state, merged_into, ticket_count]),
    ).toEqual([
      ['320500', 1, 'merged', 2, 12],
      ['32', 2, 'open', null, 64],
    ])
    expect((await world.movesOf(2)).map(([move]) => move)).toEqual(['open', 'absorb'])
  })

  test('would have two cases again at the next tick without what it remembers', async () => {
    await twoCases()
    await merge(1, 2, '10:06')
    await world.pool.query('delete from case_claim')
    await world.file(day('10:05'), 12)
    await world.tick('10:10')
    expect(await world.cases()).toHaveLength(3)
  })

  test('the higher colour, members, distinct customers and confirmed users follow', async () => {
    await world.only('MR-01', 'MR-13')
    await world.file(day('09:55'), 12, { customer: 'same' })
    await world.file(day('09:55'), 12)
    await world.tick('10:00')
    await world.file(day('10:00'), 35, { region: '320100', phenomenon: '扣费争议' })
    await world.file(day('10:00'), 1, { region: '320100', phenomenon: '扣费争议', customer: 'same' })
    await world.tick('10:05')
    await world.confirm(1, 40, day('10:05'))
    await world.confirm(2, 30, day('10:05'))
    await merge(2, 1, '10:06')
    const [into] = await world.cases()
    expect([into?.severity, into?.state, into?.region_code]).toEqual([2, 'open', '32'])
    expect(await lineOf(1)).toEqual([{ customer_count: 48, ticket_count: 60, confirmed_users: 40 }])
    expect(await world.rows('select rule_id from risk_member where alert_id = 1')).toEqual([{ rule_id: 'MR-01' }])
  })

  test('pages nobody: the ladder of the higher colour goes on where it stood', async () => {
    await twoCases()
    await runEscalate(world.engine, day('10:05'))
    // What was called stays called; a step of which nobody had been told would be due again.
    await runNotify(world.engine, day('10:05'), { channels: { webhookAllow: [], publicUrl: null } })
    const before = await pages()
    await merge(2, 1, '10:06')
    expect(await pages()).toBe(before)
    const runs = await world.rows('select alert_id, severity, next_step, started_at from escalation where stopped_at is null')
    expect(runs).toEqual([{ alert_id: 1, severity: 2, next_step: 1, started_at: day('10:05') }])
  })

  test('an answer to the higher colour holds for both', async () => {
    await twoCases()
    await world.act(2, day('10:05'), { move: 'ack', reason: '' })
    await merge(2, 1, '10:06')
    const [into] = await world.rows<{ state: string; acked_severity: number; severity: number }>(
      'select state, acked_severity, severity from alert where id = 1',
    )
    expect(into).toEqual({ state: 'acknowledged', acked_severity: 2, severity: 2 })
    expect(await world.rows('select 1 from escalation where stopped_at is null')).toEqual([])
  })

  test('tells both histories, and is refused without a reason, twice, or into itself', async () => {
    await twoCases()
    expect(await merge(1, 2, '10:06', ' ')).toMatchObject({ ok: false, why: 'move', refusal: { code: 'reason_required' } })
    expect(await merge(1, 1, '10:06')).toMatchObject({ ok: false, fault: 'same_case' })
    expect(await merge(1, 99, '10:06')).toMatchObject({ ok: false, why: 'unknown', which: 'into' })
    await merge(1, 2, '10:06')
    expect(await merge(1, 2, '10:07')).toMatchObject({ ok: false, fault: 'ended' })
    const lines = await world.rows("select alert_id, move, reason, detail from alert_transition where move in ('merge', 'absorb') order by id")
    expect(lines).toEqual([
      { alert_id: 2, move: 'absorb', reason: '同一根因', detail: { caseId: '1' } },
      { alert_id: 1, move: 'merge', reason: '同一根因', detail: { caseId: '2' } },
    ])
  })

  test('keeps what comes later with the case that stays, the higher colour too', async () => {
    await twoCases()
    await merge(2, 1, '10:06')
    await world.file(day('10:06'), 40, { region: '320100', phenomenon: '扣费争议' })
    await world.tick('10:15')
    expect((await world.cases()).map(({ id, state }) => [id, state])).toEqual([
      [1, 'open'],
      [2, 'merged'],
    ])
  })

  test('an incident goes with its case: it raises the one that stays', async () => {
    await world.only('MR-01', 'MR-07')
    await world.file(day('09:55'), 12, { region: '320100', phenomenon: '扣费争议' })
    await world.tick('10:00')
    const told = { started_at: '2026-06-11T10:01:00+08:00', users_affected: 1_500 }
    await takeIn(world.engine, [notice('incident.opened', day('10:02'), told, 'i1')], day('10:03'))
    await world.tick('10:05')
    expect(await world.brief()).toEqual([
      ['320100', 1, 'open'],
      ['320500', 2, 'open'],
    ])
    await merge(2, 1, '10:06')
    expect(await world.rows('select rule_id from risk_member where alert_id = 1 order by 1')).toEqual([{ rule_id: 'MR-01' }, { rule_id: 'MR-07' }])
    await takeIn(world.engine, [notice('incident.updated', day('10:07'), { users_affected: 100_000 }, 'i2')], day('10:08'))
    await world.tick('10:10')
    expect(await world.brief()).toEqual([
      ['32', 4, 'open'],
      ['320500', 2, 'merged'],
    ])
  })
})
