import { Type } from 'typebox'
import { AlertDetail } from '../../core/contract/alerts.ts'
import { CheckBody, CheckList, UnitLists } from '../../core/contract/checks.ts'
import type { CheckRefusal } from '../../core/domain/abnormal/check.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { DAY } from '../../core/domain/time.ts'
import { cardOf, loadDetail } from '../../core/engine/alert-card.ts'
import { recordCheck } from '../../core/engine/alert-checks.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { countChecks, listChecks } from '../../core/store/alert-check-store.ts'
import { loadListTimes, loadUnitLists } from '../../core/store/unit-list-store.ts'
import { principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { actorOfUser, refused } from './alerts.ts'

const tags = ['alerts']
const config = { access: { user: 'see_alerts' } } as const
const SLOTS_SHOWN = 70

function whyNot(refusal: CheckRefusal): Refusal {
  if (refusal === 'out_of_scope') return refusals.notFound()
  if (refusal === 'not_handled') {
    return new Refusal(409, 'not_handled', '只核查已解决或已关闭的异常工单预警', 'Only alerts of tickets that are resolved or closed are checked', { mend: '先处理并解决 / handle and resolve it first' })
  }
  return refused({ ok: false, code: refusal, detail: refusal === 'role_may_not' ? 'checking is the work of duty managers and above' : 'whoever handled an alert does not check it' })
}

function listRoutes(api: Api, { engine }: ApiDeps): void {
  api.get('/unit-lists', {
    config,
    schema: {
      tags, summary: '单位异常工单清单 / Lists of units',
      description: '每日 08:30 与 14:00 各单位在途异常工单，按时限排序，保留 35 天；缺省为最近一次。 / Open abnormal tickets of each unit at 08:30 and 14:00 of each day, by deadline, kept for 35 days; the latest ones by default.',
      querystring: Type.Object({
        slot: Type.Optional(Type.Number({ description: '清单时间，epoch 毫秒 / time of the lists, epoch ms' })),
        unit: Type.Optional(Type.String({ maxLength: 64, description: '单位编码 / code of the unit' })),
      }),
      response: answers({ 200: UnitLists }, 400, 401, 403),
    },
  }, async (request) => {
    const { scope } = principalOf(request)
    const slots = await loadListTimes(engine.pool, scope, SLOTS_SHOWN)
    const slotAt = request.query.slot ?? slots[0] ?? null
    const lists = slotAt === null ? [] : await loadUnitLists(engine.pool, scope, slotAt, request.query.unit ?? null)
    const units = lists.map(({ unitId, name, provinceCode, tickets }) => ({
      unitId, name, provinceCode, provinceNameZh: engine.tree.get(provinceCode)?.nameZh ?? provinceCode, provinceNameEn: engine.tree.get(provinceCode)?.nameEn ?? provinceCode,
      tickets: tickets.map(({ ticketKey, ticketNo, level, rules, deadlineAt }) => ({ ticketKey, ticketNo, level, rules: [...rules], deadlineAt })),
    }))
    return { slotAt, madeAt: lists[0]?.madeAt ?? null, slots, units, zone: engine.zone }
  })
}

/** Checks of handled alerts (属实/失实), and what units are given at fixed times (domain.md 4.2, 4.4). */
export function checkRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  listRoutes(api, deps)

  api.get('/alert-checks', {
    config,
    schema: {
      tags, summary: '属实核查 / Checks of alerts',
      description: '已解决或已关闭的 A3、A4 全部，A2 抽 5 %。due 为待核查（最早结束者在前），done 为已核查（最近者在前）。 / All resolved or closed A3 and A4, and 5 % of A2. due: those that wait, the longest ended first; done: those that were checked, the latest first.',
      querystring: Type.Object({
        state: Type.Union([Type.Literal('due'), Type.Literal('done')], { default: 'due' }),
        days: Type.Integer({ minimum: 1, maximum: 366, default: 30, description: '最近多少天 / of the last so many days' }),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      }),
      response: answers({ 200: CheckList }, 400, 401, 403),
    },
  }, async (request) => {
    const { scope } = principalOf(request)
    const { state, days, limit } = request.query
    const asOf = clock.now()
    const since = asOf - days * DAY
    const found = await listChecks(engine.pool, scope, { isDone: state === 'done', since, limit })
    const cards = new Map((await cardOf(engine.pool, found.map(({ alertId }) => alertId))).map((card) => [card.id, card]))
    const items = found.flatMap(({ alertId, endedAt, check }) => {
      const card = cards.get(alertId)
      return card === undefined ? [] : [{ card, endedAt, check }]
    })
    return { items, ...(await countChecks(engine.pool, scope, since)), since, asOf }
  })

  api.put('/alerts/:id/check', {
    config,
    schema: {
      tags, summary: '登记核查结果 / Record a check',
      description: '属实或失实、措施与依据；记入时间线，可更正。处理过该预警的人不能核查。 / Confirmed or not, the measure and on what it rests: a line of the timeline, to be corrected by another. Whoever handled the alert may not.',
      params: Type.Object({ id: NumberId }), body: CheckBody, response: answers({ 200: AlertDetail }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    const actor = actorOfUser(user)
    const now = clock.now()
    const { result, measure = null, note } = request.body
    return inEngineTransaction(engine, now, async (etx) => {
      const refusal = await recordCheck(etx, request.params.id, { result, measure, note: maskText(presentable(note)) }, actor)
      if (refusal !== null) throw whyNot(refusal)
      const detail = await loadDetail(etx.tx, user.scope, request.params.id, { actor, at: now })
      if (detail === undefined) throw refusals.notFound()
      return detail
    })
  })
}
