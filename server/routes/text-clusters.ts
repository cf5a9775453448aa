import { Type } from 'typebox'
import { TextClustersAnswer } from '../../core/contract/text-clusters.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { TEXT_KINDS, type TextKind } from '../../core/domain/near-duplicate/text-facts.ts'
import { loadTextClusters } from '../../core/engine/text-clusters.ts'
import { audit, principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { answers, NumberId } from '../openapi.ts'

/** Groups of nearly equal texts. */
export function textClusterRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/text-clusters', {
    config: { access: { user: 'see_ticket_text' } },
    schema: {
      tags: ['alerts'], summary: '相似正文 / Near-duplicate texts',
      description: '截至该时刻的窗口内（缺省 24 小时）内容几乎相同的投诉或申诉，按不同客户数从多到少；用 after 翻页。含工单文字，记入审计。 / Complaints or appeals that say nearly the same in the window (24 hours by default) before that instant, most distinct customers first; page on with after. Texts are shown, so it is audited.',
      querystring: Type.Object({
        at: Type.Optional(Type.String({ minLength: 20, maxLength: 40, description: 'RFC 3339；缺省为现在 / now when left out' })),
        region: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' })),
        kind: Type.Unsafe<TextKind>({ type: 'string', enum: [...TEXT_KINDS], default: 'complaint' }),
        customers: Type.Integer({ minimum: 2, maximum: 100_000, default: 2, description: '至少不同客户数 / distinct customers at least' }),
        after: Type.Optional(NumberId),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      }),
      response: answers({ 200: TextClustersAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { at, region, kind, customers, after = null, limit } = request.query
    const scope = region === undefined ? principal.scope : scopeOf(regionInScope(engine, principal, region))
    const answer = await loadTextClusters(engine, scope, { kind, at: at === undefined ? clock.now() : instantOf('at', at), least: customers, afterId: after, limit })
    if (answer.items.length > 0) await audit(engine.pool, request, clock, { action: 'ticket_text_opened', subject: `${answer.items.length} text clusters`, detail: { ids: answer.items.map(({ id }) => id) } })
    return answer
  })
}
