import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, inject } from 'vitest'
import { createPool } from '../../core/platform/database.ts'
import { databaseAt } from './database-url.ts'
import type { World } from './global-setup.ts'

/** A database of a test's own, migrated and empty. */
export interface TestDatabase {
  pool: pg.Pool
  url: string
  name: string
  /** Ends the pool and drops the database; after a failed test it is kept and its name printed. Called by itself after the file. */
  drop(): Promise<void>
}

const open = new Set<TestDatabase>()
let hasFailed = false

// Importing this file puts these two hooks around the importing test file.
afterEach(({ task }) => {
  if (task.result?.state === 'fail') hasFailed = true
})
afterAll(async () => {
  for (const database of open) await database.drop()
})

/** Which shape of the database the tests run in. */
export function testShape(): World['shape'] {
  return inject('world').shape
}

/** Redis for tests that can use it; null when TOCSIN_TEST_REDIS_URL is not set. */
export function testRedisUrl(): string | null {
  return inject('world').redisUrl
}

async function order(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

// 55006: somebody (TimescaleDB's launcher, another clone) is at the template just now.
async function clone(url: string, name: string, template: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await order(url, `create database ${name} template ${template}`)
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '55006' || tries === 100) throw error
      await sleep(50)
    }
  }
}

/** A fresh database, cloned from the migrated template of this run; `isEmpty`: without even the schema. */
export async function testDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const { url: server, template, prefix } = inject('world')
  const name = `${prefix}${randomBytes(5).toString('hex')}`
  await clone(server, name, isEmpty ? 'template0' : template)
  const url = databaseAt(server, name)
  const pool = createPool(url, { applicationName: 'tocsin-test' })
  const database: TestDatabase = {
    pool,
    url,
    name,
    async drop() {
      if (!open.delete(database)) return
      if (!pool.ended) await pool.end()
      if (hasFailed) process.stdout.write(`\na test failed; kept its database ${name}\n`)
      else await order(server, `drop database if exists ${name} with (force)`)
    },
  }
  open.add(database)
  return database
}
