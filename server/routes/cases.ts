import { Type } from 'typebox'
import { AlertDetail } from '../../core/contract/alerts.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { loadDetail } from '../../core/engine/alert-card.ts'
import { confirmUsers } from '../../core/engine/case-facts.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { actorOfUser, refused } from './alerts.ts'

const ConfirmedUsers = Type.Object({
  users: Type.Union([Type.Integer({ minimum: 0, maximum: 2_000_000_000 }), Type.Null()], { description: '已核实的受影响用户数；null 表示撤回 / users confirmed to be affected; null takes it back' }),
  reason: Type.String({ minLength: 1, maxLength: 500, description: '依据 / where the figure comes from' }),
})

/** What people state about risk cases. */
export function caseRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.put('/cases/:id/confirmed-users', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '填报已核实用户数 / State the confirmed users',
      description: '例如计费核实的错收费用户数（MR-13）；记入时间线，下一次判定即生效。 / Such as the wrongly charged users that billing has confirmed (MR-13): a line of the timeline, judged by at the next tick.',
      params: Type.Object({ id: NumberId }), body: ConfirmedUsers, response: answers({ 200: AlertDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const actor = actorOfUser(user)
    const now = clock.now()
    const { users, reason } = request.body
    return inEngineTransaction(engine, now, async (etx) => {
      const result = await confirmUsers(etx, request.params.id, { users, reason: maskText(presentable(reason)) }, actor, 'api')
      if (result === 'not_a_case') throw new Refusal(409, 'not_a_case', '该预警不是重大风险案件', 'This alert is no risk case', { mend: '选择重大风险案件 / choose a risk case' })
      if (!result.ok) throw refused(result)
      const detail = await loadDetail(etx.tx, user.scope, request.params.id, { actor, at: now })
      if (detail === undefined) throw refusals.notFound()
      return detail
    })
  })
}
