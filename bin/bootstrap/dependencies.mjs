import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainInstallFailure } from './install-failure.mjs'
import { onceAtATime } from './once-at-a-time.mjs'
import { whyUnreachable } from './registry.mjs'
import { Refusal, say } from './say.mjs'

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage */

/** @param {string} file @returns {Record<string, LockedPackage>} */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/** @param {string} root */
const stampFile = (root) => join(root, 'node_modules', '.tocsin-lock-hash')

/** Which lock is installed, and for which machine: a folder copied from another system holds the wrong binaries. @param {string} root */
function wantedStamp(root) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex')
}

/** @param {string} root @param {string} stamp */
function writeStamp(root, stamp) {
  try {
    writeFileSync(stampFile(root), stamp)
  } catch {
    // A checkout that may only be read works as well; it is compared again next time.
  }
}

/**
 * Whether node_modules already holds exactly the lock, because somebody ran `npm ci` by hand: npm leaves a copy of what it
 * installed in node_modules/.package-lock.json. Packages for other systems may be absent.
 * @param {string} root
 */
function installedByHand(root) {
  try {
    const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'))
    return Object.entries(lockedPackages(join(root, 'package-lock.json'))).every(
      ([path, wanted]) => path === '' || installed[path]?.version === wanted.version || (installed[path] === undefined && wanted.optional === true),
    )
  } catch {
    return false
  }
}

/** @param {string} root */
function isReady(root) {
  const stamp = wantedStamp(root)
  try {
    if (readFileSync(stampFile(root), 'utf8') === stamp) return true
  } catch {
    // No stamp yet.
  }
  if (!installedByHand(root)) return false
  writeStamp(root, stamp)
  return true
}

/** How to call npm: the one that runs this script, else the one on PATH. @returns {[string, string[]]} */
function npmCommand() {
  const running = process.env['npm_execpath']
  if (running?.endsWith('npm-cli.js') && existsSync(running)) return [process.execPath, [running]]
  const found = spawnSync('npm', ['--version'], { shell: process.platform === 'win32', encoding: 'utf8' })
  if (found.status === 0) return ['npm', []]
  throw new Refusal(
    '找不到 npm。请安装带 npm 的 Node.js（https://nodejs.org；Debian/Ubuntu 另有 npm 软件包），再重试。',
    'npm was not found. Install a Node.js that brings npm (https://nodejs.org; Debian and Ubuntu have it as the package npm) and try again.',
  )
}

/** The packages that every machine gets, as their folders. @param {string} root */
function requiredPackages(root) {
  return Object.entries(lockedPackages(join(root, 'package-lock.json')))
    .filter(([path, { optional }]) => path !== '' && optional !== true)
    .map(([path]) => join(root, path))
}

/** Prints how many packages are in place until stopped: npm itself shows nothing where there is no terminal. @param {string} root */
function showProgress(root) {
  const paths = requiredPackages(root).map((folder) => join(folder, 'package.json'))
  const began = Date.now()
  const terminal = process.stderr.isTTY
  const show = () => {
    const done = paths.filter((path) => existsSync(path)).length
    const line = `  ${done}/${paths.length} · ${Math.round((Date.now() - began) / 1000)} s`
    process.stderr.write(terminal ? `\r${line} ` : `${line}\n`)
  }
  const tick = setInterval(show, terminal ? 1_000 : 10_000)
  return () => {
    clearInterval(tick)
    if (terminal) process.stderr.write('\r\x1b[K')
  }
}

/** npm's own configuration, as far as it tells. @param {string} root @returns {Record<string, unknown>} */
function npmConfig(root) {
  const [command, before] = npmCommand()
  const shell = process.platform === 'win32'
  const { stdout } = spawnSync(command, [...before, 'config', 'list', '--json'], { cwd: root, shell, encoding: 'utf8' })
  try {
    return JSON.parse(stdout)
  } catch {
    return {}
  }
}

/**
 * Without network the npm cache may still hold everything, and is asked at once (`--offline`) instead of after minutes of retries.
 * @param {string} root
 */
async function install(root) {
  const unreachable = await whyUnreachable(npmConfig(root))
  if (unreachable !== undefined) say(`npm 源连不上（${unreachable}），改用本机 npm 缓存 …`, `The npm registry cannot be reached (${unreachable}); trying the local npm cache …`)
  const { code, output } = await runNpmCi(root, unreachable === undefined ? [] : ['--offline'])
  if (code === 0) return
  const { zh, en } = explainInstallFailure(output)
  throw new Refusal(`安装依赖失败（npm ci，退出码 ${code}）。${zh}`, `Installing dependencies failed (npm ci, exit code ${code}). ${en}`)
}

/** @param {string} root @param {string[]} more @returns {Promise<{ code: number | null, output: string }>} */
function runNpmCi(root, more) {
  const [command, before] = npmCommand()
  // --include: with NODE_ENV=production npm would leave out what builds the pages.
  const args = [...before, 'ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional', '--loglevel=error', ...more]
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    const stopProgress = showProgress(root)
    let output = ''
    /** @param {Buffer} chunk */
    const pass = (chunk) => {
      output += chunk
      process.stderr.write(chunk)
    }
    child.stdout.on('data', pass)
    child.stderr.on('data', pass)
    child.on('error', (error) => pass(Buffer.from(`${error.message}\n`)))
    child.on('close', (code) => {
      stopProgress()
      resolve({ code, output })
    })
  })
}

/** What node_modules and the pages take, with some room: 490 MB of packages (`du -sh node_modules`, linux-x64). */
const neededSpace = 700e6

/**
 * Refuses a disk that is too small before it is filled: npm 11 has been seen to end with success on a full disk, leaving cut files.
 * @param {string} root @param {number} needed bytes
 */
export function requireSpace(root, needed = neededSpace) {
  const { bavail, bsize } = statfsSync(root)
  const free = bavail * bsize
  if (free >= needed) return
  const [need, have] = [needed, free].map((bytes) => `${Math.round(bytes / 1e6)} MB`)
  throw new Refusal(
    `磁盘空间不足：${root} 所在的磁盘需要约 ${need}，只剩 ${have}。请腾出空间后重试。`,
    `The disk is too full: about ${need} is needed where ${root} is, ${have} is left. Free some space and try again.`,
  )
}

/** @param {string} root */
function refuseUnwritable(root) {
  try {
    mkdirSync(join(root, 'node_modules'), { recursive: true })
    const probe = join(root, 'node_modules', '.tocsin-write-test')
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const { zh, en } = explainInstallFailure(reason)
    throw new Refusal(`无法写入 ${root}（${reason}）。${zh}`, `Cannot write to ${root} (${reason}). ${en}`)
  }
}

/** @param {string} root */
function refuseCutFiles(root) {
  const cut = requiredPackages(root).find((folder) => !existsSync(join(folder, 'package.json')) || statSync(join(folder, 'package.json')).size === 0)
  if (cut === undefined && statfsSync(root).bavail > 0) return
  throw new Refusal(
    `安装不完整（${cut ?? '磁盘已满'}）。多半是磁盘在安装途中满了；请腾出空间，删除 node_modules 后重试。`,
    `The installation is incomplete (${cut ?? 'the disk is full'}). Most likely the disk filled up meanwhile; free some space, remove node_modules and try again.`,
  )
}

/**
 * Makes node_modules hold exactly package-lock.json, by `npm ci` when it does not.
 * Throws a `Refusal` that says what failed and what to do.
 * @param {string} root the checkout
 */
export async function ensureDependencies(root) {
  if (isReady(root)) return
  await onceAtATime(root, 'install', async () => {
    if (isReady(root)) return
    refuseUnwritable(root)
    requireSpace(root)
    const began = Date.now()
    say('正在安装依赖（首次约一两分钟）…', 'Installing dependencies (a minute or two the first time) …')
    await install(root)
    refuseCutFiles(root)
    writeStamp(root, wantedStamp(root))
    const seconds = Math.round((Date.now() - began) / 1000)
    say(`依赖已就绪（${seconds} 秒）。`, `Dependencies are in place (${seconds} s).`)
  })
}
