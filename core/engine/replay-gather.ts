import type { GroupedFacts } from '../domain/risk/fact-grouping.ts'
import type { KeywordFact, RiskFacts } from '../domain/risk/facts.ts'
import type { FactTimes } from '../domain/risk/groups-in-time.ts'
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

/** Facts of a rule that are read at each look at which they may differ, by the gathering of the ticks. */
export interface LookedFacts {
  readonly by: 'look'
  readonly read: (etx: EngineTx, parameters: RiskParameters, at: Instant, feeds: Feeds) => Promise<Partial<RiskFacts>>
  /** When they change; null: by the hour alone. */
  readonly times: TimedFacts | null
  /** How long after its instant a fact stops counting, ms: each is one more change. */
  readonly spans: (parameters: RiskParameters) => readonly number[]
}

/** Facts that are read once, in the order in which tickets were accepted, and kept for as long as they count: of rules that read them in groups. */
export interface KeptFacts {
  readonly by: 'ticket'
  readonly facts: GroupedFacts
  /** Those of tickets accepted in `[from, to)`, by the dictionary in force. */
  readonly load: (etx: EngineTx, parameters: RiskParameters, from: Instant, to: Instant) => Promise<RiskFacts[GroupedFacts]>
  readonly times: (parameters: RiskParameters) => FactTimes<RiskFacts[GroupedFacts][number]>
  /** How long a fact counts at most after its ticket was accepted, ms. */
  readonly reach: (parameters: RiskParameters) => number
  /** Where looks between ticks find when they came; null where no such rule reads them. */
  readonly arrivals: TimedFacts | null
}

/** How a rule of facts is replayed. */
export type Gathering = LookedFacts | KeptFacts

const at = (times: TimedFacts | null, spans: LookedFacts['spans'], read: LookedFacts['read']): LookedFacts => ({ by: 'look', times, spans, read })

type WordFact = DatedHit & KeywordFact

const words: KeptFacts = {
  by: 'ticket',
  facts: 'keywords',
  load: async ({ tx, settings }, _parameters, from, to) => describedHits(await loadDatedHits(tx, from, to), settings.keywords.body),
  times: ({ keyword }) => {
    const [hours, minutes] = [keyword.hours * HOUR, keyword.emergency.minutes * MINUTE]
    return {
      // As the instant had them: words called wrong later still counted.
      counts: ({ acceptedAt, wrongAt }: WordFact, now) => acceptedAt >= now - hours && acceptedAt < now && (wrongAt === null || wrongAt > now),
      changes: ({ acceptedAt, wrongAt }: WordFact) => [acceptedAt, ...(wrongAt === null || wrongAt > acceptedAt + hours ? [] : [wrongAt]), acceptedAt + minutes, acceptedAt + hours],
    }
  },
  reach: ({ keyword }) => Math.max(keyword.hours * HOUR, keyword.emergency.minutes * MINUTE),
  arrivals: 'keywords',
}

const daySubjects = (hoursOf: (parameters: RiskParameters) => number): KeptFacts => ({
  by: 'ticket',
  facts: 'dayTickets',
  load: dayTicketsBetween,
  times: (parameters) => ({
    counts: ({ acceptedAt }, now) => acceptedAt < now,
    changes: ({ acceptedAt }) => [acceptedAt, acceptedAt + hoursOf(parameters) * HOUR],
  }),
  reach: (parameters) => hoursOf(parameters) * HOUR,
  arrivals: null,
})

/** By rule. What people have confirmed of a case is in none: nobody acts in a replay. */
export const GATHERINGS: Readonly<Record<string, Gathering>> = {
  ...Object.fromEntries(KEYWORD_RULES.map(({ id }) => [id, words])),
  'MR-03': at('templateTexts', ({ template }) => [template.hours * HOUR], async (etx, parameters, now) => ({ templateTexts: await templateFacts(etx, parameters, now) })),
  'MR-05': at('keyTickets', ({ keyCustomer }) => [keyCustomer.hours * HOUR, KEY_REACH], async (etx, parameters, now) => ({ keyTickets: (await promptTicketFacts(etx, parameters, now, loadKeyTicketsThen)).keyTickets })),
  'MR-06': at('appeals', () => [DAY], async (etx, parameters, now, feeds) => ({ appeals: await appealFacts(etx, parameters, feeds, now) })),
  'MR-07': at('incidents', () => [], async (etx, parameters, now) => ({ incidents: await incidentFacts(etx, parameters, now) })),
  'MR-08': at('officialTickets', ({ executive }) => [executive.days * DAY], async (etx, parameters, now) => ({ officialTickets: (await promptTicketFacts(etx, parameters, now)).officialTickets })),
  'MR-09': at('opinions', ({ opinion }) => [opinion.days * DAY], async (etx, parameters, now) => ({ opinions: await opinionFacts(etx, parameters, now) })),
  'MR-13': daySubjects(({ billing }) => billing.hours),
  'MR-15': at('vulnerableTickets', ({ vulnerable, keyword }) => [vulnerable.days * DAY, keyword.hours * HOUR], async (etx, parameters, now) => ({ vulnerableTickets: (await countedTicketFacts(etx, parameters, now)).vulnerableTickets })),
  'MR-16': at(null, () => [], async (etx, parameters, now) => ({ backlogs: await backlogFacts(etx, parameters, now) })),
  'MR-19': daySubjects(({ redLine }) => redLine.hours),
  'MR-20': at('ownChannels', ({ hotline }) => [hotline.minutes * MINUTE], async (etx, parameters, now) => ({ hotline: await hotlineFacts(etx, parameters, now), incidents: await incidentFacts(etx, parameters, now) })),
  'MR-21': at('disputedTickets', ({ agent }) => [agent.days * DAY], async (etx, parameters, now) => ({ disputedTickets: (await countedTicketFacts(etx, parameters, now)).disputedTickets })),
}
