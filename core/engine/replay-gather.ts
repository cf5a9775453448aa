import { NO_FACTS, type RiskFacts } from '../domain/risk/facts.ts'
import { KEYWORD_RULES } from '../domain/risk/keyword-rules.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { loadHitsThen } from '../store/keyword-store.ts'
import type { TimedFacts } from '../store/replay-time-store.ts'
import { loadKeyTicketsThen } from '../store/risk-ticket-store.ts'
import { backlogFacts } from './backlog-facts.ts'
import type { EngineTx } from './context.ts'
import type { loadPlacedFeeds } from './day-baseline.ts'
import { keywordFacts } from './keyword-facts.ts'
import { appealFacts, dayTicketFacts, hotlineFacts, incidentFacts, opinionFacts, templateFacts } from './risk-facts.ts'
import { countedTicketFacts, KEY_REACH, promptTicketFacts } from './risk-ticket-facts.ts'

type Feeds = Awaited<ReturnType<typeof loadPlacedFeeds>>

/** How a rule of facts is replayed: the facts that it reads, by the gathering of the ticks, and when they change. */
export interface Gathering {
  readonly read: (etx: EngineTx, parameters: RiskParameters, at: Instant, feeds: Feeds) => Promise<Partial<RiskFacts>>
  /** Null: by the hour alone. */
  readonly times: TimedFacts | null
  /** How long after its instant a fact stops counting, ms: each is one more change. */
  readonly spans: (parameters: RiskParameters) => readonly number[]
  /** Phenomena that its facts go by. */
  readonly names: (parameters: RiskParameters) => readonly string[]
}

const NO_NAMES = (): readonly string[] => []

const words: Gathering = {
  read: async (etx, parameters, at) => ({ keywords: await keywordFacts(etx, parameters, at, loadHitsThen) }),
  times: 'keywords',
  spans: ({ keyword }) => [keyword.hours * HOUR, keyword.emergency.minutes * MINUTE],
  names: NO_NAMES,
}

const daySubjects = (hoursOf: (parameters: RiskParameters) => number, namesOf: Gathering['names']): Gathering => ({
  read: async (etx, parameters, at) => ({ dayTickets: await dayTicketFacts(etx, parameters, at) }),
  times: 'dayTickets',
  spans: (parameters) => [hoursOf(parameters) * HOUR],
  names: namesOf,
})

/** By rule. What people have confirmed of a case is in none: nobody acts in a replay. */
export const GATHERINGS: Readonly<Record<string, Gathering>> = {
  ...Object.fromEntries(KEYWORD_RULES.map(({ id }) => [id, words])),
  'MR-03': {
    read: async (etx, parameters, at) => ({ templateTexts: await templateFacts(etx, parameters, at) }),
    times: 'templateTexts', spans: ({ template }) => [template.hours * HOUR], names: NO_NAMES,
  },
  'MR-05': {
    read: async (etx, parameters, at) => ({ keyTickets: (await promptTicketFacts(etx, parameters, at, loadKeyTicketsThen)).keyTickets }),
    times: 'keyTickets', spans: ({ keyCustomer }) => [keyCustomer.hours * HOUR, KEY_REACH], names: NO_NAMES,
  },
  'MR-06': {
    read: async (etx, parameters, at, feeds) => ({ appeals: await appealFacts(etx, parameters, feeds, at) }),
    times: 'appeals', spans: () => [DAY], names: NO_NAMES,
  },
  'MR-07': {
    read: async (etx, parameters, at) => ({ incidents: await incidentFacts(etx, parameters, at) }),
    times: 'incidents', spans: () => [], names: NO_NAMES,
  },
  'MR-08': {
    read: async (etx, parameters, at) => ({ officialTickets: (await promptTicketFacts(etx, parameters, at)).officialTickets }),
    times: 'officialTickets', spans: ({ executive }) => [executive.days * DAY], names: NO_NAMES,
  },
  'MR-09': {
    read: async (etx, parameters, at) => ({ opinions: await opinionFacts(etx, parameters, at) }),
    times: 'opinions', spans: ({ opinion }) => [opinion.days * DAY], names: NO_NAMES,
  },
  'MR-13': daySubjects(({ billing }) => billing.hours, ({ billing }) => billing.phenomena),
  'MR-15': {
    read: async (etx, parameters, at) => ({ vulnerableTickets: (await countedTicketFacts(etx, parameters, at)).vulnerableTickets }),
    times: 'vulnerableTickets', spans: ({ vulnerable, keyword }) => [vulnerable.days * DAY, keyword.hours * HOUR], names: NO_NAMES,
  },
  'MR-16': {
    read: async (etx, parameters, at) => ({ backlogs: await backlogFacts(etx, parameters, at) }),
    times: null, spans: () => [], names: NO_NAMES,
  },
  'MR-19': daySubjects(({ redLine }) => redLine.hours, ({ redLine }) => redLine.phenomena),
  'MR-20': {
    read: async (etx, parameters, at) => ({ hotline: await hotlineFacts(etx, parameters, at) }),
    times: 'hotline', spans: ({ hotline }) => [hotline.minutes * MINUTE], names: NO_NAMES,
  },
  'MR-21': {
    read: async (etx, parameters, at) => ({ disputedTickets: (await countedTicketFacts(etx, parameters, at)).disputedTickets }),
    times: 'disputedTickets', spans: ({ agent }) => [agent.days * DAY], names: NO_NAMES,
  },
}

/** All facts of a rule at an instant; those that it does not read are none. */
export const gather = async (how: Gathering, etx: EngineTx, at: Instant, feeds: Feeds): Promise<RiskFacts> => ({ ...NO_FACTS, ...(await how.read(etx, etx.settings.risk.body, at, feeds)) })
