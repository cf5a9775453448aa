import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { unseal } from '../../core/platform/seal.ts'
import { loadWebhookTarget } from '../../core/store/webhook-store.ts'
import type { Channel, Delivery } from './channel.ts'
import { callHttp, judgeStatus } from './http-call.ts'

const TIMEOUT_MS = 8_000
const SECRET_LOST = {
  zh: '回调密钥无法解开（部署密钥是否换过？），请重新登记该回调',
  en: "the endpoint's secret does not open (was the deployment's secret changed?): register the endpoint again",
}
function bodyOf(delivery: Delivery): string {
  return JSON.stringify({
    deliveryId: delivery.deliveryId,
    ...delivery.payload,
    ...(delivery.isRepeat ? { repeated: true, noticeZh: '可能重复', noticeEn: 'may be repeated' } : {}),
  })
}

function post(url: string, secret: string, delivery: Delivery, allow: readonly string[], now: number): Promise<Attempt> {
  const body = bodyOf(delivery)
  const timestamp = String(Math.floor(now / 1_000))
  const headers = {
    'x-tocsin-delivery': delivery.deliveryId,
    'x-tocsin-timestamp': timestamp,
    'x-tocsin-signature': signatureOf(secret, timestamp, body),
  }
  return callHttp({ url, body, headers, allow, timeoutMs: TIMEOUT_MS }, false, ({ status, retryAfter }) => judgeStatus(status, retryAfter))
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
  isQueryable: false,
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
