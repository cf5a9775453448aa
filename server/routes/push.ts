import { Type } from 'typebox'
import { PushBody, PushReceiptBody, PushRow, PushState } from '../../core/contract/push.ts'
import { countPush, pushPublicKey, subscribePush, takePushReceipt } from '../../core/engine/web-push.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { areBrowserKeys, isPushEndpoint } from '../../core/platform/push-endpoint.ts'
import { loadOwnPushRows, removePush } from '../../core/store/push-store.ts'
import { ANYBODY } from '../access.ts'
import { audit, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

/** Browsers of one person at the same time. */
const MOST_BROWSERS = 10
const tags = ['access']
const config = { access: { user: 'signed_in' } } as const

const bad = (field: string, zh: string, en: string, expected: string) => new Refusal(400, 'bad_subscription', zh, en, { field, expected })

/** Browsers in which a person is told although the desk is closed. */
export function pushRoutes(api: Api, { engine, clock }: ApiDeps, pushHosts: readonly string[]): void {
  const { pool } = engine

  api.get('/me/push', {
    config, schema: { tags, summary: '我的推送浏览器 / My browsers that show pages', description: '推送地址与密钥不给出。 / Addresses and keys are not given out.', response: answers({ 200: PushState }, 401, 403) },
  }, async (request) => ({ publicKey: await pushPublicKey(engine, pool, clock.now()), items: await loadOwnPushRows(pool, userOf(request).id) }))

  api.post('/me/push', {
    config,
    schema: {
      tags, summary: '登记本浏览器 / Register this browser', description: '地址须属允许的推送服务（TOCSIN_PUSH_HOSTS），至多 10 个浏览器。 / The address has to be of an allowed push service (TOCSIN_PUSH_HOSTS); at most 10 browsers.',
      body: PushBody, response: answers({ 201: PushRow }, 400, 401, 403, 409),
    },
  }, async (request, reply) => {
    const { id: userId } = userOf(request)
    const { endpoint, keys } = request.body
    if (!isPushEndpoint(endpoint, pushHosts)) throw bad('endpoint', '此推送服务不在允许范围', 'This push service is not allowed', pushHosts.join(', '))
    if (!areBrowserKeys(keys)) throw bad('keys.p256dh', '浏览器密钥无效', 'The keys of the browser are not valid', 'P-256, base64url')
    const row = await inTransaction(pool, async (tx) => {
      const made = await subscribePush(engine, tx, userId, { endpoint, keys }, clock.now())
      if (made === undefined) throw refusals.notFound()
      if ((await countPush(tx, userId)) > MOST_BROWSERS) throw new Refusal(409, 'too_many_browsers', `至多登记 ${MOST_BROWSERS} 个浏览器`, `At most ${MOST_BROWSERS} browsers`, { mend: '先移除不用的 / remove one that is not used' })
      await audit(tx, request, clock, { action: 'push_added', subject: made.id, detail: { host: made.host } })
      return made
    })
    return reply.code(201).send(row)
  })

  api.delete('/me/push/:id', {
    config, schema: { tags, summary: '移除一个浏览器 / Remove a browser', params: Type.Object({ id: Uuid }), response: answers({ 200: PushRow }, 401, 403, 404) },
  }, async (request) => inTransaction(pool, async (tx) => {
    const gone = await removePush(tx, request.params.id, userOf(request).id, 'by_person', clock.now())
    if (gone === undefined) throw refusals.notFound()
    await audit(tx, request, clock, { action: 'push_removed', subject: gone.id })
    return gone
  }))

  api.post('/push-receipts', {
    config: { access: ANYBODY },
    schema: {
      tags, summary: '浏览器回执 / Receipts of browsers', description: '由浏览器在显示或打开通知时送出，以通知所附的令牌为凭；未知者与重复者无害。 / Sent by the browser that shows or opens a page, proved by the page’s token; unknown and repeated ones are harmless.',
      body: PushReceiptBody, response: answers({ 200: Type.Object({ known: Type.Boolean() }) }, 400),
    },
  }, async (request) => takePushReceipt(engine, clock.now(), request.body))
}
