import { systemClock } from '../core/platform/clock.ts'

/** A line on stderr that says how far a long work is: share, rate, time left. On a terminal it redraws itself, elsewhere it prints every 10 s. */
export interface Progress {
  update(done: number, note?: string): void
  end(note?: string): void
}

const seconds = (value: number) => (value >= 90 ? `${Math.round(value / 60)} min` : `${Math.round(value)} s`)

/** Starts a progress line for `total` units; `total` 0 means unknown. */
export function startProgress(label: string, total: number, unit: string): Progress {
  const startedAt = systemClock.now()
  const isTerminal = process.stderr.isTTY === true
  let printedAt = 0
  const line = (done: number, note: string) => {
    const elapsed = Math.max(0.001, (systemClock.now() - startedAt) / 1000)
    const rate = done / elapsed
    const share = total > 0 ? `${Math.min(100, Math.floor((done / total) * 100))}%` : ''
    const left = total > done && rate > 0 ? ` · 剩余 left ${seconds((total - done) / rate)}` : ''
    return `${label} ${share} ${Math.round(done).toLocaleString('en-US')} ${unit} · ${Math.round(rate).toLocaleString('en-US')} ${unit}/s${left}${note ? ` · ${note}` : ''}`
  }
  return {
    update(done, note = '') {
      const now = systemClock.now()
      if (now - printedAt < (isTerminal ? 200 : 10_000)) return
      printedAt = now
      process.stderr.write(isTerminal ? `\r\x1b[2K${line(done, note)}` : `${line(done, note)}\n`)
    },
    end(note = '') {
      if (isTerminal) process.stderr.write('\r\x1b[2K')
      process.stderr.write(`${label} · ${seconds((systemClock.now() - startedAt) / 1000)}${note ? ` · ${note}` : ''}\n`)
    },
  }
}
