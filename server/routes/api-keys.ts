import { randomBytes, randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { ApiKeyBody, ApiKeyMade, ApiKeyRow } from '../../core/contract/access.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertApiKey, loadApiKeys, revokeApiKey } from '../../core/store/api-key-store.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'
import { hashToken } from '../session.ts'

const config = { access: { user: 'manage_keys' } } as const
const tags = ['access']

/** Keys of integrators, each for one region's subtree. */
export function apiKeyRoutes(api: Api, { engine, clock, identity }: ApiDeps): void {
  const { pool } = engine

  api.get('/api-keys', {
    config,
    schema: { tags, summary: '接口密钥列表 / Keys', response: answers({ 200: Type.Object({ items: Type.Array(ApiKeyRow) }) }, 401, 403) },
  }, async (request) => ({ items: await loadApiKeys(pool, principalOf(request).scope) }))

  api.post('/api-keys', {
    config,
    schema: {
      tags, summary: '新建接口密钥 / Make a key', description: '明文只在本次应答中出现。 / The clear key is in this answer and never again.',
      body: ApiKeyBody, response: answers({ 201: ApiKeyMade }, 400, 401, 403, 404),
    },
  }, async (request, reply) => {
    const region = regionInScope(engine, principalOf(request), request.body.regionCode)
    const key = `tk_${randomBytes(32).toString('base64url')}`
    const row = { id: randomUUID(), name: request.body.name, regionCode: region.code, keyHash: hashToken(key), createdBy: userOf(request).id }
    await inTransaction(pool, async (tx) => {
      await insertApiKey(tx, row, clock.now())
      await audit(tx, request, clock, { action: 'api_key_made', subject: row.id, regionPath: region.path, detail: { name: row.name } })
    })
    return reply.code(201).send({ id: row.id, key })
  })

  api.delete('/api-keys/:id', {
    config,
    schema: { tags, summary: '吊销接口密钥 / Revoke a key', params: Type.Object({ id: Uuid }), response: answers({ 200: ApiKeyRow }, 401, 403, 404) },
  }, async (request) => {
    const row = await inTransaction(pool, async (tx) => {
      const key = await revokeApiKey(tx, principalOf(request).scope, request.params.id, clock.now())
      if (key === null) throw refusals.notFound()
      await audit(tx, request, clock, { action: 'api_key_revoked', subject: key.id, detail: { name: key.name } })
      return key
    })
    identity.forgetKeys()
    return row
  })
}
