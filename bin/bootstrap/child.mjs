import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The checkout that these scripts belong to, wherever they are called from. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '')

const withParent = new URL('./with-parent.mjs', import.meta.url).href

/** What Node.js needs to run a .ts file: nothing from 22.18 on, tsx before. */
export function typescriptFlags() {
  return /** @type {{ typescript?: unknown }} */ (process.features).typescript ? [] : ['--import', pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href]
}

/** A repeat of one signal within this time is the same key press, milliseconds. */
const echo = 1_000

/**
 * Runs Node.js as a child that has our terminal, hands on signals, and ends as it ends.
 *
 * On Ctrl-C the terminal signals the whole process group, and npm signals its child once more. A server that takes a second
 * signal for "at once, please" would then cut its shutdown short. So the child gets a session of its own, receives signals
 * from here only, and an echo is dropped; a second Ctrl-C that a person types a second later does reach it. Should this
 * process be killed outright, the child notices and stops (with-parent.mjs).
 * @param {string[]} args of Node.js
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>} resolved when the child has ended; the exit code is set
 */
export function runNode(args, env = process.env) {
  const own = process.platform !== 'win32'
  // The working directory stays the caller's: `tocsin -- import FILE` names files from where it is typed.
  const child = spawn(process.execPath, ['--import', withParent, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: own, env })
  /** @type {Map<string, number>} */
  const lastAt = new Map()
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const now = performance.now()
    if (now - (lastAt.get(signal) ?? -Infinity) < echo) return
    lastAt.set(signal, now)
    if (own) child.kill(signal)
  }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  return new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 1
      resolve()
    })
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      process.exitCode = code ?? 1
      resolve()
      // Dying of the same signal tells the shell the truth (130 after Ctrl-C).
      if (signal) process.kill(process.pid, signal)
    })
  })
}

/**
 * What Node.js needs besides to run a command of bin/tocsin.ts: an import of any size stays within 300 MB, which V8 would by itself exceed before it cleans up.
 * @param {string | undefined} command
 */
export const commandFlags = (command) => (command === 'import' ? ['--max-old-space-size=160'] : [])

/**
 * Runs a .ts file of the project (see `runNode`).
 * @param {string} file relative to the checkout
 * @param {string[]} args
 * @param {string[]} flags of Node.js
 */
export function runProjectFile(file, args, flags = []) {
  return runNode([...flags, ...typescriptFlags(), join(root, file), ...args])
}
