import path from 'node:path'
import { systemClock } from '../core/platform/clock.ts'
import { type Config, loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createPool } from '../core/platform/database.ts'
import { createLifecycle, runUntilSignal } from '../core/platform/lifecycle.ts'
import { createLogger } from '../core/platform/log.ts'
import { StartupError } from '../core/platform/startup-error.ts'
import { createQueues } from '../core/queue/queues.ts'
import { ensureAdmin } from '../core/engine/accounts.ts'
import { startServer } from '../server/main.ts'
import { startFarSide } from '../workers/far-side.ts'
import { startWorkers } from '../workers/main.ts'
import { composeEngine, prepareDatabase } from './compose.ts'

function productionConfig(): Config & { databaseUrl: string } {
  const config = loadConfig(readEnvironment())
  if (config.databaseUrl === null) {
    throw new StartupError(
      'config',
      { zh: '该命令只用于生产形态，需要 DATABASE_URL', en: 'This command belongs to the production shape and needs DATABASE_URL' },
      { zh: '设置 DATABASE_URL，或用 npm start 运行内置形态。', en: 'Set DATABASE_URL, or run the embedded shape with npm start.' },
    )
  }
  return { ...config, databaseUrl: config.databaseUrl }
}

/** `migrate`: schema, region tree, settings and the first administrator; prints the administrator's password once. */
export async function runMigrate(): Promise<number> {
  const config = productionConfig()
  const log = createLogger(config.logLevel)
  const pool = createPool(config.databaseUrl, { max: 4 })
  try {
    const { applied } = await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock, log })
    const admin = await ensureAdmin(pool, { password: config.adminPassword, now: systemClock.now() })
    process.stdout.write(`已应用 applied: ${applied.length === 0 ? '0' : applied.join(', ')}\n`)
    if (admin !== null) process.stdout.write(`管理员 admin: ${admin.login} / ${admin.password}\n`)
    return 0
  } finally {
    await pool.end()
  }
}

/** `serve` and `work`: one process of the production shape; any number of each may run. Resolves when it has been stopped. */
export async function runProduction(part: 'serve' | 'work'): Promise<number> {
  const config = productionConfig()
  const log = createLogger(config.logLevel)
  const clock = systemClock
  for (const name of config.unknown) log.warn({ name }, 'unknown variable, see docs/configuration.md')
  const lifecycle = createLifecycle(log)
  const pool = createPool(config.databaseUrl, { max: 16, applicationName: `tocsin-${part}`, onError: (error) => log.warn({ reason: error.message }, 'database connection lost') })
  lifecycle.add('database pool', () => pool.end())
  const queuePool = config.redisUrl === null ? createPool(config.databaseUrl, { max: 16, applicationName: 'tocsin-queue', statementTimeoutMs: 0 }) : null
  if (queuePool !== null) lifecycle.add('queue pool', () => queuePool.end())
  const queues = await createQueues(queuePool === null ? { redisUrl: config.redisUrl as string, log } : { pool: queuePool, log })
  const engine = await composeEngine(pool, config, log, queues)
  if (part === 'serve') {
    lifecycle.add('queues', () => queues.close())
    const server = await startServer({ engine, config, clock, log, webDir: path.resolve(import.meta.dirname, '../web/dist') })
    lifecycle.add('server', () => server.stop())
    log.info({ url: server.url }, 'serving')
  } else {
    const farSide = await startFarSide(engine, clock)
    lifecycle.add('far side', () => farSide.close())
    await startWorkers({ engine, queues, clock, log, channels: { webhookAllow: config.webhookAllow, publicUrl: config.publicUrl, pushHosts: config.pushHosts, canaryUrl: farSide.url }, ingestWorkers: config.ingestWorkers })
    lifecycle.add('workers', () => queues.close())
  }
  const ended = new Promise<void>((resolve) => lifecycle.add('main', async () => resolve()))
  runUntilSignal(lifecycle)
  await ended
  return 0
}
