import { fieldFaults, numberField, otherField, type SettingField } from '../setting-field.ts'
import { LONGEST_GRAM } from './grams.ts'
import { normaliser } from './normalise.ts'

/** How near-duplicate texts are found (domain.md 5.3.2, Appendix A `risk.template`): configuration, kind `nearDuplicate`. */
export interface NearDuplicateParameters {
  /** The least Jaccard similarity to a cluster's oldest text or its medoid, 0 to 1. */
  readonly similarity: number
  /** Characters of a gram. */
  readonly gram: number
  /** A text with fewer distinct grams is too short to judge. */
  readonly leastGrams: number
  /** Functions of the MinHash, and how many bands they are cut into. */
  readonly functions: number
  readonly bands: number
  /** How long after a cluster's last text another may join it, and what is counted; hours. */
  readonly windowHours: number
  /** Channels whose texts are a company's own form with fixed answers (5.3.2-5): left out. */
  readonly formChannels: readonly string[]
  /** The agents' own phrases by province code, left out of what is compared. */
  readonly templatePhrases: Readonly<Record<string, readonly string[]>>
}

/** The defaults of domain.md Appendix A. */
export const DEFAULT_NEAR_DUPLICATE: NearDuplicateParameters = {
  similarity: 0.8,
  gram: 3,
  leastGrams: 20,
  functions: 128,
  bands: 32,
  windowHours: 24,
  formChannels: [],
  templatePhrases: {},
}

export const NEAR_DUPLICATE_FIELDS: readonly SettingField<keyof NearDuplicateParameters>[] = [
  numberField('number', 'similarity', null, 0.5, 1),
  numberField('whole', 'gram', 'characters', 2, LONGEST_GRAM),
  numberField('whole', 'leastGrams', null, 1, 1_000),
  numberField('whole', 'functions', null, 16, 512),
  numberField('whole', 'bands', null, 4, 128),
  numberField('whole', 'windowHours', 'hours', 1, 168),
  otherField('names', 'formChannels'),
  otherField('names_by_key', 'templatePhrases'),
]
/** A phrase of one character would take that character out of every text. */
const SHORTEST_PHRASE = 2

const isTextList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string' && one.trim() !== '')

function phraseFaults(province: string, phrases: unknown): string[] {
  const field = `templatePhrases.${province}`
  if (!isTextList(phrases)) return [`${field}: 应为非空文字的列表 / expected a list of texts`]
  const plain = normaliser([])
  return phrases
    .filter((phrase) => plain(phrase).length < SHORTEST_PHRASE)
    .map((phrase) => `${field}: “${phrase}” 去掉标点后不足 ${SHORTEST_PHRASE} 个字 / fewer than ${SHORTEST_PHRASE} letters without its punctuation`)
}

/** Why parameters cannot be put in force, named by field, in both languages; none when they can. */
export function nearDuplicateFaults(parameters: NearDuplicateParameters): readonly string[] {
  const faults = fieldFaults(NEAR_DUPLICATE_FIELDS, parameters as unknown as Readonly<Record<string, unknown>>)
  if (parameters.functions % parameters.bands !== 0) faults.push('bands: 应整除 functions / expected to divide functions')
  const byProvince: unknown = parameters.templatePhrases
  if (typeof byProvince !== 'object' || byProvince === null || Array.isArray(byProvince)) return [...faults, 'templatePhrases: 应为按省代码的列表 / expected lists by province code']
  for (const [province, phrases] of Object.entries(byProvince)) faults.push(...phraseFaults(province, phrases))
  return faults
}
