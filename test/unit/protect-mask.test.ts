import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskName, maskNumber, maskText, normaliseNumber } from '../../core/domain/protect/mask.ts'

describe('text', () => {
  test.each([
    ['S-14-14', '我的手机13800001111身份证320500199001011234', '我的手机138****1111身份证[ID]'],
    ['a mobile number with spaces', '打 138 0000 1111 找我', '打 138****1111 找我'],
    ['with dashes', '138-0000-1111', '138****1111'],
    ['digit by digit', '1 3 8 0 0 0 0 1 1 1 1', '138****1111'],
    ['in full width', '１３８００００１１１１', '138****1111'],
    ['with the country code', '+8613800001111、+86 138 0000 1111', '+86138****1111、+86 138****1111'],
    ['between letters', 'tel13800001111x', 'tel138****1111x'],
    ['two of them', '13800001111,13900002222', '138****1111,139****2222'],
    ['two of them with a space between', '13800001111 13900002222', '138****1111 139****2222'],
    ['a fixed number', '051265211111', '0512****1111'],
    ['with a dash', '0512-65211111转801', '0512****1111转801'],
    ['with a three-digit area code', '010-12345678，021 7654321', '010****5678，021****4321'],
    ['in brackets', '(0512)65211111', '(0512****1111'],
    ['an identity number with a check letter', '32050019900101123X。', '[ID]。'],
    ['in groups', '320500 19900101 1234', '[ID]'],
    ['of 15 digits', '320500900101123', '[ID]'],
    ['of 15 digits in groups', '320500 900101 123', '[ID]'],
    ['a mobile number over two lines', '138\n0000 1111', '138****1111'],
    ['with invisible characters in it', '138\u200b0000\u20601111', '138****1111'],
    ['with slashes', '138/0000/1111', '138****1111'],
    ['a card of 16 digits', '卡号6222020200112233', '卡号[CARD]'],
    ['of 19 digits', '6222020200112233445', '[CARD]'],
    ['of 18 digits, whose middle is no date', '622202020011223344', '[CARD]'],
    ['in groups of four', '6222 0202 0011 2233 445', '[CARD]'],
    ['an e-mail address', '发到 zhang.san+a@mail.example.com。', '发到 [EMAIL]。'],
    ['whose name is a mobile number', '13800001111@qq.com', '[EMAIL]'],
    ['in full width @', 'a＠b.cn', '[EMAIL]'],
    ['an IPv4 address', '从192.168.1.10登录', '从[IP]登录'],
    ['any other run of 11 digits', '编号22345678901', '编号223****8901'],
    ['of 20 digits and more', '1'.repeat(25), '111****1111'],
    ['identity and mobile number run together', '32050019900101123413800001111', '320****1111'],
  ])('%s', (_, text, masked) => {
    expect(maskText(text)).toBe(masked)
    expect(maskText(masked)).toBe(masked)
  })

  test.each([
    '号码是12345678的那户',
    '2026-06-13 20:15 至 2026-07-01 08:00',
    '2026-06-13 2026-06-15 2026-07-01',
    '2026-06-13 2026-07-15 1次报障',
    '2026/06/13 2026/7/15 1次报障',
    '2026/06/13 20:15，2026/7/1 8/9',
    '13\n15\n17',
    '扣了1234.56元',
    '客服4001234567',
    '10000号',
    '@所有人',
    'a@b',
    '版本1.2.3',
    '999.1.2.3',
    '',
    '宽带上不了网',
  ])('%s stays as it is', (text) => {
    expect(maskText(text)).toBe(text)
  })

  test.each([
    ['13800001111２@10.0.0.1010', '[EMAIL]'],
    ['a@x.１3800001111', '[EMAIL]'],
    ['我的１２３＠ｅ', '我的１２３＠ｅ'],
  ])('%s: a digit in full width is part of an address too', (text, masked) => {
    expect(maskText(text)).toBe(masked)
    expect(maskText(masked)).toBe(masked)
  })

  const pieces = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('0', '1', '3', '8', '9', '２', '5', '0512', '010', '86', '1380', '2026', '199001011') },
    { weight: 2, arbitrary: fc.constantFrom(' ', '-', '.', '*', '****', '@', 'X', '）', '\u3000', '——', '~', 'a', '网', '[', ']', ':') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('13800001111', '138****1111', '320500199001011234', '6222020200112233445', 'a.b@c.cn', '10.0.0.1', '2026-06-13'),
    },
  )
  const texts = fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(''))

  test('law: masking twice changes nothing more', () => {
    fc.assert(
      fc.property(texts, (text) => maskText(maskText(text)) === maskText(text)),
      { numRuns: 3_000 },
    )
  })

  test('law: no run of 11 digits survives, in either width', () => {
    fc.assert(
      fc.property(texts, (text) => !/[0-9０-９]{11}/u.test(maskText(text))),
      { numRuns: 3_000 },
    )
  })

  test('law: no mobile number survives with spaces or dashes in it, whatever stands around it', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 })
    const gaps = fc.array(fc.constantFrom('', '', ' ', '-', '　'), { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(digits, gaps, fc.constantFrom('3', '5', '8', '9'), fc.constantFrom('手机', 'tel:', '（', ''), (rest, between, second, before) => {
        const number = ['1', second, ...rest.map(String)]
        const written = number.map((digit, index) => digit + (between[index] ?? '')).join('')
        const masked = maskText(`${before}${written}。`)
        expect(masked).toBe(`${before}${number.slice(0, 3).join('')}****${number.slice(-4).join('')}。`)
      }),
      { numRuns: 500 },
    )
  })

  test('law: text without digits and without @ is never touched', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => /[0-9０-９@＠]/u.test(text) || maskText(text) === text),
      { numRuns: 500 },
    )
  })

  test.each([
    ['digits', '1'.repeat(400_000)],
    ['digits and spaces', '1 '.repeat(200_000)],
    ['addresses without an end', 'a@'.repeat(200_000)],
    ['one long local part', 'a'.repeat(400_000)],
    ['dots', '1.'.repeat(200_000)],
    ['masks', '138****1111 '.repeat(12_000)],
    ['complaints', '我的手机13800001111身份证320500199001011234，'.repeat(12_000)],
  ])('%s by the hundred thousand take time in proportion to their number', (_, text) => {
    const spent = (input: string) => {
      const begun = process.cpuUsage().user
      maskText(input)
      return (process.cpuUsage().user - begun) / 1_000
    }
    spent(text)
    // Quadratic time would be minutes; the limit is for a busy machine.
    expect(spent(text)).toBeLessThan(3_000)
  })
})

describe('one number', () => {
  test.each([
    ['13800001111', '138****1111'],
    ['+86 138-0000-1111', '138****1111'],
    ['1380000１１１１', '138****1111'],
    ['0512-65211111', '0512****1111'],
    ['01012345678', '010****5678'],
    ['65211111', '****1111'],
    ['1234567', '****67'],
    ['1234', '****'],
    ['', '****'],
    ['138****1111', '138****1111'],
    ['****67', '****67'],
    ['****', '****'],
    ['22345678901', '223****8901'],
  ])('%s is shown as %s', (number, mask) => {
    expect(maskNumber(number)).toBe(mask)
  })

  test('law: masking twice changes nothing more, and at most seven digits are shown', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9 *+-]{0,20}$/u), (number) => {
        const mask = maskNumber(number)
        expect(maskNumber(mask)).toBe(mask)
        expect(mask.replace(/\D/gu, '').length).toBeLessThanOrEqual(9)
        expect(mask).toContain('****')
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    ['13800001111', '13800001111'],
    ['+86 138 0000 1111', '13800001111'],
    ['0086-13800001111', '13800001111'],
    ['１３８-0000-1111', '13800001111'],
    ['0512-65211111', '051265211111'],
    ['86000001', '86000001'],
  ])('%s and its other spellings make one key: %s', (number, normal) => {
    expect(normaliseNumber(number)).toBe(normal)
  })
})

test.each([
  ['张三', '张**'],
  ['欧阳修远', '欧**'],
  ['Li Lei', 'L**'],
  [' 王 ', '王**'],
  ['张**', '张**'],
  ['𠮷田', '𠮷**'],
  ['', ''],
])('%s is shown as %s', (name, mask) => {
  expect(maskName(name)).toBe(mask)
})
