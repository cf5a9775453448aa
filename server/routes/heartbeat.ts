import { setTimeout as sleep } from 'node:timers/promises'
import { Heartbeat, LateHeartbeat } from '../../core/contract/heartbeat.ts'
import { type CanaryVerdict, UNKNOWABLE, verdictInWords } from '../../core/domain/escalation/canary.ts'
import { type Instant, SECOND } from '../../core/domain/time.ts'
import { readHeartbeat } from '../../core/engine/canary.ts'
import { ANYBODY } from '../access.ts'
import type { Api, ApiDeps } from '../api.ts'

/** However often it is asked, the database is looked at once in this time by each process. */
const LOOKED_EVERY = SECOND
const ANSWER_WITHIN_MS = 2 * SECOND
const RETRY_AFTER_SECONDS = 10

function toBody(verdict: CanaryVerdict): Heartbeat {
  const { lastCompletedAt, ageSeconds, tookMs, times, stuckAt } = verdict
  const { zh, en } = verdictInWords(verdict)
  return {
    status: verdict.isAlive ? 'ok' : 'late',
    lastCompletedAt,
    ageSeconds,
    tookMs,
    stages: { ...times },
    stuckAt: stuckAt?.stage ?? null,
    stuckStep: stuckAt?.step ?? null,
    messageZh: zh,
    messageEn: en,
  }
}

/** Whether pages come through, for a watcher outside who is nobody's account: a canary passed the whole path within 90 seconds, else 503 and where it ends. */
export function heartbeatRoutes(api: Api, { engine, clock }: ApiDeps): void {
  let look: { at: Instant; isPending: boolean; verdict: Promise<CanaryVerdict> } | null = null

  const verdictAt = (now: Instant): Promise<CanaryVerdict> => {
    // One that hangs is waited for by all who ask: they do not take a connection each.
    if (look !== null && (look.isPending || (now >= look.at && now - look.at < LOOKED_EVERY))) return look.verdict
    const begun = { at: now, isPending: true, verdict: Promise.resolve(UNKNOWABLE) }
    begun.verdict = readHeartbeat(engine.pool, now)
      .catch(() => UNKNOWABLE)
      .finally(() => {
        begun.isPending = false
      })
    look = begun
    return begun.verdict
  }

  api.get('/heartbeat', {
    config: { access: ANYBODY }, logLevel: 'warn',
    schema: {
      tags: ['health'], summary: '通知链路是否走得通 / Whether pages come through',
      description: '每分钟一次演练告警走真实链路；90 秒内走通过一次则 200，否则 503 并指明停在哪里（docs/adr/0039）。 / A canary a minute goes the real way; 200 when one came through within 90 seconds, else 503 and where it ends (docs/adr/0039).',
      response: { 200: { ...Heartbeat, description: '走得通 / alive' }, 503: { ...LateHeartbeat, description: '走不通及停在何处 / not alive, and where it ends' } },
    },
  }, async (_request, reply) => {
    const late = sleep(ANSWER_WITHIN_MS, UNKNOWABLE, { ref: false })
    const verdict = await Promise.race([verdictAt(clock.now()), late])
    const body = toBody(verdict)
    reply.header('cache-control', 'no-store')
    if (verdict.isAlive) return body
    const { messageZh, messageEn } = body
    const error = { code: 'pages_late', messageZh, messageEn, retryAfterSeconds: RETRY_AFTER_SECONDS }
    return reply.code(503).header('retry-after', String(RETRY_AFTER_SECONDS)).send({ ...body, error })
  })
}
