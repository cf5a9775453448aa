import { Type } from 'typebox'
import { CaseReports, type ReportBody, ReportOrder } from '../../core/contract/reports.ts'
import { loadCaseReports, makeReport } from '../../core/engine/case-reports.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { actorOfUser, refused } from './alerts.ts'
import { impersonal, notACase } from './case-refusals.ts'

const params = Type.Object({ id: NumberId })
const idOf = (id: string) => String(BigInt(id))
const FIELDS = ['situation', 'cause', 'measures', 'expectedEnd', 'line', 'spread', 'help'] as const satisfies readonly (keyof ReportBody)[]

/** Each part of a report, without personal data; empty parts stay empty. */
const impersonalBody = (body: ReportBody): ReportBody => {
  const clean = (field: keyof ReportBody) => (body[field].trim() === '' ? '' : impersonal(`body.${field}`, body[field]))
  return Object.fromEntries(FIELDS.map((field) => [field, clean(field)])) as ReportBody
}

const badTime = (zh: string, en: string) =>
  new Refusal(422, 'bad_time', zh, en, { field: 'madeAt', expected: '案件开案之后、24 小时之内 / after the opening, within 24 h', mend: '填写实际报出的时刻 / state when it was really given' })

/** Reports upward of risk cases: what is owed by when, what was made, and making one (domain.md 5.5, 7.8). */
export function caseReportRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/cases/:id/reports', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '案件的上报 / Reports of a case', description: '应报的口头、书面报告与续报及其时限，网络与业务中断另有监管报送的时限，已报内容，下一份的草稿。确认不停止计时，报出才停止。 / What is owed by when, of an interruption to the regulator too, what was made, a draft of the next. An acknowledgement stops none of these clocks; a report does.',
      params, response: answers({ 200: CaseReports }, 401, 403, 404, 409),
    },
  }, async (request) => {
    const found = await loadCaseReports(engine.pool, userOf(request).scope, idOf(request.params.id), clock.now())
    if (found === undefined) throw refusals.notFound()
    if (found === 'not_a_case') throw notACase()
    return found
  })

  api.post('/cases/:id/reports', {
    config: { access: { user: 'see_alerts' } },
    schema: {
      tags: ['alerts'], summary: '上报 / Report upward', description: '报出即停止该项计时；系统外（电话）报出的可补登时刻与对象。附当时数字，记入时间线，不可改。不得含个人信息。 / Stops the clock of its kind; one given by telephone is recorded with its time and recipient. Kept with the figures of the moment; a line of the timeline; never changed. Nothing personal is taken.',
      params, body: ReportOrder, response: answers({ 200: CaseReports }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const user = userOf(request)
    const id = idOf(request.params.id)
    const order = { ...request.body, recipient: impersonal('recipient', request.body.recipient), body: impersonalBody(request.body.body) }
    if (order.kind !== 'oral' && order.body.situation === '') {
      throw new Refusal(422, 'empty_text', '书面报告须写明情况', 'A report in writing says what happened', { field: 'body.situation', expected: '非空文字 / some text' })
    }
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const made = await makeReport(etx, user.scope, id, order, actorOfUser(user), 'api')
      if (made === 'not_a_case') throw notACase()
      if (made === 'no_interruption') throw new Refusal(409, 'no_interruption', '本案不是网络或业务中断，不向监管机构报送', 'The case is no interruption of network or service: the regulator is told nothing of it', { field: 'audience', expected: 'company', mend: '改为公司内上报 / report upward instead' })
      if (made === 'wrong_kind') throw new Refusal(422, 'wrong_kind', '报告种类与对象不符', 'That kind of report is not for them', { field: 'kind', expected: order.audience === 'regulator' ? 'oral, written, monthly' : 'oral, written, update', mend: '改选报告种类 / choose another kind' })
      if (made === 'in_future') throw badTime('报出时刻在将来', 'That time lies in the future')
      if (made === 'too_early') throw badTime('报出时刻过早', 'That time lies too far back')
      if (made !== 'done') throw refused(made)
      const found = await loadCaseReports(etx.tx, user.scope, id, etx.now)
      if (found === undefined || found === 'not_a_case') throw refusals.notFound()
      return found
    })
  })
}
