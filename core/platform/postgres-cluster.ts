import { execFileSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AlreadyRunningError, isAlive } from './data-dir.ts'
import type { ProcessMark } from './data-dir.ts'
import type { Runner } from './postgres-binaries.ts'
import { StartupError } from './startup-error.ts'

/** The major version of the packaged programs; a folder of another one cannot be opened. */
export const MAJOR = 17
const ROOM_NEEDED = 256 * 1024 * 1024

const isWindows = process.platform === 'win32'

/** PostgreSQL's own data folder inside Tocsin's. */
export const clusterOf = (dataDir: string) => path.join(dataDir, 'postgres')

/** What this process noted about the server that it started, for whoever comes after it was killed. */
export interface RunNote {
  owner: ProcessMark
  socketDir: string
}

const noteOf = (dataDir: string) => path.join(dataDir, 'postgres.run')

/** The note of the last start; null when there is none. */
export function readNote(dataDir: string): RunNote | null {
  try {
    return JSON.parse(readFileSync(noteOf(dataDir), 'utf8')) as RunNote
  } catch {
    return null
  }
}

export { noteOf }

/** PostgreSQL's words about why it did not start, as a fault that the operator can mend. */
export function explain(said: string, dataDir: string, cause?: unknown): StartupError {
  const words = said.trim().split('\n').slice(-5).join('\n  ')
  if (/No space left on device|ENOSPC|could not resize shared memory/i.test(said)) return diskFull(dataDir, words)
  if (/Permission denied|could not access directory|has wrong ownership|EACCES|EPERM|not permitted|could not change permissions/i.test(said)) {
    return new StartupError(
      'permission',
      {
        zh: `没有权限使用数据目录 ${dataDir}：\n  ${words}`,
        en: `No permission to use the data folder ${dataDir}:\n  ${words}`,
      },
      {
        zh: '请用建立该目录的用户启动，或用 chown -R 把它交给当前用户，或另设 TOCSIN_DATA_DIR；以 root 启动时上级目录须可进入。',
        en: 'Start as the user who made the folder, give it to the present user with chown -R, or set another TOCSIN_DATA_DIR; when started as root, its parents must be enterable.',
      },
      cause,
    )
  }
  return new StartupError(
    'postgres',
    {
      zh: `内置数据库没有启动：\n  ${words}`,
      en: `The embedded database did not start:\n  ${words}`,
    },
    { zh: `详见 ${path.join(dataDir, 'postgres.log')}。`, en: `More in ${path.join(dataDir, 'postgres.log')}.` },
    cause,
  )
}

function diskFull(dataDir: string, detail: string): StartupError {
  return new StartupError(
    'disk-full',
    {
      zh: `数据目录 ${dataDir} 所在的磁盘空间不足：${detail}`,
      en: `The disk of the data folder ${dataDir} is full: ${detail}`,
    },
    { zh: '请腾出空间（至少 256 MB），或把 TOCSIN_DATA_DIR 设到别的磁盘。', en: 'Free at least 256 MB, or set TOCSIN_DATA_DIR to another disk.' },
  )
}

/** Who owns the cluster; null when there is none yet. An ordinary user is refused a cluster of somebody else. */
export function ownerOf(dataDir: string): { uid: number; gid: number } | null {
  const cluster = clusterOf(dataDir)
  if (!existsSync(cluster)) return null
  const { uid, gid } = lstatSync(cluster)
  const self = process.getuid?.() ?? uid
  if (self !== 0 && self !== uid) throw explain(`${cluster} has wrong ownership: user ${uid}, started as ${self}`, dataDir)
  return { uid, gid }
}

function give(target: string, uid: number, gid: number): void {
  lchownSync(target, uid, gid)
  if (lstatSync(target).isDirectory()) for (const name of readdirSync(target)) give(path.join(target, name), uid, gid)
}

async function initdb(runner: Runner, folder: string, isDurable: boolean, password: string | null): Promise<{ code: number | null; said: string }> {
  const access = password === null ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${password}`]
  const child = runner.spawn(
    'initdb',
    [
      '-D',
      folder,
      '-U',
      'postgres',
      ...access,
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
      ...(isDurable ? ['--data-checksums'] : ['--no-sync']),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, said: error.message }))
    child.once('close', (code) => resolve({ code, said }))
  })
}

/**
 * Makes sure that a cluster is there and belongs to the runner's account; returns whether one was there already.
 * A new one is made aside and moved into place, so that an interrupted first start leaves nothing half made.
 */
export async function ensureCluster(runner: Runner, dataDir: string, isDurable: boolean, password: string | null): Promise<boolean> {
  const cluster = clusterOf(dataDir)
  const { kind, uid, gid } = runner.way
  if (existsSync(cluster)) {
    const version = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (Number(version) !== MAJOR) {
      throw new StartupError(
        'version',
        {
          zh: `数据目录 ${dataDir} 属于 PostgreSQL ${version}，本程序内置 ${MAJOR}。`,
          en: `The data folder ${dataDir} belongs to PostgreSQL ${version}; this program brings ${MAJOR}.`,
        },
        {
          zh: '请用建立它的版本导出数据，或另设 TOCSIN_DATA_DIR。',
          en: 'Export its data with the version that made it, or set another TOCSIN_DATA_DIR.',
        },
      )
    }
    if (kind === 'setuid' && uid !== null && gid !== null && lstatSync(cluster).uid !== uid) give(cluster, uid, gid)
    return true
  }
  const { bavail, bsize } = statfsSync(dataDir)
  if (bavail * bsize < ROOM_NEEDED) throw diskFull(dataDir, `${Math.floor((bavail * bsize) / 1024 / 1024)} MB`)
  const draft = `${cluster}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  if (kind === 'setuid' && uid !== null && gid !== null) chownSync(draft, uid, gid)
  const { code, said } = await initdb(runner, draft, isDurable, password)
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true })
    throw explain(said, dataDir)
  }
  renameSync(draft, cluster)
  return false
}

/** What postmaster.pid says: whose it is and whether connections are taken. Null while there is no file, or only part of one. */
export function readServerState(cluster: string): { pid: number; isReady: boolean } | null {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : null
  } catch {
    return null
  }
}

// The number alone proves nothing: after a crash another program may have it.
function isServerOf(pid: number, cluster: string): boolean {
  try {
    if (process.platform !== 'linux') return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(cluster)
    const program = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''
    return path.basename(program).startsWith('postgres') && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster)
  } catch {
    return false
  }
}

async function goneWithin(pid: number, cluster: string, ms: number): Promise<boolean> {
  const endAt = performance.now() + ms
  while (isServerOf(pid, cluster)) {
    if (performance.now() > endAt) return false
    await sleep(10)
  }
  return true
}

/**
 * Clears the way for a start: a server left behind by a killed process is stopped (its data are safe), a pid file that is empty or
 * names a stranger is removed, and so is the left-over socket folder.
 * @throws AlreadyRunningError when the process that started the server is alive.
 */
export async function clearLeftovers(dataDir: string): Promise<void> {
  const cluster = clusterOf(dataDir)
  const note = readNote(dataDir)
  const state = readServerState(cluster)
  if (!isWindows && state !== null && isServerOf(state.pid, cluster)) {
    if (note !== null && isAlive(note.owner)) throw new AlreadyRunningError(dataDir, note.owner.pid, null)
    // SIGINT: roll back, write out, end. SIGQUIT: end at once, recover at the next start.
    for (const [signal, ms] of [
      ['SIGINT', 4_000],
      ['SIGQUIT', 2_000],
      ['SIGKILL', 2_000],
    ] as const) {
      process.kill(state.pid, signal)
      if (await goneWithin(state.pid, cluster, ms)) break
    }
  }
  if (!isWindows && existsSync(cluster)) rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
  if (note !== null) rmSync(note.socketDir, { recursive: true, force: true })
}
