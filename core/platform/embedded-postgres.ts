import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { ownMark, placeFile } from './data-dir.ts'
import type { Logger } from './log.ts'
import { findRunner } from './postgres-binaries.ts'
import type { Runner, Way } from './postgres-binaries.ts'
import { clearLeftovers, clusterOf, ensureCluster, explain, noteOf, ownerOf, readServerState } from './postgres-cluster.ts'
import type { RunNote } from './postgres-cluster.ts'

/** What a caller chooses about the embedded server. */
export interface EmbeddedChoice {
  /** Tocsin's data folder; the server keeps its own in `postgres` inside it. Made when absent. */
  dataDir: string
  log?: Pick<Logger, 'info' | 'warn' | 'error'>
  /** False for tests and replays: nothing is forced to disk, a crash of the machine may lose all. */
  durable: boolean
  sharedBuffersMb?: number
  /** Restart the server when it dies by itself; true when left out. */
  supervise?: boolean
  /** Only this way of running it; the first that works when left out. */
  way?: Way['kind']
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** For `createPool`: database `tocsin`, reachable only for this account. */
  poolConfig: pg.PoolConfig
  url: string
  /** The server's process; another one after it died and was restarted. */
  readonly pid: number
  way: Way['kind']
  /** True when the folder already held a database, false when it was made just now. */
  reused: boolean
  /** Ends the server within 5 s; every acknowledged transaction stays. */
  stop(): Promise<void>
}

const DATABASE = 'tocsin'
const LOG_LIMIT = 10 * 1024 * 1024
const START_WITHIN = 300_000
const RESTARTS = 8

const isWindows = process.platform === 'win32'

function settings(choice: EmbeddedChoice, place: { socketDir: string; port: number }): string[] {
  const speed = choice.durable
    ? { max_wal_size: '2GB', checkpoint_timeout: '15min' }
    : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '1GB', max_connections: 200 }
  const all = {
    listen_addresses: isWindows ? '127.0.0.1' : '',
    port: place.port,
    unix_socket_directories: isWindows ? '' : place.socketDir,
    shared_buffers: `${choice.sharedBuffersMb ?? (choice.durable ? 256 : 128)}MB`,
    jit: 'off',
    random_page_cost: '1.1',
    // A day of tickets is read block by block from a cold disk, each waited for, unless some are asked for ahead. Other systems than Linux refuse it.
    ...(process.platform === 'linux' ? { effective_io_concurrency: '32' } : {}),
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements and details of errors can hold what a customer wrote (domain.md 8.4): neither is logged.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...speed,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function makeSocketDir({ way }: Runner): string {
  const prefix = path.join(tmpdir(), 'tocsin-pg-')
  // A socket's path holds 107 bytes; the server adds its file name.
  const folder = mkdtempSync(Buffer.byteLength(prefix) < 80 ? prefix : '/tmp/tocsin-pg-')
  if (way.kind === 'setuid' && way.uid !== null && way.gid !== null) chownSync(folder, way.uid, way.gid)
  return folder
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

function openLog(dataDir: string): { fd: number; from: number; file: string } {
  const file = path.join(dataDir, 'postgres.log')
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_LIMIT) renameSync(file, `${file}.1`)
  return { fd: openSync(file, 'a', 0o600), from: size > LOG_LIMIT ? 0 : size, file }
}

interface Server {
  child: ChildProcess
  ended: Promise<void>
  isEnded(): boolean
}

// One attempt: resolves when connections are taken, rejects with the server's own words when it ends before.
async function launch(runner: Runner, choice: EmbeddedChoice, args: string[]): Promise<Server> {
  const cluster = clusterOf(choice.dataDir)
  const { fd, from, file } = openLog(choice.dataDir)
  const child = runner.spawn('postgres', ['-D', cluster, ...args], { stdio: ['ignore', fd, fd], detached: true, bound: true })
  closeSync(fd)
  let hasEnded = false
  let failure: Error | undefined
  const ended = new Promise<void>((resolve) => {
    const end = (error?: Error) => {
      hasEnded = true
      failure = error
      resolve()
    }
    child.once('error', end)
    child.once('exit', () => end())
  })
  const startedAt = performance.now()
  for (;;) {
    const state = readServerState(cluster)
    if (!hasEnded && state?.isReady === true && state.pid === child.pid) return { child, ended, isEnded: () => hasEnded }
    if (hasEnded) throw explain(failure?.message ?? readFileSync(file).subarray(from).toString(), choice.dataDir, failure)
    if (performance.now() - startedAt > START_WITHIN) {
      child.kill('SIGQUIT')
      throw explain(`not ready after ${START_WITHIN / 1000} s`, choice.dataDir)
    }
    await sleep(5)
  }
}

// Backends of a killed server need a moment to notice; until then their shared memory keeps a new one out.
async function launchAfterCrash(runner: Runner, choice: EmbeddedChoice, args: string[]): Promise<Server> {
  const endAt = performance.now() + 10_000
  for (;;) {
    try {
      return await launch(runner, choice, args)
    } catch (error) {
      if (!/shared memory block|lock file/.test(String(error)) || performance.now() > endAt) throw error
      await sleep(100)
    }
  }
}

async function ensureDatabase(poolConfig: pg.PoolConfig): Promise<void> {
  const client = new pg.Client({ ...poolConfig, database: 'postgres' })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}

async function endServer({ child, ended, isEnded }: Server): Promise<void> {
  for (const [signal, ms] of [
    ['SIGINT', 4_000],
    ['SIGQUIT', 700],
    ['SIGKILL', 300],
  ] as const) {
    if (isEnded()) return
    child.kill(signal)
    const limit = new AbortController()
    await Promise.race([ended, sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined)])
    limit.abort()
  }
}

/** Keeps one server running until `stop`; restarts it when it dies by itself, with growing pauses. */
function supervise(first: Server, restart: () => Promise<Server>, choice: EmbeddedChoice): { pid: () => number; stop: () => Promise<void> } {
  let server = first
  let isStopping = false
  let restarting: Promise<void> | undefined
  const onExit = () => {
    server.child.kill('SIGINT')
  }
  process.once('exit', onExit)

  async function revive(): Promise<void> {
    for (let tries = 0; tries < RESTARTS && !isStopping; tries += 1) {
      try {
        server = await restart()
        choice.log?.warn({ server: server.child.pid }, 'embedded database restarted after it died')
        watch()
        return
      } catch (error) {
        choice.log?.error({ err: error }, 'embedded database could not be restarted')
        await sleep(Math.min(200 * 2 ** tries, 10_000))
      }
    }
  }
  function watch(): void {
    void server.ended.then(() => {
      if (isStopping || choice.supervise === false) return
      restarting = revive()
    })
  }
  watch()
  return {
    pid: () => server.child.pid ?? 0,
    async stop() {
      isStopping = true
      await restarting
      await endServer(server)
      process.removeListener('exit', onExit)
    },
  }
}

/**
 * Starts PostgreSQL over `dataDir`, making the database at the first start, and answers when it takes connections.
 * What a killed process left behind is cleared first; there are never two servers on one folder.
 * @throws AlreadyRunningError, or StartupError with what to do (disk, permission, platform, package, version)
 */
export async function startEmbeddedPostgres(given: EmbeddedChoice): Promise<EmbeddedPostgres> {
  const choice = { ...given, dataDir: path.resolve(given.dataDir) }
  const { dataDir } = choice
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const runner = findRunner(dataDir, ownerOf(dataDir), choice.way)
    await clearLeftovers(dataDir)
    const passwordFile = path.join(dataDir, 'postgres.password')
    if (isWindows) await placeFile(passwordFile, randomBytes(16).toString('hex'))
    const reused = await ensureCluster(runner, dataDir, choice.durable, isWindows ? passwordFile : null)
    const place = { socketDir: isWindows ? '' : makeSocketDir(runner), port: isWindows ? await freePort() : 5432 }
    writeFileSync(noteOf(dataDir), JSON.stringify({ owner: ownMark(), socketDir: place.socketDir } satisfies RunNote), { mode: 0o600 })
    const args = settings(choice, place)
    const poolConfig: pg.PoolConfig = {
      host: isWindows ? '127.0.0.1' : place.socketDir,
      port: place.port,
      user: 'postgres',
      database: DATABASE,
      ...(isWindows ? { password: readFileSync(passwordFile, 'utf8') } : {}),
    }
    const first = await launchAfterCrash(runner, choice, args).catch((error: unknown) => {
      if (place.socketDir !== '') rmSync(place.socketDir, { recursive: true, force: true })
      throw error
    })
    const kept = supervise(first, () => launchAfterCrash(runner, choice, args), choice)
    await ensureDatabase(poolConfig).catch(async (error: unknown) => {
      await kept.stop()
      throw error
    })
    choice.log?.info({ server: kept.pid(), way: runner.way.kind, reused }, 'embedded database ready')
    return {
      poolConfig,
      url: urlOf(poolConfig),
      get pid() {
        return kept.pid()
      },
      way: runner.way.kind,
      reused,
      async stop() {
        await kept.stop()
        rmSync(noteOf(dataDir), { force: true })
        if (!isWindows) rmSync(place.socketDir, { recursive: true, force: true })
      },
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'ENOSPC' || code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? explain(`${code} ${String(error)}`, dataDir, error) : error
  }
}

function urlOf({ host, port, user, password, database }: pg.PoolConfig): string {
  const account = typeof password === 'string' ? `${user}:${password}` : user
  return `postgres://${account}@${encodeURIComponent(host ?? '')}:${port}/${database}`
}
