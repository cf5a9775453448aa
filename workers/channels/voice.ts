import { callGateway } from './gateway.ts'
import { inShort, personChannel } from './person-channel.ts'

/** What the person is asked to press, said after the message. */
const ASKED = { zh: '我来处理请按 1。', en: 'Press 1 to take it.' }

/** A call through the deployment's gateway, which reads the text aloud; only the key 1 counts (domain.md 7.3). */
export const voice = personChannel({
  name: 'voice',
  nameZh: '语音电话',
  nameEn: 'Voice call',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'provider',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  say: (line, words, at) => {
    const asked = words.isTogether ? { zh: '', en: '' } : ASKED
    return callGateway(
      line,
      { id: words.deliveryId, kind: 'voice', to: line.to, text: `${inShort(words)}。${asked.zh}`, textEn: `${words.en}. ${asked.en}`.trimEnd(), repeated: words.isRepeat },
      at,
    )
  },
})
