import { maskText } from '../protect/mask.ts'
import { TICKET_KINDS } from '../vocabulary.ts'
import type { KeywordCategory, KeywordDictionary } from './dictionary.ts'
import { plainWord } from './normalise.ts'

const CODE = /^KW-[A-Z]{3}$/u
const LONGEST_WORD = 20
const MOST_WORDS = 500
const SHORTEST_WORD = 2

function wordFaults(field: string, words: unknown, shortest: number): string[] {
  if (!Array.isArray(words)) return [`${field}: 应为词的列表 / expected a list of words`]
  const faults: string[] = words.length > MOST_WORDS ? [`${field}: 最多 ${MOST_WORDS} 个词 / at most ${MOST_WORDS} words`] : []
  const seen = new Set<string>()
  for (const word of words as unknown[]) {
    const plain = typeof word === 'string' ? plainWord(word) : ''
    if (plain.length < shortest || plain.length > LONGEST_WORD || plain.includes('\n'))
      faults.push(`${field}: “${String(word)}” 应为 ${shortest}–${LONGEST_WORD} 个字，中间无标点 / expected ${shortest} to ${LONGEST_WORD} letters without punctuation`)
    else if (maskText(String(word)) !== word) faults.push(`${field}: 词中不得有号码等个人信息，工单内容里也已打码 / no word may hold a number of a person; in texts of tickets it is masked too`)
    else if (seen.has(plain)) faults.push(`${field}: “${String(word)}” 重复 / stands twice`)
    seen.add(plain)
  }
  return faults
}

/** Words named besides `words` must be among them: a threat that is not looked for would never be found. */
function amongWords(field: string, named: readonly string[], { words }: KeywordCategory): string[] {
  return named.filter((word) => !words.includes(word)).map((word) => `${field}: “${word}” 不在本类的词中 / is no word of the category`)
}

function categoryFaults(category: KeywordCategory): string[] {
  const { code, zh, en, words, exclusions, colour, to, companions, together, threats, emergencies, exceptKinds } = category
  const faults: string[] = []
  if (!CODE.test(code)) faults.push(`${code}: 代码应为 KW- 加三个大写字母 / expected KW- and three capitals`)
  if (zh.trim() === '' || en.trim() === '') faults.push(`${code}.zh, en: 中英文名称都要填写 / both names are needed`)
  if (!Number.isInteger(colour) || colour < 1 || colour > 4) faults.push(`${code}.colour: 应为 1–4 / expected 1 to 4`)
  if (!Array.isArray(to) || to.length === 0) faults.push(`${code}.to: 至少一个接收方 / expected somebody to tell`)
  if (!Number.isInteger(together) || together < 1) faults.push(`${code}.together: 应为不小于 1 的整数 / expected a whole number from 1`)
  if (exceptKinds.some((kind) => !TICKET_KINDS.includes(kind))) faults.push(`${code}.exceptKinds: 应为工单种类 / expected kinds of tickets`)
  const lists = [...wordFaults(`${code}.words`, words, SHORTEST_WORD), ...wordFaults(`${code}.exclusions`, exclusions, SHORTEST_WORD), ...wordFaults(`${code}.companions`, companions, 1)]
  if (lists.length > 0) return [...faults, ...lists]
  const excluded = new Set(exclusions.map(plainWord))
  for (const word of words) if (excluded.has(plainWord(word))) faults.push(`${code}.words: “${word}” 同时是排除语 / is an exclusion too`)
  return [...faults, ...amongWords(`${code}.threats`, threats, category), ...amongWords(`${code}.emergencies`, emergencies, category)]
}

/** Why a dictionary cannot be put in force, named by category and field, in both languages; none when it can. */
export function keywordFaults(dictionary: KeywordDictionary): readonly string[] {
  const faults = dictionary.categories.flatMap(categoryFaults)
  const codes = dictionary.categories.map(({ code }) => code)
  for (const code of new Set(codes.filter((one, index) => codes.indexOf(one) !== index))) faults.push(`${code}: 重复 / stands twice`)
  for (const field of ['moneyWords', 'moneyExclusions', 'cancellers'] as const) faults.push(...wordFaults(field, dictionary[field], 1))
  // A bare 不 is no negation: 不处理就打12300 is a threat (domain.md 5.4).
  faults.push(...wordFaults('negations', dictionary.negations, SHORTEST_WORD))
  const { negationReach } = dictionary
  if (!Number.isInteger(negationReach) || negationReach < 1 || negationReach > 20) faults.push('negationReach: 应为 1–20 的整数 / expected a whole number from 1 to 20')
  return faults
}
