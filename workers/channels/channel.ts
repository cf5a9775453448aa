import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { ChannelName } from '../../core/domain/vocabulary.ts'
import type { Engine } from '../../core/engine/context.ts'

/** What the channels of a deployment may do outside it. */
export interface ChannelContext {
  /** CIDRs that webhooks and providers may reach although they are not public (TOCSIN_WEBHOOK_ALLOW). */
  readonly webhookAllow: readonly string[]
  /** Where people open this deployment (TOCSIN_PUBLIC_URL), without a slash at the end; left out: messages carry the path alone. */
  readonly publicUrl?: string | null
  /** Push services that may be called (TOCSIN_PUSH_HOSTS); left out: those of the browsers. */
  readonly pushHosts?: readonly string[]
  /** Where this process receives the pages of canaries (workers/far-side.ts); left out: it raises none. */
  readonly canaryUrl?: string
}

/** One thing to be said to one target, once. */
export interface Delivery {
  readonly outboxId: string
  /** The same for a repeat: the receiver can drop what it has. */
  readonly deliveryId: string
  readonly alertId: string
  readonly severity: number
  readonly step: number
  readonly target: string
  /** The message (core/domain/notification/message.ts). */
  readonly payload: Readonly<Record<string, unknown>>
  /** An earlier call may have arrived: said so visibly. */
  readonly isRepeat: boolean
  readonly regionCode: string
  readonly regionPath: string
  /** Through whom, for channels that need a provider. */
  readonly providerId: string | null
}

/** Makes one call at an instant. Never throws: what happened is the answer. */
export type Call = (at: Instant) => Promise<Attempt>

/** One way to tell somebody: one file in this folder and one line in catalogue.ts; its name in vocabulary.ts and the web dictionary. */
export interface Channel {
  readonly name: ChannelName
  readonly nameZh: string
  readonly nameEn: string
  /** Drops a second delivery with the same id by itself: calling again after a crash is no repeat. */
  readonly isIdempotent: boolean
  /** Whether the provider can be asked what became of a call. */
  readonly isQueryable: boolean
  /** What counts as delivered: the client's confirmation, the provider's receipt, its acceptance, or nothing that it could say (domain.md 7.3). */
  readonly receipts: 'client' | 'provider' | 'acceptance' | 'none'
  readonly limits: {
    /** A call ends by itself within this, in milliseconds. */
    readonly timeoutMs: number
    /** Calls to one target at the same time. */
    readonly perTarget: number
  }
  /**
   * Looks up what a call needs and returns the call, or why there can be none. Everything that may have to wait (database, keys) belongs
   * here: between the last look at whether the alert still asks and the call nothing may stand (invariant 9).
   */
  readonly prepare: (engine: Engine, delivery: Delivery, context: ChannelContext, at: Instant) => Promise<Call | Attempt>
}
