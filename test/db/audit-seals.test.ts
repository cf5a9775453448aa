import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../core/domain/time.ts'
import { type AuditReport, sealLogs, verifyAudit } from '../../core/engine/audit-seals.ts'
import { finishRetention } from '../../core/engine/retention.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld } from '../support/alert-world.ts'
import { keepingWorld } from '../support/keeping-world.ts'
import { pass, scene } from '../support/webhook-scene.ts'

const ALL = { from: 0, to: 32_503_680_000_000 }
const verify = (world: Pick<AlertWorld, 'engine'>): Promise<AuditReport> => verifyAudit(world.engine, ALL)

/** What somebody does who can write to the database past every trigger. */
async function tamper(world: Pick<AlertWorld, 'pool'>, ...statements: string[]): Promise<void> {
  await inTransaction(world.pool, async (tx) => {
    await tx.query('set local session_replication_role = replica')
    for (const statement of statements) expect((await tx.query(statement)).rowCount, statement).toBeGreaterThan(0)
  })
}

/** An alert that was called for, answered and ended, an audit line, and all of it sealed. */
async function sealedWorld(): Promise<AlertWorld> {
  const { world } = await scene()
  const manager = await world.user('duty_manager', '32')
  const alert = await world.raise()
  await pass(world, T)
  await world.move(alert.id, { move: 'ack' }, manager)
  await world.pool.query(`insert into audit_log (at, actor, action, subject) values (to_timestamp($1::float8 / 1000), 'a', 'b', 'c'), (to_timestamp($1::float8 / 1000), 'd', 'e', 'f')`, [T])
  await sealLogs(world.engine, T)
  await world.raise({ ruleId: 'MR-02' })
  await runEscalate(world.engine, T + MINUTE)
  await sealLogs(world.engine, T + MINUTE)
  return world
}

describe('what is sealed', () => {
  let world: AlertWorld
  beforeEach(async () => { world = await sealedWorld() })

  test('holds, all of it: history, audit log, every call and every change of a delivery', async () => {
    const report = await verify(world)
    expect(report).toMatchObject({ seals: 2, unsealed: 0, oldestUnsealedAt: null, broken: [] })
    const states = await world.rows<{ states: string[] }>(
      `select array_agg(body ->> 'state' order by id) as states from page_log where kind = 'delivery' and body ->> 'channel' = 'webhook' and alert_id = (select min(id) from alert)`,
    )
    expect(states).toEqual([{ states: ['queued', 'sending', 'sent'] }])
    expect(report.lines).toBe(Number((await world.rows<{ n: string }>('select (select count(*) from alert_transition) + (select count(*) from audit_log) + (select count(*) from page_log) as n'))[0]?.n))
    expect(report.states).toBeGreaterThan(3)
  })

  test('is sealed once, however many workers are at it, and what is new is told until it is', async () => {
    await world.raise({ ruleId: 'MR-03' })
    expect((await verify(world)).unsealed).toBeGreaterThan(0)
    await Promise.all(Array.from({ length: 6 }, () => sealLogs(world.engine, T + 2 * MINUTE)))
    await sealLogs(world.engine, T + 2 * MINUTE)
    expect(await verify(world)).toMatchObject({ unsealed: 0, broken: [] })
  })

  test('cannot be looked through with another secret: every link is said to be of another key', async () => {
    const { broken } = await verifyAudit({ pool: world.pool, secret: 'another secret, of thirty-two letters too' }, ALL)
    expect(broken[0]).toEqual({ log: 'audit_seal', id: '1', what: 'other_key' })
  })
})

describe('what was tampered with is named', () => {
  let world: AlertWorld
  beforeEach(async () => { world = await sealedWorld() })

  const cases: readonly [name: string, statements: string[], found: { log: string; what: string; id?: string }[]][] = [
    ['one byte of a reason', [`update alert_transition set reason = reason || '.' where id = 1`], [{ log: 'alert_transition', id: '1', what: 'altered' }]],
    ['a time, by a microsecond', [`update audit_log set at = at + interval '1 microsecond' where id = 2`], [{ log: 'audit_log', id: '2', what: 'altered' }]],
    ['a deleted line', ['delete from audit_log where id = 1'], [{ log: 'audit_log', id: '1', what: 'deleted' }]],
    ['the newest line', ['delete from page_log where id = (select max(id) from page_log)'], [{ log: 'page_log', what: 'deleted' }, { log: 'outbox', what: 'altered' }]],
    ['two lines that changed places', [
      `update audit_log set actor = case id when 1 then 'd' else 'a' end, action = case id when 1 then 'e' else 'b' end, subject = case id when 1 then 'f' else 'c' end where id in (1, 2)`,
    ], [{ log: 'audit_log', id: '1', what: 'altered' }, { log: 'audit_log', id: '2', what: 'altered' }]],
    ['a delivery whose state is another', [`update outbox set state = 'delivered' where channel = 'webhook' and state = 'sent'`], [{ log: 'outbox', what: 'altered' }]],
    ['a step that called somebody else', [`update escalation_step set targets = '{}' where step = 0 and escalation_id = 1`], [{ log: 'escalation_step', id: '1/0/0', what: 'altered' }]],
    ['a digest made to fit', [`update alert_transition set reason = 'x' where id = 1`, `update audit_entry set digest = sha256('x') where source = 'alert_transition' and row_id = 1`], [
      { log: 'audit_seal', id: '1', what: 'altered' }, { log: 'alert_transition', id: '1', what: 'altered' },
    ]],
    ['a line and its digest, both gone', ['delete from audit_log where id = 1', `delete from audit_entry where source = 'audit_log' and row_id = 1`], [{ log: 'audit_seal', id: '1', what: 'altered' }]],
    ['a missing link', ['delete from audit_seal where no = 1'], [{ log: 'audit_seal', id: '1', what: 'deleted' }]],
    ['a link with another time', [`update audit_seal set at = at - interval '1 day' where no = 2`], [{ log: 'audit_seal', id: '2', what: 'altered' }]],
  ]
  test.each(cases)('%s', async (_name, statements, found) => {
    await tamper(world, ...statements)
    expect((await verify(world)).broken).toEqual(found.map((one) => expect.objectContaining(one)))
  })

  test('a line put in between long after', async () => {
    await tamper(world, 'delete from audit_log where id = 1', `delete from audit_entry where source = 'audit_log' and row_id = 1`)
    for (const minutes of [2, 12, 23]) {
      await world.pool.query(`insert into audit_log (at, actor, action, subject) values (to_timestamp($1::float8 / 1000), 'x', 'y', 'z')`, [T])
      await sealLogs(world.engine, T + minutes * MINUTE)
    }
    await world.pool.query(`insert into audit_log (id, at, actor, action, subject) overriding system value values (1, to_timestamp($1::float8 / 1000), 'a', 'b', 'never happened')`, [T])
    await sealLogs(world.engine, T + 24 * MINUTE)
    expect((await verify(world)).broken).toContainEqual({ log: 'audit_log', id: '1', what: 'inserted' })
  })
})

describe('lines of a transaction that took long', () => {
  test('are sealed when they turn up, and are not taken for tampering', async () => {
    const world = await alertWorld(T)
    const line = (by: { query: (text: string) => Promise<unknown> }) => by.query(`insert into audit_log (at, actor, action, subject) values (now(), 'a', 'b', 'c')`)
    const slow = await world.pool.connect()
    await slow.query('begin')
    await line(slow)
    await line(world.pool)
    await sealLogs(world.engine, T)
    await slow.query('commit')
    slow.release()
    await sealLogs(world.engine, T + 1_000)
    expect((await verify(world)).unsealed).toBe(1)
    await sealLogs(world.engine, T + MINUTE)
    expect(await verify(world)).toMatchObject({ unsealed: 0, broken: [], lines: 2 })
  })
})

describe('what the keeping job deletes', () => {
  test('is no tampering; the same rows deleted by anybody else are', async () => {
    const world = await keepingWorld()
    await world.anAlert({ ended: '2020-01-01 00:00' })
    await world.anAlert({ ended: '2020-01-01 00:00' })
    await world.anAuditLine('2020-01-01 00:00', 'x')
    const kept = await world.anAuditLine('2026-01-01 00:00', 'x')
    await sealLogs(world.engine, world.clock.now())
    await finishRetention(world.engine, world.clock)
    expect(await world.ids('select id from page_log')).toEqual([])
    expect(await verify(world)).toMatchObject({ broken: [], unsealed: 0 })
    await tamper(world, `delete from audit_log where id = ${kept}`, `insert into audit_tombstone select 'audit_log', ${kept}, max(day) from retention_run`)
    expect((await verify(world)).broken).toEqual([{ log: 'audit_log', id: kept, what: 'deleted' }])
  })
})
