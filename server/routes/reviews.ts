import { Type } from 'typebox'
import { CaseReview, ReviewMeasureBody, ReviewMeasureDone, ReviewOrder, ReviewQuery, Reviews, ReviewSignBody, type ReviewBody } from '../../core/contract/reviews.ts'
import { isDate } from '../../core/domain/calendar.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import type { EngineTx } from '../../core/engine/context.ts'
import { addReviewMeasure, finishReviewMeasure, type ReviewWriter, saveReview, signReview } from '../../core/engine/reviews.ts'
import { viewReview, viewReviews } from '../../core/engine/review-views.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import type { UserPrincipal } from '../access.ts'
import { type Api, type ApiDeps, userOf } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { actorOfUser } from './alerts.ts'
import { impersonal, notACase } from './case-refusals.ts'
import { reviewRefused } from './review-refusals.ts'

const tags = ['alerts']
const config = { access: { user: 'see_alerts' } } as const
const params = Type.Object({ id: NumberId })
const measureParams = Type.Object({ id: NumberId, measureId: NumberId })
const idOf = (id: string) => String(BigInt(id))
const writerOf = (user: UserPrincipal): ReviewWriter => ({ userId: user.id, role: user.role, scope: user.scope, actor: actorOfUser(user) })

const WORDS = ['behaviour', 'right', 'wrong', 'refunds', 'rules', 'line', 'noMeasures', 'departments', 'minutes'] as const satisfies readonly (keyof ReviewBody)[]

/** The words of a review without personal data; what is empty stays empty. A day that there is not is refused. */
function impersonalReview(content: ReviewBody): ReviewBody {
  const clean = (field: string, text: string) => (text.trim() === '' ? '' : impersonal(field, text))
  if (content.metOn !== '' && !isDate(content.metOn)) {
    throw new Refusal(422, 'no_such_day', '没有这一天', 'There is no such day', { field: 'content.metOn', expected: 'YYYY-MM-DD', mend: '改正日期 / correct the date' })
  }
  const words = Object.fromEntries(WORDS.map((field) => [field, clean(`content.${field}`, content[field])])) as Pick<ReviewBody, (typeof WORDS)[number]>
  const causes = content.causes.map(({ depth, text }, index) => ({ depth, text: clean(`content.causes[${index}].text`, text) }))
  return { ...content, ...words, causes: causes.filter(({ text }) => text !== '') }
}

async function reviewAnswer(etx: EngineTx, user: UserPrincipal, id: string): Promise<CaseReview> {
  const found = await viewReview(etx.tx, etx.engine.tree, writerOf(user), user.scope, id, etx.now)
  if (found === undefined) throw refusals.notFound()
  if (found === 'not_a_case') throw notACase()
  return found
}

/** Reviews of cases that have ended: read by whoever sees alerts there, written and signed by the roles of domain.md 7.7. */
export function reviewRoutes(api: Api, deps: ApiDeps): void {
  readingRoutes(api, deps)
  writingRoutes(api, deps)
  measureRoutes(api, deps)
}

function readingRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/reviews', {
    config,
    schema: { tags, summary: '复盘列表 / Reviews', description: '按下一时限排序；open 与 overdue 为范围内总数。 / By the next limit; open and overdue are the totals of the scope.', querystring: ReviewQuery, response: answers({ 200: Reviews }, 400, 401, 403) },
  }, async (request) => {
    const { state, severity, limit } = request.query
    return viewReviews(engine, userOf(request).scope, { state, limit, now: clock.now(), ...(severity === undefined ? {} : { severity: severity as Severity }) })
  })

  api.get('/cases/:id/review', {
    config,
    schema: { tags, summary: '案件复盘 / Review of a case', description: '系统起草的时间线与数字、最新版本、各版本、签字与措施；无需复盘时 review 为 null。 / The timeline and figures as the system drafts them, the latest version, all versions, signatures and measures; review is null where none is owed.', params, response: answers({ 200: CaseReview }, 401, 403, 404, 409) },
  }, async (request) => inEngineTransaction(engine, clock.now(), (etx) => reviewAnswer(etx, userOf(request), idOf(request.params.id))))
}

function writingRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.post('/cases/:id/review', {
    config,
    schema: {
      tags, summary: '保存一版 / Keep a version', description: '与当时的数字一并定格；各版保留；依据旧版的修改得 409；新版使旧版上的签字失效。不得含个人信息。 / Frozen with the figures of the moment; all versions stay; an edit of an older one gets 409; signatures under an older version are withdrawn. Nothing personal is taken.',
      params, body: ReviewOrder, response: answers({ 200: CaseReview }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const id = idOf(request.params.id)
    const content = impersonalReview(request.body.content)
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const saved = await saveReview(etx, writerOf(user), id, { basedOn: request.body.basedOn, content })
      if (saved !== 'done') throw reviewRefused(saved)
      return reviewAnswer(etx, user, id)
    })
  })

  api.post('/cases/:id/review/sign', {
    config,
    schema: {
      tags, summary: '签字 / Sign', description: '蓝：值班长；黄：值班经理；橙：省客户服务部；红：省客户服务部与集团客户服务部各一人。最后一个签字关闭案件。 / Blue: duty leader; yellow: duty manager; orange: province_cs_dept; red: one each of province_cs_dept and group_cs_dept. The last signature closes the case.',
      params, body: ReviewSignBody, response: answers({ 200: CaseReview }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const id = idOf(request.params.id)
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const signed = await signReview(etx, writerOf(user), id, request.body.version)
      if (signed !== 'done') throw reviewRefused(signed)
      return reviewAnswer(etx, user, id)
    })
  })
}

function measureRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.post('/cases/:id/review/measures', {
    config,
    schema: {
      tags, summary: '增加复盘措施 / Add a measure', description: '责任岗位与完成日期；到期未完成时向该岗位发蓝色预警一次。 / A post and a day; due and not done it is a blue alert to that post, once.',
      params, body: ReviewMeasureBody, response: answers({ 200: CaseReview }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const id = idOf(request.params.id)
    const order = { ...request.body, what: impersonal('what', request.body.what) }
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const added = await addReviewMeasure(etx, writerOf(user), id, order)
      if (added !== 'done') throw reviewRefused(added)
      return reviewAnswer(etx, user, id)
    })
  })

  api.post('/cases/:id/review/measures/:measureId', {
    config,
    schema: {
      tags, summary: '措施完成与否 / A measure is done, or not', description: '完成即解除其预警；重复操作不再改变什么。 / Done ends its alert; saying it twice changes nothing.',
      params: measureParams, body: ReviewMeasureDone, response: answers({ 200: CaseReview }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    const id = idOf(request.params.id)
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const marked = await finishReviewMeasure(etx, writerOf(user), id, { id: idOf(request.params.measureId), isDone: request.body.isDone })
      if (marked !== 'done') throw reviewRefused(marked)
      return reviewAnswer(etx, user, id)
    })
  })
}
