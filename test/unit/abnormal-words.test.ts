import { expect, test } from 'vitest'
import { counted, inWords, lengthInWords } from '../../core/domain/abnormal/words.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'

test.each([
  [-1, '0 分钟 / 0 min'],
  [35 * MINUTE + 59_999, '35 分钟 / 35 min'],
  [HOUR - 1, '59 分钟 / 59 min'],
  [HOUR, '1 小时 / 1 h'],
  [25 * HOUR + 10 * MINUTE, '25 小时 10 分钟 / 25 h 10 min'],
  [3 * DAY - 1, '71 小时 59 分钟 / 71 h 59 min'],
  [3 * DAY, '3 天 / 3 d'],
  [8 * DAY + 3 * HOUR + MINUTE, '8 天 3 小时 / 8 d 3 h'],
])('%i ms in words', (ms, words) => {
  const { zh, en } = lengthInWords(ms)
  expect(inWords(zh, en)).toBe(words)
})

test('one and several', () => {
  expect([0, 1, 2].map((count) => counted(count, 'transfer'))).toEqual(['0 transfers', '1 transfer', '2 transfers'])
  expect(counted(2, 're-dispatch', 're-dispatches')).toBe('2 re-dispatches')
})
