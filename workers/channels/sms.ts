import { callGateway } from './gateway.ts'
import { inShort, personChannel } from './person-channel.ts'

/** A short message through the deployment's gateway; its delivery receipt counts (domain.md 7.3). */
export const sms = personChannel({
  name: 'sms',
  nameZh: '短信',
  nameEn: 'SMS',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'provider',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  say: (line, words, at) =>
    callGateway(line, { id: words.deliveryId, kind: 'sms', to: line.to, text: inShort(words), textEn: words.en, link: words.link, repeated: words.isRepeat }, at),
})
