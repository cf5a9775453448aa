import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { WebhookBody, WebhookRow } from '../../core/contract/access.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { seal } from '../../core/platform/seal.ts'
import { disableWebhook, insertWebhook, loadWebhooks } from '../../core/store/webhook-store.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'

const config = { access: { user: 'manage_webhooks' } } as const
const tags = ['access']

/** An address that a webhook may have at all. Which networks it may reach is judged at every sending, when the name has been resolved. */
function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '') return url.href
  throw new Refusal(400, 'bad_url', '地址须为 http(s) 且不含用户名密码', 'The address has to be http(s), without user and password', { field: 'url', expected: 'https://host/path' })
}

/** Endpoints that are told of the alerts of a subtree. */
export function webhookRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const { pool } = engine

  api.get('/webhooks', {
    config,
    schema: { tags, summary: 'Webhook 列表 / Webhooks', response: answers({ 200: Type.Object({ items: Type.Array(WebhookRow) }) }, 401, 403) },
  }, async (request) => ({ items: await loadWebhooks(pool, principalOf(request).scope) }))

  api.post('/webhooks', {
    config,
    schema: {
      tags, summary: '新建 Webhook / Add a webhook', description: '密钥加密保存，不再给出。 / The secret is kept sealed and never given out.',
      body: WebhookBody, response: answers({ 201: WebhookRow }, 400, 401, 403, 404),
    },
  }, async (request, reply) => {
    const region = regionInScope(engine, principalOf(request), request.body.regionCode)
    const now = clock.now()
    const row = { id: randomUUID(), regionCode: region.code, url: checkUrl(request.body.url), purpose: request.body.purpose ?? 'alerts' }
    await inTransaction(pool, async (tx) => {
      await insertWebhook(tx, { ...row, secretSealed: seal(engine.secret, row.id, request.body.secret), createdBy: userOf(request).id }, now)
      await audit(tx, request, clock, { action: 'webhook_added', subject: row.id, regionPath: region.path, detail: { host: new URL(row.url).host, purpose: row.purpose } })
    })
    return reply.code(201).send({ ...row, createdAt: now, disabledAt: null })
  })

  api.delete('/webhooks/:id', {
    config,
    schema: { tags, summary: '停用 Webhook / Disable a webhook', params: Type.Object({ id: Uuid }), response: answers({ 200: WebhookRow }, 401, 403, 404) },
  }, async (request) => inTransaction(pool, async (tx) => {
    const row = await disableWebhook(tx, principalOf(request).scope, request.params.id, clock.now())
    if (row === null) throw refusals.notFound()
    await audit(tx, request, clock, { action: 'webhook_disabled', subject: row.id, detail: { host: new URL(row.url).host } })
    return row
  }))
}
