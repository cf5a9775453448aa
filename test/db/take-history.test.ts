import { expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { takeHistory } from '../../core/engine/take-history.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { recount } from '../../bin/recount.ts'
import { generateHistory } from '../support/history.ts'
import { at } from '../support/builders.ts'
import { ingestWorld } from '../support/ingest-world.ts'

const NOW = at('2026-06-09 00:00')
const context = { source: 'test', scope: ENGINE_SCOPE, now: NOW }

async function filled(way: 'at once' | 'ordinary') {
  const world = await ingestWorld('2026-06-09 00:00')
  const places = world.tree.children('32').map(({ code }) => ({ provinceCode: '32', regionCode: code }))
  const items = generateHistory({ seed: 11, events: 300, from: at('2026-06-01 00:00'), until: NOW, places })
  if (way === 'at once') expect(await takeHistory(world.engine, items, context)).toBe(items.length)
  else {
    await acceptEvents(world.engine, items, context)
    await runIngest(world.engine, NOW)
  }
  await runTally(world.engine, NOW)
  const read = async (query: string) => (await world.pool.query(query)).rows
  const stored = {
    tickets: await read('select ticket_key, status, counted, deadline_at, is_overdue, next_check_at, fold from ticket order by 1'),
    cells: await read('select * from cell where 0 <> any(n) order by 1, 2, 3, 4, 5'),
    sketches: await read('select * from cell_sketch where n <> 0 order by 1, 2, 3, 4, 5, 6'),
    alerts: await read('select rule_id, ticket_key, severity, state from alert where ended_at is null order by 1, 2'),
  }
  return { world, items, stored }
}

test('history taken in at once is what intake and ingest would have made of it, and counts like its recount', async () => {
  const atOnce = await filled('at once')
  expect(atOnce.stored.tickets.length).toBeGreaterThan(30)
  expect(atOnce.stored).toEqual((await filled('ordinary')).stored)
  expect(await recount(atOnce.world.engine)).toMatchObject({ differences: 0, waitingTickets: 0 })
  expect(await takeHistory(atOnce.world.engine, atOnce.items, context)).toBeNull()
  expect(await recount(atOnce.world.engine)).toMatchObject({ differences: 0, waitingTickets: 0, tickets: atOnce.stored.tickets.length })
})

test('a batch with one refused item changes nothing', async () => {
  const world = await ingestWorld('2026-06-09 00:00')
  const places = world.tree.children('32').map(({ code }) => ({ provinceCode: '32', regionCode: code }))
  const items = generateHistory({ seed: 12, events: 20, from: at('2026-06-01 00:00'), until: NOW, places })
  expect(await takeHistory(world.engine, [...items, { event_id: 'broken' }], context)).toBeNull()
  expect((await world.pool.query('select (select count(*) from event) as events, (select count(*) from ticket) as tickets')).rows).toEqual([{ events: 0, tickets: 0 }])
})
