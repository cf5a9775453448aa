import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type ServerWorld, serverWorld } from '../support/server.ts'

const T = at('2026-06-11 19:52')
const clock = new ManualClock(T)
let world: ServerWorld
beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['manager', 'duty_manager', '32'], ['auditor', 'auditor', '00'], ['far', 'duty_manager', '33']] as const) await world.addUser(login, role, code)
})
afterAll(async () => { await world?.stop() })

async function aCase(severity: Severity): Promise<string> {
  const alert = await inEngineTransaction(world.engine, clock.now(), (etx) => openAlert(etx, {
    kind: 'risk', ruleId: 'MR-01', severity, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt: clock.now(), suppressedBy: null,
  }))
  await world.pool.query('insert into risk_case (alert_id, matter, first_true_at, last_true_at, ticket_count, customer_count) values ($1, $2, now(), now(), 110, 108)', [alert.id, '断网'])
  return alert.id
}
const EMPTY = { situation: '', cause: '', measures: '', expectedEnd: '', line: '', spread: '', help: '' }
const as = async (login: string) => {
  const caller = await world.signIn(login)
  return (method: 'GET' | 'POST', id: string, body?: unknown) => world.call(caller, method, `/api/v1/cases/${id}/reports`, body)
}
const duties = (body: { duties: { kind: string; dueAt: number; doneAt: number | null; isLate: boolean }[] }) =>
  body.duties.map(({ kind, dueAt, doneAt, isLate }) => `${kind} ${(dueAt - T) / MINUTE}${doneAt === null ? '' : ` done ${(doneAt - T) / MINUTE}`}${isLate ? ' late' : ''}`)

describe('reports upward of a case', () => {
  test('are owed from T whether or not somebody has acknowledged (S-12: oral 20:22, written 21:52), and a report stops its clock', async () => {
    clock.set(T)
    const id = await aCase(3)
    const call = await as('manager')
    expect(duties((await call('GET', id)).body)).toEqual(['oral 30', 'written 120'])
    clock.set(T + 14 * MINUTE)
    const { rows } = await world.pool.query<{ id: string }>("select id from app_user where login = 'manager'")
    const actor = { kind: 'user', userId: rows[0]?.id ?? '', name: 'manager', role: 'duty_manager', regionPath: '/00/32/' } as const
    expect((await inEngineTransaction(world.engine, clock.now(), (etx) => moveAlert(etx, id, { move: 'ack', reason: '' }, actor, 'test'))).ok).toBe(true)
    expect(duties((await call('GET', id)).body)).toEqual(['oral 30', 'written 120'])
    clock.set(T + 40 * MINUTE)
    expect(duties((await call('GET', id)).body)).toEqual(['oral 30 late', 'written 120'])
    // Given by telephone at 20:20, recorded at 20:32.
    const oral = await call('POST', id, { kind: 'oral', recipient: '集团运营中心', madeAt: T + 28 * MINUTE, body: EMPTY })
    expect([oral.status, duties(oral.body)]).toEqual([200, ['oral 30 done 28', 'written 120']])
    clock.set(T + 100 * MINUTE)
    const written = await call('POST', id, { kind: 'written', recipient: '省公司领导', body: { ...EMPTY, situation: '苏州宽带中断，抢修中' } })
    expect(duties(written.body)).toEqual(['oral 30 done 28', 'written 120 done 100', 'update 160'])
    expect(written.body.items[0]).toMatchObject({ kind: 'written', severity: 3, madeAt: T + 100 * MINUTE, recordedByName: expect.stringContaining('manager'), recipient: '省公司领导', body: { situation: '苏州宽带中断，抢修中' }, figures: { ruleId: 'MR-01', tickets: 110, customers: 108 } })
    const notes = (await world.pool.query<{ reason: string }>("select reason from alert_transition where alert_id = $1 and move = 'note' order by id", [id])).rows
    expect(notes.map(({ reason }) => reason)).toEqual(['口头报告 Oral report → 集团运营中心（系统外报出，补登 given outside, recorded later）', '书面报告 Written report → 省公司领导'])
  })

  test('begin anew with the higher colour (S-1 B)', async () => {
    clock.set(T)
    const id = await aCase(2)
    const call = await as('manager')
    clock.set(T + 20 * MINUTE)
    await call('POST', id, { kind: 'written', recipient: '省投诉中心', body: { ...EMPTY, situation: '升温' } })
    clock.set(T + 30 * MINUTE)
    await inEngineTransaction(world.engine, clock.now(), (etx) => moveAlert(etx, id, { move: 'upgrade', toSeverity: 3, reason: 'rule' }, { kind: 'engine' }, 'engine'))
    expect(duties((await call('GET', id)).body)).toEqual(['oral 60', 'written 150'])
  })

  test('are refused without words, with personal data, at impossible times, by those who only read, and outside of the scope; nothing of that is kept', async () => {
    clock.set(T)
    const id = await aCase(4)
    clock.set(T + 25 * HOUR)
    const call = await as('manager')
    const order = { kind: 'written', recipient: '省公司', body: { ...EMPTY, situation: '情况' } }
    const refusals: [unknown, number, string][] = [
      [{ ...order, body: EMPTY }, 422, 'empty_text'],
      [{ ...order, body: { ...EMPTY, situation: '客户 13812345678 来电' } }, 422, 'personal_data'],
      [{ ...order, recipient: '  ' }, 400, 'invalid_request'],
      [{ ...order, madeAt: clock.now() + 1 }, 422, 'bad_time'],
      [{ ...order, madeAt: T }, 422, 'bad_time'],
      [{ ...order, kind: 'rumour' }, 400, 'invalid_request'],
      [{ ...order, body: { situation: '缺项' } }, 400, 'invalid_request'],
    ]
    for (const [body, status, code] of refusals) expect(await call('POST', id, body)).toMatchObject({ status, body: { error: { code } } })
    expect((await (await as('auditor'))('POST', id, order)).status).toBe(403)
    expect((await (await as('auditor'))('GET', id)).status).toBe(200)
    expect((await (await as('far'))('GET', id)).status).toBe(404)
    expect((await call('GET', id)).body.items).toEqual([])
    expect((await world.pool.query("select from alert_transition where alert_id = $1 and move = 'note'", [id])).rowCount).toBe(0)
  })
})
