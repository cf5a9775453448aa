import { Type } from 'typebox'
import { HandoverDetail, Handovers, SignBody } from '../../core/contract/handovers.ts'
import type { SignRefusal } from '../../core/domain/oncall/handover.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { sign, viewHandover, viewHandovers } from '../../core/engine/handover-record.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { type Api, type ApiDeps, userOf } from '../api.ts'
import type { UserPrincipal } from '../access.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'

const tags = ['rosters']
const params = Type.Object({ id: NumberId })
const config = { access: { user: 'see_alerts' } } as const

const REFUSED: Readonly<Record<Exclude<SignRefusal, 'already_signed'>, Refusal>> = {
  too_early: new Refusal(409, 'too_early', '交接班前 30 分钟起方可签字', 'It can be signed from 30 min before the change of shift on', { mend: '到时再签 / sign it then' }),
  not_of_side: new Refusal(403, 'not_of_side', '您不在该班次上', 'You are not on that shift', { field: 'side', mend: '由该班次的人签字，或先改排班 / somebody of that shift signs, or the roster is changed first' }),
  text_required: new Refusal(422, 'text_required', '有橙色或红色案件，交班说明必填', 'An orange or red case is open: the notes have to say something', { field: 'notes', expected: '非空文字 / some text', mend: '写明现状与待办 / say how it stands and what is to be done' }),
}

const readerOf = ({ id, role, scope }: UserPrincipal) => ({ userId: id, role, scope })

/** The records of changes of shift: read by whoever sees alerts there, signed by the two shifts (domain.md 7.6). */
export function handoverRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/handovers', {
    config,
    schema: { tags, summary: '交接班记录 / Handovers', description: '最近 14 天与未来 1 小时内的交接班，从新到旧。 / Changes of shift of the last fortnight and the next hour, the latest first.', response: answers({ 200: Handovers }, 401, 403) },
  }, async (request) => ({ asOf: clock.now(), items: await viewHandovers(engine, userOf(request).scope, clock.now()) }))

  api.get('/handovers/:id', {
    config,
    schema: { tags, summary: '一次交接班 / One handover', description: '签字前为此刻的数字，首次签字后为签字时的数字。 / The figures of now, and after the first signature those of its moment.', params, response: answers({ 200: HandoverDetail }, 401, 403, 404) },
  }, async (request) => {
    const detail = await viewHandover(engine, readerOf(userOf(request)), request.params.id, clock.now())
    if (detail === undefined) throw refusals.notFound()
    return detail
  })

  api.post('/handovers/:id/sign', {
    config,
    schema: {
      tags, summary: '签字 / Sign', description: '交班方与接班方各签一次；时钟不重计；接班方签字后，离岗者已确认的案件归接班岗位。 / Each side signs once; no clock starts anew; what people who leave had acknowledged is the incoming shift’s once it has signed.',
      params, body: SignBody, response: answers({ 200: HandoverDetail }, 400, 401, 403, 404, 409, 422),
    },
  }, async (request) => {
    const { side, notes = '' } = request.body
    const result = await sign(engine, readerOf(userOf(request)), request.params.id, { side, notes: maskText(presentable(notes)) }, clock.now())
    if (result === undefined) throw refusals.notFound()
    if (result.ok) return result.detail
    if (result.why !== 'already_signed') throw REFUSED[result.why]
    throw new Refusal(409, 'already_signed', `已由${result.by ?? '他人'}签字`, `Already signed by ${result.by ?? 'somebody else'}`, { ...(result.by === null ? {} : { by: result.by }), ...(result.at === null ? {} : { at: result.at }) })
  })
}
