import type { ChannelName, LadderChannel, Severity } from '../vocabulary.ts'
import { CONTACT_OF, type ContactKind, IM_CHANNELS, type ImChannel, type OutsideChannel } from './contact.ts'
import type { Outcome } from './outcome.ts'

/** What of a person decides by which channel he is told. */
export interface Reachable {
  readonly has: ReadonlySet<ContactKind>
  readonly preferredIm: ImChannel | null
  /** A browser of his shows pages while the desk is closed. */
  readonly hasPush?: boolean
}

/** The channels for which the deployment, or the province, has a provider in use. */
export type Means = ReadonlySet<OutsideChannel>

/** One page to be sent, or why there is none. `channel` of a refusal is the ladder's word. */
export type Choice =
  | { readonly kind: 'send'; readonly channel: ChannelName }
  | { readonly kind: 'refuse'; readonly channel: LadderChannel; readonly why: Outcome }

const NO_PROVIDER: Readonly<Record<'im' | 'sms' | 'voice' | 'email', Outcome>> = {
  im: { zh: '未发：没有启用的企业即时通讯', en: 'not sent: no enterprise chat is in use' },
  sms: { zh: '未发：没有启用的短信网关', en: 'not sent: no SMS gateway is in use' },
  voice: { zh: '未发：没有启用的语音网关', en: 'not sent: no voice gateway is in use' },
  email: { zh: '未发：没有启用的邮件服务器', en: 'not sent: no mail server is in use' },
}
const NO_CONTACT: Readonly<Record<'im' | 'sms' | 'voice' | 'email', Outcome>> = {
  im: { zh: '未发：本人未登记可用的即时通讯账号', en: 'not sent: the person has no account of a chat in use' },
  sms: { zh: '未发：本人未登记手机号', en: 'not sent: the person has no mobile number' },
  voice: { zh: '未发：本人未登记手机号', en: 'not sent: the person has no mobile number' },
  email: { zh: '未发：本人未登记邮箱', en: 'not sent: the person has no e-mail address' },
}

function imOf(person: Reachable, means: Means): Choice {
  const inUse = IM_CHANNELS.filter((im) => means.has(im))
  if (inUse.length === 0) return { kind: 'refuse', channel: 'im', why: NO_PROVIDER.im }
  const usable = inUse.filter((im) => person.has.has(im))
  const chosen = usable.find((im) => im === person.preferredIm) ?? usable[0]
  return chosen === undefined ? { kind: 'refuse', channel: 'im', why: NO_CONTACT.im } : { kind: 'send', channel: chosen }
}

/** How one person is told by one channel of a ladder; null for what is not said to a person (wall, webhook). */
export function choose(channel: LadderChannel, person: Reachable, means: Means): Choice | null {
  if (channel === 'wall' || channel === 'webhook') return null
  if (channel === 'in_app') return { kind: 'send', channel }
  if (channel === 'im') return imOf(person, means)
  if (!means.has(channel)) return { kind: 'refuse', channel, why: NO_PROVIDER[channel] }
  return person.has.has(CONTACT_OF[channel]) ? { kind: 'send', channel } : { kind: 'refuse', channel, why: NO_CONTACT[channel] }
}

/** What one person is told by a step, or why not, one entry for each of the step's channels (domain.md 7.3); in the application is in his browsers too. */
export function chooseChannels(planned: readonly LadderChannel[], person: Reachable, means: Means): Choice[] {
  const choices = [...new Set(planned)].map((channel) => choose(channel, person, means)).filter((choice) => choice !== null)
  return person.hasPush === true && planned.includes('in_app') ? [...choices, { kind: 'send', channel: 'web_push' }] : choices
}

/** The ladder's word for a concrete channel. */
const ladderWord = (channel: ChannelName | LadderChannel): LadderChannel =>
  (IM_CHANNELS as readonly string[]).includes(channel) ? 'im' : (channel as LadderChannel)

const SECONDS = 1_000
type Next = LadderChannel | 'next_person'
/** domain.md 7.3; how long a call may stay unanswered is ours (docs/adr/0030). */
const FALLBACKS: Readonly<Partial<Record<LadderChannel, { readonly to: Next; readonly afterMs: number; readonly from: Severity }>>> = {
  in_app: { to: 'im', afterMs: 60 * SECONDS, from: 2 },
  im: { to: 'sms', afterMs: 120 * SECONDS, from: 2 },
  sms: { to: 'voice', afterMs: 180 * SECONDS, from: 3 },
  voice: { to: 'next_person', afterMs: 120 * SECONDS, from: 1 },
}

function fallbackOf(channel: ChannelName | LadderChannel, severity: Severity) {
  const fallback = FALLBACKS[ladderWord(channel)]
  return fallback === undefined || severity < fallback.from ? null : fallback
}

/** How long silence on a channel is borne before the next one starts, in milliseconds; null where none follows for this colour. */
export const silenceLimit = (channel: ChannelName | LadderChannel, severity: Severity): number | null => fallbackOf(channel, severity)?.afterMs ?? null

/** What of one step was said to the person already, by concrete channel or, where refused, by the ladder's word. */
export type Said = ReadonlyMap<string, 'told' | 'refused'>

/** What follows on silence. */
export interface Fallback {
  readonly choices: readonly Choice[]
  /** The chain has come to its end with this person: whoever else holds the position. */
  readonly asksNextPerson: boolean
}

/**
 * What follows when `channel` was silent, failed or could not be used: the next channel of domain.md 7.3 that can be used, each that cannot
 * with its reason; nothing when the person is told by that next channel in this step already, for it has a fallback of its own.
 */
export function fallbackFor(channel: ChannelName | LadderChannel, severity: Severity, person: Reachable, means: Means, said: Said): Fallback {
  const choices: Choice[] = []
  for (let next = fallbackOf(channel, severity); next !== null; next = fallbackOf(next.to as LadderChannel, severity)) {
    if (next.to === 'next_person') return { choices, asksNextPerson: true }
    const choice = choose(next.to, person, means)
    if (choice === null || said.get(choice.channel) === 'told') break
    if (choice.kind === 'send') return { choices: [...choices, choice], asksNextPerson: false }
    if (!said.has(choice.channel)) choices.push(choice)
  }
  return { choices, asksNextPerson: false }
}
