import { createHmac } from 'node:crypto'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { judgeChat } from './chat-answer.ts'
import { callHttp } from './http-call.ts'
import { inBoth, inShort, type Line, personChannel, type Words } from './person-channel.ts'

const CODES = { fields: ['code', 'StatusCode'], later: { 11232: 60_000, 9499: 60_000, 99991400: 60_000 } }
/** The token that was given out is no longer taken. */
const STALE_TOKENS = new Set(['errcode 99991663', 'errcode 99991664', 'errcode 99991661'])
/** Tokens last two hours; fetched anew well before. */
const TOKEN_KEPT = 5_000_000

/** What an application goes in by, by provider and secret; forgotten with the process. */
const tokens = new Map<string, { readonly token: string; readonly until: number }>()
const keyOf = ({ provider, secret }: Line): string => `${provider.id} ${secret}`
const rootOf = (url: string): string => url.replace(/\/$/, '')

/** Feishu's signature: base64 of HMAC-SHA-256 over nothing, under `timestamp\nsecret`, timestamp in seconds. */
export const feishuSign = (secret: string, timestamp: string): string => createHmac('sha256', `${timestamp}\n${secret}`).digest('base64')

/** The access token of an application, or why there is none. */
async function accessToken(line: Line, at: number): Promise<string | Attempt> {
  const { provider, secret, allow, timeoutMs } = line
  const kept = tokens.get(keyOf(line))
  if (kept !== undefined && kept.until > at && kept.until <= at + TOKEN_KEPT) return kept.token
  let token = ''
  const body = JSON.stringify({ app_id: provider.account, app_secret: secret })
  const attempt = await callHttp({ url: `${rootOf(provider.url)}/auth/v3/tenant_access_token/internal`, body, allow, timeoutMs: timeoutMs / 2 }, true, (answer) => {
    const judged = judgeChat(answer, CODES)
    if (judged.kind === 'accepted') token = String((JSON.parse(answer.text) as { tenant_access_token?: unknown }).tenant_access_token ?? '')
    return judged
  })
  // Asking for a token tells nobody anything: a lost answer is no lost page.
  if (attempt.kind === 'unclear') return { kind: 'not_reached', detail: attempt.detail }
  if (attempt.kind !== 'accepted') return attempt
  tokens.set(keyOf(line), { token, until: at + TOKEN_KEPT })
  return token
}

const plainText = (content: string) => ({ tag: 'plain_text', content })

/** A card with the link, and the button that acknowledges where the platform calls back. */
function cardOf(words: Words): string {
  const { answer, link, en } = words
  const take = answer === null ? [] : [{ tag: 'button', type: 'primary', text: plainText('确认 Acknowledge'), value: { token: answer.token } }]
  const open = URL.canParse(link) ? [{ tag: 'button', type: 'default', text: plainText('查看 Open'), url: link }] : []
  const actions = [...take, ...open]
  return JSON.stringify({
    header: { title: plainText(inShort(words).slice(0, 60)) },
    elements: [{ tag: 'div', text: plainText(`${inShort(words)}\n${en}`) }, ...(actions.length === 0 ? [] : [{ tag: 'action', actions }])],
  })
}

async function sendCard(line: Line, words: Words, token: string): Promise<Attempt> {
  const { provider, to, allow, timeoutMs } = line
  // The platform drops a second message with the same uuid within an hour.
  const body = JSON.stringify({ receive_id: to, msg_type: 'interactive', content: cardOf(words), uuid: words.deliveryId })
  const call = { url: `${rootOf(provider.url)}/im/v1/messages?receive_id_type=open_id`, body, headers: { authorization: `Bearer ${token}` }, allow, timeoutMs: timeoutMs / 2 }
  const attempt = await callHttp(call, true, (answer) => judgeChat(answer, CODES))
  if (!STALE_TOKENS.has(attempt.detail.en)) return attempt
  tokens.delete(keyOf(line))
  return { kind: 'not_now', detail: attempt.detail }
}

function callRobot({ provider, token, secret, to, allow, timeoutMs }: Line, words: Words, at: number): Promise<Attempt> {
  const timestamp = String(Math.floor(at / 1_000))
  const sign = secret === '' ? {} : { timestamp, sign: feishuSign(secret, timestamp) }
  const body = JSON.stringify({ ...sign, msg_type: 'text', content: { text: `<at user_id="${to}"></at>${inBoth(words)}` } })
  const url = `${rootOf(provider.url)}/${encodeURIComponent(token)}`
  return callHttp({ url, body, allow, timeoutMs }, true, (answer) => judgeChat(answer, CODES))
}

/** Feishu: an application's card to the person, or a group robot that names him; no receipts but the button of a card. */
export const feishu = personChannel({
  name: 'feishu',
  nameZh: '飞书',
  nameEn: 'Feishu',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'none',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  // Fetched before the last look, so that an answer that comes meanwhile is not overtaken.
  dial: async (line, words, at) => {
    if (line.provider.kind !== 'feishu_app') return (calledAt) => callRobot(line, words, calledAt)
    const token = await accessToken(line, at)
    return typeof token === 'string' ? () => sendCard(line, words, token) : token
  },
})
