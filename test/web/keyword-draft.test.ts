import { describe, expect, it } from 'vitest'
import type { KeywordCategoryShown } from '../../core/contract/keywords.ts'
import { changeBody, draftOf, heldIn, isFound, listChanges, matching, piecesOf, proposals, rebased } from '../../web/keywords/draft.ts'

const safety: KeywordCategoryShown = {
  code: 'KW-SAF', zh: '人身安全', en: 'personal safety', words: ['自杀', '跳楼', '触电'], exclusions: ['跳线'], colour: 3, to: ['LEG'], threats: ['自杀', '跳楼'], feeds: ['MR-10'], ticketRules: ['AT-25'], opensCase: false,
  isNegatable: false, exceptKinds: [], needs: null, companions: [], together: 1,
}
const figures = (word: string, hits: number, wrong: number, isProposedForRemoval: boolean) => ({ category: 'KW-SAF', word, hits, wrong, precision: Math.round(((hits - wrong) / hits) * 10_000) / 100, isProposedForRemoval })

describe('what is about to be saved', () => {
  it('is nothing while the form says what is in force, in whatever order and with whatever commas', () => {
    expect(listChanges(safety, heldIn(safety, draftOf(safety)))).toEqual([])
    expect(listChanges(safety, heldIn(safety, { ...draftOf(safety), words: ' 触电，跳楼\n自杀, 自杀、' }))).toEqual([])
  })

  it('are the words that come and go, and only they are sent', () => {
    const held = heldIn(safety, { ...draftOf(safety), words: '自杀、跳楼、触电、割腕', exclusions: '', colour: 4 })
    expect(listChanges(safety, held)).toEqual([{ list: 'words', added: ['割腕'], removed: [] }, { list: 'exclusions', added: [], removed: ['跳线'] }])
    expect(changeBody(safety, held, 7, '补充')).toEqual({ version: 7, words: ['自杀', '跳楼', '触电', '割腕'], exclusions: [], colour: 4, reason: '补充' })
  })

  it('takes a word that leaves out of the threats too, and leaves a threat that never was a word for the server to name', () => {
    const held = heldIn(safety, { ...draftOf(safety), words: '自杀、触电', threats: '自杀、跳楼、割腕' })
    expect(held.threats).toEqual(['自杀', '割腕'])
  })
})

describe('a change that came too late', () => {
  it('is what its writer added and took away, done to what the other has made of it', () => {
    const draft = { ...draftOf(safety), words: '自杀、跳楼、割腕', colour: 3 }
    const newest = { ...safety, words: ['自杀', '触电', '轻生'], threats: ['自杀'], exclusions: ['跳线', '跳闸'], colour: 4 }
    const again = rebased(safety, draft, newest)
    expect(again).toEqual({ words: '自杀、轻生、割腕', exclusions: '跳线、跳闸', threats: '自杀', colour: 4 })
    expect(listChanges(newest, heldIn(newest, again))).toEqual([{ list: 'words', added: ['割腕'], removed: ['触电'] }])
  })

  it('keeps the writer’s own colour, and adds nothing twice', () => {
    const newest = { ...safety, words: [...safety.words, '割腕'], colour: 2 }
    expect(rebased(safety, { ...draftOf(safety), words: '自杀、跳楼、触电、割腕', colour: 4 }, newest)).toMatchObject({ words: '自杀、跳楼、触电、割腕', colour: 4 })
  })
})

describe('searching', () => {
  it('finds a category by a word, an exclusion, its code and its names, whatever the width and case', () => {
    const other = { ...safety, code: 'KW-FRD', zh: '涉诈', en: 'fraud', words: ['刷单'], exclusions: ['反诈APP'] }
    const found = (query: string) => matching([safety, other], query).map(({ code }) => code)
    expect([found(''), found('跳'), found('ａｐｐ'), found('frd'), found('安全'), found('Fraud'), found('无')]).toEqual([
      ['KW-SAF', 'KW-FRD'], ['KW-SAF'], ['KW-FRD'], ['KW-FRD'], ['KW-SAF'], ['KW-FRD'], [],
    ])
    expect([isFound('跳楼', ' '), isFound('跳楼', '跳')]).toEqual([false, true])
  })
})

describe('proposals', () => {
  it('are of words that are still in the dictionary, the least precise first', () => {
    const all = [figures('自杀', 30, 25, true), figures('触电', 50, 50, true), figures('跳楼', 40, 2, false), figures('出局', 60, 60, true)]
    expect(proposals([safety], all).map(({ word, of }) => [word, of.code])).toEqual([['触电', 'KW-SAF'], ['自杀', 'KW-SAF']])
  })
})

describe('a text that was tried', () => {
  const item = (start: number, end: number, verdict: 'alert' | 'excluded') => ({ category: 'KW-SAF', word: 'x', start, end, verdict, because: null })
  it('is cut where words begin and end; an alert goes before what is none', () => {
    expect(piecesOf({ text: '他有记者证找记者', items: [item(2, 4, 'excluded'), item(2, 5, 'alert'), item(6, 8, 'excluded')] })).toEqual([
      { text: '他有', what: 'none' }, { text: '记者', what: 'alert' }, { text: '证', what: 'alert' }, { text: '找', what: 'none' }, { text: '记者', what: 'other' },
    ])
    expect(piecesOf({ text: '无', items: [] })).toEqual([{ text: '无', what: 'none' }])
  })
})
