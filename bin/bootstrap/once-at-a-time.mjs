import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from './say.mjs'

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, under another account.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** @param {string} folder the lock @returns {number | undefined} its holder, while that is still running */
function holder(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    return pid > 0 && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Runs `work` while no other process does the same `what` for the same checkout: two terminals that start at once must not
 * both rewrite node_modules. A lock whose holder has died is taken over.
 * @template T
 * @param {string} root the checkout
 * @param {string} what
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function onceAtATime(root, what, work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `tocsin-${what}-${process.getuid?.() ?? 0}-${name}`)
  let told = false
  let unnamed = 0
  for (;;) {
    try {
      mkdirSync(folder)
      break
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    const pid = holder(folder)
    // Between mkdir and the writing of its pid a lock has no holder for a moment; give that moment before calling it dead.
    unnamed = pid === undefined ? unnamed + 1 : 0
    if (unnamed > 3) rmSync(folder, { recursive: true, force: true })
    if (pid !== undefined && !told) say(`另一个进程（${pid}）正在做同样的准备，等它完成 …`, `Another process (${pid}) is preparing the same; waiting for it …`)
    told ||= pid !== undefined
    await wait(200)
  }
  writeFileSync(join(folder, 'pid'), String(process.pid))
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
