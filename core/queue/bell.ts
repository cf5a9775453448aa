/** Rings heard as one: at once for the first, once more at the end of the window for all that came within it. */
export interface Bell {
  /** True when a ring at or after this call was taken; never rejects. */
  ring(): Promise<boolean>
  /** Rings what still waits for the end of its window, now, and answers when all is done. */
  close(): Promise<void>
}

/**
 * A bell that calls `strike` at most once per `windowMs`, leading and trailing edge, never twice at once.
 * A call during a strike is not part of it (the listener may have looked already) and gets one of its own afterwards.
 */
export function createBell(strike: () => Promise<boolean>, windowMs: number): Bell {
  let running: Promise<boolean> | undefined
  let waiting: { promise: Promise<boolean>; begin: () => void } | undefined
  let openAt = Number.NEGATIVE_INFINITY

  function start(): Promise<boolean> {
    openAt = performance.now() + windowMs
    const strikeOnce = strike()
      .catch(() => false)
      .finally(() => {
        running = undefined
      })
    running = strikeOnce
    return strikeOnce
  }

  function later(): { promise: Promise<boolean>; begin: () => void } {
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const timer = setTimeout(begin, Math.max(0, openAt - performance.now()))
    const promise = begun
      .then(() => running)
      .then(() => {
        clearTimeout(timer)
        waiting = undefined
        return start()
      })
    return { promise, begin }
  }

  return {
    ring() {
      if (waiting !== undefined) return waiting.promise
      if (running === undefined && performance.now() >= openAt) return start()
      waiting = later()
      return waiting.promise
    },
    async close() {
      waiting?.begin()
      await (waiting?.promise ?? running)
    },
  }
}
