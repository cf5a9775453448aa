import { Queue, Worker, createPostgresBackend, runMigrations } from 'bullmq'
import type { Processor, QueueOptions, WorkerOptions } from 'bullmq'
import type { Pool } from '../platform/database.ts'

/** What of BullMQ differs between PostgreSQL and Redis: how a queue and a worker are made. Nothing else knows which it is. */
export interface Backend {
  queue(name: string, options: Omit<QueueOptions, 'connection'>): Queue
  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker
}

/** Redis, or a pool of PostgreSQL connections that is used for nothing else and not open yet. */
export type BackendChoice = { pool: Pool } | { redisUrl: string }

// Each worker keeps one connection for listening; the rest serve statements of all of them.
const SESSION = 'set search_path = bullmq; set synchronous_commit = off'

async function onPostgres(pool: Pool): Promise<Backend> {
  // A lost bell costs seconds, so its commits need not wait for the disk (twice the jobs per second).
  Object.assign(pool.options, { onConnect: (client: { query(text: string): Promise<unknown> }) => client.query(SESSION) })
  pool.setMaxListeners(64)
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ search_path: string }>('show search_path')
    if (rows[0]?.search_path !== 'bullmq') throw new Error('the pool of the queue is already in use for something else')
    await runMigrations(client as unknown as Parameters<typeof runMigrations>[0])
    // Jobs come and go all the time: without this, dead rows pile up until a fifth of a table is dead.
    await client.query('alter table job set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)')
    await client.query('alter table event set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)')
  } finally {
    client.release()
  }
  const connection = pool as never
  return {
    queue: (name, options) => new Queue(name, { ...options, connection }, createPostgresBackend) as unknown as Queue,
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection }, createPostgresBackend) as unknown as Worker,
  }
}

async function onRedis(url: string): Promise<Backend> {
  return {
    // A bell must fail at once when Redis is away, not wait in memory for its return.
    queue: (name, options) => new Queue(name, { ...options, connection: { url, maxRetriesPerRequest: 1, enableOfflineQueue: false } }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection: { url, maxRetriesPerRequest: null } }),
  }
}

/** The only place that decides between PostgreSQL and Redis; on PostgreSQL, BullMQ's own tables (schema `bullmq`) are brought up to date. */
export function openBackend(choice: BackendChoice): Promise<Backend> {
  return 'redisUrl' in choice ? onRedis(choice.redisUrl) : onPostgres(choice.pool)
}
