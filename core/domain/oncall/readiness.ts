import type { ColourChannels } from '../escalation/channels-of-position.ts'
import { choose, type Means, type Reachable } from '../notification/choose-channels.ts'
import { IM_CHANNELS } from '../notification/contact.ts'
import { DAY, type Instant } from '../time.ts'
import type { ChannelName, LadderChannel, Severity } from '../vocabulary.ts'

/** After how long a proof is said to be old; an old one is no reason to call somebody unreachable. */
export const PROVED_WITHIN = 30 * DAY

/** What of the ladders' channels is said to a person; the rest goes to screens and endpoints. */
export const PERSON_CHANNELS = ['in_app', 'im', 'sms', 'voice', 'email'] as const satisfies readonly LadderChannel[]
export type PersonChannelName = (typeof PERSON_CHANNELS)[number]

export const READINESS_STATES = ['unreachable', 'partly', 'reachable', 'not_called'] as const
/** `not_called`: the ladders of the colour do not name the position. */
export type ReadinessState = (typeof READINESS_STATES)[number]

export const PROOF_KINDS = ['delivered', 'answered', 'test'] as const
/** When something last came to a person by a channel, and what shows it: a receipt, his own answer, or a test that the provider took. */
export interface ChannelProof {
  readonly at: Instant
  readonly how: (typeof PROOF_KINDS)[number]
}

/** All that decides whether one person would hear of an alert at one position. */
export interface ReadinessFacts {
  readonly uses: ColourChannels
  readonly person: Reachable
  /** The providers in use for the position's region. */
  readonly means: Means
  /** The last of each concrete channel. */
  readonly proofs: ReadonlyMap<ChannelName, ChannelProof>
  /** When what he is reached by was last changed; null where he has registered nothing. */
  readonly contactsChangedAt: Instant | null
  readonly isOnLeave: boolean
}

export interface ChannelReadiness {
  readonly channel: PersonChannelName
  /** By which he would be told; null where he would not. */
  readonly via: ChannelName | null
  readonly why: 'no_provider' | 'no_contact' | null
  readonly proof: ChannelProof | null
  /** The proof is older than {@link PROVED_WITHIN}. */
  readonly isOld: boolean
}

export interface ColourReadiness {
  readonly severity: Severity
  readonly state: ReadinessState
  readonly uses: readonly PersonChannelName[]
  readonly missing: readonly PersonChannelName[]
}

export interface PersonReadiness {
  /** The worst of the colours. */
  readonly state: ReadinessState
  /** What makes every channel useless; null where each is judged by itself. */
  readonly why: 'on_leave' | null
  readonly hasPush: boolean
  readonly colours: readonly ColourReadiness[]
  /** Those that any colour uses. */
  readonly channels: readonly ChannelReadiness[]
}

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

/** A proof counts for what he is reached by now: what came to an account or number that was changed since proves nothing. */
function proofOf({ proofs, contactsChangedAt }: ReadinessFacts, via: ChannelName): ChannelProof | null {
  const proof = proofs.get(via) ?? null
  if (proof === null || via === 'in_app') return proof
  return contactsChangedAt !== null && proof.at >= contactsChangedAt ? proof : null
}

function channelOf(facts: ReadinessFacts, channel: PersonChannelName, now: Instant): ChannelReadiness {
  const choice = choose(channel, facts.person, facts.means)
  if (choice !== null && choice.kind === 'send') {
    const proof = proofOf(facts, choice.channel)
    return { channel, via: choice.channel, why: null, proof, isOld: proof !== null && now - proof.at > PROVED_WITHIN }
  }
  const isServed = channel === 'im' ? IM_CHANNELS.some((im) => facts.means.has(im)) : channel !== 'in_app' && facts.means.has(channel)
  return { channel, via: null, why: isServed ? 'no_contact' : 'no_provider', proof: null, isOld: false }
}

function stateOf(outside: readonly PersonChannelName[], missing: readonly PersonChannelName[], isAway: boolean): ReadinessState {
  if (isAway) return 'unreachable'
  if (missing.length === 0) return 'reachable'
  return missing.length === outside.length ? 'unreachable' : 'partly'
}

function colourOf(uses: readonly PersonChannelName[], severity: Severity, lacking: ReadonlySet<PersonChannelName>, isAway: boolean): ColourReadiness {
  if (uses.length === 0) return { severity, state: 'not_called', uses, missing: [] }
  const missing = isAway ? uses : uses.filter((channel) => lacking.has(channel))
  return { severity, state: stateOf(uses.filter((channel) => channel !== 'in_app'), missing, isAway), uses, missing }
}

const worst = (states: readonly ReadinessState[]): ReadinessState => READINESS_STATES.find((state) => states.includes(state)) ?? 'not_called'

/**
 * Whether a person would hear of an alert at a position, colour by colour and why not (research: F9): reachable where every channel of the colour would be used, partly
 * where some would, unreachable where nothing but the screen is left. A colour that uses the screen alone is reachable by it. The channels are chosen as
 * a step chooses them. How long ago a channel was proved is told and decides nothing.
 */
export function readinessOf(facts: ReadinessFacts, now: Instant): PersonReadiness {
  const why = facts.isOnLeave ? 'on_leave' : null
  const usesOf = (severity: Severity) => PERSON_CHANNELS.filter((channel) => facts.uses[severity].includes(channel))
  const channels = PERSON_CHANNELS.filter((channel) => SEVERITIES.some((severity) => usesOf(severity).includes(channel))).map((channel) => channelOf(facts, channel, now))
  const lacking = new Set(channels.filter(({ via }) => via === null).map(({ channel }) => channel))
  const colours = SEVERITIES.map((severity) => colourOf(usesOf(severity), severity, lacking, why !== null))
  return { state: worst(colours.map(({ state }) => state)), why, hasPush: facts.person.hasPush === true, colours, channels }
}
