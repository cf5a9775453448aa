import { Type } from 'typebox'
import { IncidentInfo, UserBaseInfo } from '../../core/contract/notices.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { readRestoreClock } from '../../core/domain/notice/incident.ts'
import { listIncidents } from '../../core/store/incident-store.ts'
import { listUserBases } from '../../core/store/user-base-store.ts'
import { principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { answers } from '../openapi.ts'

const config = { access: { user: 'see_figures', wall: true } } as const
const tags = ['figures']

/** What other systems told of: mass incidents and subscriber bases. */
export function noticeRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/incidents', {
    config,
    schema: {
      tags, summary: '群障 / Mass incidents',
      description: '最近有消息的在前；跨出范围的群障只列出范围内的区域。 / The last heard of first; of an incident that reaches beyond your scope only the regions within it are listed.',
      querystring: Type.Object({
        state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('closed')], { description: 'open 未关闭，closed 已关闭；不填为全部 / all when left out' })),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 200 }),
      }),
      response: answers({ 200: Type.Object({ items: Type.Array(IncidentInfo) }) }, 400, 401, 403),
    },
  }, async (request) => {
    const { state, limit } = request.query
    const incidents = await listIncidents(engine.pool, principalOf(request).scope, { state, limit })
    const now = clock.now()
    const items = incidents.map(({ regionCodes, ...incident }) => {
      const restore = readRestoreClock(incident, now)
      return { ...incident, regionCodes: [...regionCodes], restoreDeadlineAt: restore?.deadlineAt ?? null, isOverdue: restore?.isOverdue ?? false }
    })
    return { items }
  })

  api.get('/user-bases', {
    config,
    schema: {
      tags, summary: '用户数 / Subscriber bases',
      description: '该月各区域、产品线的用户数（上月末口径），同一项以最新上报为准。 / The bases of a month by region and product line, counted at the end of the month before; of several reports the newest.',
      querystring: Type.Object({
        month: Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' }),
        region: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' })),
      }),
      response: answers({ 200: Type.Object({ items: Type.Array(UserBaseInfo) }) }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { month, region } = request.query
    const scope = region === undefined ? principal.scope : scopeOf(regionInScope(engine, principal, region))
    const bases = await listUserBases(engine.pool, scope, month)
    return { items: bases.map(({ provinceCode: _, ...base }) => base) }
  })
}
