import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { OwnReadiness, ReadinessAnswer, TestMessageBody } from '../../core/contract/readiness.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { viewOwnReadiness, viewReadiness } from '../../core/engine/readiness-views.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { lockContact } from '../../core/store/contact-store.ts'
import { insertContactTest } from '../../core/store/readiness-store.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'

/** How soon the same channel can be tested again. */
const BETWEEN_TESTS = MINUTE

/** Whether people can be reached, by which channels, and when that was last proved (docs/adr/0038). */
export function readinessRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/readiness', {
    config: { access: { user: 'see_rosters' } },
    schema: {
      tags: ['rosters'], summary: '人员可达性 / Readiness of people',
      description: '区域及下级中升级梯级所点的岗位人员与 14 天内在岗者：各颜色能否以全部渠道通知到、缺什么、最近一次证明；最差者在前，不含号码。 / Of a region and below, who holds a position that ladders call and who is on within 14 days: whether each colour would reach him by every channel, what is missing, when that was last proved; worst first, no number.',
      querystring: Type.Object({
        region: Type.Optional(Type.String({ maxLength: 32, description: '默认本人所在区域 / the caller’s own by default' })),
        limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 200 }),
      }),
      response: answers({ 200: ReadinessAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { region, limit } = request.query
    return viewReadiness(engine, principal.scope, region === undefined ? principal.region : regionInScope(engine, principal, region), clock.now(), limit)
  })

  const own = { access: { user: 'signed_in' } } as const
  api.get('/me/readiness', {
    config: own,
    schema: {
      tags: ['access'], summary: '我的可达性 / My readiness', description: '本人在各岗位、各颜色能否被通知到，缺什么，最近一次证明与测试。 / Whether each colour would reach the caller at his positions, what is missing, the last proof and test of each channel.',
      response: answers({ 200: OwnReadiness }, 401, 403),
    },
  }, async (request) => viewOwnReadiness(engine, userOf(request).scope, userOf(request).id, clock.now()))

  api.post('/me/test-messages', {
    config: own,
    schema: {
      tags: ['access'], summary: '给自己发一条测试 / Send a test to oneself', description: '由后台经本区域可用的通道发送，结果见 /me/readiness。同一渠道每分钟一次。 / Sent in the background through the providers of the caller’s region; the result is in /me/readiness. Once a minute by channel.',
      body: TestMessageBody, response: answers({ 202: OwnReadiness }, 400, 401, 403, 409),
    },
  }, async (request, reply) => {
    const { id: userId, scope } = userOf(request)
    const [{ channel }, now] = [request.body, clock.now()]
    await inTransaction(engine.pool, async (tx) => {
      const person = await lockContact(tx, scope, userId)
      if (person === undefined) throw refusals.notFound()
      if (!(await insertContactTest(tx, { id: randomUUID(), userId, channel }, now, now - BETWEEN_TESTS))) {
        throw new Refusal(409, 'tested_just_now', '该渠道一分钟内已测试过', 'This channel was tested within the minute', { field: 'channel', expected: '每分钟一次 / once a minute', mend: '稍后再试 / try again later' })
      }
      await audit(tx, request, clock, { action: 'test_message', subject: person.login, detail: { channel } })
    })
    engine.ring('notify')
    return reply.code(202).send(await viewOwnReadiness(engine, scope, userId, now))
  })
}
