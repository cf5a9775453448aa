import { randomUUID } from 'node:crypto'
import { isOutside, kindsOf, PROVIDER_KINDS } from '../../core/domain/notification/contact.ts'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { written } from '../../core/domain/notification/outcome.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { findProviders, type ProviderTarget, saveProof, takeTest } from '../../core/store/provider-store.ts'
import { saveContactTest, takeContactTest } from '../../core/store/readiness-store.ts'
import { PERSON_CHANNELS } from './catalogue.ts'
import type { ChannelContext } from './channel.ts'
import { isAttempt, openLine, type PersonChannel } from './person-channel.ts'

const WORDS = {
  zh: '警钟通道测试：收到即表示本通道可用，无需处理',
  en: 'Tocsin channel test: receiving this shows that the channel works; nothing is asked of you',
  isRepeat: false,
  answer: null,
  isTogether: false,
  about: {},
}

/** Calls one provider once, to the contact of one person. */
async function sayTest(engine: Engine, provider: ProviderTarget, to: { readonly userId: string; readonly deliveryId: string; readonly link: string }, context: ChannelContext, at: Instant): Promise<Attempt> {
  const channel: PersonChannel = PERSON_CHANNELS[PROVIDER_KINDS[provider.kind]]
  const line = await openLine(engine, channel, provider, to.userId, context)
  if (isAttempt(line)) return line
  return channel.say(line, { ...WORDS, link: `${context.publicUrl ?? ''}${to.link}`, deliveryId: to.deliveryId }, at)
}

/** Makes the tests that administrators asked for, each once, to the contact of who asked, and keeps the answer as the provider's proof. */
export async function runProviderTests(engine: Engine, context: ChannelContext, present: () => Instant): Promise<void> {
  for (let test = await takeTest(engine.pool); test !== undefined; test = await takeTest(engine.pool)) {
    const { kind, detail } = await sayTest(engine, test, { userId: test.userId, deliveryId: randomUUID(), link: '/admin' }, context, present())
    await saveProof(engine.pool, test.id, { ok: kind === 'accepted', outcome: detail }, present())
  }
}

const NO_PROVIDER: Attempt = { kind: 'rejected', detail: { zh: '没有启用的通道', en: 'no provider is in use' } }

/** Makes the tests that people asked for to themselves, each once: through the providers of their region, the nearest first, until one takes it. */
export async function runContactTests(engine: Engine, context: ChannelContext, present: () => Instant): Promise<void> {
  for (let test = await takeContactTest(engine.pool, present()); test !== undefined; test = await takeContactTest(engine.pool, present())) {
    const { id, userId, channel, regionPath } = test
    const providers = isOutside(channel) ? await findProviders(engine.pool, kindsOf(channel), regionPath) : []
    let last = NO_PROVIDER
    for (const provider of providers) {
      last = await sayTest(engine, provider, { userId, deliveryId: id, link: '/me' }, context, present())
      if (last.kind === 'accepted') break
    }
    await saveContactTest(engine.pool, id, { ok: last.kind === 'accepted', outcome: written(last.detail) }, present())
  }
}
