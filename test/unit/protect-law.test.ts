import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskText } from '../../core/domain/protect/mask.ts'

/** Numbers as people have them, in digits alone. */
const mobile = fc.stringMatching(/^1[3-9][0-9]{9}$/)
const identity = fc
  .tuple(fc.stringMatching(/^[1-9][0-9]{5}$/), fc.constantFrom('19580229', '19900101', '20011231', '20260615'), fc.stringMatching(/^[0-9]{3}[0-9X]$/))
  .map((parts) => parts.join(''))
const oldIdentity = fc
  .tuple(fc.stringMatching(/^[1-9][0-9]{5}$/), fc.constantFrom('580229', '900101', '791231'), fc.stringMatching(/^[0-9]{3}$/))
  .map((parts) => parts.join(''))
const card = fc.stringMatching(/^[1-9][0-9]{15,18}$/)
const number = fc.oneof(mobile, identity, card)

/** How a digit is written. */
const WIDTHS = [
  (text: string) => text,
  (text: string) => text.replace(/[0-9]/gu, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
]
/** What stands around a number: anything but digits, in every width, and the space between lines of a form. */
const around = fc
  .array(
    fc.constantFrom(
      ...' \t\n\u3000\u00a0\u2003\u200b，。、；：！？（）【】《》“”‘’,.;:!?()[]{}<>"\'/\\|~`@#$%^&+=-_—–·…￥号码手机身份证卡tel:XxQ',
      'QQ',
      '+86',
      '订单',
      '\r\n',
      '℃',
      '😀',
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''))

const digitsIn = (text: string) => text.normalize('NFKC').replace(/[^0-9Xx]/gu, '')

describe('whatever stands around a number', () => {
  test('law: no mobile, identity or card number written together survives, in either width; and masking twice changes nothing more', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(around, number, fc.constantFrom(...WIDTHS)), { minLength: 1, maxLength: 4 }), around, (parts, end) => {
        // Two numbers with nothing between are one run, which no rule can take apart.
        const text = parts.map(([before, held, write], index) => `${index > 0 && before === '' ? '，' : before}${write(held)}`).join('') + end
        const masked = maskText(text)
        const left = digitsIn(masked)
        for (const [, held] of parts) expect(left.includes(held), `${text} → ${masked}`).toBe(false)
        expect(maskText(masked), `${text} → ${masked}`).toBe(masked)
      }),
      { numRuns: 5_000 },
    )
  })

  test('law: nor one written with blanks, dashes, dots, slashes or invisible characters between its digits, as people group them', () => {
    const gap = fc.constantFrom(' ', '-', '.', '/', '\u3000', '\u00a0', '\u2009', '\u200b', '\u2014', '\n', ' - ', '\t')
    const grouped = fc.oneof(
      fc.tuple(mobile, fc.constantFrom([3, 4, 4], [3, 8], [7, 4], [4, 4, 3], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])),
      fc.tuple(identity, fc.constantFrom([6, 8, 4], [6, 4, 4, 4], [3, 3, 8, 4], [17, 1], [6, 12])),
      fc.tuple(oldIdentity, fc.constantFrom([6, 6, 3], [15])),
      fc.tuple(fc.stringMatching(/^[1-9][0-9]{15}$/), fc.constant([4, 4, 4, 4])),
      fc.tuple(fc.stringMatching(/^[1-9][0-9]{18}$/), fc.constantFrom([4, 4, 4, 4, 3], [6, 13])),
    )
    const quiet = fc.constantFrom('', '手机', '身份证：', '（', '"', '卡号 ')
    fc.assert(
      fc.property(quiet, grouped, gap, fc.constantFrom(...WIDTHS), (before, [held, sizes], between, write) => {
        let at = 0
        const groups = sizes.map((size) => held.slice(at, (at += size)))
        const text = `${before}${groups.map(write).join(between)}。`
        const masked = maskText(text)
        expect(digitsIn(masked).includes(held), `${text} → ${masked}`).toBe(false)
        expect(maskText(masked)).toBe(masked)
      }),
      { numRuns: 5_000 },
    )
  })
})
