import { setTimeout as sleep } from 'node:timers/promises'
import { MINUTE, SECOND } from '../core/domain/time.ts'
import { type Clock, systemClock } from '../core/platform/clock.ts'
import { isUnavailable } from '../core/platform/database.ts'

/** An outage longer than this ends the work, ms. */
export const GIVE_UP_AFTER = 10 * MINUTE
const FIRST_PAUSE = SECOND
const LONGEST_PAUSE = 15 * SECOND

/** What waiting stands on; the tests bring a time of their own. */
export interface Waiting {
  /** Told once an outage. */
  readonly say: (text: string) => void
  /** Before each further try: finds the database where it is now. */
  readonly rejoin: () => Promise<void>
  readonly clock?: Clock
  readonly pause?: (ms: number) => Promise<unknown>
}

/**
 * Does work that may be done again, and where the database is away does it again until it is back: after 1 s, then after pauses that double
 * up to 15 s. An outage of ten minutes throws what the last try threw, as everything else that goes wrong does at once.
 */
export async function untilBack<T>(work: () => Promise<T>, { say, rejoin, clock = systemClock, pause = sleep }: Waiting): Promise<T> {
  let awaySince: number | null = null
  let next = FIRST_PAUSE
  for (;;) {
    try {
      if (awaySince !== null) await rejoin()
      return await work()
    } catch (error) {
      if (!isUnavailable(error)) throw error
      if (awaySince === null) {
        awaySince = clock.now()
        say('数据库暂不可用，恢复后自动继续，最多等待 10 分钟。 The database is away; this goes on by itself when it is back, and waits 10 minutes at most.')
      }
      if (clock.now() - awaySince >= GIVE_UP_AFTER) throw error
      await pause(next)
      next = Math.min(2 * next, LONGEST_PAUSE)
    }
  }
}
