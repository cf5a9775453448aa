import { root } from './child.mjs'
import { ensureDependencies } from './dependencies.mjs'
import { requireNode } from './node-version.mjs'
import { ensureWebBundle } from './web-bundle.mjs'

/**
 * Makes a fresh clone runnable: the right Node.js, the dependencies, and the pages if asked for.
 * @param {{ web?: boolean }} needs
 */
export async function prepare({ web = false } = {}) {
  requireNode()
  await ensureDependencies(root)
  if (web) await ensureWebBundle(root)
}
