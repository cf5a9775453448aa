import type { Channel } from './channel.ts'
import { callHttp, judgeStatus } from './http-call.ts'

const TIMEOUT_MS = 5_000

/** The page of a canary: a POST over a real socket to the far side of its own that the worker keeps (workers/far-side.ts). Nobody outside is called. */
export const canary: Channel = {
  name: 'canary',
  nameZh: '链路演练',
  nameEn: 'Canary',
  isIdempotent: true,
  isQueryable: false,
  receipts: 'acceptance',
  limits: { timeoutMs: TIMEOUT_MS, perTarget: 4 },
  async prepare(_engine, { deliveryId, step }, { canaryUrl }) {
    if (canaryUrl === undefined) return { kind: 'not_reached', detail: { zh: '本进程没有演练的对端', en: 'this process has no far side for canaries' } }
    const call = { url: canaryUrl, body: JSON.stringify({ deliveryId, step }), allow: ['127.0.0.0/8'], timeoutMs: TIMEOUT_MS }
    return () => callHttp(call, false, ({ status, retryAfter }) => judgeStatus(status, retryAfter))
  },
}
