import { beforeEach, describe, expect, test } from 'vitest'
import { CANARY_KEPT, CANARY_PLACE } from '../../core/domain/escalation/canary.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { sealLogs, verifyAudit } from '../../core/engine/audit-seals.ts'
import { runCanary } from '../../core/engine/canary.ts'
import { finishRetention } from '../../core/engine/retention.ts'
import { runSelfAudit } from '../../core/engine/self-audit.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { askForHandover } from '../../core/store/handover-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, type Person } from '../support/alert-world.ts'
import { type CanaryScene, canaryScene } from '../support/canary-scene.ts'

const verify = (world: AlertWorld) => verifyAudit(world.engine, { from: 0, to: 32_503_680_000_000 })
const count = async (world: AlertWorld, from: string) => Number((await world.rows<{ n: string }>(`select count(*) as n from ${from}`))[0]?.n)

let world: AlertWorld
let scene: CanaryScene
let manager: Person
/** A case with its page beside three canaries that came through. */
beforeEach(async () => {
  world = await alertWorld(T)
  scene = await canaryScene(world.engine, world.clock)
  manager = await world.user('duty_manager', '32')
  await world.raise()
  for (const minute of [0, 1, 2]) {
    world.clock.set(T + minute * MINUTE)
    await scene.runUntil(T + minute * MINUTE + 10 * SECOND)
  }
  expect(await count(world, "alert where kind = 'canary' and state = 'resolved'")).toBe(3)
})

describe('the proof of the pages', () => {
  test('holds beside canaries, of which no line is sealed or written down', async () => {
    const sealed = await sealLogs(world.engine, T + 3 * MINUTE)
    expect(sealed).toBe(await count(world, "(select id from alert_transition where alert_id in (select id from alert where kind <> 'canary') union all select id from page_log) l"))
    expect(await count(world, "page_log where alert_id in (select id from alert where kind = 'canary')")).toBe(0)
    expect(await verify(world)).toMatchObject({ broken: [], unsealed: 0 })
    expect(await sealLogs(world.engine, T + 4 * MINUTE), 'and none is looked at again').toBe(0)
    expect(await world.rows('select m.high = (select max(id) from alert_transition) as is from audit_mark m where m.source = $1', ['alert_transition'])).toEqual([{ is: true }])
  })

  test('holds after they have left, once their lines lie far behind the mark too', async () => {
    for (const minute of [3, 14, 25, 36]) await sealLogs(world.engine, T + minute * MINUTE)
    expect(await verify(world)).toMatchObject({ broken: [], unsealed: 0 })
    await runCanary(world.engine, T + CANARY_KEPT + 5 * MINUTE)
    expect(await count(world, "alert where kind = 'canary' and opened_at < to_timestamp($1)".replace('$1', String((T + CANARY_KEPT) / 1000)))).toBe(0)
    expect(await verify(world)).toMatchObject({ broken: [], unsealed: 0 })
    expect(await count(world, 'audit_tombstone')).toBe(0)
  })

  test('finds an alert that was made a canary of, and what was inserted beside it', async () => {
    await sealLogs(world.engine, T + 3 * MINUTE)
    await inTransaction(world.pool, async (tx) => {
      await tx.query('set local session_replication_role = replica')
      await tx.query(`update alert set kind = 'canary', region_path = '${CANARY_PLACE.path}' where kind = 'risk'`)
      await tx.query(`update outbox set state = 'delivered' where channel = 'in_app'`)
      await tx.query("delete from alert_transition where move = 'open' and alert_id = (select min(id) from alert)")
    })
    expect((await verify(world)).broken.map(({ log, what }) => `${log} ${what}`)).toEqual(expect.arrayContaining(['alert_transition deleted', 'outbox altered']))
  })
})

describe('how long one is kept', () => {
  test('a day, with its whole record; nothing else goes', async () => {
    const others = await count(world, "alert_transition where alert_id in (select id from alert where kind <> 'canary')")
    await runCanary(world.engine, T + CANARY_KEPT)
    expect(await count(world, "alert where kind = 'canary'"), 'a day old to the millisecond is kept').toBe(4)
    await runCanary(world.engine, T + CANARY_KEPT + 2 * MINUTE)
    expect(await world.rows(`select opened_at from alert where kind = 'canary' order by 1`)).toEqual([
      { opened_at: T + 2 * MINUTE }, { opened_at: T + CANARY_KEPT }, { opened_at: T + CANARY_KEPT + 2 * MINUTE },
    ])
    for (const table of ['outbox', 'escalation', 'alert_transition']) {
      expect(await count(world, `${table} where alert_id not in (select id from alert)`), table).toBe(0)
    }
    expect(await count(world, "alert where kind <> 'canary'")).toBe(1)
    expect(await count(world, "alert_transition where alert_id in (select id from alert where kind <> 'canary')")).toBe(others)
  })

  test('catches up after an outage by 50 a minute', async () => {
    await world.pool.query(
      `insert into alert (kind, rule_id, rule_version, ladder_version, parameters, region_code, region_path, severity, state, facts, opened_at, severity_since, ended_at)
       select 'canary', 'CN-01', 1, 1, '{}', '~', '~/', 3, 'resolved', '{}', to_timestamp($1::float8 / 1000), to_timestamp($1::float8 / 1000), to_timestamp($1::float8 / 1000) from generate_series(1, 120)`,
      [T - 3 * DAY],
    )
    for (const [minute, left] of [[3, 70], [4, 20], [5, 0]] as const) {
      await runCanary(world.engine, T + minute * MINUTE)
      expect(await count(world, `alert where kind = 'canary' and opened_at < to_timestamp(${(T - DAY) / 1000})`)).toBe(left)
    }
  })

  test('the histories of alerts and of canaries that are under way stay append-only', async () => {
    await runCanary(world.engine, T + 3 * MINUTE)
    const refused = (where: string) => expect(world.pool.query(`delete from alert_transition where ${where}`)).rejects.toThrow('append-only')
    await refused("alert_id = (select id from alert where kind = 'risk')")
    await refused("alert_id = (select id from alert where kind = 'canary' and ended_at is null)")
    await expect(world.pool.query("update alert_transition set reason = 'x' where alert_id in (select id from alert where kind = 'canary')")).rejects.toThrow('append-only')
  })

  test('the nightly keeping job and its counts pass them by', async () => {
    world.clock.set(T + 12 * HOUR)
    const report = await finishRetention(world.engine, world.clock)
    expect(report.deleted).toMatchObject({ alerts: 0, transitions: 0, notifications: 0 })
    expect(await count(world, "alert where kind = 'canary'")).toBe(3)
  })
})

describe('beside the rest of the engine', () => {
  test('the tree holds no canary, and an alert of the tree can be none', async () => {
    await expect(world.pool.query("update alert set region_path = '/00/' where kind = 'canary'")).rejects.toThrow('alert_canary_place')
    await expect(world.pool.query(`update alert set region_path = '${CANARY_PLACE.path}' where kind = 'risk'`)).rejects.toThrow('alert_canary_place')
  })

  test('the self-audit mends the ladder of one as it mends any', async () => {
    await runCanary(world.engine, T + 3 * MINUTE)
    await runEscalate(world.engine, T + 3 * MINUTE)
    await world.pool.query('update escalation set due_at = null where stopped_at is null')
    expect(await runSelfAudit(world.engine, T + 3 * MINUTE + 16 * SECOND)).toBeGreaterThan(0)
    world.clock.set(T + 3 * MINUTE + 16 * SECOND)
    await scene.runUntil(T + 3 * MINUTE + 17 * SECOND)
    expect(await count(world, "alert where kind = 'canary' and state = 'resolved'")).toBe(4)
  })

  test('work announced for the whole group hides none, and a change of shift asks for none', async () => {
    await world.pool.query(
      `insert into quiet_window (kind, region_code, region_path, rule_ids, from_at, to_at, reason, owner, created_at, created_by)
       values ('maintenance', '00', '/00/', '{}', to_timestamp($1::float8 / 1000), to_timestamp($2::float8 / 1000), 'r', 'o', to_timestamp($1::float8 / 1000), $3)`,
      [T, T + HOUR, manager.userId],
    )
    await runCanary(world.engine, T + 3 * MINUTE)
    world.clock.set(T + 3 * MINUTE)
    await runEscalate(world.engine, T + 3 * MINUTE)
    expect(await inTransaction(world.pool, (tx) => askForHandover(tx, '/00/', T + 3 * MINUTE))).toBe(1)
    await scene.runUntil(T + 3 * MINUTE + 10 * SECOND)
    expect(await count(world, "alert where kind = 'canary' and state = 'resolved'")).toBe(4)
    expect(await world.rows("select distinct channel, target from outbox o join alert a on a.id = o.alert_id where a.kind = 'canary'")).toEqual([{ channel: 'canary', target: 'loopback' }])
  })
})
