import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CaseReports } from '../../core/contract/reports.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const T = at('2026-06-11 20:10')
const clock = new ManualClock(T)
const EMPTY = { situation: '', cause: '', measures: '', expectedEnd: '', line: '', spread: '', help: '' }
const SAID = { ...EMPTY, situation: '苏州移动网中断，抢修中' }
let world: ServerWorld
const callers: Record<string, Caller> = {}
const ids: Record<string, string> = {}
beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['manager', 'duty_manager', '32'], ['night', 'duty_manager', '32'], ['auditor', 'auditor', '00'], ['far', 'duty_manager', '33']] as const) {
    ids[login] = await world.addUser(login, role, code)
    callers[login] = await world.signIn(login)
  }
})
beforeEach(() => clock.set(T))
afterAll(() => world?.stop())

let cases = 0
/** A case of an outage in Suzhou that began ten minutes before, as the risk worker leaves it. */
async function anOutage(severity: Severity, { users = 23_000, province = '32' }: { users?: number; province?: string } = {}): Promise<{ id: string; incident: string }> {
  const incident = `I-${(cases += 1)}`
  const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, {
    kind: 'risk', ruleId: 'MR-07', severity, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt: clock.now(), suppressedBy: null,
  }))
  const { pool } = world
  await pool.query("insert into risk_case (alert_id, matter, matter_kind, first_true_at, last_true_at) values ($1, 'mobile', 'product', now(), now())", [alert.id])
  await pool.query("insert into risk_member (alert_id, rule_id, region_code, tick_at, level, value, reason) values ($1, 'MR-07', '320500', now(), $2, $3, $4)", [alert.id, severity, users, JSON.stringify({ why: 'said', zh: '', en: '', facts: { incidentId: incident, users } })])
  await pool.query(
    `insert into incident (subject_key, incident_id, province_code, source_system, region_path, region_codes, region_paths, product, state, users_affected, users_affected_most, started_at, is_void, first_event_at, last_event_at, updated_at)
     select $1, $1, $2, 'NET', path, array[code], array[path], 'mobile', 'open', $3, $3, to_timestamp($4::float8 / 1000), false, now(), now(), now() from region where code = $5`,
    [incident, province, users, T - 10 * MINUTE, province === '32' ? '320500' : province],
  )
  return { id: alert.id, incident }
}
const call = (who: string, method: 'GET' | 'POST', id: string, body?: unknown) => world.call(callers[who] as Caller, method, `/api/v1/cases/${id}/reports`, body)
const regulator = async (id: string) => {
  const { body } = await call('manager', 'GET', id)
  expect([...Value.Errors(CaseReports as TSchema, body)]).toEqual([])
  return told((body as CaseReports).regulator)
}
const told = (found: CaseReports['regulator']) => found === null ? null : [
  found.grade, ...found.duties.map(({ kind, dueAt, doneAt, isLate }) => `${kind} ${dueAt === null ? '-' : (dueAt - T) / MINUTE}${doneAt === null ? '' : ` done ${(doneAt - T) / MINUTE}`}${isLate ? ' late' : ''}`),
]
const report = (kind: string, more: object = {}) => ({ audience: 'regulator', kind, recipient: '省通信管理局', body: SAID, ...more })

describe('reports of an interruption to the regulator', () => {
  test('of an orange case are owed orally within 4 h and in writing within 24 h, and stopped by sending alone', async () => {
    const { id, incident } = await anOutage(3)
    expect(await regulator(id)).toEqual(['serious', 'oral 240', 'written 1440'])
    expect((await call('auditor', 'GET', id)).body.regulator).toMatchObject({ incidentId: incident, users: 23_000, since: T })
    // The company's own report stops none of these clocks, nor these the company's.
    await call('manager', 'POST', id, { kind: 'oral', recipient: '集团运营中心', body: EMPTY })
    expect(await regulator(id)).toEqual(['serious', 'oral 240', 'written 1440'])
    clock.set(T + 4 * HOUR + MINUTE)
    expect(await regulator(id)).toEqual(['serious', 'oral 240 late', 'written 1440'])
    const sent = await call('manager', 'POST', id, report('oral', { madeAt: T + 3 * HOUR, body: EMPTY }))
    expect([sent.status, told(sent.body.regulator)]).toEqual([200, ['serious', 'oral 240 done 180', 'written 1440']])
    const written = await call('manager', 'POST', id, report('written'))
    expect(told(written.body.regulator)).toEqual(['serious', 'oral 240 done 180', 'written 1440 done 241'])
    expect(written.body.duties.map(({ kind, doneAt }: { kind: string; doneAt: number | null }) => [kind, doneAt])).toEqual([['oral', T], ['written', null]])
    expect(written.body.items[1]).toMatchObject({ audience: 'regulator', kind: 'oral', recipient: '省通信管理局', madeAt: T + 3 * HOUR })
    const notes = (await world.pool.query<{ reason: string }>("select reason from alert_transition where alert_id = $1 and move = 'note' order by id", [id])).rows
    expect(notes.at(-2)?.reason).toBe('监管报送 To the regulator: 口头报告 Oral report → 省通信管理局（系统外报出，补登 given outside, recorded later）')
  })

  test('of more than 500,000 users are owed at once and within 4 h when it has lasted more than an hour', async () => {
    const { id } = await anOutage(2, { users: 500_001 })
    clock.set(T + 50 * MINUTE)
    expect(await regulator(id)).toEqual(['general', 'monthly -'])
    clock.set(T + 50 * MINUTE + 1)
    expect(await regulator(id)).toEqual(['extreme', 'oral 50 late', 'written 290'])
    const { id: less } = await anOutage(2, { users: 500_000 })
    clock.set(T + 3 * HOUR)
    expect(await regulator(less)).toEqual(['general', 'monthly -'])
  })

  test('do not fall away with the colour, the interruption or the case; a month’s report is recorded when all is over', async () => {
    const { id } = await anOutage(3)
    await world.pool.query("update incident set state = 'closed', restored_at = to_timestamp($1::float8 / 1000)", [T + MINUTE])
    await world.pool.query("update alert set severity = 2, state = 'closed', ended_at = now() where id = $1", [id])
    expect(await regulator(id)).toEqual(['serious', 'oral 240', 'written 1440'])
    const { id: small } = await anOutage(1)
    await world.pool.query("update alert set state = 'closed', ended_at = now() where id = $1", [small])
    expect((await call('manager', 'POST', small, report('monthly'))).status).toBe(200)
    expect(await regulator(small)).toEqual(['general', 'monthly - done 0'])
    expect((await call('manager', 'POST', small, { ...report('oral'), audience: 'company' })).status).toBe(409)
  })

  test('count in what a shift hands over as the next report of a case', async () => {
    const crew = (login: string) => [{ primary: ids[login], deputy: null }]
    const rotations = [{ kinds: ['day'], crews: crew('manager'), anchor: '2026-06-01', turnDays: 1 }, { kinds: ['night'], crews: crew('night'), anchor: '2026-06-01', turnDays: 1 }]
    const put = await world.call(callers['manager'] as Caller, 'PUT', '/api/v1/rosters/duty_manager/32', { basedOn: 0, reason: '六月排班', roster: { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations } })
    expect(put.status).toBe(200)
    const { id } = await anOutage(1, { users: 600_000 })
    await call('manager', 'POST', id, { kind: 'written', recipient: '省投诉中心', body: SAID })
    clock.set(at('2026-06-12 07:00'))
    await runSweep(world.engine, clock.now())
    callers['manager'] = await world.signIn('manager')
    const get = (path: string) => world.call(callers['manager'] as Caller, 'GET', `/api/v1/handovers${path}`)
    const [handover] = (await get('')).body.items
    const { cases: handed } = (await get(`/${handover.id}`)).body.record
    expect(handed.find(({ alertId }: { alertId: string }) => alertId === id)).toMatchObject({ nextReportAt: T + 50 * MINUTE })
  })

  test('of what was no case are not owed', async () => {
    const { id } = await anOutage(3)
    await inEngineTransaction(world.engine, clock.now(), (etx) => moveAlert(etx, id, { move: 'retract', reason: 'facts changed' }, { kind: 'engine' }, 'test'))
    expect(await regulator(id)).toEqual(['serious'])
  })

  test('are for interruptions only, of their own region’s incident, of kinds that there are, by those who work there', async () => {
    const { id } = await anOutage(3)
    const other = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, {
      kind: 'risk', ruleId: 'MR-01', severity: 3, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt: clock.now(), suppressedBy: null,
    }))
    await world.pool.query("insert into risk_case (alert_id, matter, first_true_at, last_true_at) values ($1, '断网', now(), now())", [other.id])
    expect(await regulator(other.id)).toBeNull()
    const { id: elsewhere } = await anOutage(3, { province: '33' })
    expect(await regulator(elsewhere)).toBeNull()
    const refusals: [string, string, unknown, number, string][] = [
      ['manager', other.id, report('oral'), 409, 'no_interruption'],
      ['manager', id, report('update'), 422, 'wrong_kind'],
      ['manager', id, { ...report('monthly'), audience: 'company' }, 422, 'wrong_kind'],
      ['manager', id, report('written', { body: EMPTY }), 422, 'empty_text'],
      ['manager', id, report('written', { body: { ...EMPTY, situation: '客户 13812345678 来电' } }), 422, 'personal_data'],
      ['manager', id, report('oral', { audience: 'press' }), 400, 'invalid_request'],
      ['auditor', id, report('oral'), 403, 'role_may_not'],
      ['far', id, report('oral'), 404, 'not_found'],
    ]
    for (const [who, of, body, status, code] of refusals) {
      const answer = await call(who, 'POST', of, body)
      expect([answer.status, answer.body.error.code]).toEqual([status, code])
    }
    expect(await regulator(id)).toEqual(['serious', 'oral 240', 'written 1440'])
    expect((await world.pool.query('select from case_report where alert_id = any($1::bigint[])', [[id, other.id]])).rowCount).toBe(0)
  })
})
