import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finishRetention } from '../../core/engine/retention.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { lockRetention } from '../../core/store/retention-run-store.ts'
import { type KeepingWorld, keepingWorld } from '../support/keeping-world.ts'
import { type Caller, serverWorld, type ServerWorld } from '../support/server.ts'

let keeping: KeepingWorld
let world: ServerWorld
const as: Record<string, Caller> = {}
const KEY = '32:crm:old'

beforeAll(async () => {
  keeping = await keepingWorld()
  await keeping.aTicket('old', '2020-01-01 09:00', '2020-01-01 12:00')
  world = await serverWorld({ clock: keeping.clock, world: keeping })
  for (const [login, role, region] of [
    ['cs-32', 'province_cs_dept', '32'],
    ['cs-33', 'province_cs_dept', '33'],
    ['cs', 'group_cs_dept', '00'],
    ['auditor-32', 'auditor', '32'],
    ['auditor', 'auditor', '00'],
    ['leader-32', 'duty_leader', '32'],
  ] as const) {
    await world.addUser(login, role, region)
    as[login] = await world.signIn(login)
  }
}, 120_000)
afterAll(async () => { await world?.stop() })

const call = (who: string, method: string, path: string, body?: unknown) => world.call(as[who] as Caller, method, `/api/v1${path}`, body)
const set = (who: string, subjectKind: string, subjectId: string, reason = '法院调证 asked for by a court') => call(who, 'POST', '/holds', { subjectKind, subjectId, reason })

describe('a litigation hold', () => {
  test('is set by the customer-service departments on what is theirs, masked and audited, and stops deletion until it is lifted', async () => {
    const made = await set('cs-32', 'ticket', KEY, '原告 13800001111 起诉')
    expect([made.status, made.body]).toEqual([
      201,
      { id: expect.any(String), subjectKind: 'ticket', subjectId: KEY, reason: '原告 138****1111 起诉', by: 'cs-32', at: keeping.clock.now(), liftedAt: null, liftedBy: null },
    ])
    expect((await finishRetention(world.engine, keeping.clock)).held).toMatchObject({ texts: 1, events: 2 })
    expect(await keeping.ids('select ticket_key as id from ticket where is_frozen')).toEqual([])

    const { id } = made.body
    const lifted = await call('cs', 'DELETE', `/holds/${id}`)
    expect([lifted.status, lifted.body]).toEqual([200, { ...made.body, liftedAt: keeping.clock.now(), liftedBy: 'cs' }])
    expect((await call('cs-32', 'DELETE', `/holds/${id}`)).body).toEqual(lifted.body)
    expect((await call('cs-32', 'GET', '/holds')).body.items).toEqual([])
    expect((await call('auditor-32', 'GET', '/holds?state=all')).body.items).toEqual([lifted.body])

    const { rows } = await keeping.pool.query(`select actor, action, subject, detail ->> 'hold' as hold, detail ->> 'regionPath' as path from audit_log where action ~ 'hold' order by id`)
    expect(rows).toEqual([
      { actor: 'cs-32', action: 'hold_set', subject: `ticket ${KEY}`, hold: id, path: expect.stringMatching(/^\/00\/32\//) },
      { actor: 'cs', action: 'hold_lifted', subject: `ticket ${KEY}`, hold: id, path: '/00/' },
    ])
  })

  test('is set on a case by its alert id; an alert of a ticket is no case', async () => {
    const [risk, abnormal] = [await keeping.anAlert({ ended: null }), await keeping.anAlert({ ended: null, ticketKey: KEY })]
    expect((await set('cs', 'case', risk)).status).toBe(201)
    expect((await set('cs', 'case', abnormal)).status).toBe(404)
  })

  test('of what is not there and of what is another’s is answered alike', async () => {
    const [foreign, nothing] = [await set('cs-33', 'ticket', KEY), await set('cs-33', 'ticket', '33:crm:none')]
    expect([foreign.status, foreign.text]).toEqual([404, nothing.text])
    for (const [kind, id] of [['case', 'none'], ['case', '9'.repeat(40)], ['ticket', '\u0007']]) expect((await set('cs', kind as string, id as string)).status, id).toBe(404)
    const { id } = (await set('cs-32', 'ticket', KEY)).body
    expect((await call('cs-33', 'DELETE', `/holds/${id}`)).status).toBe(404)
    expect((await call('cs-33', 'GET', '/holds?state=all')).body.items).toEqual([])
  })

  test('is refused where the request does not fit, and to whoever may not', async () => {
    for (const body of [{}, { subjectKind: 'alert', subjectId: KEY, reason: 'xx' }, { subjectKind: 'ticket', subjectId: KEY, reason: '' }, { subjectKind: 'ticket', subjectId: KEY, reason: 'xx', by: 'me' }]) {
      expect((await call('cs', 'POST', '/holds', body)).status, JSON.stringify(body)).toBe(400)
    }
    expect((await call('cs', 'DELETE', '/holds/x')).status).toBe(400)
    for (const who of ['auditor-32', 'leader-32']) expect((await set(who, 'ticket', KEY)).status, who).toBe(403)
    expect((await call('leader-32', 'GET', '/holds')).status).toBe(403)
  })

  test('set while something is being deleted waits for that to end: what it answers holds from then on', async () => {
    let isSet = false
    let waiting: Promise<unknown> = Promise.resolve()
    await inTransaction(keeping.pool, async (tx) => {
      await lockRetention(tx)
      waiting = set('cs-32', 'ticket', KEY).then(() => { isSet = true })
      await sleep(150)
      expect(isSet).toBe(false)
    })
    await waiting
    expect(isSet).toBe(true)
  })
})

test('reports of deletion are shown to those who stand at the root: they count everybody’s rows', async () => {
  const { rows } = await keeping.pool.query('select from retention_run')
  expect(rows).toHaveLength(1)
  const [seen] = (await call('auditor', 'GET', '/retention-runs')).body.items
  expect(seen).toMatchObject({ day: '2026-06-15', finishedAt: keeping.clock.now(), deleted: { texts: 0 }, held: { texts: 1, events: 2 }, cutoffs: { logs: expect.any(Number) } })
  expect(seen).not.toHaveProperty('step')
  expect((await call('cs', 'GET', '/retention-runs')).body.items).toHaveLength(1)
  expect((await call('auditor-32', 'GET', '/retention-runs')).body.items).toEqual([])
  expect((await call('leader-32', 'GET', '/retention-runs')).status).toBe(403)
})
