import { createHmac } from 'node:crypto'
import { judgeChat } from './chat-answer.ts'
import { callHttp } from './http-call.ts'
import { inBoth, personChannel } from './person-channel.ts'

const CODES = { fields: ['code', 'StatusCode'], later: { 11232: 60_000, 9499: 60_000 } }

/** Feishu's signature: base64 of HMAC-SHA-256 over nothing, under `timestamp\nsecret`, timestamp in seconds. */
export const feishuSign = (secret: string, timestamp: string): string => createHmac('sha256', `${timestamp}\n${secret}`).digest('base64')

/** A Feishu group robot that names the person; no receipts. */
export const feishu = personChannel({
  name: 'feishu',
  nameZh: '飞书',
  nameEn: 'Feishu',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'none',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  say: ({ provider, token, secret, to, allow, timeoutMs }, words, at) => {
    const timestamp = String(Math.floor(at / 1_000))
    const sign = secret === '' ? {} : { timestamp, sign: feishuSign(secret, timestamp) }
    const body = JSON.stringify({ ...sign, msg_type: 'text', content: { text: `<at user_id="${to}"></at>${inBoth(words)}` } })
    const url = `${provider.url.replace(/\/$/, '')}/${encodeURIComponent(token)}`
    return callHttp({ url, body, allow, timeoutMs }, true, (answer) => judgeChat(answer, CODES))
  },
})
