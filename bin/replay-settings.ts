import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { ABNORMAL_RULES } from '../core/domain/abnormal/catalogue.ts'
import { type KeywordDictionary, PLAIN_CATEGORY } from '../core/domain/keyword/dictionary.ts'
import { DEFAULT_KEYWORDS } from '../core/domain/keyword/default-keywords.ts'
import { keywordFaults } from '../core/domain/keyword/keyword-faults.ts'
import { RISK_RULES } from '../core/domain/risk/catalogue.ts'
import { switched } from '../core/domain/risk/parameters.ts'
import { type Instant, SECOND } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import { saveSettings } from '../core/engine/settings.ts'
import { inTransaction } from '../core/platform/database.ts'
import { StartupError } from '../core/platform/startup-error.ts'

/** What of its settings a replay does not leave at the defaults. */
export interface ReplaySettings {
  /** The only rules that are on; null: all. */
  readonly rules: ReadonlySet<string> | null
  /** The dictionary of sensitive words to go by; null: the starter. */
  readonly keywords: KeywordDictionary | null
}

function faultsOf(dictionary: KeywordDictionary): readonly string[] {
  if (dictionary.categories.length === 0) return ['categories: 至少一类 / expected a category']
  try {
    return keywordFaults(dictionary)
  } catch {
    return ['categories: 字段类型不符，见 docs/examples/keywords-en.yaml / a field is of another type than in docs/examples/keywords-en.yaml']
  }
}

/**
 * A dictionary of sensitive words from a file, YAML or JSON, in the fields of the configuration `keywords`; what a category leaves out is as in most.
 * @throws Error when the file cannot be read, StartupError naming every category and field that does not fit.
 */
export async function loadKeywords(file: string): Promise<KeywordDictionary> {
  const raw = (parse(await readFile(file, 'utf8')) ?? {}) as Partial<KeywordDictionary>
  const dictionary: KeywordDictionary = {
    categories: (Array.isArray(raw.categories) ? raw.categories : []).map((category) => ({ ...PLAIN_CATEGORY, words: [], exclusions: [], ...category })),
    moneyWords: raw.moneyWords ?? [],
    moneyExclusions: raw.moneyExclusions ?? [],
    negations: raw.negations ?? [],
    cancellers: raw.cancellers ?? [],
    negationReach: raw.negationReach ?? DEFAULT_KEYWORDS.negationReach,
  }
  const faults = faultsOf(dictionary)
  if (faults.length === 0) return dictionary
  const parts = faults.map((fault) => fault.split(' / '))
  throw new StartupError(
    'bad_keywords',
    { zh: `${file} 不能用作敏感词库：${parts.map(([zh]) => zh).join('；')}`, en: `${file} cannot be a dictionary of sensitive words: ${parts.map(([zh, en]) => `${zh?.split(':')[0]}: ${en}`).join('; ')}` },
    { zh: '改正所列字段，例见 docs/examples/keywords-en.yaml', en: 'Correct the fields named; docs/examples/keywords-en.yaml is an example' },
  )
}

/** Puts what is chosen in force in the throw-away deployment, and gives the length of a tick in ms. */
export async function chooseSettings(engine: Engine, { rules, keywords }: ReplaySettings, from: Instant): Promise<number> {
  const settings = await engine.settings(from)
  const { risk, abnormal } = settings
  if (keywords !== null) {
    await inTransaction(engine.pool, (tx) => saveSettings(tx, { kind: 'keywords', body: keywords, author: 'replay', reason: '--keywords', effectiveFrom: from, now: from }))
  }
  if (rules !== null) {
    const has = (id: string) => rules.has(id)
    const riskBody = RISK_RULES.reduce((body, { id }) => switched(id, has(id), body), risk.body)
    const disabledRules = ABNORMAL_RULES.map(({ id }) => id).filter((id) => !has(id))
    const by = { author: 'replay', reason: '--rules', effectiveFrom: from, now: from }
    await inTransaction(engine.pool, (tx) => saveSettings(tx, { kind: 'risk', body: riskBody, ...by }))
    await inTransaction(engine.pool, (tx) => saveSettings(tx, { kind: 'abnormal', body: { ...abnormal.body, disabledRules }, ...by }))
  }
  return risk.body.tickSeconds * SECOND
}
