import { CONTACT_OF, type OutsideChannel, PROVIDER_KINDS } from '../../core/domain/notification/contact.ts'
import { type Collective, saidTogether } from '../../core/domain/notification/collective.ts'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import type { Message } from '../../core/domain/notification/message.ts'
import type { Instant } from '../../core/domain/time.ts'
import { colourOf } from '../../core/domain/vocabulary.ts'
import { openContacts } from '../../core/engine/contacts.ts'
import type { Engine } from '../../core/engine/context.ts'
import { issueReplyCode } from '../../core/engine/page-answers.ts'
import { ackToken } from '../../core/platform/ack-token.ts'
import { unseal } from '../../core/platform/seal.ts'
import { loadContacts } from '../../core/store/contact-store.ts'
import { loadProvider, type ProviderTarget } from '../../core/store/provider-store.ts'
import type { Call, Channel, ChannelContext, Delivery } from './channel.ts'

/** What is said, without anything of a customer. */
export interface Words {
  readonly deliveryId: string
  readonly zh: string
  readonly en: string
  /** Full address, or only the path when the deployment does not know its own (TOCSIN_PUBLIC_URL). */
  readonly link: string
  /** An earlier call may have arrived: said so visibly. */
  readonly isRepeat: boolean
  /** How it can be answered where it stands: by the short message's code, by the button of a card. Null: only by the link. */
  readonly answer: { readonly code: string | null; readonly token: string } | null
  /** It says several alerts, of which none is answered by answering the message. */
  readonly isTogether: boolean
  /** What it is about, for whoever sorts messages: alert, rule, colour and step, or how many alerts it says; empty for a test. */
  readonly about: Readonly<Partial<Record<'alert' | 'rule' | 'colour' | 'step' | 'alerts', string>>>
}

/** Everything that one call of a provider needs, opened. */
export interface Line {
  readonly provider: ProviderTarget
  /** The half of the secrets that goes into the address or stands for a name: a robot's key. */
  readonly token: string
  /** The half that signs, or a password. */
  readonly secret: string
  /** Whom: a number, an address, an account. */
  readonly to: string
  readonly allow: readonly string[]
  readonly timeoutMs: number
}

/** A channel that leaves the deployment for one person, by way of a provider. */
export interface PersonChannel extends Channel {
  readonly name: OutsideChannel
  /** Makes one call over an opened line. Never throws. */
  readonly say: (line: Line, words: Words, at: Instant) => Promise<Attempt>
}

/** How a channel speaks. Neither throws. */
type Facts = Omit<PersonChannel, 'prepare' | 'say'> &
  (
    | Pick<PersonChannel, 'say'>
    /** Where something is fetched or opened first (a token, a conversation): done before the last look at the alert, what is left is the call. Unused it ends by itself. */
    | { readonly dial: (line: Line, words: Words, at: Instant) => Promise<Call | Attempt> }
  )

const sayOf = (facts: Facts): PersonChannel['say'] =>
  'say' in facts
    ? facts.say
    : async (line, words, at) => {
        const call = await facts.dial(line, words, at)
        return typeof call === 'function' ? call(at) : call
      }

const REPEATED = { zh: '【可能重复】', en: '[may be repeated] ' }
/** Both languages, the Chinese first, with the mark of a repeat and the link. */
export const inBoth = ({ zh, en, link, isRepeat }: Words): string =>
  `${isRepeat ? REPEATED.zh : ''}${zh}\n${isRepeat ? REPEATED.en : ''}${en}\n${link}`
/** The Chinese alone, for what is read in one breath. */
export const inShort = ({ zh, isRepeat }: Words): string => `${isRepeat ? REPEATED.zh : ''}${zh}`

const rejected = (zh: string, en: string): Attempt => ({ kind: 'rejected', detail: { zh, en } })
const NO_SECRET = rejected('通道密钥无法解开（部署密钥是否换过？），请重新填写', "the provider's secret does not open (was the deployment's secret changed?): enter it again")

/** Of a page for one alert its own facts, of one for several the gravest colour and their number. */
function aboutOf(payload: Delivery['payload'], together: number | null): Words['about'] {
  if (together !== null) return { alerts: String(together), colour: colourOf((payload as unknown as Collective).severity) }
  const { alertId, ruleId, colour, step } = payload as unknown as Message
  return { alert: alertId, rule: ruleId, colour, step: String(step) }
}

/** The line to one person through one provider, or why there is none. */
export async function openLine(engine: Engine, channel: PersonChannel, provider: ProviderTarget, userId: string, context: ChannelContext): Promise<Line | Attempt> {
  const [stored] = await loadContacts(engine.pool, [userId])
  const to = stored === undefined ? undefined : openContacts(engine.secret, stored)[CONTACT_OF[channel.name]]
  if (to === undefined) return rejected('本人未登记此渠道的联系方式', 'the person has registered no contact for this channel')
  try {
    const { token = '', secret = '' } = JSON.parse(unseal(engine.secret, provider.id, provider.secretsSealed)) as { token?: string; secret?: string }
    return { provider, token, secret, to, allow: context.webhookAllow, timeoutMs: channel.limits.timeoutMs }
  } catch {
    return NO_SECRET
  }
}

/** Whether opening a line ended without one. */
export const isAttempt = (line: Line | Attempt): line is Attempt => 'detail' in line

/** What a page that asks for an acknowledgement carries to be answered by, where answers of this provider come back. */
async function answerOf(engine: Engine, { name }: PersonChannel, provider: ProviderTarget, delivery: Delivery, at: Instant): Promise<Words['answer']> {
  if (!provider.takesAnswers || delivery.payload['asked'] !== 'acknowledge') return null
  const { outboxId, deliveryId, alertId, step, target: userId } = delivery
  const code = name === 'sms' ? await issueReplyCode(engine, engine.pool, { outboxId, deliveryId, alertId, step, userId }, at) : null
  return { code, token: ackToken(engine.secret, deliveryId) }
}

/** A channel made of how it speaks: the provider and the person are looked up when it is called, so that a changed number counts at once. */
export function personChannel(facts: Facts): PersonChannel {
  const say = sayOf(facts)
  const channel: PersonChannel = {
    ...facts,
    say,
    async prepare(engine, delivery, context, at) {
      const provider = delivery.providerId === null ? undefined : await loadProvider(engine.pool, delivery.providerId)
      if (provider === undefined || PROVIDER_KINDS[provider.kind] !== channel.name) return rejected('没有启用的通道', 'no provider is in use')
      const line = await openLine(engine, channel, provider, delivery.target, context)
      if (isAttempt(line)) return line
      const { textZh, textEn, link: list } = delivery.payload as { textZh: string; textEn: string; link: string }
      const answer = await answerOf(engine, channel, provider, delivery, at)
      const together = saidTogether(delivery.payload)
      const isTogether = together !== null
      // The link acknowledges as this person: it is made when the page leaves, and nothing of it is stored.
      const link = isTogether ? list : `/ack/${ackToken(engine.secret, delivery.deliveryId)}`
      const words = { deliveryId: delivery.deliveryId, zh: textZh, en: textEn, link: `${context.publicUrl ?? ''}${link}`, isRepeat: delivery.isRepeat, answer, isTogether, about: aboutOf(delivery.payload, together) }
      return 'dial' in facts ? facts.dial(line, words, at) : (calledAt) => say(line, words, calledAt)
    },
  }
  return channel
}
