import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { RiskTrialStart, RuleTrialList, RuleTrialResult, RuleTrialShown, RuleTrialStart } from '../../core/contract/rule-trials.ts'
import { riskRule } from '../../core/domain/risk/catalogue.ts'
import { endTrial, startRiskTrial, startTrial, type TrialReader, type TrialStarted, viewOneTrial, viewTrial, viewTrials } from '../../core/engine/rule-trials.ts'
import { inTransaction, type Tx } from '../../core/platform/database.ts'
import { takenLogins } from '../../core/store/user-store.ts'
import { actorOf, type Principal } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { changedScope, ruleReader } from '../rule-scopes.ts'
import { statedReason } from '../stated-reason.ts'
import { badRule, ruleOf } from './rules.ts'

const tags = ['configuration']
const TrialId = Type.Object({ id: NumberId })

function readRoutes(api: Api, { engine, clock }: ApiDeps, readerOf: (principal: Principal) => TrialReader): void {
  api.get('/rule-trials', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '规则静默试运行 / Silent trials of rules', description: '集团与本省的试运行，由新到旧，至多 100 个。 / Those of the group and of the caller’s province, newest first, at most 100.',
      response: answers({ 200: RuleTrialList }, 401, 403),
    },
  }, async (request) => ({ items: await viewTrials(engine.pool, readerOf(principalOf(request))) }))

  api.get('/rule-trials/:id', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '试运行结果 / What a trial has found',
      description: '以工单计（风险规则以某地某事的一次成立计）：仅试运行命中、两者都命中、仅现行规则命中，并按级别与首次命中日期分列；只含调用者范围内的，被事实推翻的不计。 / In tickets, of a risk rule in times that a matter was true in a place: found by the trial only, by both, by the rule in force only; also by level and by the day first found. Tickets of the caller’s scope; what facts have disproved is left out.',
      params: TrialId, response: answers({ 200: RuleTrialResult }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { joinGapHours, tickSeconds } = (await engine.settings(clock.now())).risk.body
    const result = await viewTrial(engine.pool, request.params.id, principal.scope, { ...readerOf(principal), zone: engine.zone, gapMinutes: joinGapHours * 60, tickMinutes: tickSeconds / 60 })
    if (result === undefined) throw refusals.notFound()
    return result
  })
}

type Start = RuleTrialStart | RiskTrialStart

/** Begins a trial on the record, once its owner is known to have an account. */
async function begin<S extends Start>({ engine, clock }: ApiDeps, request: FastifyRequest, ruleId: string, body: S, start: (tx: Tx, asked: S) => Promise<TrialStarted>): Promise<string> {
  if (body.owner !== undefined && (await takenLogins(engine.pool, [body.owner])).size === 0) {
    throw new Refusal(400, 'unknown_owner', '负责人没有账户', 'The owner has no account', { field: 'owner', expected: '已有登录名 / a login that exists', mend: '改填登录名，或不填 / give a login, or leave it out' })
  }
  const asked = { ...body, reason: statedReason(body.reason) }
  return inTransaction(engine.pool, async (tx) => {
    const started = await start(tx, asked)
    if ('faults' in started) throw badRule(started.faults[0])
    if ('isRunning' in started) throw new Refusal(409, 'trial_running', '该规则在此范围已有试运行', 'The rule is being tried in that scope already', { field: 'scope', mend: '先停止，或等它结束 / stop it first, or let it end' })
    const detail = { trial: started.id, scope: body.scope ?? null, values: body.values ?? {}, reason: asked.reason, endsAt: body.endsAt }
    await audit(tx, request, clock, { action: 'rule_trial_started', subject: ruleId, detail })
    return started.id
  })
}

function startRoutes(api: Api, deps: ApiDeps, readerOf: (principal: Principal) => TrialReader): void {
  const { engine, clock } = deps
  const params = Type.Object({ id: Type.String({ maxLength: 12 }) })
  const config = { access: { user: 'manage_rules' } } as const
  const by = (user: Principal, code: string | undefined) => ({ scope: changedScope(engine, user, code), tree: engine.tree, startedBy: actorOf(user), now: clock.now() })
  const shown = async (id: string, user: Principal) => {
    const trial = await viewOneTrial(engine.pool, id, readerOf(user))
    if (trial === undefined) throw refusals.notFound()
    return trial
  }

  api.post('/abnormal-rules/:id/trials', {
    config,
    schema: {
      tags, summary: '开始静默试运行 / Start a silent trial',
      description: '以新参数评估并记录，不通知任何人，不计入工单级别、卡片与指标；停用的规则也可试。同一规则同一范围同时只有一个。 / Evaluated with the values given and recorded; it pages nobody and is no part of levels, cards or figures. Also for a rule that is off. One at a time of a rule and a scope.',
      params, body: RuleTrialStart, response: answers({ 201: RuleTrialShown }, 400, 401, 403, 404, 409),
    },
  }, async (request, reply) => {
    const user = userOf(request)
    const place = by(user, request.body.scope)
    const rule = ruleOf(request.params.id)
    const settings = (await engine.settings(clock.now())).abnormal.body
    const id = await begin(deps, request, rule.id, request.body, (tx, asked) => startTrial(tx, rule, asked, { ...place, settings }))
    engine.ring('timers')
    return reply.code(201).send(await shown(id, user))
  })

  api.post('/risk-rules/:id/trials', {
    config,
    schema: {
      tags, summary: '开始风险规则静默试运行 / Start a silent trial of a risk rule',
      description: '以新参数按同样节拍评估并记录：不开案、不通知；停用的规则也可试，参数可松于现行值。values 按路径给值，缺省为该范围现行值。同一规则同一范围同时只有一个。 / Judged with the values given (by path; those left out are in force in the scope) at the same ticks and recorded: it opens no case and pages nobody. Also for a rule that is off, and with laxer values. One at a time of a rule and a scope.',
      params, body: RiskTrialStart, response: answers({ 201: RuleTrialShown }, 400, 401, 403, 404, 409),
    },
  }, async (request, reply) => {
    const user = userOf(request)
    const place = by(user, request.body.scope)
    const ruleId = riskRule(request.params.id)?.id
    if (ruleId === undefined) throw refusals.notFound()
    const settings = (await engine.settings(clock.now())).risk.body
    const id = await begin(deps, request, ruleId, request.body, (tx, asked) => startRiskTrial(tx, ruleId, asked, { ...place, settings }))
    return reply.code(201).send(await shown(id, user))
  })
}

/** Rules tried silently: evaluated and recorded, paging nobody (docs/adr/0016). */
export function ruleTrialRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  const readerOf = (principal: Principal): TrialReader => ({ tree: engine.tree, scopes: ruleReader(engine, principal).scopes, now: clock.now() })
  readRoutes(api, deps, readerOf)
  startRoutes(api, deps, readerOf)

  api.post('/rule-trials/:id/stop', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '停止试运行 / Stop a trial', description: '结果保留；已结束的保持原样。 / What it has found stays; one that has ended stays as it is.',
      params: TrialId, response: answers({ 200: RuleTrialShown }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const { id: trialId } = request.params
    return inTransaction(engine.pool, async (tx) => {
      const outcome = await endTrial(tx, trialId, actorOf(user), readerOf(user))
      if (outcome === 'unknown') throw refusals.notFound()
      if (outcome === 'not_yours') throw refusals.notAllowed()
      const shown = await viewOneTrial(tx, trialId, readerOf(user))
      if (shown === undefined) throw refusals.notFound()
      if (outcome === 'stopped') await audit(tx, request, clock, { action: 'rule_trial_stopped', subject: shown.ruleId, detail: { trial: trialId } })
      return shown
    })
  })
}
