import { randomUUID } from 'node:crypto'
import { decideSend, type SendDecision } from '../core/domain/notification/decide-send.ts'
import { saidTogether, togetherWords } from '../core/domain/notification/collective.ts'
import { withMore } from '../core/domain/notification/outcome.ts'
import { silenceLimit } from '../core/domain/notification/choose-channels.ts'
import { isOutside, kindsOf } from '../core/domain/notification/contact.ts'
import { type Attempt, type AttemptVerdict, judgeAttempt } from '../core/domain/notification/judge-attempt.ts'
import { isUrgent, PERSON_LIMITS, perMinuteLimit, reserveOf } from '../core/domain/notification/send-limit.ts'
import { type Instant, SECOND } from '../core/domain/time.ts'
import { type ChannelName, CHANNELS } from '../core/domain/vocabulary.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'
import { inTransaction, type Tx } from '../core/platform/database.ts'
import { failPoint } from '../core/platform/fail-point.ts'
import {
  beginCall,
  claimDelivery,
  type DeliveryResult,
  type DueDelivery,
  finishDelivery,
  lockDueDelivery,
  postponeDelivery,
  releaseDelivery,
  settleDelivery,
} from '../core/store/outbox-store.ts'
import { findProviders } from '../core/store/provider-store.ts'
import { type NamedLimit, takeTokens } from '../core/store/send-limit-store.ts'
import { CHANNEL_CATALOGUE } from './channels/catalogue.ts'
import type { Call, Channel, ChannelContext } from './channels/channel.ts'
import { runFallbacks } from '../core/engine/fallbacks.ts'
import { stormTurn } from '../core/engine/storms.ts'
import { type Line, lockStorm } from '../core/store/storm-store.ts'
import { runContactTests, runProviderTests } from './channels/provider-tests.ts'

export interface NotifyChoice {
  readonly channels: ChannelContext
  /** At most this many calls; 500 when left out. */
  readonly limit?: number
  /** Where claims and receipts take their time from; `now` stands still when it is left out. */
  readonly clock?: Clock
  /** Calls on the wire at the same time; 8 when left out. */
  readonly lanes?: number
}

/** A claim outlives its call by this much: a worker that is still writing the receipt is not taken for dead. */
const CLAIM_GRACE = 12 * SECOND

const isChannel = (name: string): name is ChannelName => (CHANNELS as readonly string[]).includes(name)

/** A row that is this worker's to call, and how. */
interface Claim {
  readonly row: DueDelivery
  readonly channel: Channel
  readonly token: string
  readonly claimedAt: Instant
  readonly until: Instant
  readonly isRepeat: boolean
  readonly unconfirmedCalls: number
  readonly providerId: string | null
}

/** A page of somebody whom another worker is just telling something. */
interface Busy {
  readonly id: string
  readonly line: Line
}
type Taken = Claim | 'settled' | null

/** Through whom a row goes: the nearest provider, after a failed call the next one of the same channel. Null for channels that need none. */
async function providerFor(tx: Tx, row: DueDelivery) {
  if (!isOutside(row.channel)) return null
  const providers = await findProviders(tx, kindsOf(row.channel), row.regionPath)
  return providers[row.attempts % Math.max(1, providers.length)] ?? null
}

/** The limits that a row draws on; orange and red pass the person's own (domain.md 7.4). */
function limitsOf(row: DueDelivery, provider: { readonly id: string; readonly perMinute: number } | null): NamedLimit[] {
  if (!isOutside(row.channel) || provider === null) return []
  const limit = perMinuteLimit(provider.perMinute)
  const ofProvider = { name: `provider ${provider.id}`, limit, reserve: reserveOf(limit, row.severity) }
  return isUrgent(row.severity) ? [ofProvider] : [ofProvider, { name: `person ${row.target} ${row.channel}`, limit: PERSON_LIMITS[row.channel], reserve: 0 }]
}

/** Puts a row off whose limit is used up: it waits, and for orange and red the next channel takes over at once. False when it may go. */
async function isThrottled(tx: Tx, row: DueDelivery, limits: readonly NamedLimit[], at: Instant): Promise<boolean> {
  const short = await takeTokens(tx, limits, at)
  if (short === null) return false
  const ofPerson = short.name.startsWith('person')
  const why = ofPerson ? { zh: '本人此渠道已达上限，等待', en: "the person's limit of this channel is used up: waits" } : { zh: '通道已达上限，等待', en: "the provider's limit is used up: waits" }
  await postponeDelivery(tx, row.id, short.until, why, isUrgent(row.severity) ? at : null)
  return true
}

/** Claims the next due row, or the one given, in a short transaction, or ends it when it is no longer wanted. Null when nothing is due. */
function claimOne(engine: Engine, at: Instant, perTarget: number, only: Busy | null): Promise<Taken | Busy> {
  return inTransaction(engine.pool, async (tx): Promise<Taken | Busy> => {
    if (only !== null) await lockStorm(tx, only.line, true)
    const row = await lockDueDelivery(tx, at, perTarget, only?.id ?? null)
    if (row === undefined) return null
    await failPoint('notify.locked')
    if (!isChannel(row.channel)) {
      await settleDelivery(tx, row.id, 'failed', { zh: `没有渠道 ${row.channel}`, en: `there is no channel ${row.channel}` })
      return 'settled'
    }
    const channel = CHANNEL_CATALOGUE[row.channel]
    // A claim that ran out after its call had begun: its worker may have called before it died.
    const unconfirmedCalls = row.unconfirmedCalls + (row.state === 'sending' && row.callBegun && !channel.isIdempotent ? 1 : 0)
    const alert = { state: row.alertState, severity: row.severity, ackedSeverity: row.ackedSeverity, isLateDetected: row.isLateDetected }
    const decision = decideSend({ alert, runIsOver: row.runIsOver, purpose: row.purpose, unconfirmedCalls, isIdempotent: channel.isIdempotent })
    if (decision.kind === 'drop') {
      await settleDelivery(tx, row.id, decision.state, decision.why)
      return 'settled'
    }
    const turn = await stormTurn(tx, row, channel, engine.zone, at)
    if (turn.kind === 'busy') return { id: row.id, line: turn.line }
    if (turn.kind === 'held') return 'settled'
    const said: DueDelivery = turn.kind === 'together' ? { ...row, payload: { ...turn.message }, isTogether: true } : row
    const unconfirmedOfAll = turn.kind === 'together' ? Math.max(unconfirmedCalls, turn.unconfirmedCalls) : unconfirmedCalls
    const provider = await providerFor(tx, row)
    if (await isThrottled(tx, row, limitsOf(row, provider), at)) return 'settled'
    const claim = {
      providerId: provider?.id ?? null,
      token: randomUUID(),
      claimedAt: at,
      until: at + channel.limits.timeoutMs + CLAIM_GRACE,
      isRepeat: decision.isRepeat || (unconfirmedOfAll > unconfirmedCalls && !channel.isIdempotent),
      unconfirmedCalls: unconfirmedOfAll,
    }
    await claimDelivery(tx, row.id, claim)
    await failPoint('notify.claim_written')
    return { row: said, channel, ...claim }
  })
}

const isBusy = (taken: Taken | Busy): taken is Busy => taken !== null && taken !== 'settled' && 'line' in taken

/** The next due row. Where another worker is at its person, it is looked at again after that one: it may have said this page too. */
async function claimNext(engine: Engine, at: Instant, perTarget: number): Promise<Taken> {
  const taken = await claimOne(engine, at, perTarget, null)
  if (!isBusy(taken)) return taken
  const again = await claimOne(engine, at, perTarget, taken)
  return again === null || isBusy(again) ? 'settled' : again
}

async function prepare(engine: Engine, { row, channel, isRepeat, providerId, claimedAt }: Claim, context: ChannelContext): Promise<Call | Attempt> {
  try {
    return await channel.prepare(engine, { ...row, outboxId: row.id, isRepeat, providerId }, context, claimedAt)
  } catch (error) {
    engine.log.error({ err: error, outboxId: row.id, channel: channel.name }, 'a channel could not prepare its call')
    return { kind: 'not_reached', detail: { zh: '渠道未能准备好', en: 'the channel could not prepare its call' } }
  }
}

/** The last look before a call, which is thereby begun: whether the row is still ours to call and the alert still asks (invariant 9). */
async function begin(engine: Engine, { row, channel, token, unconfirmedCalls }: Claim): Promise<SendDecision | 'not_ours'> {
  const demand = await beginCall(engine.pool, row.id, token)
  if (demand === undefined) return 'not_ours'
  const alert = { state: demand.alertState, severity: demand.severity, ackedSeverity: demand.ackedSeverity, isLateDetected: demand.isLateDetected }
  return decideSend({ alert, runIsOver: demand.runIsOver, purpose: demand.purpose, unconfirmedCalls, isIdempotent: channel.isIdempotent })
}

async function call(engine: Engine, claim: Claim, make: Call, at: Instant): Promise<Attempt> {
  try {
    return await make(at)
  } catch (error) {
    // A channel that throws breaks its promise; whether it had called is not known.
    engine.log.error({ err: error, outboxId: claim.row.id, channel: claim.channel.name }, 'a channel threw')
    return { kind: 'unclear', detail: { zh: '渠道出错', en: 'the channel failed' } }
  }
}

/** One call with its receipt. A worker whose claim is no longer its own neither calls nor writes (invariants 7, 9). */
async function deliver(engine: Engine, claim: Claim, context: ChannelContext, present: () => Instant): Promise<void> {
  const { row, channel, token, isRepeat, unconfirmedCalls } = claim
  const together = saidTogether(row.payload)
  const write = async (verdict: DeliveryResult) => {
    const result = together === null || verdict.isDropped === true ? verdict : { ...verdict, outcome: withMore(togetherWords(together), verdict.outcome) }
    if (await finishDelivery(engine.pool, row.id, token, result)) return
    engine.log.warn({ outboxId: row.id, channel: channel.name, outcome: result.outcome.en }, 'receipt came after the claim had run out; not written')
  }
  await failPoint('notify.claimed')
  const prepared = await prepare(engine, claim, context)
  await failPoint('notify.prepared')
  // Too late for a whole call before the claim runs out: nobody was called, and whoever comes next need not doubt it.
  if (present() >= claim.until - channel.limits.timeoutMs) return releaseDelivery(engine.pool, row.id, token)
  const decision = await begin(engine, claim)
  if (decision === 'not_ours') return
  if (decision.kind === 'drop') return write({ state: decision.state, dueAt: null, sentAt: null, unconfirmedCalls, outcome: decision.why, isDropped: true })
  await failPoint('notify.before_call')
  const attempt = typeof prepared === 'function' ? await call(engine, claim, prepared, present()) : prepared
  await failPoint('notify.after_call')
  const at = present()
  const verdict = judgeAttempt(attempt, { attempts: row.attempts + 1, unconfirmedCalls, isRepeat, isIdempotent: channel.isIdempotent }, at)
  await write({ ...verdict, ...afterCall(verdict, channel, row, at) })
  await failPoint('notify.receipt_written')
}

/** When the next channel takes over: after the silence that 7.3 bears where it was accepted, at once where it has failed (domain.md 7.3). */
function afterCall({ state }: AttemptVerdict, channel: Channel, row: DueDelivery, at: Instant): Pick<DeliveryResult, 'fallbackAt' | 'deliveredAt'> {
  const limit = silenceLimit(channel.name, row.severity)
  if (state === 'sent') return { fallbackAt: limit === null ? null : at + limit, deliveredAt: channel.receipts === 'acceptance' ? at : null }
  return { fallbackAt: state === 'failed' ? at : null }
}

/**
 * Makes the calls that are due: claim in a short transaction, call outside any, receipt under the claim's token. Several workers may run
 * it at once. Returns how many rows were called or ended; a row that fails is due again later (invariants 7, 8, 9).
 */
export async function runNotify(engine: Engine, now: Instant, { channels, limit = 500, clock, lanes = 8 }: NotifyChoice): Promise<number> {
  const present = () => clock?.now() ?? now
  const perTarget = Math.min(...Object.values(CHANNEL_CATALOGUE).map((channel) => channel.limits.perTarget))
  let taken = 0
  let open = 0
  // What went wrong in a lane is thrown when all have ended: a rejection that nobody waits for yet would end the whole process.
  const failures: unknown[] = []
  // A lane that finds something to do opens the next one: an idle sweep costs one look.
  const lane = async (): Promise<void> => {
    open += 1
    const others: Promise<void>[] = []
    try {
      while (taken < limit) {
        taken += 1
        const claim = await claimNext(engine, present(), perTarget)
        if (claim === null) {
          taken -= 1
          break
        }
        if (open < lanes) others.push(lane().catch((error: unknown) => void failures.push(error)))
        if (claim !== 'settled') await deliver(engine, claim, channels, present)
      }
    } finally {
      open -= 1
      await Promise.all(others)
    }
  }
  const runLanes = async (): Promise<void> => {
    await lane().catch((error: unknown) => void failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  await runLanes()
  // What silence calls for goes out in this run too, after what is asked for first.
  if ((await runFallbacks(engine, present())) > 0) await runLanes()
  await runProviderTests(engine, channels, present)
  await runContactTests(engine, channels, present)
  if (taken >= limit) engine.ring('notify')
  return taken
}
