import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Reviews } from '../../core/contract/reviews.ts'
import { DAY, MINUTE } from '../../core/domain/time.ts'
import { runReviews } from '../../core/engine/review-alerts.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type ReviewScene, reviewScene, SHORT } from '../support/review-scene.ts'
import type { ServerWorld } from '../support/server.ts'

const ENDED = at('2026-09-30 15:00')
const clock = new ManualClock(ENDED)
let world: ServerWorld
let { call, ofReview, opened, ended, stateOf }: ReviewScene = {} as ReviewScene

beforeAll(async () => {
  ;({ world, call, ofReview, opened, ended, stateOf } = await reviewScene(clock))
})
afterAll(async () => { await world?.stop() })

describe('the same thing comes back within 30 days of the signature', () => {
  async function signedAt(matter: string, time: string): Promise<string> {
    clock.set(at(time))
    const id = await ended(2, matter)
    await ofReview('agent', id, '', { basedOn: 0, content: SHORT })
    expect((await ofReview('manager', id, '/sign', { version: 1 })).status).toBe(200)
    return id
  }
  const until = at('2026-10-11 00:00')
  test('the review is open again when the days are over, with a limit from then; it is closed no second time and can be signed again', async () => {
    const id = await signedAt('再发', '2026-09-10 16:00')
    const again = await opened(2, '再发', { openedAt: until - 1 })
    await runReviews(world.engine, until - 1)
    expect((await ofReview('manager', id)).body.review.card).toMatchObject({ status: 'done', round: 1 })
    await runReviews(world.engine, until)
    clock.set(until)
    expect((await ofReview('manager', id)).body.review).toMatchObject({ watchUntil: null, card: { status: 'open', round: 2, reopenedBy: again, signed: 0, final: { dueAt: at('2026-10-17 00:00') } } })
    expect(await stateOf(id)).toBe('closed')
    await runReviews(world.engine, until + MINUTE)
    expect((await ofReview('manager', id)).body.review.card.round).toBe(2)
    await ofReview('agent', id, '', { basedOn: 1, content: { ...SHORT, wrong: '措施未落实' } })
    expect((await ofReview('manager', id, '/sign', { version: 2 })).body.review).toMatchObject({ card: { status: 'done', round: 2 }, watchUntil: at('2026-11-11 00:00') })
  })
  test.each([
    ['a day later', 2, '再发 A', '再发 A', until],
    ['as blue', 1, '再发 B', '再发 B', until - DAY],
    ['as another phenomenon', 2, '再发 C', '别的', until - DAY],
  ] as const)('it stays signed where it comes back %s', async (_, severity, matter, later, openedAt) => {
    const id = await signedAt(matter, '2026-09-10 16:00')
    await opened(severity, later, { openedAt })
    await runReviews(world.engine, until + DAY)
    expect((await ofReview('manager', id)).body.review).toMatchObject({ watchUntil: null, card: { status: 'done', round: 1 } })
  })
})

describe('the list', () => {
  test('shows what is due, overdue and done in the scope, by the next limit, with totals', async () => {
    clock.set(ENDED)
    await ended(2, '全省', { regionCode: '32' })
    await ended(3, '资费争议')
    const red = await ended(4, '大面积断网')
    await ofReview('agent', red, '', { basedOn: 0, content: SHORT })
    clock.set(at('2026-10-14 00:00') + 1)
    const all = await call('manager', 'GET', '/reviews?state=all&limit=500')
    expect([...Value.Errors(Reviews, all.body)]).toEqual([])
    const overdue = (await call('manager', 'GET', '/reviews?state=overdue')).body
    expect(overdue.items.length).toBe(overdue.overdue)
    expect(overdue.items.map(({ matter }: { matter: string }) => matter)).toEqual(['资费争议', '大面积断网', '全省'])
    const open = (await call('manager', 'GET', '/reviews')).body.items
    expect(open.map(({ status }: { status: string }) => status)).not.toContain('done')
    const dues = open.map(({ first, final }: { first: { dueAt: number; doneAt: number | null } | null; final: { dueAt: number } }) => (first !== null && first.doneAt === null ? first.dueAt : final.dueAt))
    expect(dues).toEqual(dues.toSorted((a: number, b: number) => a - b))
    expect((await call('manager', 'GET', '/reviews?state=open&severity=4')).body.items.map(({ matter }: { matter: string }) => matter)).toEqual(['大面积断网'])
    expect((await call('manager', 'GET', '/reviews?state=done&severity=2')).body.items.length).toBeGreaterThan(0)
    expect((await call('elsewhere', 'GET', '/reviews?state=all')).body).toMatchObject({ open: 0, overdue: 0, items: [] })
    expect((await call('manager', 'GET', '/reviews?state=none')).status).toBe(400)
  })
  test('twenty signatures at once: one', async () => {
    clock.set(ENDED)
    const id = await ended(2, '并发')
    await ofReview('agent', id, '', { basedOn: 0, content: SHORT })
    const caller = await world.signIn('manager')
    const all = await Promise.all(Array.from({ length: 20 }, () => world.call(caller, 'POST', `/api/v1/cases/${id}/review/sign`, { version: 1 })))
    expect(all.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 409)])
  })
})
