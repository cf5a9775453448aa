import { Type } from 'typebox'
import { KeywordChange, KeywordHitShown, KeywordHitsAnswer, KeywordPrecisionAnswer, KeywordsAnswer, WrongMark } from '../../core/contract/keywords.ts'
import { may, scopeOf } from '../../core/domain/access.ts'
import type { KeywordDictionary } from '../../core/domain/keyword/dictionary.ts'
import { isProposedForRemoval, precisionOf } from '../../core/domain/keyword/precision.ts'
import { DAY } from '../../core/domain/time.ts'
import type { Versioned } from '../../core/engine/context.ts'
import { changeKeywords } from '../../core/engine/keyword-dictionary.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { countKeywordHits, listKeywordHits, markKeywordHit } from '../../core/store/keyword-hit-store.ts'
import { actorOf, type Principal } from '../access.ts'
import { audit, principalOf, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'

const PRECISION_DAYS = 30
const tags = ['configuration']
const RegionQuery = Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '区域代码，默认您的区域 / region code, your own by default' }))
const InstantQuery = (what: string) => Type.Optional(Type.String({ minLength: 20, maxLength: 40, description: `RFC 3339；${what}` }))

/** The dictionary holds for everybody: only people of the root region who keep rules change it. */
const mayChange = ({ engine }: ApiDeps, principal: Principal): boolean =>
  principal.kind === 'user' && may(principal.role, 'manage_rules') && principal.region.code === engine.tree.root.code

function shown({ version, body }: Versioned<KeywordDictionary>, isKeeper: boolean): KeywordsAnswer {
  const items = body.categories.map(({ code, zh, en, words, exclusions, colour, to, threats, feeds, opensCase }) => ({
    code, zh, en, words: [...words], exclusions: [...exclusions], colour, to: [...to], threats: [...threats], feeds: [...feeds], opensCase,
  }))
  return { version, mayChange: isKeeper, items }
}

function dictionaryRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  api.get('/keywords', {
    config: { access: { user: 'signed_in' } },
    schema: { tags, summary: '敏感词库 / The sensitive-keyword dictionary', description: '现行版本的各类别。 / The categories in force.', response: answers({ 200: KeywordsAnswer }, 401, 403) },
  }, async (request) => shown((await engine.settings(clock.now())).keywords, mayChange(deps, principalOf(request))))

  api.put('/keywords/:category', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改一类敏感词 / Change a category',
      description: '成为配置 keywords 的新版本，此后受理的工单按其判定，此前受理的不变；限根区域人员。 / The next version of the configuration, for tickets accepted from now on; what was accepted before stays. For people of the root region.',
      params: Type.Object({ category: Type.String({ maxLength: 12 }) }), body: KeywordChange, response: answers({ 200: KeywordsAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const user = userOf(request)
    if (!mayChange(deps, user)) throw new Refusal(403, 'whole_tree_only', '词库对全网生效，须由根区域的人员更改', 'The dictionary holds for everybody: only people of the root region may change it')
    const { params: { category }, body } = request
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeKeywords(tx, category, body, { author: actorOf(user), now: clock.now() })
      if (changed.outcome === 'no_category') throw refusals.notFound()
      if (changed.outcome === 'faults') {
        const [fault = ''] = changed.faults
        const [field = '', expected = ''] = fault.split(/: (.*)/su)
        throw new Refusal(400, 'bad_keywords', `词库不合规：${fault}`, `The dictionary does not fit: ${fault}`, { field, expected })
      }
      const { words, exclusions, threats, colour } = changed.before
      await audit(tx, request, clock, { action: 'keywords_changed', subject: category, detail: { version: changed.settings.version, before: { words, exclusions, threats, colour }, after: body } })
      return shown(changed.settings, true)
    })
  })
}

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
    const { params: { id }, body: { isWrong, reason } } = request
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

/** The sensitive-keyword dictionary, what it found, and how well (domain.md 5.4). */
export function keywordRoutes(api: Api, deps: ApiDeps): void {
  dictionaryRoutes(api, deps)
  hitRoutes(api, deps)
  const { engine, clock } = deps
  api.get('/keyword-precision', {
    config: { access: { user: 'see_ticket_text' } },
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
