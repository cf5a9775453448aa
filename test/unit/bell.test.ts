import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createBell } from '../../core/queue/bell.ts'

describe('a bell', () => {
  const count = (ms = 0, outcome = true) => {
    const times: number[] = []
    return {
      times,
      strike: async () => {
        times.push(performance.now())
        await sleep(ms)
        return outcome
      },
    }
  }

  it('strikes at once, and once more for all that came within the window', async () => {
    const { times, strike } = count()
    const bell = createBell(strike, 50)
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: 100 }, () => bell.ring()))
    expect(times).toHaveLength(2)
    expect((times[0] ?? 0) - startedAt).toBeLessThan(25)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(45)
  })

  it('never strikes twice at once, and strikes again for a ring during a strike', async () => {
    let running = 0
    let most = 0
    let strikes = 0
    const bell = createBell(async () => {
      running += 1
      strikes += 1
      most = Math.max(most, running)
      await sleep(40)
      running -= 1
      return true
    }, 5)
    const first = bell.ring()
    await sleep(20)
    const second = bell.ring()
    expect(strikes).toBe(1)
    await Promise.all([first, second])
    expect([most, strikes]).toEqual([1, 2])
  })

  it('tells the truth about a strike that failed, and does not throw', async () => {
    expect(await createBell(async () => false, 5).ring()).toBe(false)
    expect(
      await createBell(async () => {
        throw new Error('away')
      }, 5).ring(),
    ).toBe(false)
  })

  it('strikes what still waits when it is closed', async () => {
    const { times, strike } = count()
    const bell = createBell(strike, 60_000)
    await bell.ring()
    const waiting = bell.ring()
    await bell.close()
    expect([times.length, await waiting]).toEqual([2, true])
  })
})
