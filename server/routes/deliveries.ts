import { Deliveries, DeliveriesQuery } from '../../core/contract/deliveries.ts'
import { HOUR } from '../../core/domain/time.ts'
import { countDeliveries, listDeliveries } from '../../core/store/delivery-log-store.ts'
import { type Api, type ApiDeps, userOf } from '../api.ts'
import { answers } from '../openapi.ts'

const PAGE = 50

/** The log of notifications of a scope: who was told of which alert, how, and what became of it (domain.md 7.9). */
export function deliveryRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/deliveries', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '通知记录 / Log of notifications',
      description: '本区域各预警的每一条通知，从新到旧，每页 50 条；未发的附原因。 / Every notification of the alerts of the scope, the newest first, fifty a page; what was not sent says why.',
      querystring: DeliveriesQuery, response: answers({ 200: Deliveries }, 400, 401, 403),
    },
  }, async (request) => {
    const { hours, group = null, channel = null, before = null } = request.query
    const { scope } = userOf(request)
    const asOf = clock.now()
    const since = asOf - hours * HOUR
    const found = await listDeliveries(engine.pool, scope, { since, group, channel, before }, PAGE + 1)
    const items = found.slice(0, PAGE).map(({ regionCode, ...row }) => {
      const node = engine.tree.get(regionCode)
      return { ...row, regionNameZh: node?.nameZh ?? regionCode, regionNameEn: node?.nameEn ?? regionCode }
    })
    return { asOf, totals: await countDeliveries(engine.pool, scope, since), items, next: found.length > PAGE ? (items.at(-1)?.id ?? null) : null }
  })
}
