import { describe, expect, test } from 'vitest'
import { type Notice, topNotice, withNotice } from '../../web/frame/notices.ts'

const notice = (id: string, severity: number) => ({ topic: 'notification', payload: { notificationId: id, severity } }) as unknown as Notice
const ids = (list: readonly Notice[]) => list.map(({ payload }) => payload.notificationId)
/** As they arrive, the last one the newest. */
const arrived = (kept: number, ...list: readonly Notice[]) => list.reduce<Notice[]>((held, one) => withNotice(held, one, kept), [])

describe('what a person is told in the application', () => {
  test('the highest colour not seen stands on top, of equal ones the newest', () => {
    const list = arrived(50, notice('old', 2), notice('yellow', 2), notice('blue', 1))
    expect(ids(list)).toEqual(['blue', 'yellow', 'old'])
    const top = (...seen: string[]) => topNotice(list, new Set(seen))?.payload.notificationId ?? null
    expect([top(), top('yellow'), top('yellow', 'old'), top('yellow', 'old', 'blue')]).toEqual(['yellow', 'old', 'blue', null])
  })

  test('one told again is there once, as the newest', () => {
    expect(ids(arrived(50, notice('a', 1), notice('b', 1), notice('a', 3)))).toEqual(['a', 'b'])
  })

  test('a flood of blue pushes no red one out', () => {
    const flood = Array.from({ length: 10 }, (_, place) => notice(`b${place}`, 1))
    expect(ids(arrived(3, notice('red', 4), ...flood))).toEqual(['b9', 'b8', 'red'])
    expect(ids(arrived(2, notice('r1', 4), notice('r2', 4), notice('r3', 4)))).toEqual(['r3', 'r2'])
  })
})
