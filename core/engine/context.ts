import type { AbnormalParameters } from '../domain/abnormal/abnormal-rule.ts'
import type { CalendarBody } from '../domain/calendar.ts'
import type { RestatementSettings } from '../domain/count/restatement-settings.ts'
import type { Dictionary } from '../domain/dictionary/dictionary.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import type { KeywordDictionary } from '../domain/keyword/dictionary.ts'
import type { NearDuplicateParameters } from '../domain/near-duplicate/parameters.ts'
import type { RetentionMonths } from '../domain/protect/retention.ts'
import type { RegionTree } from '../domain/region.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import type { ClockLimits } from '../domain/ticket/limits.ts'
import type { Instant, Zone } from '../domain/time.ts'
import type { Pool, Tx } from '../platform/database.ts'
import type { Logger } from '../platform/log.ts'
import type { FeedBuffer } from './feed-buffer.ts'
import type { HashKeys } from './protect-keys.ts'

/** One kind of versioned configuration as in force at an instant. */
export interface Versioned<T> {
  readonly version: number
  readonly body: T
}

/** All versioned configuration in force (design.md section 4); loaded by core/store/config-store.ts. */
export interface Settings {
  readonly limits: Versioned<ClockLimits>
  readonly abnormal: Versioned<AbnormalParameters>
  readonly risk: Versioned<RiskParameters>
  readonly ladders: Versioned<LadderSet>
  readonly retention: Versioned<RetentionMonths>
  readonly calendar: Versioned<CalendarBody>
  readonly dictionary: Versioned<Dictionary>
  readonly restatement: Versioned<RestatementSettings>
  readonly nearDuplicate: Versioned<NearDuplicateParameters>
  readonly keywords: Versioned<KeywordDictionary>
}

export type Bell = 'ingest' | 'tally' | 'timers' | 'risk' | 'escalate' | 'notify' | 'figures' | 'back-tests'

/** What every step of the engine stands on. `settings` is asked each time, so that a new version is seen without a restart. */
export interface Engine {
  readonly pool: Pool
  readonly tree: RegionTree
  readonly zone: Zone
  /** The deployment's secret: signs sessions, seals what webhooks are signed with. */
  readonly secret: string
  /** What numbers are hashed with (core/engine/protect-keys.ts). */
  readonly hashKeys: HashKeys
  readonly log: Logger
  readonly settings: (at: Instant) => Promise<Settings>
  /** Rings a queue's bell after a commit; never throws, losing it costs at most one sweep. */
  readonly ring: (bell: Bell) => void
}

/** One engine transaction: SQL, the feed rows that it will publish at its end, the bells to ring once it has committed. */
export interface EngineTx {
  readonly engine: Engine
  readonly tx: Tx
  readonly settings: Settings
  readonly now: Instant
  readonly feed: FeedBuffer
  readonly bells: Set<Bell>
}
