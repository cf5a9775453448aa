import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_KEYWORDS } from '../../core/domain/keyword/default-keywords.ts'
import type { KeywordCategory } from '../../core/domain/keyword/dictionary.ts'
import { keywordFaults } from '../../core/domain/keyword/keyword-faults.ts'
import { keywordMatcher, LONGEST_FRAGMENT } from '../../core/domain/keyword/match.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import type { TicketKind } from '../../core/domain/vocabulary.ts'

const { match } = keywordMatcher(DEFAULT_KEYWORDS)
/** `KW-MED 记者`, noted ones in brackets; of the text as intake stores it. */
const said = (text: string, kind: TicketKind = 'complaint'): string[] =>
  match(maskText(text), kind).map(({ category, word, kind: how }) => (how === 'noted' ? `(${category} ${word})` : `${category} ${word}`))

describe('S-13', () => {
  test.each([
    ['再不解决我就从楼上跳下去', ['KW-SAF 跳下去']],
    ['师傅说机房跳线没做好', []],
    ['家里总跳闸，光猫重启', []],
    ['我不想投诉到工信部了，请尽快处理', ['(KW-REG 工信部)']],
    ['今天不处理就打12300，再找记者曝光', ['KW-REG 12300', 'KW-MED 记者', 'KW-MED 曝光']],
    ['没有解决就找记者', ['KW-MED 记者']],
    ['抖音会员怎么取消', []],
    ['号码是12345678的那户', []],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual(expected)
  })
})

describe('negation', () => {
  test.each([
    ['starts six characters before the word', '没有一二三四记者', ['(KW-MED 记者)']],
    ['starts seven before', '没有一二三四五记者', ['KW-MED 记者']],
    ['of the clause before', '没有处理，记者来了', ['KW-MED 记者']],
    ['of what stands before a space', '没有解决 找记者', ['KW-MED 记者']],
    ['after the word', '找记者，我不想', ['KW-MED 记者']],
    ['cancelled by 就', '不解决没有用就找记者', ['KW-MED 记者']],
    ['cancelled by 再去', '没有用再去找记者', ['KW-MED 记者']],
    ['cancelled by 否则', '没有用否则找记者', ['KW-MED 记者']],
    ['cancelled by 不然', '没有用不然找记者', ['KW-MED 记者']],
    ['cancelled by 才', '没有用才找记者', ['KW-MED 记者']],
    ['a bare 不 is none', '不处理打12300', ['KW-REG 12300']],
    ['撤销 out of reach', '撤销我对你们的申诉', ['KW-REG 申诉']],
    ['撤销 in reach', '撤销申诉', ['(KW-REG 申诉)']],
    ['of KW-GRP', '不会拉横幅', ['(KW-GRP 拉横幅)']],
    ['of KW-SAF is ignored', '我不想跳楼', ['KW-SAF 跳楼']],
    ['of other categories is ignored', '没有起诉', ['KW-LAW 起诉']],
    ['noted once, alerted once: alerts', '不会找记者，但是他找记者', ['KW-MED 记者']],
  ])('%s', (_name, text, expected) => {
    expect(said(text)).toEqual(expected)
  })
})

describe('categories', () => {
  test.each([
    ['３·１５ 和 3.15 是日子，315元不是', ['KW-MED 3·15']],
    ['上315晚会', ['KW-MED 315晚会']],
    ['账单315元', []],
    ['电 视 台', ['KW-MED 电视台']],
    ['家里没电视。台灯坏', []],
    ['我去“曝光”你们', ['KW-MED 曝光']],
    ['直播卡顿', []],
    ['单号9123450的', []],
    ['打12345热线', ['KW-REG 12345']],
    ['律师函已发', ['KW-LAW 律师函']],
    ['他有记者证', ['KW-SPC 记者证']],
    ['打死机了又打死机', []],
    ['防火墙放火墙', []],
    ['120打不通', ['KW-SAF 120打不通']],
    ['孩子上网', []],
    ['孩子充值', ['KW-MIN 孩子']],
    ['住二单元的孩子上不了网', []],
    ['二单元的孩子被收了30元', ['KW-MIN 孩子']],
    ['老人的手机', []],
    ['诱导老人办理', ['KW-ELD 诱导老人']],
    ['老人多扣20块钱', ['KW-ELD 老人']],
    ['要求书面道歉', []],
    ['要求书面道歉，书面道歉', []],
    ['要求书面道歉，双倍退还', ['KW-MLC 书面道歉', 'KW-MLC 双倍退还']],
    ['全小区断网', []],
    ['全小区都断网', ['KW-GRP 全小区都']],
    ['反诈app提醒', []],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual(expected)
  })

  test('an appeal is not looked through for the regulator', () => {
    expect(said('申诉到工信部，找记者', 'appeal')).toEqual(['KW-MED 记者'])
  })
})

test('a fragment is twenty characters around the word, as stored', () => {
  const text = `${'前'.repeat(30)}找记者曝${'后'.repeat(30)}`
  const [hit] = match(text, 'complaint')
  expect(hit).toMatchObject({ position: 31, word: '记者' })
  expect(hit?.fragment).toHaveLength(LONGEST_FRAGMENT)
  expect(hit?.fragment).toContain('记者')
  expect(match('记者', 'complaint')[0]?.fragment).toBe('记者')
})

describe('laws', () => {
  const fill = fc.stringMatching(/^[天地玄黄宇宙洪荒，]{0,8}$/u)
  const words = DEFAULT_KEYWORDS.categories.flatMap((category) => category.words.map((word) => ({ category, word })))
  const alerts = (text: string) => match(text, 'complaint').filter(({ kind }) => kind === 'alert').map(({ category, word }) => `${category} ${word}`)

  test('an excluded phrase never hits its category', () => {
    const phrases = DEFAULT_KEYWORDS.categories.flatMap((category) => category.exclusions.map((phrase) => ({ category, phrase })))
    fc.assert(fc.property(fill, fc.constantFrom(...phrases), fill, (a, { category, phrase }, b) => {
      expect(match(`${a}${phrase}${b}`, 'complaint').filter((hit) => hit.category === category.code)).toEqual([])
    }))
  })

  test('a negation put before a word never adds an alert, and takes one away from the three categories only', () => {
    fc.assert(fc.property(fill, fc.constantFrom('不想', '不会', '没想'), fc.constantFrom(...words), fill, (a, negation, { category, word }, b) => {
      const plain = alerts(`${a}，${word}${b}`)
      const negated = alerts(`${a}，${negation}${word}${b}`)
      expect(plain).toEqual(expect.arrayContaining(negated))
      if (!category.isNegatable) expect(negated).toEqual(plain)
    }))
  })

  test('every word hits where it stands with another of its category and money', () => {
    for (const { category, word } of words) {
      const other = category.words.find((one) => one !== word)
      const found = match(`${word}，${other}，扣费`, 'complaint').map((hit) => `${hit.category} ${hit.word}`)
      expect(found).toContain(`${category.code} ${word}`)
    }
  })

  test('a position is where the word begins', () => {
    fc.assert(fc.property(fill, fc.constantFrom('记者', '自杀'), fill, (a, word, b) => {
      expect(match(`${a}${word}${b}`, 'complaint')[0]?.position).toBe(a.length)
    }))
  })
})

describe('faults', () => {
  const withMedia = (change: Partial<KeywordCategory>) => ({
    ...DEFAULT_KEYWORDS,
    categories: DEFAULT_KEYWORDS.categories.map((category) => (category.code === 'KW-MED' ? { ...category, ...change } : category)),
  })

  test('the starter has none', () => {
    expect(keywordFaults(DEFAULT_KEYWORDS)).toEqual([])
  })

  test.each([
    ['a word of one letter', { words: ['元'] }, /^KW-MED\.words: “元”/],
    ['a word with a mark within', { words: ['记者，媒体'] }, /^KW-MED\.words/],
    ['a word twice', { words: ['APP', 'ａｐｐ'] }, /重复/],
    ['a word that is an exclusion', { words: ['直播卡'] }, /排除语/],
    ['no colour', { colour: 5 as 4 }, /colour/],
    ['nobody to tell', { to: [] }, /to:/],
    ['a threat that is no word', { threats: ['自杀'] }, /threats/],
    ['a code of another form', { code: 'MED' }, /代码/],
    ['a number of a person', { words: ['18812340001'] }, /^KW-MED\.words: 词中不得有号码/],
  ])('%s', (_name, change, fault) => {
    expect(keywordFaults(withMedia(change))[0]).toMatch(fault)
  })
})
