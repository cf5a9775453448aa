import { Type } from 'typebox'
import { loadAudit } from '../../core/store/audit-store.ts'
import { principalOf, type Api, type ApiDeps } from '../api.ts'
import { answers, NumberId } from '../openapi.ts'

const AuditRow = Type.Object({
  id: Type.String(),
  at: Type.Number(),
  actor: Type.String({ description: '登录名、key:名称、wall:名称或 system / login, key:NAME, wall:NAME or system' }),
  action: Type.String(),
  subject: Type.String(),
  regionPath: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
})

/** The audit log of the auditor's subtree. */
export function auditRoutes(api: Api, { engine }: ApiDeps): void {
  api.get('/audit', {
    config: { access: { user: 'see_audit' } },
    schema: {
      tags: ['audit'], summary: '审计日志 / Audit log', description: '从新到旧；用 before 翻页。 / Newest first; page on with before.',
      querystring: Type.Object({ before: Type.Optional(NumberId), limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }) }),
      response: answers({ 200: Type.Object({ items: Type.Array(AuditRow) }) }, 400, 401, 403),
    },
  }, async (request) => {
    const { before, limit } = request.query
    const rows = await loadAudit(engine.pool, principalOf(request).scope, before === undefined ? null : Number(before), limit)
    return { items: rows.map((row) => ({ ...row, regionPath: row.regionPath ?? engine.tree.root.path })) }
  })
}
