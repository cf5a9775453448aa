import { expect, test } from 'vitest'
import { RISK_PARAMETERS, valueAt } from '../../core/domain/risk/parameters.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { en } from '../../web/i18n/en.ts'
import { zh } from '../../web/i18n/zh.ts'
import { draftOf, inOneLine, isSame, valueOf, wordOf } from '../../web/rules/risk-values.ts'

test('what a form shows of a value and leaves alone is that value again', () => {
  for (const { path, kind } of RISK_PARAMETERS) {
    const value = valueAt(DEFAULT_RISK_PARAMETERS, path)
    expect([path, isSame(valueOf(kind, draftOf({ kind, value })), value)]).toEqual([path, true])
  }
})

test('what is typed is read as people write it, and what is no number is left to the server', () => {
  expect(valueOf('rising', ['8', '', '80 ', 'x'])).toEqual([8, null, 80, 'x'])
  expect(valueOf('names', '携出，退费、 账单\n携出')).toEqual(['携出', '退费', '账单', '携出'])
  expect(valueOf('name_lists', 'broadband: 宽带慢、IPTV\n\nfixed：固话')).toEqual({ broadband: ['宽带慢', 'IPTV'], fixed: ['固话'] })
  expect(valueOf('named', 'KW-MNP: 携出')).toEqual({ 'KW-MNP': '携出' })
  expect([valueOf('whole', '24'), valueOf('whole', ' '), valueOf('whole', 'x')]).toEqual([24, ' ', 'x'])
})

test('a value is told in one line', () => {
  expect(inOneLine([10, null, 100_000, 1.5])).toBe('10 / – / 100,000 / 1.50')
  expect(inOneLine({ broadband: ['宽带慢', 'IPTV'] })).toBe('broadband: 宽带慢、IPTV')
  expect(inOneLine(300)).toBe('300')
})

test('every parameter has a name in both languages, and keys in another order are no difference', () => {
  const at = (words: unknown, key: string) => key.split('.').reduce<unknown>((held, part) => (held as Record<string, unknown> | undefined)?.[part], words)
  for (const words of [zh, en]) expect(RISK_PARAMETERS.map(({ path }) => wordOf(path)).filter((key) => typeof at(words, key) !== 'string')).toEqual([])
  expect([isSame({ a: [1], b: 2 }, { b: 2, a: [1] }), isSame([1, 2], [2, 1])]).toEqual([true, false])
})
