import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { gramsOf, jaccard } from '../../core/domain/near-duplicate/grams.ts'
import { normaliser } from '../../core/domain/near-duplicate/normalise.ts'
import { DEFAULT_NEAR_DUPLICATE, nearDuplicateFaults } from '../../core/domain/near-duplicate/parameters.ts'
import { bandsOf, minHash } from '../../core/domain/near-duplicate/signature.ts'
import { isSameText, textFactsOf } from '../../core/domain/near-duplicate/text-facts.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { aTicket } from '../support/builders.ts'
import { chances, someText, T1, T2, T3, T4 } from '../support/similar-texts.ts'

const plain = normaliser([])
const grams = (text: string) => gramsOf(plain(text), 3)
const SHAPE = { functions: 128, bands: 32, gram: 3 }

describe('a text is compared', () => {
  test.each([
    ['大小写 ABC', '大小写abc'],
    ['ＡＢＣ１２３', 'abc#'],
    ['号码13800001111。', '号码#P#'],
    ['号码138****1111。', '号码#P#'],
    ['号码138＊＊＊＊1111', '号码#P#'],
    ['号码１３８００００１１１１', '号码#P#'],
    ['号码138 0000 1111', '号码#P#'],
    ['号码138-0000-1111', '号码#P#'],
    ['号码12345678901', '号码#P#'],
    ['号码86138****1111', '号码#P#'],
    ['号码8613800001111', '号码#P#'],
    ['固话0512-66778899，', '固话#'],
    ['固话0512****8899，', '固话#'],
    ['固话010****5678', '固话#'],
    ['账号2138****1111', '账号#'],
    ['每月15.80元', '每月#元'],
    ['2026年3月5日', '#年#月#日'],
    ['身份证11010119900307123X', '身份证#'],
    ['身份证[ID]', '身份证#'],
    ['卡6222021234567890123', '卡#'],
    ['卡，[CARD]', '卡#'],
    ['地址192.168.1.23', '地址#'],
    ['地址[IP]', '地址#'],
    ['邮箱someone@example.org', '邮箱email'],
    ['邮箱[EMAIL]', '邮箱email'],
    ['【标点】，。！？、；：“”（）…… \n\t　￥%#*[]', '标点'],
    ['#P# 原文', 'p原文'],
    ['💢很生气！！', '很生气'],
    ['', ''],
  ])('%j as %j', (text, said) => {
    expect(plain(text)).toBe(said)
  })

  test('without the phrases of its province, the longest first, however they are written', () => {
    const said = normaliser(['客户来电', '客户来电反映', '工号：1234，请核实处理', '。'])
    expect(said('客户来电反映：宽带断了。工号 987 请核实处理！')).toBe('宽带断了')
    expect(said('客户来电说宽带断了')).toBe('说宽带断了')
  })

  law.prop([fc.array(fc.oneof(fc.string(), fc.constantFrom('13800001111', '0512-66778899', '6222021234567890123', '１３９', '86', '[id', '****', '，', '15.5元', 'a@b.cc')), { maxLength: 8 })])(
    'as masked or as sent: it makes no difference (law)',
    (parts) => {
      const text = parts.join('')
      expect(plain(maskText(text))).toBe(plain(text))
    },
  )
})

describe('the check values of domain.md 5.3.2', () => {
  test.each([
    ['clear', (text: string) => text],
    ['masked', maskText],
  ])('hold for %s texts', (_how, stored) => {
    const [one, two, three, four] = [T1, T2, T3, T4].map((text) => grams(stored(text)))
    expect([one, two, three, four].map((set) => set?.length)).toEqual([70, 70, 63, 38])
    expect(jaccard(one!, two!)).toBe(1)
    expect(jaccard(one!, three!)).toBeCloseTo(0.6625, 10)
    expect(jaccard(one!, four!)).toBe(0)
  })

  test('and masking has something to mask in them', () => {
    for (const text of [T1, T2, T3]) expect(maskText(text)).toContain('****')
  })
})

describe('grams', () => {
  test('are distinct, in order, and none where the text is shorter', () => {
    expect(gramsOf('ababab', 3)).toHaveLength(2)
    expect(gramsOf('ab', 3)).toHaveLength(0)
    expect(gramsOf('', 3)).toHaveLength(0)
    expect(gramsOf('abcd', 2)).toHaveLength(3)
    expect([...gramsOf('zyx', 1)]).toEqual([120, 121, 122])
  })

  const texts = fc.string({ unit: fc.constantFrom('甲', '乙', '丙', '丁', 'a'), maxLength: 60 })
  law.prop([texts, texts])('are compared symmetrically, between 0 and 1, and exactly (law)', (a, b) => {
    const [left, right] = [gramsOf(a, 3), gramsOf(b, 3)]
    const of = (text: string) => new Set(Array.from({ length: Math.max(0, text.length - 2) }, (_, index) => text.slice(index, index + 3)))
    const all = new Set([...of(a), ...of(b)]).size
    const j = jaccard(left, right)
    expect(j).toBe(jaccard(right, left))
    expect(j).toBeGreaterThanOrEqual(0)
    expect(j).toBeLessThanOrEqual(1)
    expect(j).toBe(all === 0 ? 1 : [...of(a)].filter((gram) => of(b).has(gram)).length / all)
    expect(jaccard(left, left)).toBe(1)
  })
})

describe('signatures', () => {
  test('are the same for ever: stored bands stay true whatever runs them', () => {
    expect([...minHash(grams(T1), 4)]).toEqual([-2_119_659_588, -2_013_404_262, -2_094_239_090, -2_131_681_847])
    expect([...bandsOf(grams(T1), SHAPE)].slice(0, 3)).toEqual([295_079_729, -159_152_548, -1_328_777_893])
  })

  test('agree as often as the texts are similar', () => {
    let [error, pairs] = [0, 0]
    for (let seed = 0; seed < 60; seed++) {
      const words = someText(seed, 40)
      const half = Math.floor((words.length * (seed + 1)) / 61)
      const [a, b] = [gramsOf(words, 3), gramsOf(words.slice(0, half) + someText(seed + 1000, 40).slice(half), 3)]
      const [left, right] = [minHash(a, 512), minHash(b, 512)]
      error += left.filter((value, index) => value === right[index]).length / 512 - jaccard(a, b)
      pairs += 1
    }
    expect(Math.abs(error / pairs)).toBeLessThan(0.01)
  })

  law.prop([fc.nat(), fc.integer({ min: 10, max: 60 })])('of equal texts share all bands, of texts from 0.80 on at least one (law)', (seed, words) => {
    const text = someText(seed, words)
    const near = `${text}${someText(seed + 1, 1)}`
    const shared = (a: string, b: string) => {
      const other = new Set(bandsOf(gramsOf(b, 3), SHAPE))
      return bandsOf(gramsOf(a, 3), SHAPE).filter((band) => other.has(band)).length
    }
    expect(shared(text, text)).toBe(32)
    fc.pre(jaccard(gramsOf(text, 3), gramsOf(near, 3)) >= 0.8)
    expect(shared(text, near)).toBeGreaterThan(0)
  })

  test('of unlike texts share none, of other shapes neither', () => {
    expect([...bandsOf(grams(T1), SHAPE)].filter((band) => bandsOf(grams(T4), SHAPE).includes(band))).toEqual([])
    for (const other of [{ ...SHAPE, bands: 16 }, { ...SHAPE, functions: 64 }, { ...SHAPE, gram: 2 }]) {
      expect([...bandsOf(grams(T1), SHAPE)].filter((band) => bandsOf(grams(T1), other).includes(band))).toEqual([])
    }
  })
})

describe('what counts as a text', () => {
  const ticket = aTicket()
  test.each([
    ['a complaint', {}, true],
    ['an appeal', { kind: 'appeal' }, true],
    ['one that was cancelled', { cancelledAt: 1 }, true],
    ['one that the province calls a template', { isTemplate: 1 }, true],
    ['a fault', { kind: 'fault' }, false],
    ['a voided one', { voidedAt: 1 }, false],
    ['a merged one', { mergedAt: 1 }, false],
    ['a test', { isTest: true }, false],
    ['one not accepted', { acceptedAt: null }, false],
    ['one without a text', { contentText: '' }, false],
  ] as const)('%s', (_what, facts, counts) => {
    expect(textFactsOf({ ...ticket, ...facts }) !== null).toBe(counts)
  })

  test('and when it says something else', () => {
    const facts = textFactsOf(ticket)
    expect(isSameText(facts, textFactsOf({ ...ticket, interimReplyCount: 3 }))).toBe(true)
    expect(isSameText(null, null)).toBe(true)
    expect(isSameText(facts, null)).toBe(false)
    for (const change of [{ contentText: 'x' }, { customerKey: 'x' }, { regionCode: '320502' }, { kind: 'appeal' }, { isProxy: true }, { acceptedAt: 1 }, { channel: 'app' }, { sourceAddressKey: 'x' }] as const) {
      expect(isSameText(facts, textFactsOf({ ...ticket, ...change })), JSON.stringify(change)).toBe(false)
    }
  })
})

describe('parameters', () => {
  test('of domain.md Appendix A are sound', () => {
    expect(nearDuplicateFaults(DEFAULT_NEAR_DUPLICATE)).toEqual([])
    expect(DEFAULT_NEAR_DUPLICATE).toMatchObject({ similarity: 0.8, gram: 3, leastGrams: 20, functions: 128, bands: 32, windowHours: 24 })
  })

  test.each([
    [{ similarity: 0.49 }, /^similarity: 应为 0\.5–1 的数/],
    [{ similarity: 1.01 }, /^similarity/],
    [{ gram: 4 }, /^gram/],
    [{ gram: 1 }, /^gram/],
    [{ leastGrams: 0 }, /^leastGrams/],
    [{ functions: 100 }, /^bands: 应整除/],
    [{ bands: 2.5 }, /^bands/],
    [{ windowHours: 169 }, /^windowHours/],
    [{ formChannels: [''] }, /^formChannels/],
    [{ templatePhrases: { 32: ['好！'] } }, /^templatePhrases\.32: “好！”/],
    [{ templatePhrases: { 32: 'x' } }, /^templatePhrases\.32/],
  ])('%j are refused by name', (change, fault) => {
    expect(nearDuplicateFaults({ ...DEFAULT_NEAR_DUPLICATE, ...(change as object) })[0]).toMatch(fault)
  })
})

test('the texts of these tests are what they are taken for', () => {
  const chance = chances(7)
  for (let turn = 0; turn < 200; turn++) {
    const [a, b] = [Math.floor(chance() * 1e6), Math.floor(chance() * 1e6)]
    if (a !== b) expect(jaccard(gramsOf(someText(a), 3), gramsOf(someText(b), 3))).toBeLessThan(0.5)
  }
})
