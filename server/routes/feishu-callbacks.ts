import { Type } from 'typebox'
import { MINUTE } from '../../core/domain/time.ts'
import { takeCardPress } from '../../core/engine/page-answers.ts'
import { feishuDecrypt, feishuSignature, isSameText } from '../../core/platform/feishu-crypto.ts'
import { unseal } from '../../core/platform/seal.ts'
import { loadReceiptSecret } from '../../core/store/receipt-store.ts'
import { ANYBODY } from '../access.ts'
import type { Api, ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

/** A callback older or newer than this is not taken. */
const CLOCKS_APART = 5 * MINUTE

const refused = () => new Refusal(401, 'bad_signature', '签名无效、已过期或无法解密', 'The signature is wrong or too old, or the text does not open', { field: 'x-lark-signature', expected: 'SHA256(timestamp, nonce, encrypt_key, body)' })

const Result = Type.Object({ challenge: Type.Optional(Type.String()), toast: Type.Optional(Type.Object({ type: Type.String(), content: Type.String(), i18n: Type.Object({ zh_cn: Type.String(), en_us: Type.String() }) })) })

type Json = { readonly [name: string]: unknown }
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function parsed(given: string): Json {
  try {
    return object(JSON.parse(given))
  } catch {
    return {}
  }
}

/** Callbacks of Feishu applications. Its own scope: what is signed is the body as it was sent. */
export function feishuCallbackRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  /** What was said, opened and proved to be the platform's: only the verification of the address comes unsigned. @throws Refusal 401 */
  async function opened(id: string, headers: Readonly<Record<string, unknown>>, body: string): Promise<Json> {
    const provider = await loadReceiptSecret(engine.pool, id)
    if (provider?.kind !== 'feishu_app' || !provider.takesAnswers) throw refused()
    const { callbackToken = '', callbackKey = '' } = JSON.parse(unseal(engine.secret, id, provider.secretsSealed)) as { callbackToken?: string; callbackKey?: string }
    const said = callbackKey === '' ? null : feishuDecrypt(callbackKey, text(parsed(body)['encrypt']))
    const event = said === null ? {} : parsed(said)
    const token = text(event['token']) || text(object(event['header'])['token'])
    if (callbackToken === '' || !isSameText(callbackToken, token)) throw refused()
    if (event['type'] === 'url_verification') return event
    const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'signature'].map((name) => text(headers[name === 'signature' ? 'x-lark-signature' : `x-lark-request-${name}`]))
    if (timestamp === undefined || nonce === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) throw refused()
    if (Math.abs(Number(timestamp) * 1_000 - clock.now()) > CLOCKS_APART || !isSameText(feishuSignature(callbackKey, timestamp, nonce, body), signature)) throw refused()
    return event
  }

  api.post('/callbacks/feishu/:id', {
    config: { access: ANYBODY },
    schema: {
      tags: ['access'], summary: '飞书卡片回调 / Callbacks of Feishu cards',
      description: '飞书应用的回调地址（须设 Encrypt Key）：验签、解密后，卡片按钮以被通知人的身份确认。 / The callback of a Feishu application (with an Encrypt Key): signature and decryption checked, the button of a card acknowledges as the person told.',
      params: Type.Object({ id: Uuid }), response: answers({ 200: Result }, 400, 401),
    },
  }, async (request) => {
    const { id } = request.params
    const event = await opened(id, request.headers, text(request.body))
    if (event['type'] === 'url_verification') return { challenge: text(event['challenge']) }
    const header = object(event['header'])
    const { operator, action } = object(event['event'])
    const eventId = text(header['event_id'])
    if (header['event_type'] !== 'card.action.trigger' || eventId === '') return {}
    const press = { eventId, token: text(object(object(action)['value'])['token']), account: text(object(operator)['open_id']) }
    const { said, outcome } = await takeCardPress(engine, clock.now(), { id, channel: 'feishu' }, press)
    return { toast: { type: outcome === 'taken' ? 'success' : 'info', content: said.zh, i18n: { zh_cn: said.zh, en_us: said.en } } }
  })
}
