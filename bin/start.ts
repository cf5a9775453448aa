import { createServer } from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../core/platform/clock.ts'
import { type Config, loadConfig, readEnvironment } from '../core/platform/config.ts'
import { claimDataDir } from '../core/platform/data-dir.ts'
import { createPool } from '../core/platform/database.ts'
import { startEmbeddedPostgres } from '../core/platform/embedded-postgres.ts'
import { createLifecycle, type Lifecycle, runUntilSignal } from '../core/platform/lifecycle.ts'
import { createLogger } from '../core/platform/log.ts'
import { StartupError } from '../core/platform/startup-error.ts'
import { createQueues } from '../core/queue/queues.ts'
import { ensureAdmin } from '../core/engine/accounts.ts'
import { latestOccurredAt } from '../core/store/province-feed-store.ts'
import { ENGINE_SCOPE } from '../core/domain/access.ts'
import { buildApp } from '../server/app.ts'
import { startFarSide } from '../workers/far-side.ts'
import { startWorkers } from '../workers/main.ts'
import { composeEngine, prepareDatabase } from './compose.ts'
import { type Demo, openDemo, startDemoFeed } from './demo/demo.ts'
import { ensureDemoReviews } from './demo/reviews.ts'

const say = (text: string) => process.stdout.write(`${text}\n`)
const WEB_DIR = path.resolve(import.meta.dirname, '../web/dist')
/** BullMQ keeps one connection per worker for listening; the rest is for its statements. */
const QUEUE_CONNECTIONS = 16

/** Refuses a taken port before anything heavy is started. */
async function probePort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return reject(error)
      const taken = error.code === 'EADDRINUSE'
      reject(
        new StartupError(
          'port',
          { zh: `端口 ${port} ${taken ? '已被占用' : '不允许使用'}`, en: `Port ${port} is ${taken ? 'taken' : 'not allowed'}` },
          { zh: `请停止占用它的程序，或换一个端口：PORT=${port + 1} npm start`, en: `Stop what uses it, or choose another: PORT=${port + 1} npm start` },
        ),
      )
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}

async function openDatabase(config: Config, lifecycle: Lifecycle) {
  if (config.databaseUrl !== null) return { target: config.databaseUrl }
  const claim = await claimDataDir(config.dataDir, config.port)
  lifecycle.add('data folder', () => claim.release())
  await probePort(config.host, config.port)
  const startedAt = performance.now()
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, durable: true, log: lifecycle.log })
  lifecycle.add('embedded database', () => postgres.stop())
  say(`✔ 内置数据库 embedded database · ${((performance.now() - startedAt) / 1000).toFixed(1)} s · ${config.dataDir}`)
  return { target: postgres.poolConfig }
}

function announce(config: Config, port: number, adminPassword: string | null, demo: Demo | null): void {
  const at = `http://${config.host === '0.0.0.0' || config.host === '127.0.0.1' ? 'localhost' : config.host}:${port}`
  say(`\n警钟 Tocsin\n`)
  say(`  视频墙 wall       ${at}/wall`)
  say(`  值班台 desk       ${at}/desk`)
  say(`  指标   KPI        ${at}/kpi`)
  say(`  接口   API        ${at}/api/docs\n`)
  if (adminPassword !== null) say(`  管理员 admin      admin / ${adminPassword}   （只显示这一次 shown this once）`)
  if (demo !== null) {
    say(`  演示账号 demo     密码 password: ${demo.password}`)
    for (const account of demo.accounts) say(`                    ${account.login.padEnd(18)} ${account.displayName}`)
    say(`\n  演示数据均为虚构；演示中每 ${demo.tickSeconds} 秒判定一次风险（默认 5 分钟），S-1 断网场景以十倍速播放。`)
    say(`  All demo data is invented; the demo judges risks every ${demo.tickSeconds} s (default 5 min) and plays outage S-1 ten times faster.`)
  }
  say(`\n  停止 stop: Ctrl-C\n`)
}

/**
 * `npm start`: database, server and workers in one process, and the demo on an empty database. Resolves when it has been stopped.
 * @throws StartupError with the mend, in both languages
 */
export async function start(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { 'no-demo': { type: 'boolean', default: false } } })
  const config = loadConfig(readEnvironment())
  const log = createLogger(readEnvironment()['TOCSIN_LOG'] === undefined ? 'warn' : config.logLevel)
  for (const name of config.unknown) process.stderr.write(`未知的环境变量 unknown variable: ${name} (docs/configuration.md)\n`)
  const lifecycle = createLifecycle(log)
  try {
    await run(config, lifecycle, !values['no-demo'])
  } catch (error) {
    await lifecycle.stop('failed to start')
    throw error
  }
  return 0
}

async function run(config: Config, lifecycle: Lifecycle, wantsDemo: boolean): Promise<void> {
  const { log } = lifecycle
  const clock = systemClock
  const { target } = await openDatabase(config, lifecycle)
  const pool = createPool(target, { max: 16, applicationName: 'tocsin', onError: (error) => log.warn({ reason: error.message }, 'database connection lost') })
  lifecycle.add('database pool', () => pool.end())
  await prepareDatabase(pool, { regionsFile: config.regionsFile, clock, log })
  const queuePool = createPool(target, { max: QUEUE_CONNECTIONS, applicationName: 'tocsin-queue', statementTimeoutMs: 0, onError: (error) => log.warn({ reason: error.message }, 'queue connection lost') })
  lifecycle.add('queue pool', () => queuePool.end())
  const queues = await createQueues(config.redisUrl === null ? { pool: queuePool, log } : { redisUrl: config.redisUrl, log })
  const engine = await composeEngine(pool, config, log, queues)
  const admin = await ensureAdmin(pool, { password: config.adminPassword, now: clock.now() })
  const demo = config.shape === 'embedded' && wantsDemo ? await openDemo(engine, config, { isEmpty: (await latestOccurredAt(pool, ENGINE_SCOPE)) === null, now: clock.now() }) : null
  const { app } = await buildApp({ engine, config, clock, log, webDir: WEB_DIR })
  lifecycle.add('server', () => app.close())
  let isFilling = demo !== null
  const farSide = await startFarSide(engine, clock)
  lifecycle.add('far side', () => farSide.close())
  await startWorkers({ holdsRisk: () => isFilling, engine, queues, clock, log, channels: { webhookAllow: config.webhookAllow, publicUrl: config.publicUrl, pushHosts: config.pushHosts, canaryUrl: farSide.url }, ingestWorkers: config.ingestWorkers })
  lifecycle.add('workers', () => queues.close())
  await app.listen({ host: config.host, port: config.port })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  announce(config, port, admin?.password ?? null, demo)
  const ended = new Promise<void>((resolve) => lifecycle.add('main', async () => resolve()))
  runUntilSignal(lifecycle)
  const demoReviews = () => ensureDemoReviews(engine, clock.now()).catch((error: unknown) => log.warn({ err: error }, 'the demo has no reviews'))
  if (demo !== null) {
    const feed = await startDemoFeed(demo, engine, { target, port, host: config.host, clock, onFilled: () => { isFilling = false; void demoReviews() } })
    lifecycle.add('demo feed', () => feed.stop())
  }
  await ended
}
