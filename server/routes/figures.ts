import { Type } from 'typebox'
import { KpiAnswer } from '../../core/contract/kpi.ts'
import { WallSnapshot } from '../../core/contract/wall.ts'
import type { Scope } from '../../core/domain/region.ts'
import { loadKpi } from '../../core/engine/kpi.ts'
import { loadWallSnapshot } from '../../core/engine/wall-snapshot.ts'
import { seesAlerts } from '../access.ts'
import { principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { answers } from '../openapi.ts'

const config = { access: { user: 'see_figures', wall: true } } as const
const tags = ['figures']

/** Without who confirmed what and why: a wall is looked at by everybody who passes. */
const nameless = (answer: KpiAnswer): KpiAnswer => ({
  ...answer,
  series: answer.series.map((one) => ({ ...one, weeks: one.weeks.map((week) => ({ ...week, decisions: [] })) })),
})

/** What the wall starts from, and the indicators by week. */
export function figureRoutes(api: Api, { engine, clock }: ApiDeps): void {
  // A thousand walls that come back at once ask for a few dozen pictures: who comes while one of his scope is being made shares it.
  // It is not too old for him: what happened since reaches him by its seq.
  const underWay = new Map<string, Promise<WallSnapshot>>()
  const snapshotOf = (scope: Scope): Promise<WallSnapshot> => {
    const held = underWay.get(scope.path)
    if (held !== undefined) return held
    const made = loadWallSnapshot(engine, scope, clock.now()).finally(() => underWay.delete(scope.path))
    underWay.set(scope.path, made)
    return made
  }

  api.get('/wall', {
    config,
    schema: {
      tags, summary: '大屏快照 / Wall snapshot',
      description: '之后以长连接上 seq 更大的行更新。无单条预警权限的角色其 alerts 为空。 / Brought up to date by rows with a greater seq on the socket. For roles that see no single alerts, alerts is empty.',
      response: answers({ 200: WallSnapshot }, 401, 403),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const snapshot = await snapshotOf(principal.scope)
    return seesAlerts(principal) ? snapshot : { ...snapshot, alerts: [] }
  })

  api.get('/kpi', {
    config,
    schema: {
      tags, summary: '周指标 / Indicators by week', description: '含上年同周；本周标为未完。 / With the same week of last year; the current week is marked incomplete.',
      querystring: Type.Object({
        region: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' })),
        weeks: Type.Integer({ minimum: 1, maximum: 104, default: 13, description: '周数 / number of weeks' }),
      }),
      response: answers({ 200: KpiAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const node = request.query.region === undefined ? principal.region : regionInScope(engine, principal, request.query.region)
    const answer = await loadKpi(engine, principal.scope, node.code, request.query.weeks, clock.now())
    return principal.kind === 'wall' ? nameless(answer) : answer
  })
}
