import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HandoverDetail, Handovers } from '../../core/contract/handovers.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const on = (local: string) => at(`2026-06-11 ${local}`)
const clock = new ManualClock(on('18:00'))
const PEOPLE = [['day', 'duty_manager', '32'], ['night', 'duty_manager', '32'], ['leader', 'duty_leader', '32'], ['director', 'province_center_director', '32'], ['elsewhere', 'duty_manager', '33'], ['admin', 'admin', '00']] as const
let world: ServerWorld
const ids: Record<string, string> = {}

/** Sessions do not outlive the leaps of the clock. */
const as = async (login: string): Promise<Caller> => world.signIn(login)

/** What the worker does, second by second where it matters. */
async function until(local: string, step = 30 * SECOND): Promise<void> {
  for (let now = clock.now(); now <= on(local); now += step) {
    clock.set(now)
    await runSweep(world.engine, now)
    await runEscalate(world.engine, now)
  }
}
const list = async () => (await world.call(await as('leader'), 'GET', '/api/v1/handovers')).body
const detail = async (login: string, id: string) => (await world.call(await as(login), 'GET', `/api/v1/handovers/${id}`)).body
const sign = async (login: string, id: string, body: object) => world.call(await as(login), 'POST', `/api/v1/handovers/${id}/sign`, body)
const raise = (ruleId: string, severity: 1 | 2 | 3 | 4, openedAt: number) =>
  inEngineTransaction(world.engine, openedAt, (etx) => openAlert(etx, { kind: 'risk', ruleId, severity, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt, suppressedBy: null }))
/** Whom the calls of a round for an alert went to, and how many minutes after 19:52 they fell due. */
const calls = async (alertId: string) =>
  (await world.pool.query(
    `select s.step, s.round, s.due_at, (select array_agg(t ->> 'userId') from jsonb_array_elements(s.targets -> 'told') t) as told
       from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1 order by s.fired_at, s.round`, [alertId])).rows as { step: number; round: number; due_at: number; told: string[] | null }[]

beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, region] of PEOPLE) ids[login] = await world.addUser(login, role, region)
  const roster = {
    pattern: 'day_night', fromMinute: 480, toMinute: 1200,
    rotations: [
      { kinds: ['day'], crews: [{ primary: ids['day'], deputy: null }], anchor: '2026-06-01', turnDays: 1 },
      { kinds: ['night'], crews: [{ primary: ids['night'], deputy: null }], anchor: '2026-06-01', turnDays: 1 },
    ],
  }
  expect((await world.call(await as('admin'), 'PUT', '/api/v1/rosters/duty_manager/32', { basedOn: 0, roster, reason: '排班 roster' })).status).toBe(200)
})
afterAll(async () => { await world?.stop() })

describe('S-12: an orange alert of 19:52 through the change of shift at 20:00', () => {
  let orange = ''
  let taken = ''
  let id = ''

  test('the record is drafted an hour before, with what is open, and cannot be signed yet', async () => {
    await until('19:00', MINUTE)
    const { items } = await list()
    expect([...Value.Errors(Handovers, { asOf: 0, items })]).toEqual([])
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ regionCode: '32', at: on('20:00'), until: at('2026-06-12 08:00'), isUnconfirmed: false, signed: { outgoing: null, incoming: null } })
    id = items[0].id
    clock.set(on('19:05'))
    taken = (await raise('MR-03', 2, on('19:05'))).id
    expect((await world.call(await as('day'), 'POST', `/api/v1/alerts/${taken}/moves`, { move: 'ack', client: 'desk' })).status).toBe(200)
    const draft = await detail('day', id)
    expect([...Value.Errors(HandoverDetail, draft)]).toEqual([])
    expect(draft).toMatchObject({ isFrozen: false, maySign: [], outgoing: [{ userId: ids['day'] }], incoming: [{ userId: ids['night'] }] })
    expect(draft.record.cases).toMatchObject([{ alertId: taken, severity: 2, charge: 'person', nextReportAt: on('20:05') }])
    expect((await sign('day', id, { side: 'outgoing', notes: '无' })).body.error.code).toBe('too_early')
    expect((await detail('elsewhere', id)).error.code).toBe('not_found')
  })

  test('un-acked at the change it is sent to the incoming manager at once, at the same limit; the ladder goes on by its own times', async () => {
    await until('19:52', MINUTE)
    clock.set(on('19:52'))
    const alert = await raise('MR-02', 3, on('19:52'))
    orange = alert.id
    expect(alert.ackDueAt).toBe(on('20:02'))
    await until('20:02')
    const told = (await calls(orange)).map(({ step, round, due_at, told: who }) => [(due_at - on('19:52')) / MINUTE, round === 0 ? `step ${step + 1}` : 'again', (who ?? []).includes(ids['day'] ?? ''), (who ?? []).includes(ids['night'] ?? '')])
    expect(told).toEqual([
      [0, 'step 1', true, false],
      [5, 'again', true, false],
      // 20:00:00: to whoever comes on, and nobody who has been told already.
      [8, 'again', false, true],
      // 20:02: step 2 by the ladder's own time, and the reminder of this minute, to whoever is on now.
      [10, 'step 2', false, false],
      [10, 'again', false, true],
    ])
    expect((await calls(orange))[2]?.told).toEqual([ids['night']])
    expect((await world.pool.query('select ack_due_at from alert where id = $1', [orange])).rows[0].ack_due_at).toBe(on('20:02'))
    // What the leaving manager had taken is his and the incoming shift's until that has signed.
    const record = (await detail('night', id)).record
    expect(record.cases.map(({ alertId, charge }: { alertId: string; charge: string | null }) => [alertId, charge])).toEqual([[orange, null], [taken, 'both']])
    expect(record.unacked).toMatchObject([{ alertId: orange }])
  })

  test('the incoming manager acks at 20:06, 14 minutes after T; the third step does not run', async () => {
    await until('20:06')
    clock.set(on('20:06'))
    expect((await world.call(await as('night'), 'POST', `/api/v1/alerts/${orange}/moves`, { move: 'ack', client: 'desk' })).status).toBe(200)
    await until('20:29', MINUTE)
    expect((await calls(orange)).some(({ step }) => step === 2)).toBe(false)
    const { rows } = await world.pool.query('select acked_at from alert where id = $1', [orange])
    expect((rows[0].acked_at - on('19:52')) / MINUTE).toBe(14)
  })

  test('not confirmed until 20:30 it is a yellow alert to the duty manager, at 20:30:00 and not a second before', async () => {
    const told = async () => (await world.pool.query("select id::text, severity, opened_at, state, region_code from alert where rule_id = 'HO-01'")).rows
    clock.set(on('20:29') + 30 * SECOND)
    await runSweep(world.engine, on('20:30') - SECOND)
    expect(await told()).toEqual([])
    await runSweep(world.engine, on('20:30'))
    await runEscalate(world.engine, on('20:30'))
    const [alert] = await told()
    expect(alert).toMatchObject({ severity: 2, opened_at: on('20:30'), state: 'open', region_code: '32' })
    expect((await calls(alert.id))[0]?.told).toContain(ids['night'])
    await runSweep(world.engine, on('20:30') + SECOND)
    expect(await told()).toHaveLength(1)
  })

  test('an orange case is open: the leaving side has to say something; both sign once, and then the alert is over', async () => {
    clock.set(on('20:35'))
    expect((await sign('day', id, { side: 'outgoing' })).body.error).toMatchObject({ code: 'text_required', field: 'notes' })
    expect((await sign('night', id, { side: 'outgoing', notes: '代签' })).body.error.code).toBe('not_of_side')
    const first = await sign('day', id, { side: 'outgoing', notes: '橙色案件联系人 13812345678，已派修' })
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({ isFrozen: true, notes: '橙色案件联系人 138****5678，已派修', maySign: [], record: { asOf: on('20:35') } })
    const again = await sign('day', id, { side: 'outgoing', notes: '再签' })
    expect([again.status, again.body.error]).toMatchObject([409, { code: 'already_signed', at: on('20:35') }])
    clock.set(on('20:36'))
    const second = await sign('night', id, { side: 'incoming' })
    expect(second.body).toMatchObject({ isUnconfirmed: false, record: { asOf: on('20:35') }, signed: { outgoing: { at: on('20:35') }, incoming: { at: on('20:36') } } })
    expect((await world.pool.query("select state from alert where rule_id = 'HO-01'")).rows).toEqual([{ state: 'mitigated' }])
    // Of the next record: what the day's manager had taken is the shift's now.
    await world.pool.query("insert into handover (region_code, region_path, at, until, created_at) values ('32', '/00/32/', to_timestamp($1::float8 / 1000), to_timestamp($1::float8 / 1000), now())", [at('2026-06-12 08:00')])
    const next = (await list()).items.find((one: { at: number }) => one.at === at('2026-06-12 08:00'))
    expect((await detail('night', next.id)).record.cases.find((one: { alertId: string }) => one.alertId === taken).charge).toBe('shift')
  })

  test('ten people who sign one side at once: one signature', async () => {
    const { rows } = await world.pool.query("insert into handover (region_code, region_path, at, until, created_at, outgoing, incoming, changed_at) select region_code, region_path, at - interval '3 days', until, now(), outgoing, incoming, now() from handover where id = $1 returning id::text as id", [id])
    const caller = await as('night')
    const all = await Promise.all(Array.from({ length: 10 }, () => world.call(caller, 'POST', `/api/v1/handovers/${rows[0].id}/sign`, { side: 'incoming' })))
    expect(all.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 409)])
  })
})
