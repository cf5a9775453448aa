import { expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { countPending } from '../../core/store/event-store.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const NOW = at('2026-06-20 12:00')
const context = { source: 'test', scope: ENGINE_SCOPE, now: NOW }
const created = (ticketId: string, local: string) => anItemAt('created', local, {}, { ticket_id: ticketId, event_id: ticketId })
const backlog = (count: number) => Array.from({ length: count }, (_, index) => created(`B${index}`, '06-19 09:00'))

test('what happens now goes before a backlog that came earlier, and the backlog goes on beside it', async () => {
  const world = await ingestWorld('2026-06-20 12:00')
  await acceptEvents(world.engine, backlog(300), context)
  await acceptEvents(world.engine, Array.from({ length: 60 }, (_, index) => created(`L${index}`, '06-20 11:59')), context)
  expect(await countPending(world.pool)).toEqual({ live: 60, backlog: 300 })
  await runIngest(world.engine, NOW, { batch: 40 })
  expect(await countPending(world.pool)).toEqual({ live: 20, backlog: 290 })
  await runIngest(world.engine, NOW, { batch: 40 })
  expect(await countPending(world.pool)).toEqual({ live: 0, backlog: 270 })
  await drainIngest(world.engine, world.clock)
  expect(await countPending(world.pool)).toEqual({ live: 0, backlog: 0 })
  await world.expectExact()
})

test('of a ticket that is caught up with, everything that waits goes at once: one that ended long ago alarms nobody on its way', async () => {
  const world = await ingestWorld('2026-06-20 12:00')
  const ended = (ticketId: string) => [
    created(ticketId, '06-01 09:00'),
    anItemAt('completed', '06-01 10:00', { result_code: 'solved' }, { ticket_id: ticketId, event_id: `${ticketId}-end` }),
  ]
  const histories = Array.from({ length: 30 }, (_, index) => ended(`E${index}`))
  for (const part of [0, 1]) await acceptEvents(world.engine, histories.map((history) => history[part]), context)
  await runIngest(world.engine, NOW, { batch: 20 })
  expect(await countPending(world.pool)).toEqual({ live: 0, backlog: 20 })
  await runIngest(world.engine, NOW, { batch: 20 })
  expect(await countPending(world.pool)).toEqual({ live: 0, backlog: 0 })
  expect((await world.pool.query('select from alert')).rowCount).toBe(0)
  await world.expectExact()
})

test('an event of this minute is late only by the hour, not by a second more or less', async () => {
  const world = await ingestWorld('2026-06-20 12:00')
  await acceptEvents(world.engine, [created('A', '06-20 11:00:00'), created('B', '06-20 11:00:01')], context)
  expect(await countPending(world.pool)).toEqual({ live: 1, backlog: 1 })
})

test('a long catch-up says how far it is', async () => {
  const world = await ingestWorld('2026-06-20 12:00')
  await acceptEvents(world.engine, backlog(50), context)
  const clock = new ManualClock(NOW)
  const hurried = { now: () => clock.advance(6_000) }
  await drainIngest(world.engine, hurried, { batch: 10 })
  const said = world.logged.filter(({ msg }) => msg === 'catching up')
  expect(said.length).toBeGreaterThan(0)
  expect(said[0]).toMatchObject({ waiting: { live: 0 } })
})
