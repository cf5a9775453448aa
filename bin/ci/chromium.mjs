#!/usr/bin/env node
// Finds a Chromium for the browser tests, installs one where that is possible, and prints its path (alone, on standard output).
//
//   node bin/ci/chromium.mjs            find, else install as root on Debian and its kin
//   node bin/ci/chromium.mjs --no-install
//
// Ends with 0 and the path, or with 1 and one sentence on standard error saying why there is none.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Variables that name an executable, ours first. */
const variables = ['TOCSIN_CHROMIUM', 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH', 'PUPPETEER_EXECUTABLE_PATH', 'CHROME_BIN', 'CHROME_PATH']
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']
const fixed = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]
/** Chromium draws Chinese only with a font that has it; without one a screenshot shows empty boxes. */
const packages = ['chromium', 'fonts-noto-cjk']
const installLimit = 8 * 60_000

/** @param {string} path */
function runnable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @typedef {{ path: string, why?: undefined } | { path?: undefined, why: string }} Found */

/**
 * A Chromium that is already here. A variable that names a missing file is reported, not ignored.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Found}
 */
export function findChromium(env = process.env) {
  for (const name of variables) {
    const path = env[name]
    if (!path) continue
    if (runnable(path)) return { path }
    return { why: `${name} 指向 ${path}，但那里没有可执行文件。${name} names ${path}, which is not an executable file.` }
  }
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const path = [...onPath, ...fixed].find(runnable)
  return path ? { path } : { why: '本机没有 Chromium 或 Chrome。There is no Chromium or Chrome on this machine.' }
}

/** Whether this machine and this user can install packages with apt-get. */
function whyNoInstall() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return '不是 Debian 系的系统，请自行安装。Not a Debian-like system: install one yourself.'
  if (process.getuid?.() !== 0) return '需要 root：apt-get install chromium fonts-noto-cjk。Needs root: apt-get install chromium fonts-noto-cjk.'
  const candidate = spawnSync('apt-cache', ['policy', 'chromium'], { encoding: 'utf8' }).stdout ?? ''
  // Ubuntu's package of that name is only a pointer to a snap, which does not run in a container.
  if (/Candidate:.*snap/.test(candidate)) return '这里的 chromium 软件包只是 snap 的指针。The chromium package here only points to a snap.'
  return undefined
}

/**
 * Runs one apt-get command.
 * @param {string[]} args
 * @param {number} deadline epoch ms
 * @returns {Promise<string | undefined>} why it failed
 */
function apt(args, deadline) {
  return new Promise((resolve) => {
    const child = spawn('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    })
    let tail = ''
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const began = Date.now()
    const tick = setInterval(() => console.error(`  apt-get ${args[0]} … ${Math.round((Date.now() - began) / 1000)} s`), 15_000)
    const limit = setTimeout(() => child.kill('SIGTERM'), Math.max(1, deadline - Date.now()))
    child.on('error', (error) => {
      tail = error.message
    })
    child.on('close', (code, signal) => {
      clearInterval(tick)
      clearTimeout(limit)
      if (code === 0) return resolve(undefined)
      const errors = tail.split('\n').filter((line) => /^E:/.test(line))
      resolve(signal ? `apt-get ${args[0]} 超时。apt-get ${args[0]} took too long.` : errors.at(-1) ?? tail.trim().split('\n').at(-1) ?? `exit ${code}`)
    })
  })
}

/**
 * Finds a Chromium or installs one; never throws for an expected failure.
 * @param {{ install?: boolean, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Found>}
 */
export async function obtainChromium({ install = true, env = process.env } = {}) {
  const found = findChromium(env)
  if (found.path || !install || variables.some((name) => env[name])) return found
  const why = whyNoInstall()
  if (why) return { why: `${found.why} ${why}` }
  console.error('正在用 apt-get 安装 Chromium 与中文字体（几分钟）。Installing Chromium and a Chinese font with apt-get (a few minutes).')
  const deadline = Date.now() + installLimit
  const failed = (await apt(['update'], deadline)) ?? (await apt(['install', '-y', '--no-install-recommends', ...packages], deadline))
  if (failed) return { why: `安装 Chromium 失败 (Chromium could not be installed): ${failed}` }
  return findChromium(env)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { path, why } = await obtainChromium({ install: !process.argv.includes('--no-install') })
  if (path) console.log(path)
  else console.error(why)
  process.exitCode = path ? 0 : 1
}
