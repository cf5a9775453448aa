import { describe, expect, test } from 'vitest'
import type { IntakeAnswer } from '../../core/contract/events.ts'
import { Attempts } from '../../server/attempts.ts'
import { PostLane } from '../../server/post-lane.ts'

/** A writer that records its batches, takes a turn of the loop for each, and fails on `poison`. */
function writer(fail: (items: readonly unknown[]) => Error | null = () => null) {
  const batches: unknown[][] = []
  const write = async (items: readonly unknown[]): Promise<IntakeAnswer> => {
    batches.push([...items])
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    const error = fail(items)
    if (error !== null) throw error
    return { accepted: items.length, duplicate: 0, refused: 0, items: items.map((item, index) => ({ index, event_id: String(item), outcome: 'accepted' })) }
  }
  return { batches, write }
}

describe('a lane of single posts', () => {
  test('writes the first at once and all that came meanwhile together, and answers each for itself', async () => {
    const { batches, write } = writer()
    const lane = new PostLane(write)
    const answers = await Promise.all(['a', 'b', 'c'].map((item) => lane.post([item, `${item}2`])))
    expect(batches).toEqual([['a', 'a2'], ['b', 'b2', 'c', 'c2']])
    expect(answers.map(({ items }) => items.map(({ index, event_id: id }) => [index, id]))).toEqual([[[0, 'a'], [1, 'a2']], [[0, 'b'], [1, 'b2']], [[0, 'c'], [1, 'c2']]])
    expect(answers.map(({ accepted }) => accepted)).toEqual([2, 2, 2])
    expect(lane.isIdle).toBe(true)
  })

  test('keeps batches to a thousand items and loses none', async () => {
    const { batches, write } = writer()
    const lane = new PostLane(write)
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => lane.post(Array.from({ length: 10 }, (_, m) => `${n}.${m}`))))
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(1000)
    expect(batches.flat()).toHaveLength(3000)
    for (const [n, answer] of answers.entries()) expect(answer.items.map(({ event_id: id }) => id)).toEqual(Array.from({ length: 10 }, (_, m) => `${n}.${m}`))
  })

  test('a post that cannot be written fails alone', async () => {
    const { write } = writer((items) => (items.includes('poison') ? new Error('bad') : null))
    const lane = new PostLane(write)
    const results = await Promise.allSettled(['a', 'poison', 'b'].map((item) => lane.post([item])))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('a database that is away fails all that wait, once, and the lane goes on afterwards', async () => {
    let isAway = true
    const { batches, write } = writer(() => (isAway ? Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) : null))
    const lane = new PostLane(write)
    const results = await Promise.allSettled(['a', 'b', 'c'].map((item) => lane.post([item])))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(batches).toEqual([['a'], ['b', 'c']])
    isAway = false
    expect((await lane.post(['d'])).accepted).toBe(1)
  })
})

describe('counted attempts', () => {
  test('five failures in a minute, then a wait until the oldest is a minute old; successes do not count', async () => {
    let now = 0
    const attempts = new Attempts(5, () => now)
    for (let n = 0; n < 5; n += 1) {
      expect(await attempts.enter(['k'])).toBe(0)
      attempts.leave(['k'], false)
    }
    for (let n = 0; n < 5; n += 1) {
      expect(await attempts.enter(['k', 'other'])).toBe(0)
      attempts.leave(['k', 'other'], true)
      now += 1_000
    }
    expect(await attempts.enter(['k'])).toBe(55)
    expect(await attempts.enter(['third', 'other'])).toBe(55)
    expect(await attempts.enter(['third'])).toBe(0)
    now = 60_000
    expect(await attempts.enter(['k'])).toBe(0)
  })

  test('at most five are under way at once; the sixth waits for an outcome and then goes on or is refused', async () => {
    const attempts = new Attempts(5, () => 0)
    for (let n = 0; n < 5; n += 1) expect(await attempts.enter(['k'])).toBe(0)
    const order: number[] = []
    const [sixth, seventh] = [attempts.enter(['k']), attempts.enter(['k'])]
    void sixth.then((wait) => order.push(wait))
    await Promise.resolve()
    expect(order).toEqual([])
    attempts.leave(['k'], false)
    expect(await sixth).toBe(0)
    for (let n = 0; n < 5; n += 1) attempts.leave(['k'], true)
    expect(await seventh).toBe(60)
  })
})
