import { Type } from 'typebox'
import { ReceiptBody } from '../../core/contract/channels.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { takeReceipt } from '../../core/engine/receipts.ts'
import { unseal } from '../../core/platform/seal.ts'
import { isSigned } from '../../core/platform/signature.ts'
import { loadReceiptSecret } from '../../core/store/receipt-store.ts'
import { ANYBODY } from '../access.ts'
import type { Api, ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

/** A signature older or newer than this is not taken. */
const CLOCKS_APART = 5 * MINUTE

const Result = Type.Object({ known: Type.Boolean(), effect: Type.String(), acknowledged: Type.Boolean() })
const SIGNED = Type.Object({ 'x-tocsin-timestamp': Type.String({ pattern: '^[0-9]{1,12}$' }), 'x-tocsin-signature': Type.String({ maxLength: 100 }) })

const refused = () =>
  new Refusal(401, 'bad_signature', '签名无效或已过期', 'The signature is wrong or too old', {
    field: 'x-tocsin-signature',
    expected: 'sha256=HMAC-SHA-256(timestamp.id.status.key.code)',
  })

/** What a receipt is signed over, beside its time. */
const signedText = ({ id, status, key = '', code = '' }: ReceiptBody): string => [id, status, key, code].join('.')

/** Receipts of SMS and voice gateways: who may send them is decided by the signature alone. */
export function receiptRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.post('/receipts/:id', {
    config: { access: ANYBODY },
    schema: {
      tags: ['access'], summary: '短信、语音网关回执 / Receipts of SMS and voice gateways',
      description: '以通道密钥签名 `时间戳.id.status.key.code`（见 docs/api.md）。未知编号、重复、乱序均无害；电话中按 1 即确认。 / Signed under the provider’s secret over `timestamp.id.status.key.code` (docs/api.md). Unknown ids, repetitions and any order are harmless; the key 1 in a call acknowledges.',
      params: Type.Object({ id: Uuid }), headers: SIGNED, body: ReceiptBody, response: answers({ 200: Result }, 400, 401),
    },
  }, async (request) => {
    const { id } = request.params
    const { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signature } = request.headers
    const now = clock.now()
    const provider = await loadReceiptSecret(engine.pool, id)
    if (provider === undefined || Math.abs(Number(timestamp) * 1_000 - now) > CLOCKS_APART) throw refused()
    const { secret = '' } = JSON.parse(unseal(engine.secret, id, provider.secretsSealed)) as { secret?: string }
    if (secret === '' || !isSigned(secret, timestamp, signedText(request.body), signature)) throw refused()
    return takeReceipt(engine, now, { id, kind: provider.kind }, request.body)
  })
}
