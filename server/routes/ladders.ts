import { LadderChange, LadderPreview, LadderPreviewQuery, LaddersAnswer, LaddersHistory } from '../../core/contract/ladders.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { changeLadders, previewLadder, viewLadders, viewLaddersHistory } from '../../core/engine/ladders.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, unfit } from '../errors.ts'
import { answers } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'
import { mayForAll, requireForAll } from '../whole-tree.ts'

const tags = ['configuration']

function readRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  api.get('/ladders', {
    config: { access: { user: 'signed_in' } },
    schema: {
      tags, summary: '升级阶梯 / The ladders', description: '案件四色与工单四级的升级阶梯：确认与处理时限、各步何时以何渠道通知何岗位、提醒、处理超时后果；默认值与最近一次更改。 / Of each colour and level: limits, steps, reminders, what follows an overdue plan; the defaults; the last change.',
      response: answers({ 200: LaddersAnswer }, 401, 403),
    },
  }, async (request) => viewLadders(engine.pool, mayForAll(engine, principalOf(request), 'manage_rules')))

  api.get('/ladders/history', {
    config: { access: { user: 'signed_in' } },
    schema: { tags, summary: '升级阶梯的历次更改 / The history of the ladders', description: '由新到旧，整份阶梯的前后。 / Newest first, each ladder before and after.', response: answers({ 200: LaddersHistory }, 401, 403) },
  }, async () => viewLaddersHistory(engine.pool))

  api.get('/ladders/preview', {
    config: { access: { user: 'signed_in' } },
    schema: {
      tags, summary: '此刻会通知谁 / Who would be told now', description: '若此处此刻出现该级别预警且无人确认：逐步何时、以何渠道、通知谁；岗位空缺时转向何处。 / Of an alert here that nobody answers: step by step when, by what, whom; where the call goes when a position is vacant.',
      querystring: LadderPreviewQuery, response: answers({ 200: LadderPreview }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const { kind, severity, region, at, skip_level: isSkipLevel = false } = request.query
    const node = regionInScope(engine, principalOf(request), region)
    return previewLadder(engine, engine.pool, { kind, severity: severity as Severity, regionCode: node.code, isSkipLevel }, at ?? clock.now())
  })
}

/** The ladders of escalation: read, looked at with the people of today, changed with a reason, and their history. */
export function ladderRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  readRoutes(api, deps)

  api.put('/ladders', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改升级阶梯 / Change the ladders',
      description: '成为下一版本，对此后出现的预警立即生效；进行中的预警沿用其开始时的版本。限根区域的规则管理者。 / The next version, in force at once for what is raised from now on; what runs keeps its version. By people of the root region who keep rules.',
      body: LadderChange, response: answers({ 200: LaddersAnswer }, 400, 401, 403, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    requireForAll(engine, user, 'manage_rules', '升级阶梯', 'The ladders hold')
    const reason = statedReason(request.body.reason)
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeLadders(tx, { ...request.body, reason }, { author: actorOf(user), now: clock.now() })
      if (changed.outcome === 'stale') {
        throw new Refusal(409, 'stale_version', `其间已有版本 ${changed.version}，请重新读取后再改`, `There is version ${changed.version} by now: read it, then change it`, {
          field: 'basedOn', expected: String(changed.version), mend: 'GET /api/v1/ladders',
        })
      }
      if (changed.outcome === 'faults') throw unfit('bad_ladder', '阶梯不合规', 'The ladder does not fit', changed.faults[0])
      const { version, changed: names } = changed
      if (names.length > 0) await audit(tx, request, clock, { action: 'ladders_changed', subject: `ladders ${version}`, detail: { version, reason, changed: names } })
      return viewLadders(tx, true)
    })
  })
}
