import type { RiskFacts } from '../domain/risk/facts.ts'
import { MEDIA_CATEGORY, VULNERABLE_CATEGORIES } from '../domain/risk/mr-15-minors-elderly.ts'
import { leastOf, type RiskParameters } from '../domain/risk/reading.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import {
  hasLatelyWatched,
  hasWatchedTickets,
  loadDisputedTickets,
  loadKeyTickets,
  loadOfficialTickets,
  loadVulnerableTickets,
  type WatchedTickets,
} from '../store/risk-ticket-store.ts'
import type { Engine, EngineTx } from './context.ts'

/** An important customer's ticket that is still open after so long is found by its other rules. */
export const KEY_REACH = 30 * DAY
/** Between ticks only what was written so lately is looked at: everything else waits for the tick. */
const LATELY = 15 * MINUTE

type TicketFacts = Pick<RiskFacts, 'keyTickets' | 'officialTickets' | 'disputedTickets' | 'vulnerableTickets'>
const RULES = { keyTickets: 'MR-05', officialTickets: 'MR-08', disputedTickets: 'MR-21', vulnerableTickets: 'MR-15' } as const

const isOn = ({ disabledRules }: RiskParameters, facts: keyof typeof RULES): boolean => !disabledRules.includes(RULES[facts])

const watchedAt = ({ keyCustomer, executive, vulnerable, agent }: RiskParameters, at: Instant): WatchedTickets => ({
  at,
  keyOpenFrom: at - KEY_REACH,
  keyFrom: at - keyCustomer.hours * HOUR,
  officialFrom: at - executive.days * DAY,
  disputedFrom: at - agent.days * DAY,
  leastDisputed: leastOf(agent.customers),
  vulnerableFrom: at - vulnerable.days * DAY,
  vulnerableCategories: VULNERABLE_CATEGORIES,
})

/** Whether the rules over customers and channels have anything to look at: one statement, none where they are off. */
export async function mayTicketsMatter(engine: Engine, parameters: RiskParameters, at: Instant, look: 'all' | 'prompt'): Promise<boolean> {
  const names = Object.keys(RULES) as (keyof typeof RULES)[]
  if (!names.some((name) => isOn(parameters, name))) return false
  return look === 'prompt' ? hasLatelyWatched(engine.pool, at - LATELY) : hasWatchedTickets(engine.pool, watchedAt(parameters, at))
}

/** What single tickets are told by, at ticks and between them; `loadKey` finds those of important customers. */
export async function promptTicketFacts({ tx }: EngineTx, parameters: RiskParameters, at: Instant, loadKey = loadKeyTickets): Promise<Pick<TicketFacts, 'keyTickets' | 'officialTickets'>> {
  const { keyOpenFrom, keyFrom, officialFrom } = watchedAt(parameters, at)
  return {
    keyTickets: isOn(parameters, 'keyTickets') ? await loadKey(tx, { openFrom: keyOpenFrom, from: keyFrom, at }) : [],
    officialTickets: isOn(parameters, 'officialTickets') ? await loadOfficialTickets(tx, parameters.executive.channels, officialFrom, at) : [],
  }
}

/** What counts over days, at ticks. */
export async function countedTicketFacts({ tx, settings }: EngineTx, parameters: RiskParameters, at: Instant): Promise<Pick<TicketFacts, 'disputedTickets' | 'vulnerableTickets'>> {
  const { disputedFrom, leastDisputed, vulnerableFrom } = watchedAt(parameters, at)
  const known = new Set(settings.keywords.body.categories.map(({ code }) => code))
  const categories = VULNERABLE_CATEGORIES.filter((code) => known.has(code))
  return {
    disputedTickets: isOn(parameters, 'disputedTickets') ? await loadDisputedTickets(tx, parameters.kinds, leastDisputed, disputedFrom, at) : [],
    vulnerableTickets: isOn(parameters, 'vulnerableTickets')
      ? await loadVulnerableTickets(tx, { categories, media: MEDIA_CATEGORY, from: vulnerableFrom, to: at })
      : [],
  }
}
