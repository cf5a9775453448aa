import { Type } from 'typebox'
import { type MissedRisk, MissedRisk as MissedRiskSchema, MissedRiskBody, MissedRisks, WithdrawBody } from '../../core/contract/missed-risks.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { riskRule } from '../../core/domain/risk/catalogue.ts'
import { DAY } from '../../core/domain/time.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertMissedRisk, listMissedRisks, type MissedRiskRow, withdrawMissedRisk } from '../../core/store/missed-risk-store.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'

const tags = ['figures']
const config = { access: { user: 'see_alerts' } } as const
const SHOWN = 200

const badValue = (field: string, zh: string, en: string, expected: string, mend: string) => new Refusal(400, 'invalid_value', zh, en, { field, expected, mend })

/** Risks that others found first: whoever sees alerts may say so, and nobody's entry can be made to disappear (domain.md K-82). */
export function missedRiskRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const shown = (row: MissedRiskRow): MissedRisk => {
    const node = engine.tree.get(row.regionCode)
    return { ...row, regionNameZh: node?.nameZh ?? row.regionCode, regionNameEn: node?.nameEn ?? row.regionCode }
  }

  api.get('/missed-risks', {
    config,
    schema: {
      tags, summary: '漏报登记 / Missed risks', description: '按发现时间从新到旧，含已撤销的。 / The latest found first, withdrawn ones too.',
      querystring: Type.Object({
        region: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' })),
        days: Type.Integer({ minimum: 1, maximum: 800, default: 400, description: '最近多少天 / of the last so many days' }),
      }),
      response: answers({ 200: MissedRisks }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { region, days } = request.query
    const scope = region === undefined ? principal.scope : scopeOf(regionInScope(engine, principal, region))
    return { items: (await listMissedRisks(engine.pool, scope, clock.now() - days * DAY, SHOWN)).map(shown) }
  })

  api.post('/missed-risks', {
    config,
    schema: {
      tags, summary: '登记漏报 / Enter a missed risk',
      description: '由监管、媒体或管理层先发现、而无规则报出的重大风险；计入发现当期的 K-82。 / A major risk that the regulator, the press or the management found and no rule raised; counts in K-82 of the period in which it was found.',
      body: MissedRiskBody, response: answers({ 201: MissedRiskSchema }, 400, 401, 403, 404),
    },
  }, async (request, reply) => {
    const user = userOf(request)
    const { region, foundBy, ruleId = null } = request.body
    const node = regionInScope(engine, user, region)
    const foundAt = instantOf('foundAt', request.body.foundAt)
    const now = clock.now()
    if (foundAt > now) throw badValue('foundAt', '发现时间在未来', 'The time of the finding lies in the future', '不晚于现在 / not later than now', '更正发现时间 / mend the time')
    if (ruleId !== null && riskRule(ruleId) === undefined) throw badValue('ruleId', `没有规则 ${ruleId}`, `There is no rule ${ruleId}`, 'MR-01 … MR-21', '更正或留空 / mend it or leave it out')
    const matter = maskText(presentable(request.body.matter)).trim()
    if (matter.length < 2) throw badValue('matter', '请写明何事', 'Say what happened', '至少 2 个字 / at least 2 letters', '写明何事 / say what happened')
    const made = await inTransaction(engine.pool, async (tx) => {
      const row = await insertMissedRisk(tx, { regionCode: node.code, regionPath: node.path, foundAt, foundBy, matter, ruleId, userId: user.id }, now)
      await audit(tx, request, clock, { action: 'missed_risk_entered', subject: `missed risk ${row.id}`, regionPath: node.path })
      return row
    })
    return reply.code(201).send(shown(made))
  })

  api.post('/missed-risks/:id/withdraw', {
    config,
    schema: {
      tags, summary: '撤销漏报登记 / Withdraw an entry', description: '登记有误时撤销并说明理由；条目与理由保留。 / For an entry made in error, with the reason; both stay.',
      params: Type.Object({ id: NumberId }), body: WithdrawBody, response: answers({ 200: MissedRiskSchema }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const reason = statedReason(request.body.reason)
    return inTransaction(engine.pool, async (tx) => {
      const row = await withdrawMissedRisk(tx, user.scope, request.params.id, { userId: user.id, reason, at: clock.now() })
      if (row === null) throw refusals.notFound()
      await audit(tx, request, clock, { action: 'missed_risk_withdrawn', subject: `missed risk ${row.id}` })
      return shown(row)
    })
  })
}
