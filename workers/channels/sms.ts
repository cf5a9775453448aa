import { callGateway } from './gateway.ts'
import { inShort, personChannel } from './person-channel.ts'

/** By what a reply acknowledges, said after the message. */
const ASKED = { zh: (code: string) => `。回复 ${code} 即确认`, en: (code: string) => `. Reply ${code} to acknowledge` }

/** A short message through the deployment's gateway; its delivery receipt counts (domain.md 7.3). */
export const sms = personChannel({
  name: 'sms',
  nameZh: '短信',
  nameEn: 'SMS',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'provider',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  say: (line, words, at) => {
    const code = words.answer?.code ?? null
    const text = `${inShort(words)}${code === null ? '' : ASKED.zh(code)}`
    const textEn = `${words.en}${code === null ? '' : ASKED.en(code)}`
    const message = { id: words.deliveryId, kind: 'sms', to: line.to, text, textEn, link: words.link, ...(code === null ? {} : { replyCode: code }), repeated: words.isRepeat }
    return callGateway(line, message, at)
  },
})
