import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { signatureOf } from '../../core/platform/signature.ts'
import { callHttp, type HttpAnswer, judgeStatus } from './http-call.ts'
import type { Line } from './person-channel.ts'

/** A gateway that answers 200 with `{"ok": false}` has refused all the same. */
function judgeGateway({ status, retryAfter, text }: HttpAnswer): Attempt {
  const byStatus = judgeStatus(status, retryAfter)
  if (byStatus.kind !== 'accepted') return byStatus
  let said: unknown
  try {
    said = (JSON.parse(text) as { ok?: unknown }).ok
  } catch {
    return byStatus
  }
  return said === false ? { kind: 'rejected', detail: { zh: '网关未受理', en: 'the gateway refused' } } : byStatus
}

/**
 * One signed POST to the deployment's own SMS or voice gateway (docs/api.md): `id` is the delivery id, the same for a repeat, so that the gateway
 * can drop what it has; it sends receipts for that id to /api/v1/receipts/{provider}.
 */
export function callGateway({ provider, secret, allow, timeoutMs }: Line, message: Readonly<Record<string, unknown>>, at: number): Promise<Attempt> {
  const body = JSON.stringify({ ...message, account: provider.account, sender: provider.sender })
  const timestamp = String(Math.floor(at / 1_000))
  const headers = { 'x-tocsin-timestamp': timestamp, 'x-tocsin-signature': signatureOf(secret, timestamp, body), 'x-tocsin-delivery': String(message['id']) }
  return callHttp({ url: provider.url, body, headers, allow, timeoutMs }, true, judgeGateway)
}
