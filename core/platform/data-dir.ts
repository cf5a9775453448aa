import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartupError } from './startup-error.ts'

/** Another Tocsin works on the same data folder. */
export class AlreadyRunningError extends StartupError {
  override readonly name = 'AlreadyRunningError'
  readonly pid: number
  /** The port it listens on; null while it is still starting. */
  readonly port: number | null

  constructor(dataDir: string, pid: number, port: number | null) {
    const at = port === null ? { zh: '', en: '' } : { zh: `，端口 ${port}`, en: `, port ${port}` }
    super(
      'already-running',
      {
        zh: `数据目录 ${dataDir} 正被另一个 Tocsin 使用（进程 ${pid}${at.zh}）。`,
        en: `The data folder ${dataDir} is in use by another Tocsin (process ${pid}${at.en}).`,
      },
      {
        zh: `请直接使用它，或先停止进程 ${pid}，或把 TOCSIN_DATA_DIR 设为另一个目录。`,
        en: `Use that one, stop process ${pid} first, or set TOCSIN_DATA_DIR to another folder.`,
      },
    )
    this.pid = pid
    this.port = port
  }
}

/** A process that may be gone: its number, and what tells it from a later one with the same number. */
export interface ProcessMark {
  pid: number
  /** Opaque; null where the system tells no start time. */
  stamp: string | null
}

// Fields 3 (state) and 22 (start) are counted after the name, which is in brackets and may hold any character.
function readStat(pid: number): { state: string; ticks: string } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', ticks: fields[19] ?? '' }
}

/** When the process `pid` began, as opaque text that differs between two processes with one number; null when there is none such or it cannot be told. */
export function processStamp(pid: number): string | null {
  try {
    if (process.platform === 'win32') return null
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${readStat(pid).ticks}`
  } catch {
    return null
  }
}

// Dead, but its parent has not fetched its exit yet.
function isZombie(pid: number): boolean {
  try {
    return process.platform === 'linux' && /[ZX]/.test(readStat(pid).state)
  } catch {
    return false
  }
}

/** This process. */
export const ownMark = (): ProcessMark => ({ pid: process.pid, stamp: processStamp(process.pid) })

/** True when the very process that left `mark` still runs; a stranger that got its number does not count. */
export function isAlive(mark: ProcessMark): boolean {
  try {
    process.kill(mark.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (isZombie(mark.pid)) return false
  const stamp = processStamp(mark.pid)
  return mark.stamp === null || stamp === null || mark.stamp === stamp
}

interface Claim extends ProcessMark {
  /** Tells two claims of one process apart. */
  nonce: string
  port: number | null
}

/** A held data folder. */
export interface DataDirClaim {
  /** Tells whoever comes later where this process listens. */
  setPort(port: number): Promise<void>
  release(): Promise<void>
}

async function readClaim(file: string): Promise<Claim | 'none' | 'unreadable'> {
  try {
    const claim = JSON.parse(await readFile(file, 'utf8')) as Partial<Claim>
    return Number.isInteger(claim.pid) && typeof claim.nonce === 'string' ? (claim as Claim) : 'unreadable'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'unreadable'
  }
}

/**
 * Makes `file` (mode 0600) with `text`, whole or not at all, durably; false when it is there already.
 * Written beside its place and linked into it: a crash leaves no half file, and of two writers one wins.
 */
export async function placeFile(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true })
  try {
    // Some mounts know no hard links: there an exclusive create has to do.
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error
      return writeFile(file, text, { mode: 0o600, flag: 'wx', flush: true })
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * Moves a dead claim away. Between reading and moving, another process may have done the same and claimed: its claim is put back.
 */
export async function clearDeadClaim(file: string, nonce: string): Promise<void> {
  const moved = `${file}.${nonce}.old`
  try {
    await rename(file, moved)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const claim = await readClaim(moved)
  if (typeof claim === 'object' && isAlive(claim)) await link(moved, file).catch(() => undefined)
  await rm(moved, { force: true })
}

/**
 * Takes `dataDir` (made when absent) for this process alone until `release`; the claim of a killed process is taken over.
 * @throws AlreadyRunningError naming process and port of the one that holds it.
 */
export async function claimDataDir(dataDir: string, port: number | null = null): Promise<DataDirClaim> {
  const folder = path.resolve(dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'tocsin.lock')
  const claim: Claim = { ...ownMark(), nonce: randomBytes(6).toString('hex'), port }
  for (let tries = 0; !(await placeFile(file, JSON.stringify(claim))); tries += 1) {
    const held = await readClaim(file)
    if (typeof held === 'object' && isAlive(held)) throw new AlreadyRunningError(folder, held.pid, held.port)
    if (tries === 50) throw new Error(`${file} changes hands all the time`)
    if (held !== 'none') await clearDeadClaim(file, claim.nonce)
  }
  // Whoever moved this claim by mistake has put it back by now, unless a third process was quicker: then that one holds the folder.
  await sleep(20)
  const holder = await readClaim(file)
  if (typeof holder !== 'object' || holder.nonce !== claim.nonce) {
    throw new AlreadyRunningError(folder, typeof holder === 'object' ? holder.pid : 0, typeof holder === 'object' ? holder.port : null)
  }
  return {
    async setPort(at) {
      const draft = `${file}.${claim.nonce}`
      await writeFile(draft, JSON.stringify({ ...claim, port: at }), { mode: 0o600 })
      await rename(draft, file)
    },
    async release() {
      const last = await readClaim(file)
      if (typeof last === 'object' && last.nonce === claim.nonce) await rm(file, { force: true })
    },
  }
}
