import { Type } from 'typebox'
import { TicketDetail } from '../../core/contract/tickets.ts'
import { may } from '../../core/domain/access.ts'
import { loadTicketDetail } from '../../core/engine/ticket-detail.ts'
import { audit, userOf, type Api, type ApiDeps } from '../api.ts'
import { refusals } from '../errors.ts'
import { answers } from '../openapi.ts'

/** Single tickets. */
export function ticketRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/tickets/:key', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '工单详情 / One ticket',
      description: '状态、级别、当前时限与决定它的时钟、全部时钟、处理环节、预警、催单、挂起与事件。键为“省:源系统:工单号”。含工单文字时记入审计。 / State, level, the deadline and the clock that sets it, clocks, legs, alerts, expedites, suspensions, events. The key is province:source:number. Opening ticket texts is audited.',
      params: Type.Object({ key: Type.String({ minLength: 1, maxLength: 300 }) }),
      response: answers({ 200: TicketDetail }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const seesText = may(user.role, 'see_ticket_text')
    const detail = await loadTicketDetail(engine, user.scope, request.params.key, seesText, clock.now())
    if (detail === undefined) throw refusals.notFound()
    // domain.md 8.4: each opening of ticket texts is logged.
    if (seesText) await audit(engine.pool, request, clock, { action: 'ticket_text_opened', subject: `ticket ${detail.ticketKey}` })
    return detail
  })
}
