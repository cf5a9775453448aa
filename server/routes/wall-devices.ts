import { randomBytes, randomUUID } from 'node:crypto'
import type {} from '@fastify/rate-limit'
import { Type } from 'typebox'
import { PairingConfirm, PairingMade, PairingState, WallDeviceRow } from '../../core/contract/access.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { randomText } from '../../core/engine/password.ts'
import { inTransaction } from '../../core/platform/database.ts'
import {
  claimToken, confirmPairing, countPairings, deleteStalePairings, insertPairing, loadPairing, loadWallDevices, revokeWallDevice,
} from '../../core/store/wall-device-store.ts'
import { ANYBODY } from '../access.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, Uuid } from '../openapi.ts'
import { hashToken } from '../session.ts'

const PAIRING_MS = 10 * MINUTE
const PAIRINGS_AT_ONCE = 500
// Read from across a room: no vowels that make words, nothing that looks like something else.
const CODE_LETTERS = 'BCDFGHJKMNPQRTVWXY346789'
const config = { access: { user: 'manage_walls' } } as const
const tags = ['access']

/** What a wall without any identity may do: ask to be paired, and fetch its token once. */
function pairingRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const { pool } = engine

  api.post('/wall-devices', {
    config: { access: ANYBODY, rateLimit: { max: 10, timeWindow: MINUTE } },
    schema: {
      tags, summary: '大屏申请配对 / A wall asks to be paired',
      description: '大屏显示 code，并以 claim 轮询；10 分钟内有效。 / The wall shows code and polls with claim; good for 10 minutes.',
      response: answers({ 201: PairingMade }, 429),
    },
  }, async (_request, reply) => {
    const now = clock.now()
    await deleteStalePairings(pool, now)
    if ((await countPairings(pool, now)) >= PAIRINGS_AT_ONCE) throw refusals.tooMany(60)
    const claim = randomBytes(32).toString('base64url')
    const pairing = { id: randomUUID(), claimHash: hashToken(claim), expiresAt: now + PAIRING_MS }
    for (let tries = 0; tries < 10; tries += 1) {
      const code = randomText(6, CODE_LETTERS)
      if (await insertPairing(pool, { ...pairing, code }, now)) return reply.code(201).send({ id: pairing.id, code, claim, expiresAt: pairing.expiresAt })
    }
    throw refusals.tooMany(60)
  })

  api.get('/wall-devices/:id', {
    config: { access: ANYBODY, rateLimit: { max: 120, timeWindow: MINUTE } },
    schema: {
      tags, summary: '大屏询问是否已确认 / A wall asks whether it is confirmed',
      description: '确认后的第一次询问得到令牌，仅此一次。 / The first question after the confirmation is answered with the token, once.',
      params: Type.Object({ id: Uuid }), querystring: Type.Object({ claim: Type.String({ minLength: 1, maxLength: 100 }) }),
      response: answers({ 200: PairingState }, 404, 429),
    },
  }, async (request) => {
    const claimHash = hashToken(request.query.claim)
    const now = clock.now()
    const pairing = await loadPairing(pool, request.params.id, claimHash)
    if (pairing === null) throw refusals.notFound()
    if (pairing.isClaimed || pairing.expiresAt <= now) return { state: 'expired' as const }
    if (pairing.confirmedAt === null) return { state: 'waiting' as const }
    const token = `wd_${randomBytes(32).toString('base64url')}`
    const isMine = await claimToken(pool, request.params.id, claimHash, hashToken(token), now)
    return isMine ? { state: 'confirmed' as const, token } : { state: 'expired' as const }
  })
}

/** Pairing of walls: the wall shows a code, an administrator confirms it, the wall fetches its token once. */
export function wallDeviceRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock, recheck } = deps
  const { pool } = engine
  pairingRoutes(api, deps)

  api.post('/wall-devices/confirm', {
    config,
    schema: { tags, summary: '确认大屏 / Confirm a wall', body: PairingConfirm, response: answers({ 200: WallDeviceRow }, 400, 401, 403, 404) },
  }, async (request) => {
    const { code, name, regionCode } = request.body
    const region = regionInScope(engine, principalOf(request), regionCode)
    const now = clock.now()
    return inTransaction(pool, async (tx) => {
      const device = { name, regionCode: region.code, confirmedBy: userOf(request).id, expiresAt: now + PAIRING_MS }
      const row = await confirmPairing(tx, code.toUpperCase(), device, now)
      if (row === null) {
        throw new Refusal(404, 'code_not_found', '没有大屏显示此配对码，或已过期', 'No wall shows this code, or it has run out', { field: 'code', mend: '核对大屏上的配对码 / compare with the code on the wall' })
      }
      await audit(tx, request, clock, { action: 'wall_confirmed', subject: row.id, regionPath: region.path, detail: { name } })
      return row
    })
  })

  api.get('/wall-devices', {
    config,
    schema: { tags, summary: '大屏列表 / Walls', response: answers({ 200: Type.Object({ items: Type.Array(WallDeviceRow) }) }, 401, 403) },
  }, async (request) => ({ items: await loadWallDevices(pool, principalOf(request).scope) }))

  api.delete('/wall-devices/:id', {
    config,
    schema: {
      tags, summary: '吊销大屏 / Revoke a wall', description: '其长连接在 5 秒内断开。 / Its socket ends within 5 seconds.',
      params: Type.Object({ id: Uuid }), response: answers({ 200: WallDeviceRow }, 401, 403, 404),
    },
  }, async (request) => {
    const row = await inTransaction(pool, async (tx) => {
      const device = await revokeWallDevice(tx, principalOf(request).scope, request.params.id, clock.now())
      if (device === null) throw refusals.notFound()
      await audit(tx, request, clock, { action: 'wall_revoked', subject: device.id, detail: { name: device.name } })
      return device
    })
    recheck()
    return row
  })
}
