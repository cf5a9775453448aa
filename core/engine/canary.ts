import { randomUUID } from 'node:crypto'
import { ANSWERED_STEP, CANARY_EVERY, CANARY_KEPT, CANARY_LATE, CANARY_PLACE, CANARY_RULE, type CanaryVerdict, judgeCanaries } from '../domain/escalation/canary.ts'
import { floorTo, type Instant } from '../domain/time.ts'
import { CANARY } from '../domain/vocabulary.ts'
import { inTransaction, type Sql } from '../platform/database.ts'
import { deleteCanaries, findCanaryPage, findLateCanaries, loadCanaryTraces } from '../store/canary-store.ts'
import { clearConfigurationAlertsOf, raiseConfigurationAlerts } from '../store/configuration-alert-store.ts'
import type { NewDelivery } from '../store/outbox-store.ts'
import { takeTickSlot } from '../store/tick-slot-store.ts'
import { findCanaryWebhooks } from '../store/webhook-store.ts'
import { moveAlerts, openAlert } from './alert-life.ts'
import type { AlertSpec } from './new-alert.ts'
import type { Engine, EngineTx } from './context.ts'
import { inEngineTransaction } from './transaction.ts'

/** What a minute deletes at most: twice what a minute raises and more, so that it catches up after an outage. */
const DELETED_AT_ONCE = 50

/** In the lane of orange and red: what people are woken for must not be reported dead while a queue of blue and yellow waits. */
const SEVERITY = 3

const specAt = (openedAt: Instant): AlertSpec => ({
  kind: CANARY,
  ruleId: CANARY_RULE,
  ruleVersion: 1,
  severity: SEVERITY,
  ticketKey: null,
  regionCode: CANARY_PLACE.code,
  facts: {},
  parameters: {},
  openedAt,
  suppressedBy: null,
})

const pageOf = (channel: 'canary' | 'webhook', target: string, payload: unknown): NewDelivery => ({
  deliveryId: randomUUID(),
  channel,
  target,
  payload,
  refused: null,
  fallbackAt: null,
})

/**
 * The pages of a canary's step, as the outbox holds them: one to the far side, and with the first step one to each endpoint that waits for canaries, unless
 * the last one is late: to such an endpoint silence is the alarm. They go with the first because the answer to the second takes back what still waits.
 */
export async function canaryPages({ tx, now }: EngineTx, alertId: string, step: number): Promise<NewDelivery[]> {
  const payload = { kind: CANARY, alertId, step }
  const pages = [pageOf(CANARY, 'loopback', payload)]
  if (step !== 0) return pages
  const { isAlive, lastCompletedAt } = await readHeartbeat(tx, now)
  if (!isAlive) return pages
  const endpoints = await findCanaryWebhooks(tx)
  return [...pages, ...endpoints.map((id) => pageOf('webhook', id, { ...payload, lastCompletedAt }))]
}

const LATE_CODE = 'canary_late:pages'
const LATE = {
  code: LATE_CODE,
  regionCode: null,
  textZh: '通知链路演练未在 90 秒内走通：升级、发送或确认有一处停住，详见 /api/v1/heartbeat',
  textEn: 'The canary of the pages did not come through within 90 s: escalation, sending or acknowledging stands still, see /api/v1/heartbeat',
}

/** Ends canaries that did not come through: what waits of them is taken back, so that an outage leaves no pile of stale ones. */
async function retireLate(etx: EngineTx): Promise<void> {
  const late = await findLateCanaries(etx.tx, etx.now - CANARY_LATE)
  const request = { move: 'retract', reason: '未在 90 秒内走通 / did not come through within 90 s' } as const
  await moveAlerts(etx, late.map((alertId) => ({ alertId, request, at: etx.now })), { kind: 'engine' }, 'engine')
  if (late.length > 0) await raiseConfigurationAlerts(etx.tx, [LATE], etx.now)
}

/** The minute in which each engine last looked. */
const lookedIn = new WeakMap<Engine, Instant>()

/**
 * Once a minute, whatever number of workers asks: ends the canaries that are late, raises the next one and deletes those older than a day
 * (docs/adr/0039). From there it goes the way of every alert. Returns whether it raised one.
 */
export async function runCanary(engine: Engine, now: Instant): Promise<boolean> {
  const slot = floorTo(now, CANARY_EVERY)
  if (lookedIn.get(engine) === slot) return false
  const isRaised = await inEngineTransaction(engine, now, async (etx) => {
    if (!(await takeTickSlot(etx.tx, CANARY, slot))) return false
    await retireLate(etx)
    await openAlert(etx, specAt(now))
    return true
  })
  lookedIn.set(engine, slot)
  if (isRaised) await inTransaction(engine.pool, (tx) => deleteCanaries(tx, now - CANARY_KEPT, DELETED_AT_ONCE))
  return isRaised
}

/** What the far side does with a page that it has received: answers the last step's by the transition of every acknowledgement, and ends the canary. `unknown`: no page of a canary has the id. */
export async function answerCanary(engine: Engine, now: Instant, deliveryId: string): Promise<'unknown' | 'noted' | 'acknowledged' | 'refused'> {
  const page = await findCanaryPage(engine.pool, deliveryId)
  if (page === undefined) return 'unknown'
  if (page.step !== ANSWERED_STEP) return 'noted'
  return inEngineTransaction(engine, now, async (etx) => {
    const move = (name: 'ack' | 'auto_resolve') =>
      moveAlerts(etx, [{ alertId: page.alertId, request: { move: name, reason: '' }, at: etx.now }], { kind: 'engine' }, CANARY)
    const [taken] = await move('ack')
    if (taken?.ok !== true) return 'refused'
    await move('auto_resolve')
    await clearConfigurationAlertsOf(etx.tx, [LATE_CODE], etx.now)
    return 'acknowledged'
  })
}

/** Whether the path to a page is alive as of `now`, and where it ends when it is not. */
export async function readHeartbeat(sql: Sql, now: Instant): Promise<CanaryVerdict> {
  return judgeCanaries(await loadCanaryTraces(sql), now)
}
