import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { prepareDatabase } from '../../bin/compose.ts'
import { recount } from '../../bin/recount.ts'
import { hashKeysOf } from '../../core/engine/protect-keys.ts'
import { settingsCache } from '../../core/engine/settings.ts'
import { runTally } from '../../core/engine/tally.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createLogger } from '../../core/platform/log.ts'
import { loadRegionTree } from '../../core/store/region-store.ts'
import { migrate, SCHEMA_FILE } from '../../migrations/migrate.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { testDatabase, testShape } from '../support/database.ts'

const FOLDER = path.dirname(SCHEMA_FILE)
const NOW = at('2026-06-05 12:00')
const clock = { now: () => NOW }

/** Everything up to, and without, the migration that brought this way of counting. */
async function olderMigrations(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tocsin-older-'))
  for (const name of await readdir(FOLDER)) if (/^\d{4}_/.test(name) && name < '0010') await copyFile(path.join(FOLDER, name), path.join(folder, name))
  return folder
}

test('a deployment that counted the older way counts every ticket anew at its next start', async () => {
  const { pool } = await testDatabase({ isEmpty: true })
  if (testShape() === 'timescale') await pool.query('create extension timescaledb')
  const older = await olderMigrations()
  await migrate(pool, undefined, older)
  await rm(older, { recursive: true, force: true })

  const payload = { kind: 'complaint', channel: 'hotline', source_category: 'province_complaint', region_code: '320500', phenomenon_l1: '网络使用' }
  // Of the second nobody noted where its events lie: it was folded before that was kept.
  for (const [no, isNoted] of [['A', true], ['B', false]] as const) {
    for (const [type, when] of [['created', '2026-06-01 09:00'], ['completed', '2026-06-03 10:00']] as const) {
      await pool.query(
        `insert into event (occurred_at, received_at, source_system, event_id, ticket_key, province_code, event_type, schema_version, payload)
         values (to_timestamp($1::float8 / 1000), to_timestamp($1::float8 / 1000), 'crm', $2, $3, '32', $4, 1, $5)`,
        [at(when), `${no}-${type}`, `32:crm:${no}`, type, type === 'created' ? payload : { result_code: 'solved' }],
      )
    }
    await pool.query(
      `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, is_overdue, fold, updated_at, counted,
                           first_event_at, last_event_at)
       values ($1, '32', '320500', '/00/32/320500/', 'complaint', '', 'completed', true, '', false, '{}', to_timestamp(0), '[["accepted_day",0,"320500","complaint","",1]]',
               case when $2 then to_timestamp($3::float8 / 1000) end, case when $2 then to_timestamp($4::float8 / 1000) end)`,
      [`32:crm:${no}`, isNoted, at('2026-06-01 09:00'), at('2026-06-03 10:00')],
    )
  }
  await pool.query(`insert into cell values ('accepted_day', '2026-05-31T16:00:00Z', '320500', 'complaint', '', 2)`)

  const config = loadConfig({})
  await prepareDatabase(pool, { regionsFile: config.regionsFile, clock })
  const engine = {
    pool,
    tree: await loadRegionTree(pool),
    zone: config.zone,
    secret: 'a secret for tests, thirty-two characters',
    hashKeys: hashKeysOf('a secret for tests, thirty-two characters', null),
    log: createLogger('error'),
    settings: settingsCache(pool),
    ring: () => undefined,
  }
  await drainIngest(engine, clock)
  await runTally(engine, NOW)
  const { rows } = await pool.query(`select cube, sum(n[1])::int as first from cell where cube in ('ACC/day', 'FIN/day') group by 1 order by 1`)
  expect(rows).toMatchObject([{ cube: 'ACC/day', first: 2 }, { cube: 'FIN/day', first: 2 }])
  expect(await recount(engine)).toMatchObject({ tickets: 2, differences: 0, staleTickets: 0, forgottenTickets: 0, waitingTickets: 0 })
})
