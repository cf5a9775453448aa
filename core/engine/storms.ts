import { setTimeout as sleep } from 'node:timers/promises'
import { type Collective, collectiveOf, type Gathered, togetherWords } from '../domain/notification/collective.ts'
import { decideSend } from '../domain/notification/decide-send.ts'
import type { Outcome } from '../domain/notification/outcome.ts'
import { isUrgent } from '../domain/notification/send-limit.ts'
import { calmed, decideStorm, isGathered, STORM_WINDOW } from '../domain/notification/storm.ts'
import { clockTime, type Instant, MINUTE, type Zone } from '../domain/time.ts'
import type { ChannelName } from '../domain/vocabulary.ts'
import type { Tx } from '../platform/database.ts'
import { failPoint } from '../platform/fail-point.ts'
import { type DueDelivery, settleDelivery } from '../store/outbox-store.ts'
import { carry, countWaitingWith, holdDelivery, isHeld, type Line, lockStorm, lockWaitingWith, saveStorm, type WaitingPage } from '../store/storm-store.ts'

/** What a page that is due does: it goes by itself, waits for others, or says them too. */
export type StormTurn =
  | { readonly kind: 'single' | 'held' }
  /** Another worker is at this person: nothing was done. To be asked again with the person's line locked first, so that it can take this page into its message. */
  | { readonly kind: 'busy'; readonly line: Line }
  /** `unconfirmedCalls`: of what it carries, the most that nobody can vouch for. */
  | { readonly kind: 'together'; readonly message: Collective; readonly unconfirmedCalls: number }

const heldWhy = (until: Instant, zone: Zone): Outcome => {
  const minutes = STORM_WINDOW / MINUTE
  return {
    zh: `${minutes} 分钟内通知过多，于 ${clockTime(until, zone)} 与其他预警合并为一条`,
    en: `too many in ${minutes} minutes: said with others at ${clockTime(until, zone)}`,
  }
}

/** A page that has been called, or that says others already, was judged before. */
const isNew = (row: DueDelivery, channel: ChannelName): boolean => isGathered(channel) && !isUrgent(row.severity) && !row.isTogether && row.attempts === 0

/** So often a worker looks again for pages that others have just let go of, and so long it waits between, ms. */
const LOOKS = 20
const BETWEEN = 5

/** Everything that waits with a page. What another worker holds for the moment it lets go of; what an answer holds is left, for that is being taken back. */
async function gather(tx: Tx, at: Line & { readonly id: string }, now: Instant): Promise<WaitingPage[]> {
  const found = new Map<string, WaitingPage>()
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await sleep(BETWEEN)
    const waiting = await lockWaitingWith(tx, at, now)
    for (const page of waiting) found.set(page.id, page)
    if (waiting.length >= (await countWaitingWith(tx, at, now))) break
  }
  return [...found.values()]
}

/** Of the others those that still ask for somebody; whichever does not is taken back here. */
async function stillAsking(tx: Tx, waiting: readonly WaitingPage[], isIdempotent: boolean): Promise<WaitingPage[]> {
  const asking: WaitingPage[] = []
  for (const page of waiting) {
    const alert = { state: page.alertState, severity: page.severity, ackedSeverity: page.ackedSeverity, isLateDetected: page.isLateDetected }
    const decision = decideSend({ alert, runIsOver: page.runIsOver, purpose: page.purpose, unconfirmedCalls: page.unconfirmedCalls, isIdempotent })
    if (decision.kind === 'drop') await settleDelivery(tx, page.id, decision.state, decision.why)
    else asking.push(page)
  }
  return asking
}

/**
 * Keeps the storm off one person (domain.md 7.4): the eleventh alert of yellow or lower within ten minutes waits, and goes with all others in one message. Within
 * the transaction that claims the page: what it says of the others commits with the claim. Orange and red are never asked.
 */
export async function stormTurn(tx: Tx, row: DueDelivery, channel: { readonly name: ChannelName; readonly isIdempotent: boolean }, zone: Zone, now: Instant): Promise<StormTurn> {
  if (!isNew(row, channel.name)) return { kind: 'single' }
  const line = { target: row.target, channel: channel.name }
  const storm = await lockStorm(tx, line, false)
  if (storm === null) return { kind: 'busy', line }
  const hasHeld = storm.nextAt !== null && (row.dueAt <= storm.nextAt || (await isHeld(tx, line, storm.nextAt)))
  const decision = decideStorm(storm, { alertId: row.alertId, now, hasHeld })
  if (decision.kind === 'hold') {
    await saveStorm(tx, line, decision.storm)
    await holdDelivery(tx, row.id, decision.until, heldWhy(decision.until, zone))
    await failPoint('storm.held')
    return { kind: 'held' }
  }
  if (decision.kind === 'single') {
    await saveStorm(tx, line, decision.storm)
    return { kind: 'single' }
  }
  const others = await stillAsking(tx, await gather(tx, { ...line, id: row.id }, now), channel.isIdempotent)
  const message = collectiveOf([row.payload as unknown as Gathered, ...others.map(({ payload }) => payload)], zone, now)
  // Nobody else, or the same alert again: it goes by itself.
  if (message.alerts === 1) {
    await saveStorm(tx, line, calmed(decision.storm, row.alertId, now))
    return { kind: 'single' }
  }
  await saveStorm(tx, line, decision.storm)
  const unconfirmedCalls = Math.max(row.unconfirmedCalls, ...others.map((page) => page.unconfirmedCalls))
  await carry(tx, { ...row, unconfirmedCalls }, message, others.map(({ id }) => id), togetherWords(message.alerts))
  await failPoint('storm.carried')
  return { kind: 'together', message, unconfirmedCalls }
}
