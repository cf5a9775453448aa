import { describe, expect, test } from 'vitest'
import { codeInReply, comparableNumber, wordsOf } from '../../core/domain/notification/reply.ts'
import { replyCode, replyCodeHash } from '../../core/platform/reply-code.ts'

describe('the code in a reply', () => {
  test('is found whatever width, spaces, case and words are around it', () => {
    for (const text of ['012345', ' 012345\n', '０１２３４５', '012 345', '0 1 2 3 4 5', '012-345', 'OK 012345', '确认012345。', 'ｏｋ　０１２３４５', '\u200b012345', '【警钟】回复 012345 即确认', '012345 012345'])
      expect(codeInReply(text), JSON.stringify(text)).toBe('012345')
  })

  test('is none where there is none, or where two could be meant', () => {
    for (const text of ['', '确认', '1', '01234', '0123456', '012345 or 543210', '13900000001', '①②', '0x12345'])
      expect(codeInReply(text), JSON.stringify(text)).toBeNull()
  })
})

test('numbers are the same with and without their country code', () => {
  expect(['13900000001', '+8613900000001', '8613900000001', '008613900000001', '139 0000 0001'].map(comparableNumber)).toEqual(Array.from({ length: 5 }, () => '13900000001'))
  expect(comparableNumber('+85261234567')).toBe('85261234567')
})

test('a code is bound to person, alert and step, and says nothing without the secret', () => {
  const page = { deliveryId: 'd', userId: 'u', alertId: '1', step: 0 }
  const codes = [page, { ...page, userId: 'v' }, { ...page, alertId: '2' }, { ...page, step: 1 }, { ...page, deliveryId: 'e' }].map((one) => replyCode('secret', one))
  expect(new Set([...codes, replyCode('another', page)]).size).toBe(6)
  expect(replyCode('secret', page)).toBe(codes[0])
  expect(codes[0]).toMatch(/^\d{6}$/)
  expect(replyCodeHash('secret', '012345')).not.toBe(replyCodeHash('another', '012345'))
})

test('who comes second is told the position that was first, and who guesses learns nothing', () => {
  expect(wordsOf('late', { position: { zh: '江苏省值班经理', en: 'duty manager of Jiangsu' }, at: '20:03' }).zh).toBe('已由江苏省值班经理于 20:03 先确认，您无需处理')
  expect(wordsOf('wrong_sender', null)).toEqual(wordsOf('unknown', null))
})
