import { Type } from 'typebox'
import { ReplyBody } from '../../core/contract/channels.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { takeSmsReply } from '../../core/engine/page-answers.ts'
import { unseal } from '../../core/platform/seal.ts'
import { isSigned } from '../../core/platform/signature.ts'
import { loadReceiptSecret } from '../../core/store/receipt-store.ts'
import { ANYBODY } from '../access.ts'
import type { Api, ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

/** A signature older or newer than this is not taken. */
const CLOCKS_APART = 5 * MINUTE

const Result = Type.Object({ outcome: Type.String(), repeated: Type.Boolean(), replyZh: Type.String(), replyEn: Type.String() })
const SIGNED = Type.Object({ 'x-tocsin-timestamp': Type.String({ pattern: '^[0-9]{1,12}$' }), 'x-tocsin-signature': Type.String({ maxLength: 100 }) })

const refused = () =>
  new Refusal(401, 'bad_signature', '签名无效或已过期', 'The signature is wrong or too old', { field: 'x-tocsin-signature', expected: 'sha256=HMAC-SHA-256(timestamp.id.from.text)' })

/** Replies to short messages: who may hand them on is decided by the gateway's signature alone, whose they are by the number and the code. */
export function replyRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.post('/replies/:id', {
    config: { access: ANYBODY },
    schema: {
      tags: ['access'], summary: '短信上行回复 / Replies to short messages',
      description: '以通道密钥签名 `时间戳.id.from.text`（见 docs/api.md）。回复 6 位确认码即以本人身份确认；应答中的 `replyZh`、`replyEn` 请由网关回发给发送者。重复的 id 只处理一次。 / Signed under the provider’s secret over `timestamp.id.from.text` (docs/api.md). The six digits acknowledge as the person; the gateway sends `replyZh`, `replyEn` back to the sender. An id is taken once.',
      params: Type.Object({ id: Uuid }), headers: SIGNED, body: ReplyBody, response: answers({ 200: Result }, 400, 401),
    },
  }, async (request) => {
    const { id } = request.params
    const { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signature } = request.headers
    const now = clock.now()
    const provider = await loadReceiptSecret(engine.pool, id)
    if (provider?.kind !== 'sms_gateway' || !provider.takesAnswers || Math.abs(Number(timestamp) * 1_000 - now) > CLOCKS_APART) throw refused()
    const { secret = '' } = JSON.parse(unseal(engine.secret, id, provider.secretsSealed)) as { secret?: string }
    const { id: messageId, from, text } = request.body
    if (secret === '' || !isSigned(secret, timestamp, [messageId, from, text].join('.'), signature)) throw refused()
    const { outcome, said, isRepeated } = await takeSmsReply(engine, now, id, request.body)
    return { outcome, repeated: isRepeated, replyZh: said.zh, replyEn: said.en }
  })
}
