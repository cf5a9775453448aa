import { setImmediate as breathe } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readAhead, stretchesOf } from '../../core/engine/read-ahead.ts'

test('what is read comes in order, while the next two are being read, and no more', async () => {
  const begun: number[] = []
  const read = async (stretch: number) => {
    begun.push(stretch)
    // The first is slower than all others.
    for (let turn = stretch === 1 ? 20 : 0; turn > 0; turn -= 1) await breathe()
    return stretch * 10
  }
  const seen: (readonly [number, number, number])[] = []
  for await (const [stretch, found] of readAhead([1, 2, 3, 4], read)) seen.push([stretch, found, begun.length])
  expect(seen).toEqual([[1, 10, 3], [2, 20, 4], [3, 30, 4], [4, 40, 4]])
})

test('what to read may itself take time to be found: it is found in order, and two ahead', async () => {
  const order: string[] = []
  const sought = async function* () {
    for (const stretch of [1, 2, 3]) {
      await breathe()
      order.push(`found ${stretch}`)
      yield stretch
    }
  }
  const read = async (stretch: number) => {
    order.push(`read ${stretch}`)
    return stretch * 10
  }
  for await (const [stretch, found] of readAhead(sought(), read)) order.push(`judged ${stretch} by ${found}`)
  expect(order).toEqual(['found 1', 'read 1', 'found 2', 'read 2', 'found 3', 'read 3', 'judged 1 by 10', 'judged 2 by 20', 'judged 3 by 30'])
})

test('what is found decides how the stretches after those under way are cut', async () => {
  let length = 1
  const seen: number[] = []
  for await (const [{ from }] of readAhead(stretchesOf(0, 9, () => length), async ({ to }) => to)) {
    seen.push(from)
    length = 3
  }
  expect(seen).toEqual([0, 1, 2, 3, 6])
})

test('a reading that fails does so in its turn; where the work breaks off, one that fails later troubles nobody', async () => {
  const read = async (stretch: number) => {
    if (stretch === 2) throw new Error('the database is gone')
    return stretch
  }
  const seen: number[] = []
  const all = async () => {
    for await (const [stretch] of readAhead([1, 2, 3], read)) seen.push(stretch)
  }
  await expect(all()).rejects.toThrow('the database is gone')
  expect(seen).toEqual([1])
  for await (const [stretch] of readAhead([1, 2], read)) if (stretch === 1) break
  await breathe()
})

test('stretches meet, and the last is as long as what is left', () => {
  expect([...stretchesOf(0, 25, () => 10)]).toEqual([{ from: 0, to: 10 }, { from: 10, to: 20 }, { from: 20, to: 25 }])
  expect([...stretchesOf(5, 5, () => 10)]).toEqual([])
})
