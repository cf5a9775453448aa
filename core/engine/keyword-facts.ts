import type { KeywordFact } from '../domain/risk/facts.ts'
import { KEYWORD_RULES } from '../domain/risk/keyword-rules.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { type AlertingHit, hasAlertingHits, loadAlertingHits } from '../store/keyword-store.ts'
import type { Engine, EngineTx } from './context.ts'

/** Between ticks only what was found so lately is looked at: everything else waits for the tick. */
const LATELY = 15 * MINUTE

/** Rules for which words count beside what they read anyway (domain.md 5.4). */
const FED_RULES: readonly string[] = ['MR-03', 'MR-07', 'MR-13', 'MR-19']

const areAllOff = ({ disabledRules }: RiskParameters) => KEYWORD_RULES.every(({ id }) => disabledRules.includes(id))
const windowOf = ({ keyword }: RiskParameters, tickAt: Instant) => ({ from: tickAt - keyword.hours * HOUR, to: tickAt })

/** Whether the rules over sensitive words have anything to look at: one statement, none where they are off. */
export async function mayKeywordsMatter(engine: Engine, parameters: RiskParameters, tickAt: Instant, look: 'all' | 'prompt'): Promise<boolean> {
  if (areAllOff(parameters) && FED_RULES.every((id) => parameters.disabledRules.includes(id))) return false
  const { from, to } = windowOf(parameters, tickAt)
  return hasAlertingHits(engine.pool, from, to, look === 'prompt' ? tickAt - LATELY : null)
}

/** Hits with what a dictionary says of their categories; of categories that are gone, or that open and feed nothing, there are none. */
export function describedHits<H extends AlertingHit>(hits: readonly H[], dictionary: EngineTx['settings']['keywords']['body']): (H & KeywordFact)[] {
  const watched = watchedCategories(dictionary)
  return hits.flatMap((hit) => {
    const category = watched.get(hit.category)
    if (category === undefined) return []
    const { zh, en, colour, opensCase, emergencies } = category
    return [{ ...hit, zh, en, colour, opensCase, isEmergency: emergencies.includes(hit.word) }]
  })
}

const watchedCategories = ({ categories }: EngineTx['settings']['keywords']['body']) =>
  new Map(categories.filter(({ opensCase, feeds }) => opensCase || feeds.some((id) => KEYWORD_RULES.some((rule) => rule.id === id))).map((one) => [one.code, one]))

/** The alerting hits of the trailing hours, by the dictionary in force. */
export async function keywordFacts({ tx, settings }: EngineTx, parameters: RiskParameters, tickAt: Instant): Promise<KeywordFact[]> {
  if (areAllOff(parameters)) return []
  const { from, to } = windowOf(parameters, tickAt)
  const dictionary = settings.keywords.body
  return describedHits(await loadAlertingHits(tx, [...watchedCategories(dictionary).keys()], from, to), dictionary)
}
