import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CaseReview, type ReviewBody } from '../../core/contract/reviews.ts'
import { isSampled } from '../../core/domain/review/plan.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { runReviews } from '../../core/engine/review-alerts.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { at } from '../support/builders.ts'
import { FULL, type ReviewScene, reviewScene, SHORT } from '../support/review-scene.ts'
import type { ServerWorld } from '../support/server.ts'

const ENDED = at('2026-09-30 15:00')
const clock = new ManualClock(ENDED)
let world: ServerWorld
let { call, ofReview, opened, end, ended, stateOf, told, calls }: ReviewScene = {} as ReviewScene

beforeAll(async () => {
  ;({ world, call, ofReview, opened, end, ended, stateOf, told, calls } = await reviewScene(clock))
})
afterAll(async () => { await world?.stop() })

describe('a yellow case', () => {
  let id = ''
  test('owes a short review from the moment in which it is resolved, and cannot be closed before it is signed', async () => {
    clock.set(ENDED)
    id = await ended(2, '上不了网')
    const { body } = await ofReview('manager', id)
    expect([...Value.Errors(CaseReview, body)]).toEqual([])
    expect(body.review.card).toMatchObject({ severity: 2, form: 'short', status: 'open', round: 1, first: null, final: { dueAt: at('2026-10-14 00:00'), state: 'due' }, signers: ['duty_manager'], signed: 0 })
    expect(body.review.figures).toMatchObject({ firstTrueAt: ENDED - 2 * HOUR - MINUTE, firstAlertAt: ENDED - 2 * HOUR, ackedAt: ENDED, resolvedAt: ENDED, tickets: 0 })
    // Acknowledged two hours after the opening: late, and the draft says so.
    expect(body.review.content).toMatchObject({ late: 'yes', earlier: null })
    const closing = await call('manager', 'POST', `/alerts/${id}/moves`, { move: 'close', reason: '', client: 'desk' })
    expect([closing.status, closing.body.error.code]).toEqual([409, 'review_owed'])
    expect((await call('manager', 'GET', `/alerts/${id}`)).body.allowedMoves).not.toContain('close')
  })
  test('is written by who works on alerts there, in versions that stay; a stale edit is refused with the newest number', async () => {
    expect((await ofReview('elsewhere', id)).status).toBe(404)
    for (const reader of ['auditor', 'steward']) {
      expect((await ofReview(reader, id)).body.review).toMatchObject({ mayWrite: false, maySign: false })
      expect((await ofReview(reader, id, '', { basedOn: 0, content: SHORT })).body.error.code).toBe('role_may_not')
    }
    const first = await ofReview('agent', id, '', { basedOn: 0, content: { ...SHORT, wrong: '' } })
    expect([first.status, first.body.review.version, first.body.review.missing]).toEqual([200, 1, ['wrong']])
    const stale = await ofReview('leader', id, '', { basedOn: 0, content: SHORT })
    expect([stale.status, stale.body.error]).toMatchObject([409, { code: 'newer_version', field: 'basedOn' }])
    const personal = await ofReview('leader', id, '', { basedOn: 1, content: { ...SHORT, wrong: '联系人 13812345678' } })
    expect([personal.status, personal.body.error]).toMatchObject([422, { code: 'personal_data', field: 'content.wrong' }])
    expect((await ofReview('leader', id, '', { basedOn: 1, content: { ...SHORT, metOn: '2026-02-31' } })).body.error).toMatchObject({ code: 'no_such_day', field: 'content.metOn' })
    expect((await ofReview('leader', id, '', { basedOn: 1, content: { ...SHORT, metOn: '2026-99-99' } })).status).toBe(422)
  })
  test('is signed by the duty manager alone, when it says all; that closes the case', async () => {
    const early = await ofReview('manager', id, '/sign', { version: 1 })
    expect([early.status, early.body.error]).toMatchObject([422, { code: 'incomplete', field: 'content.wrong' }])
    await ofReview('agent', id, '', { basedOn: 1, content: SHORT })
    const wrong = await ofReview('leader', id, '/sign', { version: 2 })
    expect([wrong.status, wrong.body.error.code, wrong.body.error.messageZh]).toEqual([403, 'role_may_not', '须由值班经理签字'])
    expect((await ofReview('manager', id, '/sign', { version: 1 })).body.error.code).toBe('newer_version')
    expect((await ofReview('elsewhere', id, '/sign', { version: 2 })).status).toBe(404)
    clock.set(at('2026-10-14 00:00'))
    const signed = await ofReview('manager', id, '/sign', { version: 2 })
    expect(signed.body.review.card).toMatchObject({ status: 'done', final: { state: 'in_time' }, signed: 1, isOverdue: false })
    expect(signed.body.review.watchUntil).toBe(at('2026-11-14 00:00'))
    expect(signed.body.review.versions.map(({ version, content }: { version: number; content: ReviewBody }) => [version, content.wrong])).toEqual([[2, '通知晚'], [1, '']])
    expect(await stateOf(id)).toBe('closed')
    expect((await ofReview('manager', id, '', { basedOn: 2, content: SHORT })).body.error.code).toBe('not_open')
    expect((await ofReview('manager', id, '/sign', { version: 2 })).body.error.code).toBe('not_open')
    const { timeline } = (await call('manager', 'GET', `/alerts/${id}`)).body
    expect(timeline.slice(-2).map(({ move, toState }: { move: string; toState: string }) => [move, toState])).toEqual([['note', 'resolved'], ['close', 'closed']])
  })
})

describe('an orange case', () => {
  let id = ''
  test('owes a first version in 3 workdays: not there, its signer is told once, by the ladder of a blue alert, in office hours', async () => {
    clock.set(ENDED)
    id = await ended(3, '资费争议')
    expect((await ofReview('dept', id)).body.review.card).toMatchObject({ form: 'full', first: { dueAt: at('2026-10-11 00:00') }, final: { dueAt: at('2026-10-21 00:00') } })
    await runReviews(world.engine, at('2026-10-12 09:00') - 1)
    expect(await told('RV-02', id)).toEqual([])
    await runReviews(world.engine, at('2026-10-12 09:00'))
    await runReviews(world.engine, at('2026-10-12 09:01'))
    const [alert, more] = await told('RV-02', id)
    expect([alert, more]).toMatchObject([{ severity: 1, state: 'open', opened_at: at('2026-10-12 09:00'), facts: { owners: [{ role: 'province_cs_dept', at: 'province' }] } }, undefined])
    await runEscalate(world.engine, at('2026-10-12 09:00'))
    await runEscalate(world.engine, at('2026-10-12 09:30'))
    // First whose work it is; then whom a blue alert calls when nobody answers.
    expect(await calls(alert.id)).toEqual([['province_cs_dept', 'province_cs_dept'], ['duty_manager']])
    clock.set(at('2026-10-12 09:40'))
    const late = await ofReview('agent', id, '', { basedOn: 0, content: SHORT })
    expect(late.body.review.card).toMatchObject({ first: { state: 'late' }, final: { state: 'due' } })
    expect((await told('RV-02', id))[0].state).toBe('resolved')
  })
  test('is signed by province_cs_dept, and neither by those above nor by who handled the case', async () => {
    await ofReview('agent', id, '', { basedOn: 1, content: FULL })
    expect((await ofReview('group', id, '/sign', { version: 2 })).body.error.code).toBe('role_may_not')
    expect((await ofReview('manager', id, '/sign', { version: 2 })).body.error.code).toBe('role_may_not')
    expect((await ofReview('handler', id, '/sign', { version: 2 })).body.error.code).toBe('separation_of_duty')
    expect((await ofReview('dept', id)).body.review.maySign).toBe(true)
    expect((await ofReview('dept', id, '/sign', { version: 2 })).body.review.card.status).toBe('done')
  })
})

describe('a red case that was lowered', () => {
  let id = ''
  test('the highest colour that it ever had decides: two signatures, 24 h and 5 workdays', async () => {
    clock.set(ENDED)
    id = await opened(4, '大面积断网')
    await world.pool.query('update alert set severity = 2 where id = $1', [id])
    await end(id)
    expect((await ofReview('dept', id)).body.review.card).toMatchObject({ severity: 4, form: 'meeting', first: { dueAt: at('2026-10-01 15:00') }, final: { dueAt: at('2026-10-14 00:00') }, signers: ['province_cs_dept', 'group_cs_dept'] })
  })
  test('24 h are told at once, in the holiday too, to both who sign', async () => {
    const dueAt = at('2026-10-01 15:00')
    await runReviews(world.engine, dueAt)
    expect(await told('RV-02', id)).toEqual([])
    await runReviews(world.engine, dueAt + 1)
    expect(await told('RV-02', id)).toMatchObject([{ opened_at: dueAt, facts: { owners: [{ role: 'province_cs_dept' }, { role: 'group_cs_dept' }] } }])
  })
  test('the meeting is asked for; two persons sign, the case stays until the second has; a newer version withdraws the first signature', async () => {
    clock.set(at('2026-10-08 10:00'))
    await ofReview('agent', id, '', { basedOn: 0, content: FULL })
    expect((await ofReview('dept', id)).body.review.missing).toEqual(['metOn', 'departments', 'minutes'])
    await ofReview('agent', id, '', { basedOn: 1, content: { ...FULL, metOn: '2026-10-08', departments: '网络部、市场部', minutes: '加装保护' } })
    expect((await ofReview('dept', id, '/sign', { version: 2 })).body.review.card).toMatchObject({ status: 'open', signed: 1 })
    expect(await stateOf(id)).toBe('resolved')
    expect((await ofReview('dept', id, '/sign', { version: 2 })).body.error).toMatchObject({ code: 'same_person', mend: '由另一人签字 / another person signs' })
    await ofReview('agent', id, '/measures', { what: '加装保护套管', ownerRole: 'city_owner', dueOn: '2026-10-16' })
    const again = (await ofReview('dept', id)).body.review
    expect([again.version, again.card.signed, again.signatures.map(({ withdrawnAt }: { withdrawnAt: number | null }) => withdrawnAt)]).toEqual([3, 0, [clock.now()]])
    expect(again.versions[0].figures.measures).toMatchObject([{ what: '加装保护套管', ownerRole: 'city_owner' }])
    await ofReview('dept', id, '/sign', { version: 3 })
    const both = await ofReview('group', id, '/sign', { version: 3 })
    expect(both.body.review.card).toMatchObject({ status: 'done', signed: 2 })
    expect(await stateOf(id)).toBe('closed')
    expect((await told('RV-02', id)).map(({ state }) => state)).toEqual(['resolved'])
  })
  test('its measure, due and not done, is a blue alert to its post, once; done ends it', async () => {
    const dueAt = at('2026-10-17 00:00')
    const office = at('2026-10-19 09:00')
    await runReviews(world.engine, dueAt + 1)
    await runReviews(world.engine, office - 1)
    expect(await told('RV-01', id)).toEqual([])
    for (const now of [office, office + MINUTE, office + DAY]) await runReviews(world.engine, now)
    const [alert, more] = await told('RV-01', id)
    expect([alert, more]).toMatchObject([{ severity: 1, state: 'open', opened_at: office }, undefined])
    await runEscalate(world.engine, office)
    expect(await calls(alert.id)).toEqual([['city_owner']])
    clock.set(office + HOUR)
    const open = (await ofReview('city', id)).body.review
    expect(open.card).toMatchObject({ openMeasures: 1, overdueMeasures: 1 })
    const done = await ofReview('city', id, `/measures/${open.measures[0].id}`, { isDone: true })
    expect(done.body.review.measures).toMatchObject([{ doneAt: clock.now(), doneByName: expect.stringContaining('city'), isOverdue: false }])
    expect((await told('RV-01', id))[0].state).toBe('resolved')
    expect((await ofReview('city', id, `/measures/${open.measures[0].id}`, { isDone: true })).status).toBe(200)
    expect((await ofReview('city', id, '/measures/999999', { isDone: true })).status).toBe(404)
  })
})

describe('measures are refused', () => {
  test('for a post that is not there, a day that is over, one that does not exist, and elsewhere', async () => {
    clock.set(ENDED)
    const id = await ended(2, '全省', { regionCode: '32' })
    const add = async (given: object, login = 'agent') => (await ofReview(login, id, '/measures', { what: '培训', ownerRole: 'duty_leader', dueOn: '2026-10-20', ...given })).body.error
    expect(await add({ ownerRole: 'city_owner' })).toMatchObject({ code: 'no_owner', field: 'ownerRole' })
    expect(await add({ dueOn: '2026-09-29' })).toMatchObject({ code: 'in_past', field: 'dueOn' })
    expect(await add({ dueOn: '2026-02-30' })).toMatchObject({ code: 'no_such_day' })
    expect(await add({}, 'elsewhere')).toMatchObject({ code: 'not_found' })
    expect(await add({ dueOn: '2026-09-30' })).toBeUndefined()
  })
})

describe('the case is taken up again within 24 h', () => {
  test('the review is owed no more, and anew from the next end; versions stay', async () => {
    clock.set(ENDED)
    const id = await ended(2, '重开')
    await ofReview('agent', id, '', { basedOn: 0, content: SHORT })
    clock.set(ENDED + 23 * HOUR)
    expect((await call('manager', 'POST', `/alerts/${id}/moves`, { move: 'reopen_alert', reason: '又断了', client: 'desk' })).status).toBe(200)
    expect((await ofReview('manager', id)).body.review.card.status).toBe('withdrawn')
    expect((await ofReview('manager', id, '/sign', { version: 1 })).body.error.code).toBe('not_open')
    clock.set(at('2026-10-08 12:00'))
    expect((await call('manager', 'POST', `/alerts/${id}/moves`, { move: 'resolve', reason: '修复', client: 'desk' })).status).toBe(200)
    expect((await ofReview('manager', id)).body.review).toMatchObject({ version: 1, card: { status: 'open', round: 2, final: { dueAt: at('2026-10-15 00:00') } } })
  })
})

describe('blue cases', () => {
  test('one of the sample owes a review that the duty leader signs; others are closed by a person, or by the engine once they cannot be reopened', async () => {
    clock.set(ENDED)
    const blue: string[] = []
    const isDrawn = (id: string) => isSampled(id, '2026-09')
    while (blue.length < 5 || !blue.some(isDrawn)) blue.push(await ended(1, `蓝 ${blue.length}`))
    const drawn = blue.filter(isDrawn)
    const [rest = '', byHand = ''] = blue.filter((id) => !drawn.includes(id))
    const { rows } = await world.pool.query('select alert_id::text as id from case_review where alert_id = any($1::bigint[]) order by alert_id', [blue])
    expect(rows.map(({ id }) => id)).toEqual(drawn)
    expect((await ofReview('leader', rest)).body).toMatchObject({ review: null, why: 'not_needed' })
    expect((await call('leader', 'POST', `/alerts/${byHand}/moves`, { move: 'close', reason: '', client: 'desk' })).status).toBe(200)
    await runReviews(world.engine, ENDED + DAY)
    expect(await stateOf(rest)).toBe('resolved')
    await runReviews(world.engine, ENDED + DAY + 1)
    expect(await stateOf(rest)).toBe('closed')
    const id = drawn[0] ?? ''
    expect(await stateOf(id)).toBe('resolved')
    await ofReview('agent', id, '', { basedOn: 0, content: SHORT })
    expect((await ofReview('agent', id, '/sign', { version: 1 })).body.error.code).toBe('role_may_not')
    expect((await ofReview('leader', id, '/sign', { version: 1 })).body.review.card.status).toBe('done')
    expect(await stateOf(id)).toBe('closed')
  })
})
