import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { linkTickets, recountCase } from '../../core/store/case-store.ts'
import { at } from '../support/builders.ts'
import { type Complaint, createdEvent, laterEvent, takeIn } from '../support/complaints.ts'
import { type ReviewScene, reviewScene, SHORT } from '../support/review-scene.ts'

const T = at('2026-06-11 20:20')
const clock = new ManualClock(T)
const TICKETS: readonly Complaint[] = [
  { no: 'A1', at: T - 8 * MINUTE },
  { no: 'A2', at: T - 5 * MINUTE },
  { no: 'A3', at: T - 5 * MINUTE, customer: 'A2' },
  { no: 'V1', at: T - 9 * MINUTE },
]
const appeal = (no: string, when: number, customer: string) => createdEvent({ no, at: when, customer, payload: { kind: 'appeal', source_category: 'province_appeal', channel: 'miit_forward' } })
const refund = (refund_no: string, amount_cents: number) => ({ refund_no, amount_cents, type: 'wrong_fee' })
let scene: ReviewScene
let id = ''

beforeAll(async () => {
  scene = await reviewScene(clock)
  const { engine } = scene.world
  await takeIn(engine, TICKETS.map(createdEvent), T - MINUTE)
  id = await scene.opened(2, '无法上网', { openedAt: T })
  await inEngineTransaction(engine, T, async (etx) => {
    await linkTickets(etx.tx, id, TICKETS.map(({ no }) => `32:eoms:${no}`), T)
    await recountCase(etx.tx, id)
  })
})
afterAll(async () => { await scene?.world.stop() })

test('the timeline and the numbers are drafted from facts, and each version keeps those of its moment', async () => {
  const { world, ofReview, end } = scene
  const [first, second] = [TICKETS[0] as Complaint, TICKETS[1] as Complaint]
  clock.set(T + 3 * HOUR)
  await end(id)
  await takeIn(world.engine, [
    laterEvent(TICKETS[3] as Complaint, 'voided', T + HOUR, { reason: 'test' }),
    ...(['refund_requested', 'refund_approved'] as const).flatMap((type) => [laterEvent(first, type, T + 2 * HOUR, refund('F1', 3_000)), laterEvent(second, type, T + 2 * HOUR, refund('F2', 1_250))]),
    laterEvent(first, 'refund_paid', T + 3 * HOUR, refund('F1', 3_000)),
    // One of its customers within 30 days, one at their end, one before the case, one of another customer.
    appeal('P1', T + 2 * HOUR, 'A1'),
    appeal('P0', T - MINUTE, 'A2'),
    appeal('P3', T + HOUR, 'stranger'),
  ], T + 3 * HOUR)
  await inEngineTransaction(world.engine, T + 3 * HOUR, (etx) => recountCase(etx.tx, id))
  const draft = (await ofReview('agent', id)).body.review
  expect(draft.figures).toMatchObject({
    asOf: T + 3 * HOUR, firstCustomerAt: T - 8 * MINUTE, firstTrueAt: T - MINUTE, firstAlertAt: T, ackedAt: T + 3 * HOUR, ackDueAt: T + 15 * MINUTE, endAt: T + 3 * HOUR, resolvedAt: T + 3 * HOUR, firstMeasureAt: null,
    tickets: 3, customers: 2, voidTickets: 1, appeals: 1, relapses: 0, isLateDetected: false, refunds: { tickets: 2, approvedCents: 4_250, paidCents: 3_000 },
  })
  await ofReview('agent', id, '', { basedOn: 0, content: SHORT })
  clock.set(T + 30 * DAY)
  await takeIn(world.engine, [appeal('P2', T + 30 * DAY - 1, 'A2'), appeal('P4', T + 30 * DAY, 'A2')], T + 30 * DAY)
  await ofReview('agent', id, '', { basedOn: 1, content: SHORT })
  const { figures, versions } = (await ofReview('agent', id)).body.review
  expect(figures.appeals).toBe(2)
  expect(versions.map((one: { version: number; figures: { asOf: number; appeals: number } }) => [one.version, one.figures.asOf, one.figures.appeals])).toEqual([[2, T + 30 * DAY, 2], [1, T + 3 * HOUR, 1]])
})
