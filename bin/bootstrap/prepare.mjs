import { root } from './child.mjs'
import { requireNode } from './node-version.mjs'

/**
 * Makes a fresh clone runnable: the right Node.js, the dependencies, and the pages if asked for.
 * @param {{ web?: boolean }} needs
 */
export async function prepare({ web = false } = {}) {
  requireNode()
  // Loaded only now: an old Node.js would stumble over a function that it lacks before it could be told that it is old.
  const { ensureDependencies } = await import('./dependencies.mjs')
  await ensureDependencies(root)
  if (!web) return
  const { ensureWebBundle } = await import('./web-bundle.mjs')
  await ensureWebBundle(root)
}
