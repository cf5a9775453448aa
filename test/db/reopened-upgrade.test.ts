import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { SCHEMA_FILE } from '../../migrations/migrate.ts'
import { ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const MIGRATION = path.join(path.dirname(SCHEMA_FILE), '0034_reopened-visits.sql')
const of = (ticketId: string) => ({ ticket_id: ticketId })

test('an installation that was reopened before the upgrade is judged anew by the timers; what was not, and what is frozen, is left alone', async () => {
  const world = await ingestWorld()
  const kinds = [['A', 'install'], ['B', 'install'], ['C', 'install'], ['D', 'complaint']] as const
  await world.send('2026-06-01 09:30', ...kinds.flatMap(([no, kind]) => [anItemAt('created', '06-01 09:00', { kind }, of(no)), anItemAt('claimed', '06-01 09:30', { leg_id: 'L', handler_id: 'h1' }, of(no))]))
  const end = (kind: string) => (kind === 'install' ? 'onsite_finished' : 'completed')
  await world.send('2026-06-01 15:00', ...kinds.map(([no, kind]) => anItemAt(end(kind), '06-01 15:00', { result_code: 'solved' }, of(no))))
  await world.send('2026-06-01 18:00', ...kinds.filter(([no]) => no !== 'B').map(([no]) => anItemAt('reopened', '06-01 18:00', { reason: 'again' }, of(no))))
  const states = async () => (await world.pool.query<{ state: string }>(`select split_part(ticket_key, ':', 3) || ' ' || coalesce(deadline_clock, 'none') as state from ticket order by 1`)).rows.map(({ state }) => state)
  // As an older version left them: the clock had ended with the first finish, and nothing was to come.
  await world.pool.query('update ticket set next_check_at = null, deadline_clock = null, deadline_at = null')
  await world.pool.query(`update ticket set is_frozen = true where ticket_key like '%:C'`)
  await world.timers('2026-06-20 09:00')
  expect(await states()).toEqual(['A none', 'B none', 'C none', 'D none'])
  await world.pool.query(await readFile(MIGRATION, 'utf8'))
  await world.timers('2026-06-20 09:00')
  expect(await states()).toEqual(['A C_PROVISION', 'B none', 'C none', 'D none'])
})
