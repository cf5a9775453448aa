import { createHmac } from 'node:crypto'
import { judgeChat, withQuery } from './chat-answer.ts'
import { callHttp } from './http-call.ts'
import { inBoth, personChannel } from './person-channel.ts'

/** A robot that sent more than 20 a minute is silent for ten minutes (research 3.1). */
const CODES = { fields: ['errcode'], later: { 130101: 600_000, 410100: 600_000, [-1]: 0 } }

/** DingTalk's signature: base64 of HMAC-SHA-256 over `timestamp\nsecret` under the secret, timestamp in milliseconds. */
export const dingtalkSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64')

/** A DingTalk group robot that names the person; the robot knows no receipts, so that only an answer in Tocsin counts. */
export const dingtalk = personChannel({
  name: 'dingtalk',
  nameZh: '钉钉',
  nameEn: 'DingTalk',
  isIdempotent: false,
  isQueryable: false,
  receipts: 'none',
  limits: { timeoutMs: 8_000, perTarget: 2 },
  say: ({ provider, token, secret, to, allow, timeoutMs }, words, at) => {
    const timestamp = String(at)
    const sign = secret === '' ? {} : { timestamp, sign: dingtalkSign(secret, timestamp) }
    const body = JSON.stringify({ msgtype: 'text', text: { content: `${inBoth(words)}\n@${to}` }, at: { atUserIds: [to], isAtAll: false } })
    return callHttp({ url: withQuery(provider.url, { access_token: token, ...sign }), body, allow, timeoutMs }, true, (answer) => judgeChat(answer, CODES))
  },
})
