import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { recount } from '../../bin/recount.ts'
import { foldQualityCounts } from '../../core/engine/quality-sweep.ts'
import { settleHours } from '../../core/engine/settle-hours.ts'
import { SCHEMA_FILE } from '../../migrations/migrate.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const MIGRATION = path.join(path.dirname(SCHEMA_FILE), '0061_peers.sql')
const MAPPED = { source_category: 'province_complaint' }
const of = (ticketId: string) => ({ ticket_id: ticketId })
const created = (ticketId: string, local: string, more: Record<string, unknown> = {}) => anItemAt('created', local, { ...MAPPED, ...more }, of(ticketId))

/** Takes everything back that the migration brings, and what a fold of the older version did not write. */
async function asBefore({ pool }: IngestWorld): Promise<void> {
  await pool.query('drop table peer_fact, peer_check, hour_check')
  for (const table of ['quality_day', 'quality_delta']) await pool.query(`delete from ${table} where check_id = 'AT-23'`)
  await pool.query("update event set payload = payload - 'agent_key'")
  await pool.query(`update ticket set fold_memory = jsonb_set(fold_memory::jsonb, '{v}', '5')::json where fold_memory is not null`)
  await pool.query(`update ticket set fold = regexp_replace(regexp_replace(fold::text, ',"occurredAt":[0-9]+', '', 'g'), ',"(handlerKeys|agentKeys)":\\[[^]]*\\]|,"replyDigest":"[^"]*"', '', 'g')::json`)
}

test('a deployment from before knows the flawed events of its hours, and how many events they had, once it has folded what its migration put in line', async () => {
  const world = await ingestWorld('2026-06-01 08:00')
  const { pool, engine, clock } = world
  await setRules(pool, onlyRules('AT-17', 'AT-21', 'AT-23'))
  const claimed = (id: string, legId: string) => [anItemAt('dispatched', '06-01 10:30', { leg_id: legId, to_unit: 'net' }, of(id)), anItemAt('claimed', '06-01 10:31', { leg_id: legId, handler_id: 'h1' }, of(id))]
  await world.send(
    '2026-06-01 11:00',
    ...Array.from({ length: 94 }, (_, n) => created(`S${n}`, `06-01 10:${String(n % 60).padStart(2, '0')}`)),
    // Wrong in two ways: by a code, and completed before it was created.
    created('flagged', '06-01 10:01', { channel: 'kiosk' }),
    created('flagged too', '06-01 10:05', { channel: 'kiosk' }),
    ...[created('early', '06-01 10:03'), anItemAt('completed', '06-01 09:00', { result_code: 'solved' }, of('early'))],
    ...[created('sound', '06-01 10:04'), ...claimed('sound', 'L1'), anItemAt('replied', '06-01 10:32', { leg_id: 'L1', unit_id: 'net', text: '已处理' }, of('sound'))],
    anItemAt('refund_requested', '06-01 10:50', { type: 'refund', amount_cents: 1, calculated_cents: 1, refund_no: 'N' }, { ...of('sound'), actor_id: 'a1' }),
  )
  const looked = async () => {
    while ((await foldQualityCounts(engine)) > 0);
    await settleHours(engine, clock.now())
    await drainIngest(engine, clock)
  }
  clock.set(at('2026-06-01 11:05'))
  await looked()
  const facts = async () => (await pool.query("select group_key, ticket_key, subject, made from peer_fact where group_key like 'q%' order by 1, 2, 3")).rows
  const before = await facts()
  expect(before.map(({ ticket_key: key }) => key)).toEqual(expect.arrayContaining(['32:crm:flagged', '32:crm:early']))
  expect(before.filter(({ made }) => made !== null)).toMatchObject([
    { ticket_key: '32:crm:early', made: { events: 1, flawed: 1 } },
    { ticket_key: '32:crm:flagged', made: { events: 102, flawed: 2 } },
  ])

  await asBefore(world)
  await pool.query(await readFile(MIGRATION, 'utf8'))
  expect((await pool.query("select split_part(ticket_key, ':', 3) as id from pending_event order by 1")).rows.map(({ id }) => id)).toEqual(['early', 'flagged', 'flagged too'])
  await drainIngest(engine, clock)
  await looked()
  expect(await facts()).toEqual(before)
  expect(await recount(engine)).toMatchObject({ wrongPeers: 0, staleTickets: 0, differences: 0, waitingTickets: 0 })
  expect(await world.alerts('32:crm:flagged')).toMatchObject([{ rule: 'AT-23', severity: 3, state: 'open' }])

  // Of what came before nobody noted whose it was; the next event of a ticket tells no more of it, and what comes from now on counts.
  expect((await pool.query("select from peer_fact where group_key like 'h%' or group_key like 'a%'")).rowCount).toBe(0)
  await world.send('2026-06-01 11:20', anItemAt('expedited', '06-01 11:10', { by: 'customer', channel: 'hotline' }, of('sound')))
  await world.send('2026-06-01 11:40', created('new', '06-01 11:20'), ...claimed('new', 'L1').map((item) => ({ ...item, occurred_at: '2026-06-01T11:30:00+08:00' })), anItemAt('replied', '06-01 11:31', { leg_id: 'L1', unit_id: 'net', text: '已处理' }, of('new')))
  expect((await pool.query("select ticket_key from peer_fact where group_key like 'h%'")).rows).toEqual([{ ticket_key: '32:crm:new' }])
  await world.expectExact()
})
