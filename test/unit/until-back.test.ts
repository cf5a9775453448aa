import { describe, expect, test } from 'vitest'
import { GIVE_UP_AFTER, untilBack } from '../../bin/until-back.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { ManualClock } from '../../core/platform/clock.ts'

const gone = (code = 'ECONNREFUSED') => Object.assign(new Error(`away: ${code}`), { code })

/** Work that meets these errors, one a try, on a clock that only pauses move. */
function scene(...errors: readonly unknown[]) {
  const clock = new ManualClock(0)
  const pauses: number[] = []
  const said: string[] = []
  const rejoined: number[] = []
  const left = [...errors]
  let tries = 0
  const waiting = {
    clock,
    say: (text: string) => void said.push(text),
    rejoin: async () => void rejoined.push(tries),
    pause: async (ms: number) => {
      pauses.push(ms / SECOND)
      clock.advance(ms)
    },
  }
  const work = async () => {
    tries += 1
    if (left.length > 0) throw left.shift()
    return tries
  }
  return { run: () => untilBack(work, waiting), waiting, clock, pauses, said, rejoined, tries: () => tries }
}

describe('work that meets a database that is away', () => {
  test('is done at once where it is there', async () => {
    const { run, pauses, said, rejoined } = scene()
    expect(await run()).toBe(1)
    expect([pauses, said, rejoined]).toEqual([[], [], []])
  })

  test('is done again after pauses that grow from 1 s to 15 s, which is said once, in both languages', async () => {
    const away = [gone('57P01'), gone(), gone('ENOTFOUND'), gone('ECONNRESET'), gone('57P03'), gone(), new Error('Connection terminated unexpectedly')]
    const { run, pauses, said, rejoined } = scene(...away)
    expect(await run()).toBe(8)
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15, 15])
    expect(said).toEqual([expect.stringMatching(/^数据库.*The database is away/u)])
    expect(rejoined).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('ends after ten minutes of it with the last error', async () => {
    const errors = Array.from({ length: 100 }, (_, index) => gone(index < 44 ? 'ECONNREFUSED' : '57P03'))
    const { run, clock, tries } = scene(...errors)
    const thrown = await run().catch((error: unknown) => error)
    expect(thrown).toBe(errors[tries() - 1])
    expect(clock.now()).toBeGreaterThanOrEqual(GIVE_UP_AFTER)
    expect(clock.now()).toBeLessThan(10 * MINUTE + 15 * SECOND)
  })

  test('waits for what cannot be found again yet, and for nothing else that goes wrong', async () => {
    const { waiting, pauses } = scene()
    let tries = 0
    const rejoin = async () => {
      if (tries++ < 2) throw gone()
    }
    let isBack = false
    const work = async () => {
      if (isBack) return 'done'
      isBack = true
      throw gone()
    }
    expect(await untilBack(work, { ...waiting, rejoin })).toBe('done')
    expect(pauses).toEqual([1, 2, 4])
    const fault = Object.assign(new Error('a column is missing'), { code: '42703' })
    await expect(scene(fault).run()).rejects.toBe(fault)
  })
})
