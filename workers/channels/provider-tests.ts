import { randomUUID } from 'node:crypto'
import { type OutsideChannel, PROVIDER_KINDS } from '../../core/domain/notification/contact.ts'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { saveProof, takeTest } from '../../core/store/provider-store.ts'
import { PERSON_CHANNELS } from './catalogue.ts'
import type { ChannelContext } from './channel.ts'
import { isAttempt, openLine, type PersonChannel } from './person-channel.ts'

const WORDS = {
  zh: '警钟通道测试：收到即表示本通道可用，无需处理',
  en: 'Tocsin channel test: receiving this shows that the channel works; nothing is asked of you',
  link: '/admin',
  isRepeat: false,
  answer: null,
}

async function make(engine: Engine, test: NonNullable<Awaited<ReturnType<typeof takeTest>>>, context: ChannelContext, at: Instant): Promise<Attempt> {
  const name: OutsideChannel = PROVIDER_KINDS[test.kind]
  const channel: PersonChannel = PERSON_CHANNELS[name]
  const line = await openLine(engine, channel, test, test.userId, context)
  if (isAttempt(line)) return line
  return channel.say(line, { ...WORDS, link: `${context.publicUrl ?? ''}${WORDS.link}`, deliveryId: randomUUID() }, at)
}

/** Makes the tests that administrators asked for, each once, to the contact of who asked, and keeps the answer as the provider's proof. */
export async function runProviderTests(engine: Engine, context: ChannelContext, present: () => Instant): Promise<void> {
  for (let test = await takeTest(engine.pool); test !== undefined; test = await takeTest(engine.pool)) {
    const { kind, detail } = await make(engine, test, context, present())
    await saveProof(engine.pool, test.id, { ok: kind === 'accepted', outcome: detail }, present())
  }
}
