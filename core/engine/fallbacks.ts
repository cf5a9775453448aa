import { needsAck } from '../domain/alert/alert.ts'
import { choose, type Choice, fallbackFor } from '../domain/notification/choose-channels.ts'
import type { Outcome } from '../domain/notification/outcome.ts'
import { isUrgent } from '../domain/notification/send-limit.ts'
import type { Instant } from '../domain/time.ts'
import { loadMeans, loadReachable } from './contacts.ts'
import type { Engine, EngineTx } from './context.ts'
import { findOnCall } from './on-call.ts'
import { inEngineTransaction } from './transaction.ts'
import { endFallback, findOthersOfPosition, loadSaid, lockSilentPage, type SilentPage } from '../store/fallback-store.ts'
import { insertDeliveries } from '../store/outbox-store.ts'
import { pageOf } from './step-deliveries.ts'

const NOBODY_ELSE: Outcome = { zh: '本岗位再无其他人可叫', en: 'nobody else holds the position' }

const LOUDEST_FIRST = ['voice', 'sms', 'im', 'in_app'] as const

interface Followed {
  readonly target: string
  readonly choices: readonly Choice[]
}

/** Who else is asked when a call stayed unanswered: whoever is on for the position by its roster, then anybody else who holds it. */
async function nextOfPosition(etx: EngineTx, page: SilentPage): Promise<string | undefined> {
  const others = await findOthersOfPosition(etx.tx, page)
  const [first] = others
  if (first === undefined) return undefined
  const terms = { zone: etx.engine.zone, calendar: etx.settings.calendar.body }
  const onDuty = new Set((await findOnCall(etx.tx, [{ role: first.role, regionCode: first.regionCode }], terms, etx.now)).map(({ userId }) => userId))
  return (others.find(({ userId }) => onDuty.has(userId)) ?? first).userId
}

/** Who is told next, and how: the same person by the next channel, or, when the chain is at its end, the next person of the position. */
async function following(etx: EngineTx, page: SilentPage): Promise<{ readonly told: readonly Followed[]; readonly isOver: boolean }> {
  const means = await loadMeans(etx.tx, page.regionPath)
  const reachable = await loadReachable(etx.tx, etx.engine, [page.target])
  const { choices, asksNextPerson } = fallbackFor(page.channel, page.severity, reachable(page.target), means, await loadSaid(etx.tx, page))
  const told = [{ target: page.target, choices }]
  if (!asksNextPerson) return { told, isOver: false }
  const next = await nextOfPosition(etx, page)
  if (next === undefined) return { told, isOver: true }
  const person = (await loadReachable(etx.tx, etx.engine, [next]))(next)
  // By the loudest that can be used; in the application everybody can be told.
  const choice = LOUDEST_FIRST.map((channel) => choose(channel, person, means)).find((one) => one?.kind === 'send')
  return { told: choice === undefined || choice === null ? told : [...told, { target: next, choices: [choice] }], isOver: false }
}

/** One silent page, one transaction: what follows on it is queued or refused with its reason, and it is done with. */
async function follow(etx: EngineTx): Promise<boolean> {
  const page = await lockSilentPage(etx.tx, etx.now)
  if (page === undefined) return false
  const { alertState: state, severity, ackedSeverity } = page
  const isAnswered = page.purpose === 'answer' && !needsAck({ state, severity, ackedSeverity })
  if (page.runIsOver || isAnswered) {
    await endFallback(etx.tx, page.id, null)
    return true
  }
  const { told, isOver } = await following(etx, page)
  const place = { alertId: page.alertId, runId: page.runId, step: page.step, round: page.round, dueAt: etx.now, isUrgent: isUrgent(severity), fallbackOf: page.deliveryId }
  for (const { target, choices } of told) {
    // What is refused here was passed over already: the next of the chain is among the choices.
    const pages = choices.map((choice) => {
      const made = pageOf(choice, target, page.payload, severity, etx.now)
      return choice.kind === 'send' ? made : { ...made, fallbackAt: null }
    })
    await insertDeliveries(etx.tx, place, pages, etx.now)
  }
  await endFallback(etx.tx, page.id, isOver ? NOBODY_ELSE : null)
  etx.feed.add({ topic: 'timeline', regionCode: page.regionCode, regionPath: page.regionPath, payload: { alertId: page.alertId } })
  return true
}

/**
 * Takes what has been silent for too long (domain.md 7.3), each in a transaction of its own, at most `limit`; returns how many. An answer, a
 * new start or the end of the alert stops it, and whatever it queues passes the same last look as every page (invariant 9).
 */
export async function runFallbacks(engine: Engine, now: Instant, limit = 200): Promise<number> {
  let taken = 0
  while (taken < limit && (await inEngineTransaction(engine, now, follow))) taken += 1
  if (taken === limit) engine.ring('notify')
  return taken
}
