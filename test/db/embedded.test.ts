import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAlive } from '../../core/platform/data-dir.ts'
import { createPool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import type { EmbeddedChoice, EmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { findRunner } from '../../core/platform/postgres-binaries.ts'
import { clusterOf, ownerOf, readServerState } from '../../core/platform/postgres-cluster.ts'
import { runElsewhere } from '../support/other-process.ts'

const isLinux = process.platform === 'linux'
const isRoot = process.getuid?.() === 0
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function newFolder(mode = 0o700): string {
  const folder = mkdtempSync(path.join(tmpdir(), `tocsin-test-${process.pid}-embedded-`))
  chmodSync(folder, mode)
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function start(dataDir: string, choice: Partial<EmbeddedChoice> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: true, sharedBuffersMb: 32, ...choice })
  ends.push(() => server.stop())
  return server
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const pool = createPool(server.url, { max: 1 })
  try {
    return (await pool.query(text)).rows
  } finally {
    await pool.end()
  }
}

const isThere = (pid: number) => isAlive({ pid, stamp: null })
const until = (met: () => boolean | Promise<boolean>, timeout = 20_000) =>
  vi.waitFor(
    async () => {
      if (!(await met())) throw new Error('not yet')
    },
    { timeout, interval: 10 },
  )

async function inProcess(body: string, prefix: string[] = []) {
  const other = await runElsewhere(body, prefix)
  ends.push(() => other.child.kill('SIGKILL'))
  return other
}

describe('the embedded server', () => {
  it('starts from nothing, answers over a socket that only this account can enter, and keeps its data over a stop', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir)
    expect(first.reused).toBe(false)
    expect(statSync(String(first.poolConfig.host)).mode & 0o777).toBe(0o700)
    expect(
      await query(
        first,
        "select current_setting('fsync') as fsync, current_setting('listen_addresses') as tcp, current_setting('data_checksums') as sums, upper('é') as upper",
      ),
    ).toEqual([{ fsync: 'on', tcp: '', sums: 'on', upper: 'É' }])
    await query(first, 'create table kept (id integer); insert into kept values (7)')
    await first.stop()
    expect(existsSync(String(first.poolConfig.host))).toBe(false)
    const second = await start(dataDir)
    expect(second.reused).toBe(true)
    expect(await query(second, 'select id from kept')).toEqual([{ id: 7 }])
  })

  it('stops within 5 s while clients are connected and a statement runs', async () => {
    const server = await start(newFolder())
    const pool = createPool(server.url)
    ends.push(() => pool.end())
    const running = pool.query('select pg_sleep(60)').catch((error: { code?: string }) => error.code)
    // Stopped before it has begun, the statement would fail in another way.
    await until(async () => {
      const { rowCount } = await pool.query(`select from pg_stat_activity where state = 'active' and query = 'select pg_sleep(60)'`)
      return rowCount === 1
    })
    const startedAt = performance.now()
    await server.stop()
    expect(performance.now() - startedAt).toBeLessThan(5000)
    expect(await running).toBe('57P01')
    expect(isThere(server.pid)).toBe(false)
    await server.stop()
  })

  it('is refused a second time on one folder, and goes on serving', async () => {
    const dataDir = newFolder()
    const server = await start(dataDir)
    await expect(startEmbeddedPostgres({ dataDir, durable: true })).rejects.toMatchObject({ name: 'AlreadyRunningError', pid: process.pid })
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('comes back by itself after its process was killed, with every acknowledged row', async () => {
    const server = await start(newFolder())
    await query(server, 'create table acked (id integer)')
    const pool = createPool(server.url, { max: 1 })
    ends.push(() => pool.end())
    for (let id = 0; id < 50; id += 1) await pool.query('insert into acked values ($1)', [id])
    const before = server.pid
    process.kill(before, 'SIGKILL')
    await until(() =>
      pool.query('select 1').then(
        () => server.pid !== before,
        () => false,
      ),
    )
    expect((await pool.query('select count(*) as rows from acked')).rows).toEqual([{ rows: 50 }])
  })

  it('opens the folder again after the server was killed and nobody revived it', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir, { supervise: false })
    await query(first, 'create table acked (id integer); insert into acked values (1)')
    process.kill(first.pid, 'SIGKILL')
    await until(() => !isThere(first.pid))
    await first.stop()
    expect(await query(await start(dataDir), 'select id from acked')).toEqual([{ id: 1 }])
  })

  it('survives the killing of the process that started it: the next start has every acknowledged row and the only server', async () => {
    const dataDir = newFolder()
    const { child, line } = await inProcess(`
      const server = await startEmbeddedPostgres({ dataDir: '${dataDir}', durable: true, sharedBuffersMb: 32 })
      const pool = createPool(server.url)
      await pool.query('create table acked (id integer)')
      for (let id = 0; id < 50; id += 1) await pool.query('insert into acked values ($1)', [id])
      say({ pid: server.pid, socketDir: server.poolConfig.host })
      setInterval(() => {}, 1000)`)
    const { pid, socketDir } = JSON.parse(line) as { pid: number; socketDir: string }
    child.kill('SIGKILL')
    await until(() => !isThere(child.pid ?? 0))
    const next = await start(dataDir)
    expect(isThere(pid)).toBe(false)
    expect(existsSync(socketDir)).toBe(false)
    expect(await query(next, 'select count(*) as rows from acked')).toEqual([{ rows: 50 }])
  })

  it('stops a server that nobody owns any more before it starts its own', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir)
    await query(first, 'create table kept (id integer)')
    await first.stop()
    const orphan = findRunner(dataDir, ownerOf(dataDir)).spawn(
      'postgres',
      ['-D', clusterOf(dataDir), '-c', 'listen_addresses=', '-c', `unix_socket_directories=${dataDir}`],
      { stdio: 'ignore', detached: true },
    )
    ends.push(() => orphan.kill('SIGKILL'))
    await until(() => readServerState(clusterOf(dataDir))?.isReady === true)
    const second = await start(dataDir)
    expect(isThere(orphan.pid ?? 0)).toBe(false)
    expect(await query(second, 'select count(*) as rows from kept')).toEqual([{ rows: 0 }])
  })

  it.each([
    ['is empty', () => ''],
    ['names a process that is gone', () => '999999999\n'],
    ['names a living process that is no server', () => `${process.pid}\n/somewhere\n1\n5432\n\n\n\nready\n`],
  ])('starts although the pid file of a crash %s', async (_, content) => {
    const dataDir = newFolder()
    await (await start(dataDir)).stop()
    writeFileSync(path.join(clusterOf(dataDir), 'postmaster.pid'), content(), { mode: 0o600 })
    expect(await query(await start(dataDir), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('begins anew after a first start that was interrupted', async () => {
    const dataDir = newFolder()
    mkdirSync(`${clusterOf(dataDir)}.new`)
    writeFileSync(path.join(`${clusterOf(dataDir)}.new`, 'PG_VERSION'), '17\n')
    expect((await start(dataDir)).reused).toBe(false)
  })

  it('refuses a folder of another major version and says what to do', async () => {
    const dataDir = newFolder()
    mkdirSync(clusterOf(dataDir), { mode: 0o700 })
    writeFileSync(path.join(clusterOf(dataDir), 'PG_VERSION'), '16\n')
    await expect(startEmbeddedPostgres({ dataDir, durable: true })).rejects.toMatchObject({
      code: 'version',
      message: expect.stringContaining('PostgreSQL 16'),
    })
  })

  it('forces nothing to disk for tests', async () => {
    const server = await start(newFolder(), { durable: false })
    expect(await query(server, "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit")).toEqual([
      { fsync: 'off', commit: 'off' },
    ])
  })

  it('logs neither statements nor the values in them', async () => {
    const dataDir = newFolder()
    const server = await start(dataDir)
    await query(server, "create table person (phone text primary key); insert into person values ('13800138000')")
    await expect(query(server, "insert into person values ('13800138000')")).rejects.toThrow('duplicate key')
    await expect(query(server, "select '13800138000'::inet")).rejects.toThrow()
    await server.stop()
    const log = readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')
    expect(log).toContain('duplicate key')
    expect(log.replaceAll('invalid input syntax for type inet: "13800138000"', '')).not.toContain('13800138000')
  })
})

describe.runIf(isLinux && isRoot)('the embedded server started by root', () => {
  it.each(['userns', 'setuid'] as const)('runs as somebody else (%s), and the folder is opened the same way later', async (way) => {
    const dataDir = newFolder(0o755)
    const first = await start(dataDir, { way }).catch((error: { code?: string; message: string }) => {
      if (error.code === 'permission' && way === 'userns') return console.info(`user namespaces are refused here: ${error.message}`)
      throw error
    })
    if (first === undefined) return
    expect(first.way).toBe(way)
    await query(first, 'create table kept (id integer)')
    await first.stop()
    const second = await start(dataDir)
    expect(second.way).toBe(way)
    expect(await query(second, 'select count(*) as rows from kept')).toEqual([{ rows: 0 }])
  })

  it('hands a folder over to an account when user namespaces are refused later', async () => {
    const dataDir = newFolder(0o755)
    const first = await start(dataDir)
    await query(first, 'create table kept (id integer)')
    await first.stop()
    expect(await query(await start(dataDir, { way: 'setuid' }), 'select count(*) as rows from kept')).toEqual([{ rows: 0 }])
  })
})

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

describe.runIf(isLinux && isRoot)('the embedded server started by an ordinary user', () => {
  it('runs as that user', async () => {
    const dataDir = path.join(newFolder(0o777), 'data')
    const { line } = await inProcess(
      `
      const server = await startEmbeddedPostgres({ dataDir: '${dataDir}', durable: true, sharedBuffersMb: 32 })
      const pool = createPool(server.url)
      const { rows } = await pool.query('select 1 as one')
      await pool.end()
      await server.stop()
      say({ way: server.way, rows })`,
      asNobody,
    )
    expect(JSON.parse(line)).toEqual({ way: 'direct', rows: [{ one: 1 }] })
    expect(statSync(clusterOf(dataDir)).uid).toBe(65_534)
  })

  it('is told what to do about a folder that belongs to somebody else', async () => {
    const dataDir = newFolder(0o777)
    await (await start(dataDir, { way: 'userns' })).stop()
    chmodSync(dataDir, 0o777)
    const { line } = await inProcess(`await startEmbeddedPostgres({ dataDir: '${dataDir}', durable: true })`, asNobody)
    expect(JSON.parse(line)).toMatchObject({ code: 'permission', message: expect.stringContaining('chown') })
  })

  it('is told what to do about a folder that cannot be made', async () => {
    const { line } = await inProcess(`await startEmbeddedPostgres({ dataDir: '${path.join(newFolder(0o700), 'data')}', durable: true })`, asNobody)
    expect(JSON.parse(line)).toMatchObject({ code: 'permission', message: expect.stringContaining('TOCSIN_DATA_DIR') })
  })
})

describe.runIf(isLinux && isRoot)('a full disk', () => {
  it('is named as such, with what to do, before anything is made', async (context) => {
    const folder = newFolder(0o755)
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tocsin-test', folder], { encoding: 'utf8' })
    if (status !== 0) return context.skip(`no tmpfs can be mounted here: ${stderr}`)
    ends.push(() => spawnSync('umount', [folder]))
    await expect(startEmbeddedPostgres({ dataDir: path.join(folder, 'data'), durable: true })).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('256 MB'),
    })
    expect(readdirSync(path.join(folder, 'data'))).toEqual([])
  })
})
