import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_KEYWORDS } from '../../core/domain/keyword/default-keywords.ts'
import type { KeywordCategory, KeywordDictionary } from '../../core/domain/keyword/dictionary.ts'
import { dictionaryChanges, saidChange } from '../../core/domain/keyword/difference.ts'
import { keywordMatcher } from '../../core/domain/keyword/match.ts'
import { keywordsOf, ticketRulesOf } from '../../core/domain/keyword/ticket-keywords.ts'

const { match, inspect } = keywordMatcher(DEFAULT_KEYWORDS)

describe('every word of a text with its verdict', () => {
  test.each([
    ['再不解决我就从楼上跳下去', [['KW-SAF', '跳下去', 'alert', null]]],
    ['我不想投诉到工信部了，请尽快处理', [['KW-REG', '工信部', 'noted', '不想']]],
    ['没有解决就找记者', [['KW-MED', '记者', 'alert', null]]],
    ['直播卡顿', [['KW-MED', '直播', 'excluded', '直播卡']]],
    ['他有记者证', [['KW-MED', '记者', 'in_longer', '记者证'], ['KW-SPC', '记者证', 'alert', null]]],
    ['律师函已发', [['KW-LAW', '律师', 'in_longer', '律师函'], ['KW-LAW', '律师函', 'alert', null]]],
    ['孩子上网', [['KW-MIN', '孩子', 'unaccompanied', null]]],
    ['要求书面道歉', [['KW-MLC', '书面道歉', 'too_few', null]]],
    ['找 记者，又找记者', [['KW-MED', '记者', 'alert', null], ['KW-MED', '记者', 'alert', null]]],
    ['师傅说机房跳线没做好', []],
  ])('%s', (text, expected) => {
    expect(inspect(text, 'complaint').map(({ category, word, verdict, because }) => [category, word, verdict, because])).toEqual(expected)
  })

  test('the regulator on an appeal is of another kind, and places are those of the text as given', () => {
    expect(inspect('申 诉', 'appeal')).toEqual([{ category: 'KW-REG', word: '申诉', start: 0, end: 3, verdict: 'other_kind', because: null }])
  })

  test('says a hit exactly where the fold finds one', () => {
    const parts = [...DEFAULT_KEYWORDS.categories.flatMap(({ words, exclusions }) => [...words, ...exclusions]), ...DEFAULT_KEYWORDS.negations, ...DEFAULT_KEYWORDS.cancellers, '扣费', '，', ' ', '天']
    fc.assert(fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 8 }), (said) => {
      const text = said.join('')
      const kinds = new Map<string, string>()
      for (const { category, word, verdict } of inspect(text, 'complaint')) {
        const key = `${category} ${word}`
        if (verdict === 'alert' || (verdict === 'noted' && !kinds.has(key))) kinds.set(key, verdict)
      }
      expect(kinds).toEqual(new Map(match(text, 'complaint').map(({ category, word, kind }) => [`${category} ${word}`, kind])))
    }))
  })
})

describe('the difference of two dictionaries', () => {
  const withLaw = (change: Partial<KeywordCategory>): KeywordDictionary => ({
    ...DEFAULT_KEYWORDS, categories: DEFAULT_KEYWORDS.categories.map((category) => (category.code === 'KW-LAW' ? { ...category, ...change } : category)),
  })
  const law = DEFAULT_KEYWORDS.categories.find(({ code }) => code === 'KW-LAW') as KeywordCategory

  test('names the words that came and went, by list, and the colour', () => {
    const after = withLaw({ words: [...law.words.filter((word) => word !== '报警'), '打官司'], exclusions: [], colour: 2 })
    const [change] = dictionaryChanges(DEFAULT_KEYWORDS, after)
    expect(change).toEqual({
      category: 'KW-LAW', zh: '法律', en: 'legal action', reach: null, colour: { from: 1, to: 2 },
      lists: [{ list: 'words', added: ['打官司'], removed: ['报警'] }, { list: 'exclusions', added: [], removed: ['法院专线', '律师事务所宽带', '公安局专线', '派出所专线'] }],
    })
    expect(change && saidChange(change)).toEqual({
      zh: '词新增 打官司；词删除 报警；排除语删除 法院专线、律师事务所宽带、公安局专线、派出所专线；颜色由蓝色改为黄色',
      en: 'words added: 打官司; words removed: 报警; exclusions removed: 法院专线, 律师事务所宽带, 公安局专线, 派出所专线; colour blue became yellow',
    })
  })

  test('another order of the words is none, nor is a change taken back', () => {
    expect(dictionaryChanges(DEFAULT_KEYWORDS, withLaw({ words: law.words.toReversed() }))).toEqual([])
    expect(dictionaryChanges(DEFAULT_KEYWORDS, withLaw({}))).toEqual([])
  })

  test('a category that is new, or gone, is all of its words', () => {
    const without = { ...DEFAULT_KEYWORDS, categories: DEFAULT_KEYWORDS.categories.filter(({ code }) => code !== 'KW-LAW') }
    expect(dictionaryChanges(without, DEFAULT_KEYWORDS)).toMatchObject([{ category: 'KW-LAW', colour: { from: 0, to: 1 }, lists: [{ list: 'words', added: law.words, removed: [] }, { list: 'exclusions' }] }])
    expect(dictionaryChanges(DEFAULT_KEYWORDS, without)).toMatchObject([{ category: 'KW-LAW', colour: { from: 1, to: 0 }, lists: [{ list: 'words', added: [], removed: law.words }, { list: 'exclusions' }] }])
  })
})

test('the rules for tickets that a category is said to feed are those that its words reach', () => {
  const reached = (code: string): string[] => {
    const { tendency, fraud, safety } = keywordsOf([{ category: code, word: 'x', position: 0, kind: 'alert', fragment: 'x' }], DEFAULT_KEYWORDS, new Set())
    return [...(tendency > 0 ? ['AT-11'] : []), ...(fraud.length + safety.length > 0 ? ['AT-25'] : [])]
  }
  for (const { code } of DEFAULT_KEYWORDS.categories) expect(ticketRulesOf(code), code).toEqual(reached(code))
})
