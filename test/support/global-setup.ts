import { mkdtemp, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { MINUTE } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { readEnvironment } from '../../core/platform/config.ts'
import { createPool } from '../../core/platform/database.ts'
import { isAlive } from '../../core/platform/data-dir.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { clearLeftovers } from '../../core/platform/postgres-cluster.ts'
import { migrate } from '../../migrations/migrate.ts'
import { databaseAt } from './database-url.ts'

/** What every test file is handed: the server, the migrated database to clone, and which shape it is. */
export interface World {
  /** A database of the server to give orders from; never tested against. */
  url: string
  template: string
  /** Start of the names of this run's databases. */
  prefix: string
  shape: 'embedded' | 'timescale'
  redisUrl: string | null
}

declare module 'vitest' {
  interface ProvidedContext {
    world: World
  }
}

const FOLDER = 'tocsin-test-'
const DATABASE = 'tocsin_test_'

const isRunning = (name: string, prefix: string) => isAlive({ pid: Number.parseInt(name.slice(prefix.length), 10) || 0, stamp: null })

async function removeOldFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER) || isRunning(name, FOLDER)) continue
    const folder = path.join(tmpdir(), name)
    await clearLeftovers(folder)
      .then(() => rm(folder, { recursive: true, force: true }))
      .catch((error: unknown) => {
        process.stdout.write(`left as it is: ${folder} (${String(error)})\n`)
      })
  }
}

// A server that ended took its socket with it; its folder stays when its process was killed and its data were thrown away.
async function removeOldSocketFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = path.join(tmpdir(), name)
    const isOld =
      name.startsWith('tocsin-pg-') && ((await stat(folder).catch(() => null))?.mtimeMs ?? Number.POSITIVE_INFINITY) < systemClock.now() - 10 * MINUTE
    if (isOld) await rmdir(folder).catch(() => undefined)
  }
}

async function databasesOf(client: pg.Client, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [prefix])
  return rows.map(({ datname }) => datname)
}

async function removeDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`alter database ${name} is_template false`)
  await client.query(`drop database ${name} with (force)`)
}

/** A migrated database that files clone: nobody is connected to it, nobody can be. */
async function makeTemplate(client: pg.Client, url: string, template: string): Promise<World['shape']> {
  await client.query(`create database ${template} template template0`)
  const { rowCount } = await client.query("select from pg_available_extensions where name = 'timescaledb'")
  const pool = createPool(databaseAt(url, template), { max: 2 })
  if (rowCount === 1) await pool.query('create extension if not exists timescaledb')
  await migrate(pool)
  await pool.end()
  await client.query(`alter database ${template} is_template true allow_connections false`)
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [template])
  return rowCount === 1 ? 'timescale' : 'embedded'
}

async function begin(): Promise<{ world: World; end: () => Promise<void> }> {
  await removeOldFolders()
  await removeOldSocketFolders()
  const env = readEnvironment()
  const external = env['TOCSIN_TEST_DATABASE_URL']?.trim()
  const dataDir = external ? null : await mkdtemp(path.join(tmpdir(), `${FOLDER}${process.pid}-`))
  const server = dataDir === null ? null : await startEmbeddedPostgres({ dataDir, durable: false })
  const url = external || (server?.url ?? '')
  const client = new pg.Client(databaseAt(url, 'postgres'))
  client.on('error', () => undefined)
  await client.connect()
  for (const name of await databasesOf(client, DATABASE)) if (!isRunning(name, DATABASE)) await removeDatabase(client, name)
  const prefix = `${DATABASE}${process.pid}_`
  const template = `${prefix}template`
  const shape = await makeTemplate(client, url, template)
  return {
    world: { url: databaseAt(url, 'postgres'), template, prefix, shape, redisUrl: env['TOCSIN_TEST_REDIS_URL']?.trim() || null },
    async end() {
      await removeDatabase(client, template)
      const kept = await databasesOf(client, prefix)
      await client.end()
      await server?.stop()
      if (kept.length > 0 && dataDir !== null) process.stdout.write(`\nkept until the next run, for a look at ${kept.join(', ')}: ${dataDir}\n`)
      else if (dataDir !== null) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

// Each project of a run loads this file anew; the world they share is kept on the process.
const SHARED = Symbol.for('tocsin.test.world')
const shared = globalThis as { [SHARED]?: { users: number; started: ReturnType<typeof begin> } }

/** Starts (or joins) the world and hands it to the test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const held = shared[SHARED] ?? { users: 0, started: begin() }
  shared[SHARED] = held
  held.users += 1
  project.provide('world', (await held.started).world)
  return async () => {
    held.users -= 1
    if (held.users > 0) return
    delete shared[SHARED]
    await (await held.started).end()
  }
}
