import { Type } from 'typebox'
import { KeywordHitShown, KeywordHitsAnswer, KeywordPrecisionAnswer, WrongMark } from '../../core/contract/keywords.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { isProposedForRemoval, precisionOf } from '../../core/domain/keyword/precision.ts'
import { DAY } from '../../core/domain/time.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { countKeywordHits, listKeywordHits, markKeywordHit } from '../../core/store/keyword-hit-store.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'

const PRECISION_DAYS = 30
const RegionQuery = Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' }))
const InstantQuery = (what: string) => Type.Optional(Type.String({ minLength: 20, maxLength: 40, description: `RFC 3339；${what}` }))

function hitRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/keyword-hits', {
    config: { access: { user: 'see_ticket_text' } },
    schema: {
      tags: ['alerts'], summary: '敏感词命中 / Hits of sensitive words',
      description: '按受理时间从新到旧，缺省最近 30 天；片段已脱敏，记入审计；用 after 翻页。 / Newest acceptance first, the last 30 days by default; fragments are masked and looking is audited; page on with after.',
      querystring: Type.Object({
        region: RegionQuery, category: Type.Optional(Type.String({ maxLength: 12 })), word: Type.Optional(Type.String({ maxLength: 40 })),
        from: InstantQuery('缺省 30 天前 / 30 days ago'), to: InstantQuery('缺省现在 / now'), after: Type.Optional(NumberId), limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      }),
      response: answers({ 200: KeywordHitsAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { region, category = null, word = null, from, to, after = null, limit } = request.query
    const scope = region === undefined ? principal.scope : scopeOf(regionInScope(engine, principal, region))
    const end = to === undefined ? clock.now() : instantOf('to', to)
    const start = from === undefined ? end - PRECISION_DAYS * DAY : instantOf('from', from)
    const items = await listKeywordHits(engine.pool, scope, { from: start, to: end, category, word, afterId: after, limit })
    if (items.length > 0) await audit(engine.pool, request, clock, { action: 'ticket_text_opened', subject: `${items.length} keyword hits`, detail: { ids: items.map(({ id }) => id) } })
    return { items }
  })

  api.post('/keyword-hits/:id/wrong', {
    config: { access: { user: 'see_ticket_text' } },
    schema: {
      tags: ['alerts'], summary: '标注误命中 / Call a hit wrong',
      description: '误命中不再支持任何预警，工单随即重新判定；isWrong 为 false 撤回标注。 / A wrong hit raises nothing more, its ticket is judged again; isWrong false takes the mark back.',
      params: Type.Object({ id: NumberId }), body: WrongMark, response: answers({ 200: KeywordHitShown }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    const { params: { id }, body: { isWrong } } = request
    const reason = statedReason(request.body.reason)
    const hit = await inTransaction(engine.pool, async (tx) => {
      const marked = await markKeywordHit(tx, user.scope, id, { by: isWrong ? actorOf(user) : null, reason }, clock.now())
      if (marked === undefined) throw refusals.notFound()
      await audit(tx, request, clock, { action: 'keyword_hit_marked', subject: `keyword hit ${id}`, detail: { isWrong, reason, category: marked.category, word: marked.word } })
      return marked
    })
    engine.ring('timers')
    return hit
  })
}

function precisionRoute(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  api.get('/keyword-precision', {
    // Counts without any text are figures: who keeps the dictionary needs them, and sees no ticket.
    config: { access: { user: 'see_figures' } },
    schema: {
      tags: ['alerts'], summary: '敏感词准确率 / Precision by word',
      description: '最近 30 天每个词的命中数、误命中数与准确率；低于 20% 且命中不少于 30 次的建议删除。 / Hits, wrong hits and precision of each word in 30 days; under 20 % with at least 30 hits a word is proposed for removal.',
      querystring: Type.Object({ region: RegionQuery }), response: answers({ 200: KeywordPrecisionAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { region } = request.query
    const scope = region === undefined ? principal.scope : scopeOf(regionInScope(engine, principal, region))
    const to = clock.now()
    const from = to - PRECISION_DAYS * DAY
    const counts = await countKeywordHits(engine.pool, scope, from, to)
    return { from, to, items: counts.map((count) => ({ ...count, precision: precisionOf(count), isProposedForRemoval: isProposedForRemoval(count) })) }
  })
}

/** What the sensitive words found, and how well each did (domain.md 5.4). */
export function keywordHitRoutes(api: Api, deps: ApiDeps): void {
  hitRoutes(api, deps)
  precisionRoute(api, deps)
}
