import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { Logger } from './log.ts'

/** The whole of an orderly end, in milliseconds. */
export const STOP_WITHIN = 5_000
const STEP_WITHIN = 2_500
const LEFT_FOR_EACH = 150

/** What was started and has to be stopped, in the order of starting. */
export interface Lifecycle {
  /** Registers a part just started; parts stop in reverse order. A part added while stopping is stopped at once. */
  add(name: string, stop: () => Promise<void>): void
  /** Stops every part once; a part that fails or hangs is logged and left behind. Never rejects, ends within {@link STOP_WITHIN}. */
  stop(reason: string): Promise<void>
  readonly log: Logger
}

/** An empty lifecycle that reports to `log`. */
export function createLifecycle(log: Logger): Lifecycle {
  const parts: { name: string; stop: () => Promise<void> }[] = []
  let stopping: Promise<void> | undefined

  async function stopOne(name: string, stop: () => Promise<void>, within: number): Promise<void> {
    const startedAt = performance.now()
    const limit = new AbortController()
    const late = sleep(within, 'late', { signal: limit.signal }).catch(() => 'done')
    try {
      const outcome = await Promise.race([
        Promise.resolve()
          .then(stop)
          .then(() => 'done'),
        late,
      ])
      const ms = Math.round(performance.now() - startedAt)
      if (outcome === 'late') log.error({ part: name, ms }, 'did not stop in time, left behind')
      else log.debug({ part: name, ms }, 'stopped')
    } catch (error) {
      log.error({ part: name, err: error }, 'failed to stop')
    } finally {
      limit.abort()
    }
  }

  async function stopAll(reason: string): Promise<void> {
    log.info({ reason }, 'stopping')
    const endAt = performance.now() + STOP_WITHIN - LEFT_FOR_EACH
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      // Later parts (the database is the last) always keep a share of the time, whatever hangs before them.
      const left = endAt - performance.now() - LEFT_FOR_EACH * parts.length
      await stopOne(part.name, part.stop, Math.min(STEP_WITHIN, Math.max(left, LEFT_FOR_EACH)))
    }
    log.info({ reason }, 'stopped')
  }

  return {
    log,
    add(name, stop) {
      if (stopping === undefined) parts.push({ name, stop })
      else void stopOne(name, stop, STEP_WITHIN)
    },
    stop: (reason) => (stopping ??= stopAll(reason)),
  }
}

/**
 * Ends the process in order on SIGTERM, SIGINT and the like, on an uncaught error (exit code 1), and when nothing is left to do.
 * A second signal ends it at once. Returns how to ask for the same end from inside.
 */
export function runUntilSignal(lifecycle: Lifecycle): { close: () => Promise<void> } {
  const { log } = lifecycle
  const grace = closeWithGrace(
    { delay: STOP_WITHIN + 500, logger: { error: (message: unknown) => log.error(message) } },
    async ({ signal, err, manual }) => {
      if (err !== undefined) log.fatal({ err }, 'uncaught error')
      await lifecycle.stop(signal ?? (err !== undefined ? 'error' : manual === true ? 'asked' : 'done'))
    },
  )
  return {
    close: async () => {
      await grace.close()
    },
  }
}
