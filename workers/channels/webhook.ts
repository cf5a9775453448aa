import { createHmac } from 'node:crypto'
import { request } from 'undici'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { plain, withMore } from '../../core/domain/notification/outcome.ts'
import { unseal } from '../../core/platform/seal.ts'
import { loadWebhookTarget } from '../../core/store/webhook-store.ts'
import type { Channel, Delivery } from './channel.ts'
import { BlockedAddressError, type Departure, guardedAgent } from './outbound-guard.ts'

const TIMEOUT_MS = 8_000
const SECRET_LOST = {
  zh: '回调密钥无法解开（部署密钥是否换过？），请重新登记该回调',
  en: "the endpoint's secret does not open (was the deployment's secret changed?): register the endpoint again",
}
/** Of an answer only the status is used; more than this is not even read. */
const MOST_ANSWER_BYTES = 64 * 1024

/** `sha256=` and the HMAC-SHA-256, in hex, of `timestamp.body` under the endpoint's secret: what a receiver recomputes. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** `Retry-After` in seconds as milliseconds; 0 for a date or anything else. */
function retryAfterMs(value: string | string[] | undefined): number {
  const seconds = Number(typeof value === 'string' ? value : Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}

function judgeStatus(status: number, retryAfter: string | string[] | undefined): Attempt {
  const detail = plain(`HTTP ${status}`)
  if (status >= 200 && status < 300) return { kind: 'accepted', detail }
  if (status === 429 || status >= 500) return { kind: 'not_now', detail, retryAfterMs: retryAfterMs(retryAfter) }
  const isRedirect = status >= 300 && status < 400
  return { kind: 'rejected', detail: isRedirect ? withMore(detail, { zh: '不跟随重定向', en: 'redirects are not followed' }) : detail }
}

function judgeError(error: unknown, departure: Departure): Attempt {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof BlockedAddressError)
    return { kind: 'rejected', detail: { zh: '地址不在允许范围（TOCSIN_WEBHOOK_ALLOW）', en: 'the address is not allowed (TOCSIN_WEBHOOK_ALLOW)' } }
  const code = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.name) : 'unknown'
  return departure.isConnected
    ? { kind: 'unclear', detail: { zh: `无应答（${code}）`, en: `no answer (${code})` } }
    : { kind: 'not_reached', detail: { zh: `未能连接（${code}）`, en: `not reached (${code})` } }
}

function bodyOf(delivery: Delivery): string {
  return JSON.stringify({
    deliveryId: delivery.deliveryId,
    ...delivery.payload,
    ...(delivery.isRepeat ? { repeated: true, noticeZh: '可能重复', noticeEn: 'may be repeated' } : {}),
  })
}

async function post(url: string, secret: string, delivery: Delivery, allow: readonly string[], now: number): Promise<Attempt> {
  const body = bodyOf(delivery)
  const timestamp = String(Math.floor(now / 1_000))
  const departure: Departure = { isConnected: false }
  const agent = guardedAgent(allow, TIMEOUT_MS, departure)
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'tocsin',
        'x-tocsin-delivery': delivery.deliveryId,
        'x-tocsin-timestamp': timestamp,
        'x-tocsin-signature': signatureOf(secret, timestamp, body),
      },
    })
    // The status is the answer; a body that never ends must not make an accepted call look lost.
    answer.body.dump({ limit: MOST_ANSWER_BYTES }).catch(() => undefined)
    return judgeStatus(answer.statusCode, answer.headers['retry-after'])
  } catch (error) {
    return judgeError(error, departure)
  } finally {
    agent.destroy().catch(() => undefined)
  }
}

/**
 * A signed POST to an endpoint that an administrator registered: gateways of enterprise chat, SMS and voice stand behind it. The receiver
 * checks `x-tocsin-signature` and drops a `x-tocsin-delivery` that it has seen.
 */
export const webhook: Channel = {
  name: 'webhook',
  nameZh: '网络回调',
  nameEn: 'Webhook',
  isIdempotent: false,
  receipts: 'none',
  limits: { timeoutMs: TIMEOUT_MS, perTarget: 2 },
  async prepare(engine, delivery, context) {
    const target = await loadWebhookTarget(engine.pool, delivery.target).catch(() => null)
    if (target === null) return { kind: 'not_reached', detail: { zh: '暂时查不到回调地址', en: 'the endpoint could not be looked up' } }
    if (target === undefined) return { kind: 'rejected', detail: { zh: '该回调已停用', en: 'the endpoint was disabled' } }
    let secret: string
    try {
      secret = unseal(engine.secret, delivery.target, target.secretSealed)
    } catch {
      return { kind: 'rejected', detail: SECRET_LOST }
    }
    return (at) => post(target.url, secret, delivery, context.webhookAllow, at)
  },
}
