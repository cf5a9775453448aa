import type { TextKind } from '../near-duplicate/text-facts.ts'
import type { Instant } from '../time.ts'
import type { Level, Severity, SpreadLevel } from '../vocabulary.ts'
import type { Matter } from './matter.ts'
import type { BaselineValues } from './surge.ts'
import type { KeyCustomerMarks } from './ticket-marks.ts'

/** An incident that was open at the tick (domain.md MR-07). */
export interface IncidentFact {
  readonly incidentId: string
  readonly product: string
  /** The lowest node that holds all its regions. */
  readonly regionCode: string
  readonly startedAt: Instant
  /** The latest figure; null where none was told. */
  readonly users: number | null
  /** Tickets of its phenomena, or with words of an outage (KW-OUT), in its regions, accepted since it began: all, and those of the last minutes that count for blue. */
  readonly tickets: readonly string[]
  readonly recentTickets: number
}

/** A province's feed at the tick (MR-17). */
export interface FeedFact {
  readonly provinceCode: string
  readonly lastOccurredAt: Instant
  readonly lastReceivedAt: Instant
  /** T in ms; Infinity where nothing is expected. */
  readonly silentAfterMs: number
}

/** Appeals of a province in the 24 h before the tick (MR-06). */
export interface AppealFact {
  readonly regionCode: string
  readonly tickets: readonly string[]
  /** The same of whole past days. */
  readonly past: BaselineValues
}

/** An opinion item that stands unhandled at the tick (MR-09). */
export interface OpinionFact {
  readonly opinionId: string
  readonly regionCode: string
  readonly medium: string
  readonly topic: string
  readonly phenomenon: string
  readonly reach: number | null
  readonly spread: SpreadLevel | null
}

/** A valid ticket of the trailing day with one of the phenomena that MR-13 and MR-19 watch, or with words that feed them. */
export interface DayTicket {
  readonly ticketKey: string
  readonly customerKey: string
  readonly phenomenon: string
  /** What the charge is for; empty where the source says nothing. */
  readonly product: string
  readonly regionCode: string
  readonly acceptedAt: Instant
  /** Categories of words in its text that feed one of these rules (domain.md 5.4). */
  readonly words: readonly string[]
}

/** A valid ticket of the trailing day whose text is one of a cluster of near-duplicates, or which its province reported as a template, or whose words feed MR-03. */
export interface TemplateText {
  /** Null for one that was reported, or is here for its words. */
  readonly cluster: string | null
  /** By words of organised claims (KW-MLC). */
  readonly isByWords: boolean
  readonly kind: TextKind
  readonly ticketKey: string
  readonly customerKey: string
  /** Keyed hashes; null where the ticket names none. */
  readonly contactKey: string | null
  readonly addressKey: string | null
  readonly isProxy: boolean
  readonly phenomenon: string
  readonly regionCode: string
}

/** Calls of a province that entered the human queue in the minutes before the tick, short abandons left out (MR-20, K-59). */
export interface HotlineFact {
  readonly provinceCode: string
  readonly calls: number
  readonly answered: number
}

/** A valid ticket of a VIP, key person or star-7 customer: open, or accepted in the hours that MR-05 counts. */
export interface KeyTicket extends KeyCustomerMarks {
  readonly ticketKey: string
  readonly customerKey: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly acceptedAt: Instant
  readonly closedAt: Instant | null
}

/** A valid ticket over a channel of authorities or the management (MR-08). */
export interface OfficialTicket {
  readonly ticketKey: string
  readonly customerKey: string
  readonly channel: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly acceptedAt: Instant
  readonly closedAt: Instant | null
  /** When a ministry ordered it to be handled; null where none did. */
  readonly orderedAt: Instant | null
}

/** A valid complaint that disputes what a hall, an agent or a salesperson did (MR-21). */
export interface DisputedTicket {
  readonly ticketKey: string
  readonly customerKey: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly agent: string
}

/** A valid complaint of a minor or an elderly person about money or a sale (MR-15). */
export interface VulnerableTicket {
  readonly ticketKey: string
  readonly customerKey: string
  readonly phenomenon: string
  readonly regionCode: string
  readonly acceptedAt: Instant
  /** The hall or agent that it names; empty where it names none. */
  readonly agent: string
  readonly isInMedia: boolean
}

/** What was open in a province at the last full hour, and what it finished on the whole days before (MR-16). */
export interface BacklogFact {
  readonly provinceCode: string
  readonly open: number
  readonly over48h: number
  /** Over all of `backlog.days`. */
  readonly finished: number
}

/** A case that was live at the tick, or ended within the hours that MR-18 looks back. */
export interface CaseFact {
  readonly alertId: string
  readonly matter: Matter
  /** Null for a case above provinces. */
  readonly provinceCode: string | null
  readonly severity: Level
}

/** What a person has confirmed of a live case, such as the number of wrongly charged users (MR-13). */
export interface ConfirmedFact {
  readonly alertId: string
  readonly matter: Matter
  readonly regionCode: string
  readonly users: number
  /** The rules that have read something of the case. */
  readonly rules: readonly string[]
}

/** A word of the keyword dictionary that alerts in a valid ticket of the trailing hours (domain.md 5.4). */
export interface KeywordFact {
  readonly ticketKey: string
  readonly customerKey: string
  readonly category: string
  readonly zh: string
  readonly en: string
  readonly word: string
  /** The category's colour. */
  readonly colour: Severity
  /** Opens MR-04; else it is for other rules only. */
  readonly opensCase: boolean
  /** Says that emergency numbers cannot be reached. */
  readonly isEmergency: boolean
  readonly phenomenon: string
  readonly regionCode: string
  readonly acceptedAt: Instant
}

/** What the rules of facts look at, as it was at one tick. */
export interface RiskFacts {
  readonly incidents: readonly IncidentFact[]
  readonly feeds: readonly FeedFact[]
  readonly appeals: readonly AppealFact[]
  readonly opinions: readonly OpinionFact[]
  readonly dayTickets: readonly DayTicket[]
  readonly templateTexts: readonly TemplateText[]
  readonly cases: readonly CaseFact[]
  readonly confirmed: readonly ConfirmedFact[]
  readonly keywords: readonly KeywordFact[]
  readonly hotline: readonly HotlineFact[]
  readonly keyTickets: readonly KeyTicket[]
  readonly officialTickets: readonly OfficialTicket[]
  readonly disputedTickets: readonly DisputedTicket[]
  readonly vulnerableTickets: readonly VulnerableTicket[]
  readonly backlogs: readonly BacklogFact[]
}

export const NO_FACTS: RiskFacts = {
  incidents: [],
  feeds: [],
  appeals: [],
  opinions: [],
  dayTickets: [],
  templateTexts: [],
  cases: [],
  confirmed: [],
  keywords: [],
  hotline: [],
  keyTickets: [],
  officialTickets: [],
  disputedTickets: [],
  vulnerableTickets: [],
  backlogs: [],
}
