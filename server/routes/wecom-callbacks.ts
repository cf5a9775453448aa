import { type Static, Type } from 'typebox'
import { MINUTE } from '../../core/domain/time.ts'
import { takeCardPress } from '../../core/engine/page-answers.ts'
import { unseal } from '../../core/platform/seal.ts'
import { isWecomSigned, wecomDecrypt, wecomEncrypt, wecomSignature, xmlText } from '../../core/platform/wecom-crypto.ts'
import { loadReceiptSecret } from '../../core/store/receipt-store.ts'
import { ANYBODY } from '../access.ts'
import type { Api, ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

/** A callback older or newer than this is not taken. */
const CLOCKS_APART = 5 * MINUTE

const params = Type.Object({ id: Uuid })
const Signed = Type.Object({
  msg_signature: Type.String({ maxLength: 100 }),
  timestamp: Type.String({ pattern: '^[0-9]{1,12}$' }),
  nonce: Type.String({ minLength: 1, maxLength: 128 }),
})
const Echo = Type.Object({ ...Signed.properties, echostr: Type.String({ minLength: 1, maxLength: 2_000 }) })
const description = '企业微信应用的回调地址：验签（Token）、解密（EncodingAESKey）后，卡片按钮以被通知人的身份确认。 / The callback of a WeCom application: signature and decryption checked, the button of a card acknowledges as the person told.'

const refused = () => new Refusal(401, 'bad_signature', '签名无效、已过期或无法解密', 'The signature is wrong or too old, or the text does not open', { field: 'msg_signature', expected: 'SHA1(token, timestamp, nonce, encrypt)' })

interface Line {
  readonly corp: string
  readonly agent: string
  readonly token: string
  readonly key: string
}

const cdata = (name: string, text: string) => `<${name}><![CDATA[${text.replaceAll(']]>', '')}]]></${name}>`

/** The platform's answer that puts words in the place of the button, encrypted and signed like its question. */
function buttonSays(line: Line, user: string, words: string, seconds: string, nonce: string): string {
  const said = `<xml>${cdata('ToUserName', user)}${cdata('FromUserName', line.corp)}<CreateTime>${seconds}</CreateTime>${cdata('MsgType', 'update_button')}<Button>${cdata('ReplaceName', words)}</Button></xml>`
  const encrypted = wecomEncrypt(line.key, line.corp, said)
  return `<xml>${cdata('Encrypt', encrypted)}${cdata('MsgSignature', wecomSignature(line.token, seconds, nonce, encrypted))}<TimeStamp>${seconds}</TimeStamp>${cdata('Nonce', nonce)}</xml>`
}

/** Callbacks of WeCom applications. Its own scope: the platform speaks XML. */
export function wecomCallbackRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.addContentTypeParser(['text/xml', 'application/xml'], { parseAs: 'string' }, (_request, body, done) => done(null, body))

  /** What was said, opened. @throws Refusal 401 */
  async function opened(id: string, query: Static<typeof Signed>, encrypted: string): Promise<{ line: Line; text: string }> {
    const provider = await loadReceiptSecret(engine.pool, id)
    if (provider?.kind !== 'wecom_app' || !provider.takesAnswers || Math.abs(Number(query.timestamp) * 1_000 - clock.now()) > CLOCKS_APART) throw refused()
    const { callbackToken = '', callbackKey = '' } = JSON.parse(unseal(engine.secret, id, provider.secretsSealed)) as { callbackToken?: string; callbackKey?: string }
    const signature = { timestamp: query.timestamp, nonce: query.nonce, signature: query.msg_signature }
    if (callbackToken === '' || callbackKey === '' || !isWecomSigned(callbackToken, signature, encrypted)) throw refused()
    const text = wecomDecrypt(callbackKey, provider.account, encrypted)
    if (text === null) throw refused()
    return { line: { corp: provider.account, agent: provider.sender, token: callbackToken, key: callbackKey }, text }
  }

  api.get('/callbacks/wecom/:id', {
    config: { access: ANYBODY }, schema: { tags: ['access'], summary: '企业微信回调地址验证 / WeCom verifies the address of callbacks', description, params, querystring: Echo, response: answers({ 200: Type.String() }, 400, 401) },
  }, async (request, reply) => {
    const { text } = await opened(request.params.id, request.query, request.query.echostr)
    return reply.type('text/plain; charset=utf-8').send(text)
  })

  api.post('/callbacks/wecom/:id', {
    config: { access: ANYBODY }, schema: { tags: ['access'], summary: '企业微信卡片回调 / Callbacks of WeCom cards', description, params, querystring: Signed, response: answers({ 200: Type.String() }, 400, 401) },
  }, async (request, reply) => {
    const { id } = request.params
    const { line, text } = await opened(id, request.query, typeof request.body === 'string' ? xmlText(request.body, 'Encrypt') : '')
    const read = (name: string) => xmlText(text, name)
    // What else happens in the application is none of ours; an empty answer ends its repetition.
    if (read('Event') !== 'template_card_event' || read('AgentID') !== line.agent) return reply.type('text/plain; charset=utf-8').send('')
    const account = read('FromUserName')
    // The platform repeats what was not answered; two presses of one second are told apart by their card.
    const eventId = [account, read('CreateTime'), read('TaskId')].join(' ')
    const { said } = await takeCardPress(engine, clock.now(), { id, channel: 'wecom' }, { eventId, token: read('EventKey'), account })
    return reply.type('application/xml; charset=utf-8').send(buttonSays(line, account, said.zh, request.query.timestamp, request.query.nonce))
  })
}
