import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import type { RetentionCounts } from '../../core/domain/protect/retention.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { finishRetention, previewRetention, stepRetention } from '../../core/engine/retention.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { lockRetention, type RetentionRun } from '../../core/store/retention-run-store.ts'
import { runRetention } from '../../workers/retention.ts'
import { at } from '../support/builders.ts'
import { CREATED } from '../support/items.ts'
import { type KeepingWorld, keepingWorld } from '../support/keeping-world.ts'

// On 2026-06-15: text and quarantine go before 2024-06-15, events and logs before 2023-06-15, alerts before 2021-06-15, cells before 2016-06-15.
const AGES = {
  justErased: ['2023-06-14 09:00', '2023-06-14 23:59:59'],
  justKept: ['2023-06-14 09:00', '2023-06-15 00:00:00'],
  justSilenced: ['2024-06-14 09:00', '2024-06-14 23:59:59'],
  justWhole: ['2024-06-14 09:00', '2024-06-15 00:00:00'],
  longLived: ['2020-02-01 09:00', '2026-06-01 12:00'],
  held: ['2020-03-01 09:00', '2020-03-01 12:00'],
  ofHeldCase: ['2020-03-02 09:00', '2020-03-02 12:00'],
  ofFreeCase: ['2020-03-03 09:00', '2020-03-03 12:00'],
  beforeCells: ['2016-06-14 09:00', '2016-06-14 12:00'],
  withCells: ['2016-06-15 09:00', '2016-06-15 12:00'],
} as const
type Age = keyof typeof AGES
const ERASED: readonly Age[] = ['justErased', 'ofFreeCase', 'beforeCells', 'withCells']
const SILENCED: readonly Age[] = [...ERASED, 'justKept', 'justSilenced']

interface Filled {
  readonly alerts: Readonly<Record<string, string>>
  readonly audit: Readonly<Record<string, string>>
  readonly quarantine: Readonly<Record<string, string>>
}

async function fill(world: KeepingWorld): Promise<Filled> {
  for (const [name, [first, last]] of Object.entries(AGES)) await world.aTicket(name, first, last)
  const alerts: Record<string, string> = {}
  alerts['suppressing kept'] = await world.anAlert({ ended: '2020-05-01 00:00' })
  alerts['suppressing gone'] = await world.anAlert({ ended: '2020-05-01 00:00' })
  alerts['just gone'] = await world.anAlert({ ended: '2021-06-14 23:59:59', suppressedBy: alerts['suppressing gone'] })
  alerts['just kept'] = await world.anAlert({ ended: '2021-06-15 00:00', suppressedBy: alerts['suppressing kept'] })
  alerts['open'] = await world.anAlert({ ended: null })
  alerts['noted later'] = await world.anAlert({ ended: '2020-05-01 00:00', noted: '2022-01-01 00:00' })
  alerts['held case'] = await world.anAlert({ ended: '2020-05-01 00:00', linked: '32:crm:ofHeldCase' })
  alerts['free case'] = await world.anAlert({ ended: '2020-05-01 00:00', linked: '32:crm:ofFreeCase' })
  alerts['of held ticket'] = await world.anAlert({ ended: '2020-05-01 00:00', ticketKey: '32:crm:held' })
  for (const [rule, ends, stopped] of [['MR-01', '2021-06-14 23:59:59', null], ['AT-02', '2030-01-01 00:00', '2020-05-01 00:00'], ['MR-02', '2021-06-15 00:00', null]] as const) await world.aTrial(rule, ends, stopped)
  await world.hold('ticket', '32:crm:held')
  await world.hold('case', alerts['held case'])
  const audit = {
    'just gone': await world.anAuditLine('2023-06-14 23:59:59', 'x'),
    'just kept': await world.anAuditLine('2023-06-15 00:00', 'x'),
    'of held case': await world.anAuditLine('2020-01-01 00:00', `alert ${alerts['held case']}`),
    'of held ticket': await world.anAuditLine('2020-01-01 00:00', 'ticket 32:crm:held'),
  }
  const quarantine = {
    'just gone': await world.quarantined('2024-06-14 23:59:59', { note: 'x' }),
    'just kept': await world.quarantined('2024-06-15 00:00', { note: 'x' }),
    'of held ticket': await world.quarantined('2020-01-01 00:00', { province_code: '32', source_system: 'crm', ticket_id: 'held' }),
    'not folded': await world.quarantined('2024-06-14 00:00', { ticket_key: '32:crm:x' }, 'fold_failed'),
    'not folded, older': await world.quarantined('2023-06-14 00:00', { ticket_key: '32:crm:x' }, 'fold_failed'),
  }
  return { alerts, audit, quarantine }
}

const named = (all: Readonly<Record<string, string>>, ids: readonly string[]) => Object.keys(all).filter((name) => ids.includes(all[name] as string))
const keyOf = (name: string) => `32:crm:${name}`
const keysOf = (names: readonly Age[]) => names.map(keyOf).sort()

describe('what is past its keeping time', () => {
  let world: KeepingWorld
  let filled: Filled
  let preview: Awaited<ReturnType<typeof previewRetention>>
  let run: RetentionRun
  const before: { cells?: unknown; present?: unknown; tickets?: unknown } = {}
  const cells = async () => (await world.pool.query("select * from cell where bin_at >= '2016-06-15 00:00+08' order by 1, 2, 3, 4, 5")).rows
  const present = async () => (await world.pool.query("select * from cell where cube = 'NOW/none' order by 1, 2, 3, 4, 5")).rows
  const tickets = async () =>
    (await world.pool.query(`select ticket_key, status, phenomenon_l2, counted, fold::jsonb - 'contentText' as fold from ticket order by ticket_key`)).rows

  beforeAll(async () => {
    world = await keepingWorld()
    filled = await fill(world)
    const untouched = await world.everything()
    preview = await previewRetention(world.engine, world.clock.now())
    expect(await world.everything()).toEqual(untouched)
    Object.assign(before, { cells: await cells(), present: await present(), tickets: await tickets() })
    run = await finishRetention(world.engine, world.clock)
  })

  test('is cut at the start of a local day, calendar months back', () => {
    expect(run).toMatchObject({
      day: '2026-06-15',
      ranAt: at('2026-06-15 10:00'),
      finishedAt: at('2026-06-15 10:00'),
      cutoffs: {
        rawEvents: at('2023-06-15 00:00'),
        text: at('2024-06-15 00:00'),
        aggregates: at('2016-06-15 00:00'),
        alerts: at('2021-06-15 00:00'),
        logs: at('2023-06-15 00:00'),
      },
    })
  })

  test('loses the text in fold and events, and nothing younger or held does', async () => {
    const silent = await world.ids(`select ticket_key as id from ticket where coalesce(fold ->> 'contentText', '') = ''`)
    expect(silent).toEqual(keysOf(SILENCED))
    expect(await world.ids('select ticket_key as id from ticket where is_frozen and next_check_at is null')).toEqual(keysOf(SILENCED))
    const speaking = await world.ids(`select distinct ticket_key as id from event where payload::text ~ '正文|回复'`)
    expect(speaking).toEqual(keysOf(['justWhole', 'longLived', 'held', 'ofHeldCase']))
  })

  test('loses its events as a whole history with their identities, and nothing younger, living or held does', async () => {
    const left = keysOf((Object.keys(AGES) as Age[]).filter((name) => !ERASED.includes(name)))
    expect(await world.ids('select distinct ticket_key as id from event')).toEqual(left)
    expect(await world.ids('select event_id as id from event_id')).toEqual(await world.ids('select event_id as id from event'))
    expect(await world.ids('select event_id as id from event')).toHaveLength(2 * left.length)
    expect(await world.ids('select ticket_key as id from ticket where is_erased')).toEqual(keysOf(ERASED))
  })

  test('leaves every ticket as it was counted, the present state, and every cell that is kept', async () => {
    expect(await tickets()).toEqual(before.tickets)
    expect(await present()).toEqual(before.present)
    expect(await cells()).toEqual(before.cells)
    expect((before.cells as unknown[]).length).toBeGreaterThan(20)
    expect((await world.pool.query("select from cell where bin_at < '2016-06-15 00:00+08'")).rowCount).toBe(0)
    expect(run.deleted.cells).toBeGreaterThan(2)
    await world.expectExact()
  })

  test('goes with the whole record of an alert, and no alert that is open, younger, touched later, held, or referred to by a kept one', async () => {
    const left = ['suppressing kept', 'just kept', 'open', 'noted later', 'held case', 'of held ticket']
    expect(named(filled.alerts, await world.ids('select id from alert'))).toEqual(left)
    for (const table of ['alert_transition', 'escalation', 'risk_case', 'risk_member', 'risk_reading']) {
      expect(named(filled.alerts, await world.ids(`select distinct alert_id as id from ${table}`)), table).toEqual(left)
    }
    expect(await world.ids('select ticket_key as id from case_ticket')).toEqual([keyOf('ofHeldCase')])
  })

  test('goes from the logs: old messages of ended alerts and old audit lines, but none about what is held', async () => {
    for (const table of ['outbox', 'notification']) {
      expect(named(filled.alerts, await world.ids(`select alert_id as id from ${table}`)), table).toEqual(['open', 'held case', 'of held ticket'])
    }
    expect(named(filled.audit, await world.ids('select id from audit_log'))).toEqual(['just kept', 'of held case', 'of held ticket'])
    expect(named(filled.quarantine, await world.ids('select id from quarantine'))).toEqual(['just kept', 'of held ticket', 'not folded'])
  })

  test('goes from the silent trials: those that ended before the time of alerts, with what they found', async () => {
    expect(await world.ids('select rule_id as id from rule_trial')).toEqual(['MR-02'])
    expect(await world.ids('select t.rule_id as id from risk_trial_finding f join rule_trial t on t.id = f.trial_id')).toEqual(['MR-02'])
  })

  test('is reported, and the dry run had told exactly that', () => {
    const { cells: deletedCells, ...others } = run.deleted
    expect(others).toEqual({ texts: 6, events: 8, alerts: 3, transitions: 6, notifications: 6, audit: 1, quarantined: 2, trials: 2 })
    expect(run.held).toEqual({ texts: 2, events: 4, alerts: 2 })
    const { day, cutoffs, deleted, held } = run
    expect(preview).toEqual({ day, cutoffs, deleted: { ...deleted, cells: deletedCells }, held })
  })

  test('goes once: run again on the same day nothing changes', async () => {
    const left = await world.everything()
    expect(await finishRetention(world.engine, world.clock)).toEqual(run)
    expect(await world.everything()).toEqual(left)
    expect((await world.pool.query('select from retention_run')).rowCount).toBe(1)
  })

  test('takes no late event any more: it is kept in quarantine and told why, also when replayed; what is still known is a duplicate', async () => {
    const late = (ticketId: string, eventId: string) => ({
      event_id: eventId, event_type: 'expedited', ticket_id: ticketId, occurred_at: '2026-06-15T09:00:00+08:00', source_system: 'crm', province_code: '32',
      payload: { by: 'customer', channel: 'hotline' },
    })
    const again = { ...late('justErased', 'justErased-1'), event_type: 'created', payload: CREATED }
    const sent = [late('justSilenced', 'n1'), late('justErased', 'n2'), late('justWhole', 'n3'), late('justSilenced', 'justSilenced-1'), again]
    const left = await tickets()
    const answer = await acceptEvents(world.engine, sent, { source: 'test', scope: ENGINE_SCOPE, now: world.clock.now() })
    expect(answer.items.map((item) => ('code' in item ? item.code : item.outcome))).toEqual(['ticket_frozen', 'ticket_frozen', 'accepted', 'duplicate', 'ticket_frozen'])
    await world.send('2026-06-15 10:00')
    expect((await tickets()).filter(({ ticket_key: key }) => key !== keyOf('justWhole'))).toEqual(left.filter(({ ticket_key: key }) => key !== keyOf('justWhole')))
    const id = String(answer.items[0]?.quarantine_id)
    const replayed = await replayQuarantine(world.engine, [id], { scope: ENGINE_SCOPE, now: world.clock.now(), by: 'test' })
    expect(replayed.items).toMatchObject([{ outcome: 'refused', code: 'ticket_frozen' }])
    await world.expectExact()
  })

  test('goes the day after its hold is lifted', async () => {
    await world.pool.query(`update litigation_hold set lifted_at = '2026-06-15', lifted_by = 'x'`)
    world.clock.set(at('2026-06-16 10:00'))
    await finishRetention(world.engine, world.clock)
    expect(await world.ids('select ticket_key as id from ticket where not is_frozen')).toEqual(keysOf(['longLived', 'justWhole']))
    expect(named(filled.alerts, await world.ids('select id from alert'))).not.toContain('held case')
    await world.expectExact()
  })
})

describe('the job', () => {
  test('broken off in the middle goes on where it was and counts everything once', async () => {
    const world = await keepingWorld()
    await fill(world)
    const { deleted } = await previewRetention(world.engine, world.clock.now())
    await world.pool.query(`create function fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`)
    for (const table of ['event_id', 'risk_case', 'quarantine']) {
      await world.pool.query(`create trigger fail before delete on ${table} for each row execute function fail()`)
      await expect(finishRetention(world.engine, world.clock)).rejects.toThrow('killed')
      await expect(stepRetention(world.engine, world.clock)).rejects.toThrow('killed')
      await world.expectExact()
      await world.pool.query(`drop trigger fail on ${table}`)
    }
    const run = await finishRetention(world.engine, world.clock)
    expect(run.deleted).toEqual(deleted)
    expect(await previewRetention(world.engine, world.clock.now())).toMatchObject({ deleted: Object.fromEntries(Object.keys(deleted).map((name) => [name, 0])) })
  })

  test('takes a bounded bite at a time, and many workers at once take none twice', async () => {
    const world = await keepingWorld()
    const items = Array.from({ length: 450 }, (_, n) => ({
      event_id: `b${n}`, event_type: 'created', ticket_id: `B${n}`, occurred_at: '2022-01-01T09:00:00+08:00', source_system: 'crm', province_code: '32',
      payload: { ...CREATED, test_flag: true },
    }))
    await world.send('2026-06-15 10:00', ...items)
    const first = await stepRetention(world.engine, world.clock)
    expect([first.deleted.texts, first.finishedAt]).toEqual([200, null])
    const runs = await Promise.all([1, 2, 3].map(() => finishRetention(world.engine, world.clock)))
    for (const run of runs) expect(run.deleted).toMatchObject({ texts: 450, events: 450 } satisfies Partial<RetentionCounts>)
    expect((await world.pool.query('select from event')).rowCount).toBe(0)
    expect((await world.pool.query('select from ticket')).rowCount).toBe(450)
  })

  test('is a duty from three in the morning of the deployment’s zone, every day, one step at a call', async () => {
    const world = await keepingWorld()
    await world.aTicket('old', '2022-01-01 09:00', '2022-01-01 12:00')
    const runs = async () => (await world.pool.query('select day, finished_at is not null as "isDone", deleted from retention_run order by day')).rows
    world.clock.set(at('2026-06-16 02:59:59'))
    await runRetention(world.engine, world.clock)
    expect(await runs()).toEqual([])
    world.clock.set(at('2026-06-16 03:00'))
    await runRetention(world.engine, world.clock)
    expect(await runs()).toMatchObject([{ day: '2026-06-16', isDone: false, deleted: { texts: 1, events: 0 } }])
    for (let calls = 0; calls < 20; calls++) await runRetention(world.engine, world.clock)
    expect(await runs()).toMatchObject([{ day: '2026-06-16', isDone: true, deleted: { texts: 1, events: 2 } }])
    world.clock.set(at('2026-06-17 03:00'))
    await runRetention(world.engine, world.clock)
    expect(await runs()).toMatchObject([{ day: '2026-06-16' }, { day: '2026-06-17', isDone: false }])
  })

  test('of a day that was not done by midnight ends with what it had, and the next day’s takes over', async () => {
    const world = await keepingWorld()
    await world.aTicket('old', '2022-01-01 09:00', '2022-01-01 12:00')
    await stepRetention(world.engine, world.clock)
    world.clock.set(at('2026-06-16 03:00'))
    await finishRetention(world.engine, world.clock)
    const { rows } = await world.pool.query('select day, finished_at as at, deleted from retention_run order by day')
    expect(rows).toMatchObject([
      { day: '2026-06-15', at: at('2026-06-16 03:00'), deleted: { texts: 1, events: 0 } },
      { day: '2026-06-16', at: at('2026-06-16 03:00'), deleted: { texts: 0, events: 2 } },
    ])
  })

  test('waits for whoever is setting a hold, and then leaves what is held', async () => {
    const world = await keepingWorld()
    const key = await world.aTicket('old', '2022-01-01 09:00', '2022-01-01 12:00')
    let run: Promise<RetentionRun> | null = null
    await inTransaction(world.pool, async (tx) => {
      await lockRetention(tx)
      run = finishRetention(world.engine, world.clock)
      await sleep(150)
      await tx.query(
        `insert into litigation_hold (subject_kind, subject_id, region_path, reason, by, at) values ('ticket', $1, '/00/32/', 'court', 'x', '2026-06-01')`,
        [key],
      )
    })
    expect(await run).toMatchObject({ deleted: { texts: 0 }, held: { texts: 1 } })
  })

  test('leaves a ticket alone that has an event in line', async () => {
    const world = await keepingWorld()
    const key = await world.aTicket('old', '2022-01-01 09:00', '2022-01-01 12:00')
    await world.pool.query(`insert into pending_event (ticket_key, occurred_at) values ($1, '2022-01-02')`, [key])
    expect((await finishRetention(world.engine, world.clock)).deleted).toMatchObject({ texts: 0, events: 0 })
    expect(await world.ids('select ticket_key as id from ticket where is_frozen')).toEqual([])
  })

  test('deletes events that no ticket was ever folded from, by their age', async () => {
    const world = await keepingWorld()
    for (const [id, day] of [['s1', '2023-06-14'], ['s2', '2023-06-16']]) {
      await world.pool.query(
        `insert into event (occurred_at, received_at, source_system, event_id, ticket_key, province_code, event_type, schema_version, payload)
         values ($2, $2, 'crm', $1, '32:crm:' || $1, '32', 'created', 1, '{}')`,
        [id, day],
      )
      await world.pool.query(`insert into event_id values ('crm', $1, '32')`, [id])
    }
    expect((await finishRetention(world.engine, world.clock)).deleted.events).toBe(1)
    expect([await world.ids('select event_id as id from event'), await world.ids('select event_id as id from event_id')]).toEqual([['s2'], ['s2']])
  })
})
