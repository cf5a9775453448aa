import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainInstallFailure } from './install-failure.mjs'
import { onceAtATime } from './once-at-a-time.mjs'
import { Refusal, say } from './say.mjs'

/** What the pages are built from. The lock is part of it: a new Vue is a new bundle. */
const sources = ['web', 'core/contract', 'core/domain', 'package-lock.json']

/** @param {string} root @param {string} path relative to root, `/` between names @returns {string[]} */
function filesUnder(root, path) {
  if (!existsSync(join(root, path))) return []
  if (statSync(join(root, path)).isFile()) return [path]
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`]))
}

/**
 * The fingerprint of the sources of the pages; equal fingerprints give equal bundles.
 * @param {string} root the checkout
 */
export function webFingerprint(root) {
  const hash = createHash('sha256')
  for (const path of sources.flatMap((source) => filesUnder(root, source)).sort()) {
    hash.update(`${path}\0`).update(readFileSync(join(root, path))).update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} root */
function isBuilt(root) {
  try {
    return existsSync(join(root, 'web/dist/index.html')) && readFileSync(join(root, 'web/dist/.built-from'), 'utf8') === webFingerprint(root)
  } catch {
    return false
  }
}

/** Puts the finished bundle in place at once, so that a server that is running never serves half of it. @param {string} from @param {string} to */
function swap(from, to) {
  const old = `${from}-old`
  try {
    if (existsSync(to)) renameSync(to, old)
    renameSync(from, to)
  } catch (error) {
    // EXDEV: node_modules is on another disk (a container's volume).
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EXDEV') throw error
    rmSync(to, { recursive: true, force: true })
    cpSync(from, to, { recursive: true })
  }
  rmSync(old, { recursive: true, force: true })
  rmSync(from, { recursive: true, force: true })
}

/** @param {string} root */
function build(root) {
  const began = Date.now()
  say('正在构建页面 …', 'Building the pages …')
  const fingerprint = webFingerprint(root)
  const fresh = join(root, 'node_modules', `.tocsin-web-${process.pid}`)
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--config', 'web/vite.config.ts', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn']
  const built = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1e8, env: { ...process.env, NODE_ENV: 'production' } })
  const output = `${built.stdout ?? ''}${built.stderr ?? ''}${built.error?.message ?? ''}`
  if (output.trim()) process.stderr.write(`${output.trim()}\n`)
  try {
    if (built.status !== 0) throw new Error(output)
    writeFileSync(join(fresh, '.built-from'), fingerprint)
    swap(fresh, join(root, 'web/dist'))
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    const reason = error instanceof Error ? error.message : String(error)
    const known = /ENOSPC|EDQUOT|EACCES|EPERM|EROFS/.test(reason) ? explainInstallFailure(reason) : { zh: '原因见上面的输出。', en: 'The output above says why.' }
    throw new Refusal(`页面构建失败。${known.zh}`, `Building the pages failed. ${known.en}`)
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  say(`页面已就绪（${seconds} 秒）。`, `The pages are ready (${seconds} s).`)
}

/**
 * Builds web/dist when it is missing or older than its sources (by content, not by date).
 * @param {string} root the checkout
 * @param {{ always?: boolean }} options `always`: build even when nothing changed
 */
export async function ensureWebBundle(root, { always = false } = {}) {
  if (!always && isBuilt(root)) return
  await onceAtATime(root, 'web', () => {
    if (always || !isBuilt(root)) build(root)
  })
}
