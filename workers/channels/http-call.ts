import { request } from 'undici'
import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { plain, withMore } from '../../core/domain/notification/outcome.ts'
import { BlockedAddressError, type Departure, guardedAgent } from './outbound-guard.ts'

/** One request to an address that somebody typed in. */
export interface HttpCall {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly allow: readonly string[]
  readonly timeoutMs: number
}

/** An answer as far as it was read. */
export interface HttpAnswer {
  readonly status: number
  readonly retryAfter: string | string[] | undefined
  /** At most 64 kB. */
  readonly text: string
}

/** Of an answer nothing beyond this is read. */
const MOST_ANSWER_BYTES = 64 * 1024

/** `Retry-After` in seconds as milliseconds; 0 for a date or anything else. */
export function retryAfterMs(value: string | string[] | undefined): number {
  const seconds = Number(typeof value === 'string' ? value : Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0
}

/** What the status says by itself. */
export function judgeStatus(status: number, retryAfter: string | string[] | undefined): Attempt {
  const detail = plain(`HTTP ${status}`)
  if (status >= 200 && status < 300) return { kind: 'accepted', detail }
  if (status === 429 || status >= 500) return { kind: 'not_now', detail, retryAfterMs: retryAfterMs(retryAfter) }
  const isRedirect = status >= 300 && status < 400
  return { kind: 'rejected', detail: isRedirect ? withMore(detail, { zh: '不跟随重定向', en: 'redirects are not followed' }) : detail }
}

/** What a connection that failed says: refused by the guard, never made, or broken off after something had left. */
export function judgeError(error: unknown, departure: Departure): Attempt {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof BlockedAddressError)
    return { kind: 'rejected', detail: { zh: '地址不在允许范围（TOCSIN_WEBHOOK_ALLOW）', en: 'the address is not allowed (TOCSIN_WEBHOOK_ALLOW)' } }
  const code = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.name) : 'unknown'
  return departure.isConnected
    ? { kind: 'unclear', detail: { zh: `无应答（${code}）`, en: `no answer (${code})` } }
    : { kind: 'not_reached', detail: { zh: `未能连接（${code}）`, en: `not reached (${code})` } }
}

async function readSome(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= MOST_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, MOST_ANSWER_BYTES)
}

/**
 * Makes one call within its time and hands the answer to `judge`; never throws. With `readsBody` the answer is what the body says, so that one that
 * never ends makes the call unclear; otherwise the status alone decides.
 */
export async function callHttp(call: HttpCall, readsBody: boolean, judge: (answer: HttpAnswer) => Attempt): Promise<Attempt> {
  const departure: Departure = { isConnected: false }
  const agent = guardedAgent(call.allow, call.timeoutMs, departure)
  try {
    const answer = await request(call.url, {
      method: call.method ?? 'POST',
      dispatcher: agent,
      signal: AbortSignal.timeout(call.timeoutMs),
      ...(call.body === undefined ? {} : { body: call.body }),
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'tocsin', ...call.headers },
    })
    const retryAfter = answer.headers['retry-after']
    if (readsBody) return judge({ status: answer.statusCode, retryAfter, text: await readSome(answer.body) })
    // The status is the answer; a body that never ends must not make an accepted call look lost.
    answer.body.dump({ limit: MOST_ANSWER_BYTES }).catch(() => undefined)
    return judge({ status: answer.statusCode, retryAfter, text: '' })
  } catch (error) {
    return judgeError(error, departure)
  } finally {
    agent.destroy().catch(() => undefined)
  }
}
