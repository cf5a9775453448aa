import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { createPool } from '../../core/platform/database.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { at } from '../support/builders.ts'
import { generateHistory, seeded, shuffled } from '../support/history.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld()
})

describe('many workers', () => {
  test('on the same tickets at the same time stay exact', async () => {
    const places = world.tree.children('32').map(({ code }) => ({ provinceCode: '32', regionCode: code }))
    const until = at('2026-06-09 00:00')
    const random = seeded(11)
    const items = shuffled(generateHistory({ seed: 5, events: 1_500, from: at('2026-06-01 00:00'), until, places }), random)
    const context = { source: 'test', scope: ENGINE_SCOPE, now: until }
    const pool = createPool(world.database.url, { max: 14 })
    const engine = { ...world.engine, pool }
    let isOver = false
    const worker = async (batch: number) => {
      while (!isOver) await drainIngest(engine, { now: () => until }, { batch })
    }
    const timer = async () => {
      while (!isOver) await runTimers(engine, until)
    }
    const workers = [worker(7), worker(40), worker(40), worker(200), timer()]
    for (let i = 0; i < items.length; i += 50) await acceptEvents(engine, items.slice(i, i + 50), context)
    while (Number((await pool.query('select count(*) as n from pending_event')).rows[0].n) > 0) await new Promise((done) => setTimeout(done, 5))
    isOver = true
    await Promise.all(workers)
    await pool.end()
    await world.expectExact()
    expect(Number((await world.pool.query('select count(*) as n from event')).rows[0].n)).toBe(items.length)
  })

  test('lanes share the tickets among them, each ticket in one', async () => {
    const items = Array.from({ length: 60 }, (_, index) => anItemAt('created', '06-01 09:00', {}, { ticket_id: `L${index}`, event_id: `l${index}` }))
    await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-01 10:00') })
    const done = []
    for (const index of [0, 1, 2]) done.push(await runIngest(world.engine, at('2026-06-01 10:00'), { lane: { index, count: 3 } }))
    expect(done.reduce((sum, { events }) => sum + events, 0)).toBe(60)
    for (const { events } of done) expect(events).toBeGreaterThan(5)
  })
})

describe('a ticket that cannot be folded', () => {
  const poison = (key: string) =>
    world.pool.query(`
    create or replace function poison() returns trigger language plpgsql as $$ begin
      if new.ticket_key = '${key}' and new.next_check_at is not null then raise exception 'value 13800001111 is bad' using errcode = '22003'; end if; return new; end $$;
    create or replace trigger poison before insert or update on ticket for each row execute function poison()`)

  test('stands aside, visible, and the rest of its batch goes on', async () => {
    await poison('32:crm:P3')
    const items = Array.from({ length: 9 }, (_, index) => anItemAt('created', '06-01 09:00', {}, { ticket_id: `P${index}`, event_id: `p${index}` }))
    await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-01 10:00') })
    expect(await drainIngest(world.engine, { now: () => at('2026-06-01 10:00') })).toEqual({ events: 9, tickets: 8, aside: 1 })
    expect(await world.cell('NOW/none', 'open')).toBe(8)
    const { rows } = await world.pool.query('select id, code, item, region_path, state, expected from quarantine')
    expect(rows).toMatchObject([{ code: 'fold_failed', item: { ticket_key: '32:crm:P3', waiting_events: 1 }, region_path: '/00/32/', state: 'open' }])
    expect(JSON.stringify([rows, world.logged])).not.toContain('1380000')
    expect(JSON.stringify(world.logged)).toContain('32:crm:P3')
    await world.expectExact()
    expect(Number((await world.pool.query('select count(*) as n from pending_event')).rows[0].n)).toBe(0)
  })

  test('of the timers is judged no more until it is replayed', async () => {
    await world.send('2026-06-01 09:00', ...['Q1', 'Q2', 'Q3'].map((ticket) => anItemAt('created', '06-01 09:00', {}, { ticket_id: ticket })))
    await poison('32:crm:Q2')
    await world.timers('2026-06-03 09:30')
    expect(await world.cell('NOW/none', 'overdue')).toBe(2)
    expect((await world.ticket('32:crm:Q2'))['next_check_at']).toBe(null)
    expect(await runTimers(world.engine, at('2026-06-03 09:31'))).toEqual({ events: 0, tickets: 0, aside: 0 })
    await world.expectExact()

    await world.pool.query('drop trigger poison on ticket')
    const {
      rows: [entry],
    } = await world.pool.query('select id::text from quarantine')
    const replayed = await replayQuarantine(world.engine, [entry.id], { scope: ENGINE_SCOPE, now: at('2026-06-03 09:40'), by: 'steward' })
    expect(replayed.items).toMatchObject([{ outcome: 'accepted' }])
    await runIngest(world.engine, at('2026-06-03 09:40'))
    expect(await world.cell('NOW/none', 'overdue')).toBe(3)
    expect((await world.alerts('32:crm:Q2')).map(({ rule, severity }) => [rule, severity])).toEqual([['AT-02', 2]])
    await world.expectExact()
  })

  test('is not blamed for a database that is away: everything is back in line', async () => {
    await acceptEvents(world.engine, [anItemAt('created', '06-01 09:00')], { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-01 10:00') })
    await world.pool.query('alter table ticket rename to ticket_away')
    await expect(runIngest(world.engine, at('2026-06-01 10:00'))).rejects.toThrow(/ticket/)
    await world.pool.query('alter table ticket_away rename to ticket')
    expect(Number((await world.pool.query('select count(*) as n from quarantine')).rows[0].n)).toBe(0)
    expect(await runIngest(world.engine, at('2026-06-01 10:00'))).toMatchObject({ events: 1, tickets: 1 })
  })
})
