import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { OnCallAnswer, RosterAnswer, RosterChangeBody, RosterGapsAnswer, RosterHistory, RosterPut, RostersAnswer, RosterWithdrawal } from '../../core/contract/rosters.ts'
import { may } from '../../core/domain/access.ts'
import type { Position } from '../../core/domain/escalation/position.ts'
import { rolesAt } from '../../core/domain/oncall/stand-in.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { DAY, dayOfDate, dayStart, startOfDay } from '../../core/domain/time.ts'
import { ROLES, type Role } from '../../core/domain/vocabulary.ts'
import { changeRoster, putRoster, type RosterDesk, type RosterOutcome, withdrawChange } from '../../core/engine/roster-changes.ts'
import { rosterView, viewOnCall, viewRoster, viewRosterGaps, viewRosterHistory, viewRosters } from '../../core/engine/roster-views.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals, unfit } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'

const tags = ['rosters']
const see = { access: { user: 'see_rosters' } } as const
const manage = { access: { user: 'manage_rosters' } } as const
const place = Type.Object({ role: Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] }), region: Type.String({ maxLength: 32 }) })
const changePlace = Type.Object({ ...place.properties, id: NumberId })
const inRegion = Type.Object({ region: Type.Optional(Type.String({ maxLength: 32, description: '默认本人所在区域 / the caller’s own by default' })) })

/** The position that a path names, if its region lies in the caller's scope and has such a position. */
function positionOf({ engine }: ApiDeps, request: FastifyRequest, { role, region }: { role: Role; region: string }): Position & { readonly node: RegionNode } {
  const node = regionInScope(engine, principalOf(request), region)
  if (rolesAt(node.level).includes(role)) return { role, regionCode: node.code, node }
  throw new Refusal(404, 'no_position', '该区域没有这个岗位', 'The region has no such position', {
    field: 'role', expected: rolesAt(node.level).join(', '), mend: '选择该区域的岗位 / choose a position of the region',
  })
}

const mayChange = (request: FastifyRequest): boolean => {
  const principal = principalOf(request)
  return principal.kind === 'user' && may(principal.role, 'manage_rosters')
}

function readRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  const regionOf = (request: FastifyRequest, code: string | undefined) => (code === undefined ? principalOf(request).region : regionInScope(engine, principalOf(request), code))

  api.get('/rosters', {
    config: see,
    schema: {
      tags, summary: '各岗位谁在岗 / Who is on at each position', description: '一个区域的各岗位：是否已排班、现在谁在岗及原因、下次变更、14 天内无人值班的段数。 / The positions of a region: whether they have a roster, who is on now and why, when that changes next, and how many gaps the next 14 days have.',
      querystring: inRegion, response: answers({ 200: RostersAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => viewRosters(await rosterView(engine, clock.now()), principalOf(request).scope, regionOf(request, request.query.region), mayChange(request)))

  api.get('/rosters/:role/:region', {
    config: see,
    schema: {
      tags, summary: '一个岗位的排班 / The roster of a position', description: '自 from（默认今天）起 days 天内开始的各段由谁在岗、生效的调整、可选人员；revision 供更改时使用。 / From the date from (today by default) for days: who is on in each stretch that begins in them, the changes that stand, whom one could put on; revision is what a change is based on.',
      params: place, querystring: Type.Object({ from: Type.Optional(Type.String({ maxLength: 10, description: 'YYYY-MM-DD' })), days: Type.Integer({ minimum: 1, maximum: 62, default: 14 }) }),
      response: answers({ 200: RosterAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const position = positionOf(deps, request, request.params)
    const { from: asked, days } = request.query
    const first = asked === undefined ? dayStart(clock.now(), engine.zone) : /^\d{4}-\d{2}-\d{2}$/.test(asked) ? dayOfDate(asked) : Number.NaN
    if (!Number.isFinite(first)) throw new Refusal(400, 'bad_date', 'from 不是真实存在的日期', 'from is no real date', { field: 'from', expected: 'YYYY-MM-DD', mend: '改正日期 / correct the date' })
    const from = asked === undefined ? first : startOfDay(first, engine.zone)
    return viewRoster(await rosterView(engine, clock.now()), principalOf(request).scope, position, { from, to: from + days * DAY }, mayChange(request))
  })

  api.get('/rosters/:role/:region/on-call', {
    config: see,
    schema: {
      tags, summary: '某一时刻谁在岗 / Who is on at an instant', description: 'at 为毫秒时间戳，默认现在；过去与将来均可。 / at is in milliseconds since 1970, now by default; the past and the future alike.',
      params: place, querystring: Type.Object({ at: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_102_444_800_000 })) }), response: answers({ 200: OnCallAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const now = clock.now()
    return viewOnCall(await rosterView(engine, now), principalOf(request).scope, positionOf(deps, request, request.params), request.query.at ?? now)
  })

  api.get('/rosters/:role/:region/history', {
    config: see,
    schema: { tags, summary: '排班的历次更改 / The history of a roster', description: '由新到旧，含已撤销的。 / Newest first, those withdrawn too.', params: place, response: answers({ 200: RosterHistory }, 400, 401, 403, 404) },
  }, async (request) => viewRosterHistory(await rosterView(engine, clock.now()), principalOf(request).scope, positionOf(deps, request, request.params)))

  api.get('/roster-gaps', {
    config: { access: { user: 'see_rosters', wall: true } },
    schema: {
      tags, summary: '无人值班的时段 / Gaps', description: '14 天内无人值班的时段，由近及远，含下级区域。 / The stretches of the next 14 days for which nobody is on, the nearest first, of the region and below.',
      querystring: inRegion, response: answers({ 200: RosterGapsAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => viewRosterGaps(await rosterView(engine, clock.now()), principalOf(request).scope, regionOf(request, request.query.region)))
}

/** What was done as a version's or a change's id. @throws Refusal for all that was not done. */
function done(outcome: RosterOutcome): string {
  if (outcome.outcome === 'done') return outcome.ref
  if (outcome.outcome === 'unknown') throw refusals.notFound()
  if (outcome.outcome === 'faults') throw unfit('bad_roster', '排班不合规', 'The roster does not fit', outcome.faults[0])
  throw new Refusal(409, 'stale_roster', '您打开之后排班已被更改，您的更改没有保存', 'The roster was changed since you opened it; your change was not saved', {
    field: 'basedOn', expected: String(outcome.revision), mend: '核对最新排班后再次保存 / look at the newest roster and save again',
  })
}

/** Rosters: who is on for a position at any time (domain.md 7.6). Whoever manages them does so for his region and below. */
export function rosterRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  readRoutes(api, deps)

  const apply = async (request: FastifyRequest, named: { role: Role; region: string }, act: { action: string; reason: string; detail: Record<string, unknown> }, work: (desk: RosterDesk) => Promise<RosterOutcome>) => {
    const { node, ...position } = positionOf(deps, request, named)
    const user = userOf(request)
    const [reason, now] = [statedReason(act.reason), clock.now()]
    return inTransaction(engine.pool, async (tx) => {
      const view = await rosterView(engine, now, tx)
      const ref = done(await work({ tx, scope: user.scope, tree: engine.tree, terms: view.terms, position, entry: { author: actorOf(user), reason, now } }))
      await audit(tx, request, clock, { action: act.action, subject: `${position.role}@${position.regionCode}`, regionPath: node.path, detail: { ...act.detail, ref, reason } })
      const from = dayStart(now, engine.zone)
      return viewRoster(view, user.scope, position, { from, to: from + 14 * DAY }, true)
    })
  }

  api.put('/rosters/:role/:region', {
    config: manage,
    schema: {
      tags, summary: '编写排班 / Write a roster', description: '成为该岗位排班的新版本，自 effectiveFrom 起生效（默认立即）。每种班次须有人；不合规时 400，指明字段与改法。 / The next version of the position’s roster, in force from effectiveFrom (at once by default). Every kind of shift needs somebody; what is not sound is refused with field and mend.',
      params: place, body: RosterPut, response: answers({ 200: RosterAnswer }, 400, 401, 403, 404, 409),
    },
  }, async (request) => apply(request, request.params, { action: 'roster_written', reason: request.body.reason, detail: { roster: request.body.roster } }, (desk) => putRoster(desk, request.body)))

  api.post('/rosters/:role/:region/changes', {
    config: manage,
    schema: {
      tags, summary: '临时调整、换班、请假 / Override, swap or leave', description: 'override：一个班次改由他人；swap：两人互换两个班次；leave：一人一段时间不在，副班顶上，其所在的所有排班均不再点到此人。 / override: others for one shift; swap: two people change two shifts; leave: somebody is away for a span, the deputy stands in, and no roster names him.',
      params: place, body: RosterChangeBody, response: answers({ 201: RosterAnswer }, 400, 401, 403, 404, 409),
    },
  }, async (request, reply) => {
    const { change, reason } = request.body
    return reply.code(201).send(await apply(request, request.params, { action: `roster_${change.kind}`, reason, detail: { change } }, (desk) => changeRoster(desk, request.body)))
  })

  api.post('/rosters/:role/:region/changes/:id/withdraw', {
    config: manage,
    schema: {
      tags, summary: '撤销一项调整 / Withdraw a change', description: '记录保留。 / It stays on record.',
      params: changePlace, body: RosterWithdrawal, response: answers({ 200: RosterAnswer }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const { params: { id }, body: { basedOn, reason } } = request
    return apply(request, request.params, { action: 'roster_change_withdrawn', reason, detail: { id } }, (desk) => withdrawChange(desk, id, basedOn))
  })
}
