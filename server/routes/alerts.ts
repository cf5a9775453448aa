import { Type } from 'typebox'
import { AlertDetail, AlertList, MoveBody } from '../../core/contract/alerts.ts'
import { may } from '../../core/domain/access.ts'
import type { MoveRequest, TransitionResult } from '../../core/domain/alert/alert.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { ALERT_KINDS, ALERT_STATES, type AlertState } from '../../core/domain/vocabulary.ts'
import { loadCards, loadDetail, type Viewer } from '../../core/engine/alert-card.ts'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { latestSeq } from '../../core/store/feed-store.ts'
import type { UserPrincipal } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'

const config = { access: { user: 'see_alerts' } } as const
const params = Type.Object({ id: NumberId })
const tags = ['alerts']

const ListQuery = Type.Object({
  state: Type.String({
    default: 'live', pattern: `^(live|ended|all|((${ALERT_STATES.join('|')})(,(?!$)|$))+)$`,
    description: 'live（未结束）、ended、all，或以逗号分隔的状态 / live, ended, all, or states separated by commas',
  }),
  kind: Type.Optional(Type.Unsafe<(typeof ALERT_KINDS)[number]>({ type: 'string', enum: [...ALERT_KINDS], description: 'abnormal 异常工单；risk 重大风险 / abnormal ticket; risk case' })),
  group: Type.Optional(Type.Literal('ticket', { description: '每张工单一张卡片，附全部规则 / one card per ticket, with all its rules' })),
  limit: Type.Integer({ minimum: 1, maximum: 2000, default: 500 }),
})

function statesOf(word: string): { isLive?: boolean; states?: readonly AlertState[] } {
  if (word === 'all') return {}
  if (word === 'live' || word === 'ended') return { isLive: word === 'live' }
  return { states: word.split(',') as AlertState[] }
}

/** The person as the one who moves an alert. */
export const actorOfUser = (user: UserPrincipal): Viewer['actor'] =>
  ({ kind: 'user', userId: user.id, name: user.name, role: user.role, regionPath: user.scope.path })

/** Why a move was not made, as an HTTP refusal. */
export function refused(result: Extract<TransitionResult, { ok: false }>): Refusal {
  const first = { ...(result.by === undefined ? {} : { by: result.by }), ...(result.at === undefined ? {} : { at: result.at }) }
  switch (result.code) {
    case 'already_acknowledged':
      return new Refusal(409, result.code, `已由${result.by ?? '他人'}确认`, `Already acknowledged by ${result.by ?? 'somebody else'}`, first)
    case 'illegal_move':
      return new Refusal(409, result.code, '当前状态不允许此操作', `This move is not possible now: ${result.detail}`, { ...first, mend: '刷新后查看可用操作 / look again at what can be done' })
    case 'reason_required':
      return new Refusal(422, result.code, '此操作须说明理由', 'This move needs a reason', { field: 'reason', expected: '非空文字 / some text' })
    case 'role_may_not':
      return new Refusal(403, result.code, '您的角色无权进行此操作', `Your role may not do that: ${result.detail}`)
    case 'separation_of_duty':
      return new Refusal(403, result.code, '须由另一人进行（职责分离）', `Another person has to do that: ${result.detail}`)
    case 'review_owed':
      return new Refusal(409, result.code, '复盘尚未签字，案件不能关闭', `The case cannot be closed: ${result.detail}`, { mend: '在案件页完成复盘并签字，最后一个签字即关闭案件 / finish the review on the page of the case and have it signed: the last signature closes the case' })
    case 'out_of_scope':
      return refusals.notFound()
  }
}

/** Lists, one alert with its proof, and the moves of people. */
export function alertRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const { pool } = engine

  api.get('/alerts', {
    config,
    schema: {
      tags, summary: '预警列表 / Alerts', description: '按下一时限排序；seq 是此列表所对应的推送序号。 / By the next deadline; seq is the place in the feed that the list stands at.',
      querystring: ListQuery, response: answers({ 200: AlertList }, 400, 401, 403),
    },
  }, async (request) => {
    const { state, kind, group, limit } = request.query
    // The place first: a row published in between is applied again, which changes nothing.
    const seq = await latestSeq(pool)
    const items = await loadCards(pool, principalOf(request).scope, { ...statesOf(state), ...(kind === undefined ? {} : { kind }), isGrouped: group === 'ticket', limit })
    return { items, asOf: clock.now(), seq }
  })

  api.get('/alerts/:id', {
    config,
    schema: {
      tags, summary: '预警详情 / One alert', description: '事实、参数、时间线、读数、关联工单、送达与可用操作。含工单文字时记入审计。 / Facts, parameters, timeline, readings, tickets, deliveries, possible moves. Opening ticket texts is audited.',
      params, response: answers({ 200: AlertDetail }, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const detail = await loadDetail(pool, user.scope, request.params.id, { actor: actorOfUser(user), at: clock.now() })
    if (detail === undefined) throw refusals.notFound()
    // domain.md 8.4: each opening of ticket texts is logged.
    if (detail.tickets.length > 0 && may(user.role, 'see_ticket_text')) await audit(pool, request, clock, { action: 'ticket_text_opened', subject: `alert ${request.params.id}` })
    return detail
  })

  api.post('/alerts/:id/moves', {
    config,
    schema: {
      tags, summary: '处置 / Make a move', description: '确认、开始处理、备注、解决、关闭、误报、降级、同意降级、重开。同时操作者先到先得，后者得 409 与先行者。 / The first of two wins, the second gets 409 and who was first.',
      params, body: MoveBody, response: answers({ 200: AlertDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const actor = actorOfUser(user)
    const { move, reason, toSeverity, client } = request.body
    // People write numbers into reasons too: what is stored is masked (domain.md 8.4).
    const asked = { move, reason: maskText(presentable(reason)), ...(toSeverity === undefined ? {} : { toSeverity }) } as MoveRequest
    const now = clock.now()
    // Out of the transaction: a late acknowledgement is refused and yet written down.
    const done = await inEngineTransaction(engine, now, async (etx) => {
      const result = await moveAlert(etx, request.params.id, asked, actor, client ?? 'api')
      return result.ok ? { ok: true as const, detail: await loadDetail(etx.tx, user.scope, request.params.id, { actor, at: now }) } : result
    })
    if (!done.ok) throw refused(done)
    if (done.detail === undefined) throw refusals.notFound()
    return done.detail
  })
}
