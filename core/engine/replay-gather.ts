import type { RiskFacts } from '../domain/risk/facts.ts'
import { KEYWORD_RULES } from '../domain/risk/keyword-rules.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { type DatedHit, loadDatedHits } from '../store/keyword-store.ts'
import type { TimedFacts } from '../store/replay-time-store.ts'
import { loadKeyTicketsThen } from '../store/risk-ticket-store.ts'
import { backlogFacts } from './backlog-facts.ts'
import type { EngineTx } from './context.ts'
import type { loadPlacedFeeds } from './day-baseline.ts'
import { describedHits } from './keyword-facts.ts'
import { appealFacts, dayTicketsBetween, hotlineFacts, incidentFacts, opinionFacts, templateFacts } from './risk-facts.ts'
import { countedTicketFacts, KEY_REACH, promptTicketFacts } from './risk-ticket-facts.ts'

type Feeds = Awaited<ReturnType<typeof loadPlacedFeeds>>

/** The facts of a rule at an instant. */
type ReadAt = (etx: EngineTx, parameters: RiskParameters, at: Instant, feeds: Feeds) => Promise<Partial<RiskFacts>>

/** How a rule of facts is replayed: the facts that it reads, by the gathering of the ticks, and when they change. */
export interface Gathering {
  /** Reads for the instants of `[first, last]`: what is told by its own instant is read once for all of them. */
  readonly open: (etx: EngineTx, parameters: RiskParameters, first: Instant, last: Instant) => Promise<ReadAt>
  /** Null: by the hour alone. */
  readonly times: TimedFacts | null
  /** How long after its instant a fact stops counting, ms: each is one more change. */
  readonly spans: (parameters: RiskParameters) => readonly number[]
  /** Phenomena that its facts go by. */
  readonly names: (parameters: RiskParameters) => readonly string[]
}

/** Facts that are read at each instant. */
const each = (read: ReadAt): Gathering['open'] => () => Promise.resolve(read)

const NO_NAMES = (): readonly string[] => []

const words: Gathering = {
  open: async ({ tx }, { keyword }, first, last) => {
    const hits = await loadDatedHits(tx, first - keyword.hours * HOUR, last)
    const described = new Map<object, ReturnType<typeof describedHits<DatedHit>>>()
    return ({ settings: { keywords: { body } } }, parameters, at) => {
      const known = described.get(body) ?? describedHits(hits, body)
      described.set(body, known)
      const from = at - parameters.keyword.hours * HOUR
      // As the instant had them: words called wrong later still counted.
      return Promise.resolve({ keywords: known.filter(({ acceptedAt, wrongAt }) => acceptedAt >= from && acceptedAt < at && (wrongAt === null || wrongAt > at)) })
    }
  },
  times: 'keywords',
  spans: ({ keyword }) => [keyword.hours * HOUR, keyword.emergency.minutes * MINUTE],
  names: NO_NAMES,
}

const daySubjects = (hoursOf: (parameters: RiskParameters) => number, namesOf: Gathering['names']): Gathering => ({
  open: async (etx, parameters, first, last) => {
    const tickets = await dayTicketsBetween(etx, parameters, first - hoursOf(parameters) * HOUR, last)
    return (_etx, _parameters, at) => Promise.resolve({ dayTickets: tickets.filter(({ acceptedAt }) => acceptedAt < at) })
  },
  times: 'dayTickets',
  spans: (parameters) => [hoursOf(parameters) * HOUR],
  names: namesOf,
})

/** By rule. What people have confirmed of a case is in none: nobody acts in a replay. */
export const GATHERINGS: Readonly<Record<string, Gathering>> = {
  ...Object.fromEntries(KEYWORD_RULES.map(({ id }) => [id, words])),
  'MR-03': {
    open: each(async (etx, parameters, at) => ({ templateTexts: await templateFacts(etx, parameters, at) })),
    times: 'templateTexts', spans: ({ template }) => [template.hours * HOUR], names: NO_NAMES,
  },
  'MR-05': {
    open: each(async (etx, parameters, at) => ({ keyTickets: (await promptTicketFacts(etx, parameters, at, loadKeyTicketsThen)).keyTickets })),
    times: 'keyTickets', spans: ({ keyCustomer }) => [keyCustomer.hours * HOUR, KEY_REACH], names: NO_NAMES,
  },
  'MR-06': {
    open: each(async (etx, parameters, at, feeds) => ({ appeals: await appealFacts(etx, parameters, feeds, at) })),
    times: 'appeals', spans: () => [DAY], names: NO_NAMES,
  },
  'MR-07': {
    open: each(async (etx, parameters, at) => ({ incidents: await incidentFacts(etx, parameters, at) })),
    times: 'incidents', spans: () => [], names: NO_NAMES,
  },
  'MR-08': {
    open: each(async (etx, parameters, at) => ({ officialTickets: (await promptTicketFacts(etx, parameters, at)).officialTickets })),
    times: 'officialTickets', spans: ({ executive }) => [executive.days * DAY], names: NO_NAMES,
  },
  'MR-09': {
    open: each(async (etx, parameters, at) => ({ opinions: await opinionFacts(etx, parameters, at) })),
    times: 'opinions', spans: ({ opinion }) => [opinion.days * DAY], names: NO_NAMES,
  },
  'MR-13': daySubjects(({ billing }) => billing.hours, ({ billing }) => billing.phenomena),
  'MR-15': {
    open: each(async (etx, parameters, at) => ({ vulnerableTickets: (await countedTicketFacts(etx, parameters, at)).vulnerableTickets })),
    times: 'vulnerableTickets', spans: ({ vulnerable, keyword }) => [vulnerable.days * DAY, keyword.hours * HOUR], names: NO_NAMES,
  },
  'MR-16': {
    open: each(async (etx, parameters, at) => ({ backlogs: await backlogFacts(etx, parameters, at) })),
    times: null, spans: () => [], names: NO_NAMES,
  },
  'MR-19': daySubjects(({ redLine }) => redLine.hours, ({ redLine }) => redLine.phenomena),
  'MR-20': {
    open: each(async (etx, parameters, at) => ({ hotline: await hotlineFacts(etx, parameters, at), incidents: await incidentFacts(etx, parameters, at) })),
    times: 'ownChannels', spans: ({ hotline }) => [hotline.minutes * MINUTE], names: NO_NAMES,
  },
  'MR-21': {
    open: each(async (etx, parameters, at) => ({ disputedTickets: (await countedTicketFacts(etx, parameters, at)).disputedTickets })),
    times: 'disputedTickets', spans: ({ agent }) => [agent.days * DAY], names: NO_NAMES,
  },
}
