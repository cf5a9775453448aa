import type { Level } from '../vocabulary.ts'
import { readGroups } from './fact-grouping.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { KeywordFact } from './facts.ts'
import { keywordGrouping, keywordMatter, ticketsOf } from './keyword-groups.ts'

/** A category with a rule of counts beside MR-04: both are about one case. */
const FRAUD = 'KW-FRD'

/** A category in a group: its tickets, and its colour, one up where they are many. */
function categoriesOf(hits: readonly KeywordFact[], least: number) {
  const codes = [...new Set(hits.map(({ category }) => category))]
  return codes.map((code) => {
    const mine = hits.filter(({ category }) => category === code)
    const { zh, en, colour } = mine[0] as KeywordFact
    const tickets = ticketsOf(mine).length
    return { code, zh, en, tickets, level: Math.min(4, colour + (tickets >= least ? 1 : 0)) as Level }
  })
}

/** Hits of a fraud are about the case of MR-12, all others of a city and phenomenon about one. */
const wordsOf = ({ opensCase, category }: KeywordFact) => (opensCase ? (category === FRAUD ? FRAUD : 'KW') : null)

const BY_MATTER = keywordGrouping(wordsOf, ({ regionCode, phenomenon, hits, tickets }, words, { tickAt, parameters: { keyword } }) => {
  const categories = categoriesOf(hits, keyword.sameMatter)
  return saidReading('MR-04', tickAt, {
    matter: keywordMatter(words, phenomenon),
    regionCode,
    level: Math.max(...categories.map(({ level }) => level)) as Level,
    value: tickets.length,
    zh: `${keyword.hours} 小时内“${phenomenon}”的工单命中敏感词：${categories.map(({ zh, tickets: n }) => `${zh} ${n} 件`).join('、')}`,
    en: `sensitive words in tickets of "${phenomenon}" within ${keyword.hours} h: ${categories.map(({ en, tickets: n }) => `${en} ${n}`).join(', ')}`,
    facts: { categories: categories.map(({ code }) => code).join(',') },
    tickets,
  })
})

/**
 * A sensitive word in a ticket, at the colour of its category; so many tickets of one category and matter in the hours: one colour up (domain.md 5.2). A
 * ticket of several categories is one case, for its city and phenomenon. Categories that only feed other rules, and those
 * whose own rule opens the same colour at the first hit (MR-10, MR-11, MR-14, MR-15), open nothing here.
 */
export const SENSITIVE_WORDS: FactRule = {
  id: 'MR-04',
  nameZh: '敏感词',
  nameEn: 'Sensitive content',
  meaningZh: '工单正文命中敏感词，按类别定级；同类同一问题 24 小时内达到规定件数的升一级。',
  meaningEn: 'The text of a ticket holds a sensitive word; its category gives the colour, and several tickets of one category and matter within 24 hours one more.',
  isPrompt: true,
  grouping: BY_MATTER,
  read: ({ keywords }, scene) => readGroups(BY_MATTER, keywords, scene),
}
