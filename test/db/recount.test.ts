import { beforeEach, describe, expect, test } from 'vitest'
import { recount } from '../../bin/recount.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { generateHistory } from '../support/history.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const NOW = at('2026-06-09 00:00')
let world: IngestWorld

beforeEach(async () => {
  world = await ingestWorld('2026-06-09 00:00')
  const places = world.tree.children('32').map(({ code }) => ({ provinceCode: '32', regionCode: code }))
  const items = generateHistory({ seed: 9, events: 400, from: at('2026-06-01 00:00'), until: NOW, places })
  await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: NOW })
  await runIngest(world.engine, NOW)
  await runTally(world.engine, NOW)
})

// A row's place (ctid) is its own only within one chunk of a hypertable.
const CELL_KEY = 'cube, bin_at, region_code, kind, value'

describe('a recount', () => {
  test('of an orderly database finds nothing', async () => {
    expect(await recount(world.engine)).toMatchObject({ differences: 0, staleTickets: 0, forgottenTickets: 0, waitingTickets: 0, repaired: false })
    expect((await recount(world.engine)).tickets).toBeGreaterThan(50)
  })

  test.each([
    ['a cell that is one too high', `update cell set n[1] = n[1] + 1 where (${CELL_KEY}) = (select ${CELL_KEY} from cell limit 1)`, 1],
    ['a cell that is gone', `delete from cell where (${CELL_KEY}) = (select ${CELL_KEY} from cell where 0 <> any(n) limit 1)`, 1],
    ['a cell that nobody counted', `insert into cell values ('ACC/day/phenomenon', '2026-06-01', '320500', 'complaint', 'ghost', '{3}')`, 1],
    ['present states that have drifted', `update cell set n[1] = n[1] - 2 where (${CELL_KEY}) = (select ${CELL_KEY} from cell where cube = 'NOW/none' limit 1)`, 1],
    ['a bucket of a sketch that is one too low', `update cell_sketch set n = n - 1 where (${CELL_KEY}, bucket) = (select ${CELL_KEY}, bucket from cell_sketch limit 1)`, 1],
  ])('finds %s, and puts it right', async (_what, harm, differences) => {
    await world.pool.query(harm)
    const report = await recount(world.engine)
    expect(report).toMatchObject({ differences, repaired: false })
    expect(report.examples[0]?.stored).not.toEqual(report.examples[0]?.recounted)
    expect(await recount(world.engine, { repair: true })).toMatchObject({ differences, repaired: true })
    await world.expectExact()
  })

  test('finds a ticket that is not the fold of its events, and has it folded again', async () => {
    await world.pool.query(
      `update ticket set fold = jsonb_set(fold::jsonb, '{acceptedAt}', '1780000000000')::json, counted = '[]' where ticket_key = (select min(ticket_key) from ticket)`,
    )
    expect(await recount(world.engine)).toMatchObject({ differences: 0, staleTickets: 1 })
    await recount(world.engine, { repair: true })
    await runIngest(world.engine, NOW)
    await world.expectExact()
  })

  test('finds accepted events that nobody will ever fold', async () => {
    await acceptEvents(world.engine, [anItemAt('created', '06-08 09:00', {}, { ticket_id: 'LOST' })], {
      source: 'test',
      scope: ENGINE_SCOPE,
      now: NOW,
    })
    await world.pool.query('delete from pending_event')
    expect(await recount(world.engine)).toMatchObject({ differences: 0, forgottenTickets: 1 })
    await recount(world.engine, { repair: true })
    await runIngest(world.engine, NOW)
    expect(await world.ticket('32:crm:LOST')).toMatchObject({ status: 'new' })
    await world.expectExact()
  })

  test('counts a ticket with events in line as it was last folded', async () => {
    const {
      rows: [open],
    } = await world.pool.query(`select fold ->> 'ticketNo' as no from ticket where closed_at is null and status = 'processing' limit 1`)
    const completed = anItemAt('completed', '06-08 23:00', { result_code: 'solved' }, { ticket_id: open.no, source_system: 'eoms' })
    await acceptEvents(world.engine, [completed], { source: 'test', scope: ENGINE_SCOPE, now: NOW })
    expect(await recount(world.engine)).toMatchObject({ differences: 0, staleTickets: 0, waitingTickets: 1 })
    await runIngest(world.engine, NOW)
    expect(await recount(world.engine)).toMatchObject({ differences: 0, staleTickets: 0, waitingTickets: 0 })
  })

  test('while workers fold waits for them and is still exact', async () => {
    const places = world.tree.children('33').map(({ code }) => ({ provinceCode: '33', regionCode: code }))
    const items = generateHistory({ seed: 10, events: 600, from: at('2026-06-01 00:00'), until: NOW, places })
    await acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: NOW })
    const folding = (async () => {
      while ((await runIngest(world.engine, NOW, { batch: 40 })).events > 0);
    })()
    for (let turn = 0; turn < 5; turn++) expect(await recount(world.engine)).toMatchObject({ differences: 0, staleTickets: 0, forgottenTickets: 0 })
    await folding
    await world.expectExact()
  })
})
