import { Type } from 'typebox'
import { QuietOrder, QuietPreview, QuietPreviewBody, QuietWindows } from '../../core/contract/quiet-windows.ts'
import { may } from '../../core/domain/access.ts'
import { endWindow, previewQuiet, putUpWindow, viewQuietWindows } from '../../core/engine/quiet-windows.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { audit, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals, unfit } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'
import { impersonal } from './case-refusals.ts'

const tags = ['alerts']

/** Windows of announced work, and silences: what lies in them is recorded and pages nobody until they end (domain.md 7.4). */
export function quietWindowRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const products = async () => Object.keys((await engine.settings(clock.now())).risk.body.outage.phenomena)

  api.get('/quiet-windows', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags, summary: '维护窗口与静默 / Windows of work and silences', description: '生效中、将生效与 30 天内结束的；含上级区域的。 / Those that stand, are to come or ended within 30 days; those of regions above, too.',
      response: answers({ 200: QuietWindows }, 401, 403),
    },
  }, async (request) => {
    const user = userOf(request)
    return { mayChange: may(user.role, 'manage_quiet'), products: await products(), items: await viewQuietWindows(engine, engine.pool, user.scope, clock.now()) }
  })

  api.post('/quiet-windows/preview', {
    config: { access: { user: 'manage_quiet' } },
    schema: {
      tags, summary: '试算会遮住什么 / What it would have hidden', description: '若近 7 天内一直生效，会使多少预警不通知。不写入。 / Had it stood for the last seven days: how many alerts would have paged nobody. Nothing is written.',
      body: QuietPreviewBody, response: answers({ 200: QuietPreview }, 400, 401, 403, 404),
    },
  }, async (request) => previewQuiet(engine, engine.pool, request.body, regionInScope(engine, userOf(request), request.body.region), clock.now()))

  api.post('/quiet-windows', {
    config: { access: { user: 'manage_quiet' } },
    schema: {
      tags, summary: '设立维护窗口或静默 / Put up a window or a silence',
      description: '期内预警照常记录为“已抑制”，不通知；结束时条件仍成立的立即通知。MR-07 红、MR-10、MR-17、AT-13、AT-14、AT-25 不受约束；静默不遮红色，且须指明规则或产品。最长 30 天。 / What lies in it is recorded as suppressed and pages nobody; what still holds at its end pages at once. MR-07 red, MR-10, MR-17, AT-13, AT-14 and AT-25 are heard all the same; a silence hides nothing red and names rules or a product. At most 30 days.',
      body: QuietOrder, response: answers({ 200: QuietWindows }, 400, 401, 403, 404, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const node = regionInScope(engine, user, request.body.region)
    const known = await products()
    const { product = null } = request.body
    if (product !== null && !known.includes(product)) throw new Refusal(400, 'unknown_product', '没有这个产品', 'There is no such product', { field: 'product', expected: known.join(' ') })
    const order = { ...request.body, owner: impersonal('owner', request.body.owner), reason: statedReason(request.body.reason) }
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const result = await putUpWindow(etx, order, node, user.id)
      if (!result.ok) throw unfit('bad_window', '窗口不合规', 'The window does not fit', result.faults[0])
      const { kind, ruleIds, from, to, reason } = order
      await audit(etx.tx, request, clock, { action: 'quiet_window_put_up', subject: result.id, detail: { kind, region: node.code, product, ruleIds, from, to, reason, hidden: result.hidden } })
      return { mayChange: true, products: known, items: await viewQuietWindows(engine, etx.tx, user.scope, etx.now) }
    })
  })

  api.post('/quiet-windows/:id/end', {
    config: { access: { user: 'manage_quiet' } },
    schema: {
      tags, summary: '提前结束 / End early', description: '所遮的预警条件仍成立的立即通知；已结束的不变。 / What it hid and still holds pages at once; one that is over stays as it is.',
      params: Type.Object({ id: NumberId }), response: answers({ 200: QuietWindows }, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const ended = await endWindow(etx, user.scope, String(BigInt(request.params.id)), user.id)
      if (ended === 'unknown') throw refusals.notFound()
      if (ended === 'ended') await audit(etx.tx, request, clock, { action: 'quiet_window_ended', subject: request.params.id, detail: {} })
      return { mayChange: true, products: await products(), items: await viewQuietWindows(engine, etx.tx, user.scope, etx.now) }
    })
  })
}
