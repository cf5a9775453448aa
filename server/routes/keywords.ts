import { Type } from 'typebox'
import { CommonWordsChange, KeywordChange, KeywordHistory, KeywordsAnswer, KeywordTrial, KeywordTrialAnswer } from '../../core/contract/keywords.ts'
import { saidChange } from '../../core/domain/keyword/difference.ts'
import { changeCommonWords, changeKeywords, type StaleChange, tryText, viewKeywordHistory, viewKeywords } from '../../core/engine/keyword-dictionary.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals, unfit } from '../errors.ts'
import { answers } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'
import { mayForAll, requireForAll } from '../whole-tree.ts'

const tags = ['configuration']
const CategoryId = Type.String({ maxLength: 12, description: 'KW-MED …' })

const badKeywords = (fault: string | undefined) => unfit('bad_keywords', '词库不合规', 'The dictionary does not fit', fault)

/** Somebody changed the category since it was read: what, and what to do. */
function staleKeywords({ by, at, version, change }: StaleChange): Refusal {
  const said = saidChange(change)
  return new Refusal(
    409, 'stale_keywords',
    `您打开之后，${by} 已更改“${change.zh}”（第 ${version} 版）：${said.zh}。您的更改没有保存`,
    `${by} changed “${change.en}” since you opened it (version ${version}): ${said.en}. Your change was not saved`,
    { field: 'version', by, at, mend: '核对此更改，在最新版本上再次保存 / look at that change and save again upon the newest version' },
  )
}

function readRoutes(api: Api, deps: ApiDeps): void {
  const { engine } = deps
  api.get('/keywords', {
    config: { access: { user: 'signed_in' } },
    schema: { tags, summary: '敏感词库 / The sensitive-keyword dictionary', description: '最新版本的各类别。 / The categories of the newest version.', response: answers({ 200: KeywordsAnswer }, 401, 403) },
  }, async (request) => viewKeywords(engine.pool, mayForAll(engine, principalOf(request), 'manage_rules')))

  api.get('/keywords/history', {
    config: { access: { user: 'signed_in' } },
    schema: {
      tags, summary: '敏感词库的历次更改 / The history of the dictionary', description: '由新到旧：版本、何时、何人、为何，各类新增与删除的词；category 只看一类。 / Newest first: version, when, who, why, and the words that came and went; category looks at one.',
      querystring: Type.Object({ category: Type.Optional(CategoryId) }), response: answers({ 200: KeywordHistory }, 400, 401, 403),
    },
  }, async (request) => viewKeywordHistory(engine.pool, request.query.category ?? null))

  api.post('/keywords/try', {
    config: { access: { user: 'signed_in' } },
    schema: {
      tags, summary: '试一试 / Try a text',
      description: '一段文字按最新词库（draft：按尚未保存的一类）会命中什么、什么被排除或否定及原因；不保存，不记日志。 / What the newest dictionary, or one category as it is being edited (draft), finds in a text, what is excluded or negated, and why; neither stored nor logged.',
      body: KeywordTrial, response: answers({ 200: KeywordTrialAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const tried = await tryText(engine.pool, request.body)
    if (tried.outcome === 'no_category') throw refusals.notFound()
    if (tried.outcome === 'faults') throw badKeywords(tried.faults[0])
    return tried.answer
  })
}

function commonRoute(api: Api, { engine, clock }: ApiDeps): void {
  api.put('/keywords/common', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改各类共用的词 / Change the words that all categories have in common',
      description: '金额用语、不算金额用语的词、否定语、使否定失效的词、否定语的距离；规则与更改一类相同。 / Words about money, words that are not, negations, words that take a negation away, the reach of a negation; as a category is changed.',
      body: CommonWordsChange, response: answers({ 200: KeywordsAnswer }, 400, 401, 403, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    requireForAll(engine, user, 'manage_rules', '词库', 'The dictionary holds')
    const reason = statedReason(request.body.reason)
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeCommonWords(tx, { ...request.body, reason }, { author: actorOf(user), now: clock.now() })
      if (changed.outcome === 'faults') throw badKeywords(changed.faults[0])
      if (changed.outcome === 'stale') throw staleKeywords(changed.stale)
      const { lists, reach } = changed.change
      await audit(tx, request, clock, { action: 'keywords_changed', subject: changed.change.category, detail: { version: changed.version, reason, lists, reach } })
      return viewKeywords(tx, true)
    })
  })
}

/** The sensitive-keyword dictionary (domain.md 5.4), without any customer's data. */
export function keywordRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  readRoutes(api, deps)

  commonRoute(api, deps)

  api.put('/keywords/:category', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags, summary: '更改一类敏感词 / Change a category',
      description: '成为配置 keywords 的新版本，此后受理的工单按其判定，此前受理的不变；限根区域人员。version 为所依据的版本，本类此后已被他人更改则 409，并说明改了什么。 / The next version of the configuration, for tickets accepted from now on; what was accepted before stays. For people of the root region. version is the one that was read: where somebody changed the category since, 409 says what.',
      params: Type.Object({ category: CategoryId }), body: KeywordChange, response: answers({ 200: KeywordsAnswer }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    requireForAll(engine, user, 'manage_rules', '词库', 'The dictionary holds')
    const { params: { category } } = request
    const reason = statedReason(request.body.reason)
    return inTransaction(engine.pool, async (tx) => {
      const changed = await changeKeywords(tx, category, { ...request.body, reason }, { author: actorOf(user), now: clock.now() })
      if (changed.outcome === 'no_category') throw refusals.notFound()
      if (changed.outcome === 'faults') throw badKeywords(changed.faults[0])
      if (changed.outcome === 'stale') throw staleKeywords(changed.stale)
      const told = ({ words, exclusions, threats, colour }: typeof changed.before) => ({ words, exclusions, threats, colour })
      await audit(tx, request, clock, { action: 'keywords_changed', subject: category, detail: { version: changed.version, reason, before: told(changed.before), after: told(changed.after) } })
      return viewKeywords(tx, true)
    })
  })
}
