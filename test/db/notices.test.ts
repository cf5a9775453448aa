import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { listIncidents } from '../../core/store/incident-store.ts'
import { listUserBases } from '../../core/store/user-base-store.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'
import { netFacts, subjectRows } from '../support/notice-world.ts'
import { aNoticeItem } from '../support/notices.ts'

const NOW = '2026-06-01 12:00'
let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld()
})

const rowsOf = (table: string) => subjectRows(world.pool, table)
const put = async (...items: readonly unknown[]) => {
  const answer = await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: at(NOW) })
  expect(answer.items.filter(({ outcome }) => outcome === 'refused')).toEqual([])
}
const fold = () => runIngest(world.engine, at(NOW))
const opened = (more: Record<string, unknown> = {}, id = 'a') => aNoticeItem('incident.opened', more, { event_id: id })
const closed = (more: Record<string, unknown> = {}, id = 'z') => aNoticeItem('incident.closed', more, { event_id: id, occurred_at: '2026-06-01T09:10:00+08:00' })

describe('folding notices', () => {
  test('makes the rows of an incident, a base, an opinion, a shift, and counts them', async () => {
    await world.send(
      NOW,
      opened(),
      closed(),
      aNoticeItem('incident.updated', {}, { occurred_at: '2026-06-01T09:05:00+08:00' }),
      aNoticeItem('user_base.reported'),
      aNoticeItem('opinion.detected'),
      aNoticeItem('shift.started', {}, { unit_id: 'U1' }),
      anItemAt('created', '06-01 09:00'),
    )
    expect(await rowsOf('incident')).toMatchObject([
      { incident_id: 'I1', state: 'closed', users_affected: 30_000, region_codes: ['320500'], region_path: '/00/32/320500/', restored_at: at('2026-06-01 08:59'), is_void: false },
    ])
    expect(await rowsOf('user_base')).toMatchObject([{ month: '2026-06', product_line: 'broadband', subscribers: 4_500_000, region_path: '/00/32/320500/' }])
    expect(await rowsOf('opinion')).toMatchObject([{ opinion_id: 'O1', reach: 1_200_000, spread_level: 'local', detected_at: at('2026-06-01 09:00') }])
    expect(await rowsOf('shift_log')).toMatchObject([{ shift_id: 'S1', unit_id: 'U1', started_at: at('2026-06-01 09:00'), ended_at: null }])
    expect((await netFacts(world.pool)).map(({ base, kind, measures }) => [base, kind, measures])).toEqual([
      ['EVT', 'opinion_item', { opinion_items: 1 }],
      ['EVT', 'mass_incident', { incidents_closed: 1, incidents_restored_2h: 1 }],
    ])
    expect(await world.ticket('32:crm:T1')).toMatchObject({ kind: 'complaint' })
    await world.expectExact()
  })

  test('law: any order, repetition and batching of the same notices gives the same rows and the same facts', async () => {
    const items = [
      opened(),
      aNoticeItem('incident.updated', { users_affected: 9 }, { event_id: 'b' }),
      aNoticeItem('incident.updated', { users_affected: 7 }, { event_id: 'c', corrects_event_id: 'b', occurred_at: '2026-06-01T09:20:00+08:00' }),
      closed(),
      aNoticeItem('user_base.reported', {}, { event_id: 'u1' }),
      aNoticeItem('user_base.reported', { subscribers: 5 }, { event_id: 'u2' }),
      aNoticeItem('user_base.reported', { region: '320100' }, { event_id: 'u3', corrects_event_id: 'u1', occurred_at: '2026-06-01T09:30:00+08:00' }),
      aNoticeItem('opinion.detected', {}, { event_id: 'o1' }),
      aNoticeItem('opinion.detected', { repost_of: 'O1', reach: 3_000_000 }, { event_id: 'o2', occurred_at: '2026-06-01T08:00:00+08:00' }),
      aNoticeItem('call.ended', {}, { event_id: 'c1' }),
      aNoticeItem('call.ended', { call_id: undefined, answered_at: null, queue_at: '2026-06-01T08:58:00+08:00' }, { event_id: 'c2' }),
      aNoticeItem('call.ended', { call_id: undefined, answered_at: null, queue_at: '2026-06-01T08:59:00+08:00', agent_group: 'G2' }, { event_id: 'c3', corrects_event_id: 'c2' }),
      aNoticeItem('call.ended', { call_id: undefined, answered_at: null, queue_at: '2026-06-01T08:57:00+08:00', agent_group: 'G3' }, { event_id: 'c4', corrects_event_id: 'c3' }),
    ]
    const tables = ['incident', 'call', 'user_base', 'opinion']
    const picture = async () => ({
      rows: await Promise.all(tables.map(async (table) => (await rowsOf(table)).filter((row) => row['is_void'] !== true))),
      facts: await netFacts(world.pool),
    })
    const wipe = () =>
      world.pool.query(`truncate incident, call, call_caller, call_follow_up, user_base, opinion, notice_correction, fact_difference, event, event_id, pending_event`)
    await put(...items)
    await fold()
    const whole = await picture()
    expect(whole.rows.map((rows) => rows.length)).toEqual([1, 2, 2, 1])
    expect(whole.facts).toHaveLength(4)
    const order = fc.shuffledSubarray(items, { minLength: items.length })
    await fc.assert(
      fc.asyncProperty(order, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 13, maxLength: 13 }), async (shuffled, sizes) => {
        await wipe()
        for (let from = 0, turn = 0; from < shuffled.length; turn++) {
          const size = sizes[turn]!
          await put(...shuffled.slice(from, from + size), shuffled[0])
          if (size % 2 === 0) await fold()
          from += size
        }
        await drainIngest(world.engine, { now: () => at(NOW) }, { batch: sizes[0]! })
        expect(await picture()).toEqual(whole)
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  test('again changes nothing', async () => {
    await put(opened(), closed(), aNoticeItem('call.ended'), aNoticeItem('config.changed'))
    await fold()
    const before = [await rowsOf('incident'), await rowsOf('call'), await netFacts(world.pool)]
    await world.pool.query('insert into pending_event (ticket_key, occurred_at) select ticket_key, occurred_at from event')
    await fold()
    expect([await rowsOf('incident'), await rowsOf('call'), await netFacts(world.pool)]).toEqual(before)
    expect((await world.pool.query('select from fact_difference')).rowCount).toBe(1)
    expect((await world.pool.query('select from audit_log')).rowCount).toBe(1)
  })

  test('of many workers at the same time stays exact, corrections across subjects included', async () => {
    const items = Array.from({ length: 60 }, (_, n) => [
      aNoticeItem('user_base.reported', { month: '2026-05', region: '320500', product_line: `l${n}` }, { event_id: `w${n}` }),
      aNoticeItem('user_base.reported', { month: '2026-05', region: '320100', product_line: `l${n}` }, { event_id: `r${n}`, corrects_event_id: `w${n}` }),
      opened({ incident_id: `I${n % 3}` }, `i${n}`),
    ]).flat()
    let isOver = false
    const worker = async () => {
      while (!isOver) await drainIngest(world.engine, { now: () => at(NOW) }, { batch: 5 })
    }
    const workers = [worker(), worker(), worker(), worker()]
    for (let i = 0; i < items.length; i += 7) await put(...items.slice(i, i + 7))
    isOver = true
    await Promise.all(workers)
    await drainIngest(world.engine, { now: () => at(NOW) })
    const bases = await listUserBases(world.pool, ENGINE_SCOPE, '2026-05')
    expect(bases.map(({ regionCode }) => regionCode)).toEqual(Array.from({ length: 60 }, () => '320100'))
    expect(await rowsOf('incident')).toHaveLength(3)
  })

  test('leaves the silence of a province’s tickets to be seen', async () => {
    await world.send(NOW, aNoticeItem('call.ended'))
    expect((await world.pool.query('select from province_feed')).rowCount).toBe(0)
  })
})

describe('a correction', () => {
  test('stands in the place of what it corrects, and takes back what that was counted as', async () => {
    await put(opened(), closed({ restored_at: '2026-06-01T09:10:00+08:00' }))
    await fold()
    expect((await netFacts(world.pool))[0]?.measures).toEqual({ incidents_closed: 1, incidents_restored_2h: 1 })
    await put({ ...opened({ started_at: '2026-06-01T07:09:59+08:00' }, 'b'), corrects_event_id: 'a', occurred_at: '2026-06-01T11:00:00+08:00' })
    await fold()
    expect(await rowsOf('incident')).toMatchObject([{ state: 'closed', started_at: at('2026-06-01 07:09:59') }])
    expect((await netFacts(world.pool)).map(({ measures }) => measures)).toEqual([{ incidents_closed: 1 }])
  })

  test.each([['after'], ['before']])('to another region moves the base there, when it comes %s what it corrects', async (when) => {
    const wrong = aNoticeItem('user_base.reported', {}, { event_id: 'w' })
    const right = aNoticeItem('user_base.reported', { region: '320100' }, { event_id: 'r', corrects_event_id: 'w' })
    for (const item of when === 'after' ? [wrong, right] : [right, wrong]) {
      await put(item)
      await fold()
    }
    expect((await listUserBases(world.pool, ENGINE_SCOPE, '2026-06')).map(({ regionCode }) => regionCode)).toEqual(['320100'])
    await put({ ...wrong, event_id: 'again', corrects_event_id: 'r' })
    await fold()
    expect((await listUserBases(world.pool, ENGINE_SCOPE, '2026-06')).map(({ regionCode }) => regionCode)).toEqual(['320500'])
  })

  test('of a newer report’s elder does not outrank it', async () => {
    await put(
      aNoticeItem('user_base.reported', { subscribers: 1 }, { event_id: 'old', occurred_at: '2026-06-01T08:00:00+08:00' }),
      aNoticeItem('user_base.reported', { subscribers: 2 }, { event_id: 'new', source_system: 'billing' }),
      aNoticeItem('user_base.reported', { subscribers: 3 }, { event_id: 'mend', corrects_event_id: 'old', occurred_at: '2026-06-01T10:00:00+08:00' }),
    )
    await fold()
    expect((await listUserBases(world.pool, ENGINE_SCOPE, '2026-06')).map(({ subscribers }) => subscribers)).toEqual([2])
  })
})

describe('what other systems set', () => {
  test('is kept and written into the audit log, once for each that comes to count', async () => {
    await put(aNoticeItem('calendar.loaded', {}, { event_id: 'k1' }), aNoticeItem('config.changed', {}, { event_id: 'k2' }))
    await fold()
    await put(aNoticeItem('calendar.loaded', { worked: [] }, { event_id: 'k3', occurred_at: '2026-06-01T11:00:00+08:00' }))
    await fold()
    const { rows } = await world.pool.query(`select actor, action, subject, detail ->> 'eventId' as "eventId", detail ->> 'regionPath' as path from audit_log order by id`)
    expect(rows).toEqual([
      { actor: 'system', action: 'calendar_told', subject: '2026', eventId: 'k1', path: '/00/32/' },
      { actor: 'system', action: 'config_change_told', subject: 'limits', eventId: 'k2', path: '/00/32/' },
      { actor: 'system', action: 'calendar_told', subject: '2026', eventId: 'k3', path: '/00/32/' },
    ])
    expect(await rowsOf('told_setting')).toMatchObject([
      { kind: 'calendar', name: '2026', body: { off: ['2026-10-01', '2026-10-02'], worked: [] } },
      { kind: 'config', name: 'limits', body: { version: 3 } },
    ])
  })
})

describe('a subject that cannot be folded', () => {
  test('stands aside, visible; its batch goes on, and replaying brings it in', async () => {
    await world.pool.query(`
      create function poison() returns trigger language plpgsql as $$ begin
        if new.incident_id = 'I3' then raise exception 'value 13800001111 is bad' using errcode = '22003'; end if; return new; end $$;
      create trigger poison before insert or update on incident for each row execute function poison()`)
    const incidents = Array.from({ length: 6 }, (_, n) => opened({ incident_id: `I${n}` }, `e${n}`))
    await put(...incidents, anItemAt('created', '06-01 09:00'), aNoticeItem('call.ended'))
    expect(await drainIngest(world.engine, { now: () => at(NOW) })).toEqual({ events: 8, tickets: 1, aside: 1 })
    expect((await rowsOf('incident')).map(({ incident_id }) => incident_id)).toEqual(['I0', 'I1', 'I2', 'I4', 'I5'])
    const { rows } = await world.pool.query('select id::text, code, item, province_code, region_path, state from quarantine')
    expect(rows).toMatchObject([
      { code: 'fold_failed', item: { ticket_key: '!incident:32:noc:id/I3', waiting_events: 1 }, province_code: '32', region_path: '/00/32/', state: 'open' },
    ])
    expect(JSON.stringify([rows, world.logged])).not.toContain('1380000')
    await world.expectExact()

    await world.pool.query('drop trigger poison on incident')
    await replayQuarantine(world.engine, [rows[0].id], { scope: ENGINE_SCOPE, now: at(NOW), by: 'steward' })
    await fold()
    expect((await rowsOf('incident')).map(({ incident_id }) => incident_id)).toContain('I3')
  })

  test('is not blamed for a table that is away: everything is back in line', async () => {
    await put(opened())
    await world.pool.query('alter table incident rename to incident_away')
    await expect(fold()).rejects.toThrow(/incident/)
    await world.pool.query('alter table incident_away rename to incident')
    expect(await fold()).toMatchObject({ events: 1, aside: 0 })
  })
})

describe('reading', () => {
  test('shows an incident to whoever has a region of it, with his regions only', async () => {
    await put(opened({ regions: ['320500', '320100'] }), opened({ incident_id: 'I2', regions: ['320100'] }, 'b'), closed({ incident_id: 'I2' }))
    await fold()
    const seenBy = async (code: string, state?: 'open' | 'closed') =>
      (await listIncidents(world.pool, scopeOf(world.tree.get(code)!), { state, limit: 10 })).map(({ incidentId, regionCodes }) => [incidentId, ...regionCodes])
    expect(await seenBy('00')).toEqual([['I2', '320100'], ['I1', '320100', '320500']])
    expect(await seenBy('00', 'open')).toEqual([['I1', '320100', '320500']])
    expect(await seenBy('320500')).toEqual([['I1', '320500']])
    expect(await seenBy('33')).toEqual([])
  })

  test('shows no subject that corrections have emptied', async () => {
    await put(opened(), { ...opened({ incident_id: 'I2' }, 'b'), corrects_event_id: 'a' })
    await fold()
    expect((await listIncidents(world.pool, ENGINE_SCOPE, { limit: 10 })).map(({ incidentId }) => incidentId)).toEqual(['I2'])
  })
})
