const KEY = 'tocsin.reloadedAt'
const GUARD_MS = 10 * 60_000

/** Loads the pages anew after a deploy, at most once in ten minutes, so that a bad build cannot loop. Returns whether it did. */
export function reloadOnce(): boolean {
  const last = Number(sessionStorage.getItem(KEY) ?? 0)
  if (Date.now() - last < GUARD_MS) return false
  sessionStorage.setItem(KEY, String(Date.now()))
  location.reload()
  return true
}
