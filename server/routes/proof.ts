import { Type } from 'typebox'
import { AlertProof, SelfAudit } from '../../core/contract/proof.ts'
import { DAY } from '../../core/domain/time.ts'
import { loadProof } from '../../core/engine/alert-proof.ts'
import { loadLastSeal } from '../../core/store/audit-seal-store.ts'
import { latestBeat } from '../../core/store/pulse-store.ts'
import { listFindings } from '../../core/store/self-audit-store.ts'
import { principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'

const tags = ['alerts']
const config = { access: { user: 'see_alerts' } } as const
const SHOWN = 200

/** What proves afterwards who was told what and when (domain.md 7.9), and what the engine found of itself. */
export function proofRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/alerts/:id/proof', {
    config,
    schema: {
      tags, summary: '通知证明 / Proof of the pages', description: '应发与实发逐行对照，并附只增日志及其封存号。 / What was due against what happened, with the append-only log and its seals.',
      params: Type.Object({ id: NumberId }), response: answers({ 200: AlertProof }, 401, 403, 404),
    },
  }, async (request) => {
    const proof = await loadProof(engine, userOf(request).scope, request.params.id, clock.now())
    if (proof === undefined) throw refusals.notFound()
    return proof
  })

  api.get('/self-audit', {
    config,
    schema: {
      tags, summary: '自检 / Self-audit', description: '每 5 秒以阶梯与时钟核对记录并补救；列出最近若干天的发现。 / Every 5 s the record is compared with the ladders and the clock, and mended; the findings of the last days.',
      querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 400, default: 30 }) }), response: answers({ 200: SelfAudit }, 400, 401, 403),
    },
  }, async (request) => ({
    lastRunAt: await latestBeat(engine.pool, 'self-audit'),
    sealedAt: (await loadLastSeal(engine.pool))?.at ?? null,
    findings: await listFindings(engine.pool, principalOf(request).scope, clock.now() - request.query.days * DAY, SHOWN),
  }))
}
