import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FeedRow } from '../../core/contract/wall.ts'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'

let world: ServerWorld
beforeAll(async () => {
  world = await serverWorld()
  for (let n = 0; n < 20; n += 1) await world.addUser(`manager-${n}`, 'duty_manager', '32')
})
afterAll(async () => { await world?.stop() })

describe('twenty people who press "acknowledge" ten times each, all at once', () => {
  test('one press is first, the others are told who and when and are in the history, and the wall shows it within a second', async () => {
    const now = systemClock.now()
    const alert = await inEngineTransaction(world.engine, now, (etx) => openAlert(etx, {
      kind: 'risk', ruleId: 'MR-02', severity: 2, ticketKey: null, regionCode: '32', facts: {}, parameters: {}, ruleVersion: 1, openedAt: now, suppressedBy: null,
    }))
    const people = await Promise.all(Array.from({ length: 20 }, (_, n) => world.signIn(`manager-${n}`)))
    const wall = await world.addWall('32')
    const seen: FeedRow[] = []
    const socket = world.socket(wall)
    socket.on('rows', (rows) => seen.push(...rows))
    await new Promise<void>((resolve) => { socket.on('connect', resolve) })
    const started = performance.now()
    const presses = Array.from({ length: 10 }, () => people).flat()
    const answers = await Promise.all(presses.map((caller) => world.call(caller, 'POST', `/api/v1/alerts/${alert.id}/moves`, { move: 'ack', client: 'desk' })))
    const won = answers.filter(({ status }) => status === 200)
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 199 }, () => 409)])
    const { ackedByName, ackedAt } = won[0]!.body.card
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body.error).toMatchObject({ code: 'already_acknowledged', by: ackedByName, at: ackedAt, messageZh: `已由${ackedByName}确认` })
    }
    await expect.poll(() => seen.some((row) => row.topic === 'alert' && row.payload.id === alert.id && row.payload.ackedByName === ackedByName), { timeout: 3_000, interval: 10 }).toBe(true)
    expect(performance.now() - started).toBeLessThan(5_000)
    const { rows } = await world.pool.query("select count(*)::int as n from alert_transition where alert_id = $1 and move = 'ack'", [alert.id])
    expect(rows[0].n).toBe(1)
    const { rows: late } = await world.pool.query("select reason, count(*)::int as n, count(distinct actor_id)::int as people from alert_transition where alert_id = $1 and move = 'note' group by 1", [alert.id])
    expect(late).toEqual([{ reason: expect.stringMatching(new RegExp(`^迟到的确认：${ackedByName}已于 \\d\\d:\\d\\d:\\d\\d 确认。Acknowledged after ${ackedByName} had, at`)), n: 19, people: 19 }])
  })

  test('a reason is asked for where one is due, and numbers in it are masked before they are stored', async () => {
    const now = systemClock.now()
    const alert = await inEngineTransaction(world.engine, now, (etx) => openAlert(etx, {
      kind: 'risk', ruleId: 'MR-02', severity: 1, ticketKey: null, regionCode: '32', facts: {}, parameters: {}, ruleVersion: 1, openedAt: now, suppressedBy: null,
    }))
    const caller = await world.signIn('manager-3')
    const move = (body: unknown) => world.call(caller, 'POST', `/api/v1/alerts/${alert.id}/moves`, body)
    expect([(await move({ move: 'mark_false_positive' })).status, (await move({ move: 'mark_false_positive' })).body.error.code]).toEqual([422, 'reason_required'])
    const { status, text } = await move({ move: 'note', reason: '联系人 13812345678，\u0000 \ud800 已致电' })
    expect(status).toBe(200)
    expect(text).toContain('已致电')
    const { rows } = await world.pool.query('select string_agg(reason, chr(10)) as text from alert_transition')
    for (const kept of [text, rows[0].text, JSON.stringify(world.logged)]) expect(kept).not.toContain('13812345678')
    expect((await move({ move: 'upgrade', reason: 'x' })).status).toBe(400)
    expect((await move({ move: 'reopen_alert', reason: 'x' })).body.error.code).toBe('illegal_move')
    expect((await world.call(NOBODY, 'POST', `/api/v1/alerts/${alert.id}/moves`, { move: 'ack' })).status).toBe(401)
  })
})

describe('the confirmed users of a case', () => {
  test('are a line of its timeline, need a case and a reason, and are judged by', async () => {
    const now = systemClock.now()
    const spec = { kind: 'risk', ruleId: 'MR-13', severity: 1, ticketKey: null, regionCode: '32', facts: {}, parameters: {}, ruleVersion: 1, openedAt: now, suppressedBy: null } as const
    const [alert, bare] = await inEngineTransaction(world.engine, now, async (etx) => [await openAlert(etx, spec), await openAlert(etx, spec)] as const)
    await world.pool.query('insert into risk_case (alert_id, matter, first_true_at, last_true_at) values ($1, $2, now(), now())', [alert.id, '计费及收费'])
    const caller = await world.signIn('manager-4')
    const state = (id: string, body: unknown) => world.call(caller, 'PUT', `/api/v1/cases/${id}/confirmed-users`, body)
    const answer = await state(alert.id, { users: 4_600, reason: '计费核查 13812345678' })
    expect(answer.status).toBe(200)
    expect(answer.body.timeline.map(({ move, reason }: { move: string; reason: string }) => [move, reason])).toContainEqual(['note', '已核实 Confirmed 4600 户（人）：计费核查 138****5678'])
    const held = async () => (await world.pool.query('select confirmed_users::int as n from risk_case where alert_id = $1', [alert.id])).rows[0].n
    expect(await held()).toBe(4_600)
    expect((await state(alert.id, { users: null, reason: '有误' })).status).toBe(200)
    expect(await held()).toBeNull()
    expect((await state(bare.id, { users: 1, reason: 'x' })).body.error.code).toBe('not_a_case')
    for (const body of [{ users: -1, reason: 'x' }, { users: 1.5, reason: 'x' }, { users: 1 }, { users: 1, reason: '' }]) expect((await state(alert.id, body)).status).toBe(400)
    expect((await state('999999', { users: 1, reason: 'x' })).status).toBe(404)
  })
})
