import type { Actor, Alert, TransitionResult } from '../domain/alert/alert.ts'
import { isAnswered, needsAck } from '../domain/alert/alert.ts'
import { transition } from '../domain/alert/transition.ts'
import { codeOfPath, commonPath } from '../domain/region.ts'
import { broughtAlong, type Claim, isClaimNeeded, type MergeFault, mergeFault } from '../domain/risk/by-hand.ts'
import { isJoined, type Matter } from '../domain/risk/matter.ts'
import { type HandCase, insertClaims, loadHandCases, passSplits, replaceClaims, saveSplitFrom, takeOverCase } from '../store/case-hand-store.ts'
import { lockAlerts, updateAlerts, updateProposal } from '../store/alert-store.ts'
import { moveCase, recheckAlerted, recountCase, widenMatter } from '../store/case-store.ts'
import { loadRuns } from '../store/escalation-store.ts'
import { insertTransitions } from '../store/transition-store.ts'
import { publishMoves } from './alert-card.ts'
import { moveAlert } from './alert-life.ts'
import { applyRuns, laddersOf, type RunChange } from './alert-runs.ts'
import type { EngineTx } from './context.ts'

type Refusal = Extract<TransitionResult, { ok: false }>

/** Why a case was not merged: a move that its table refuses, or what {@link mergeFault} says; `unknown` for what is no case in sight. */
export type MergeRefusal = { readonly ok: false } & (
  | { readonly why: 'move'; readonly refusal: Refusal }
  | { readonly why: 'fault'; readonly fault: MergeFault }
  | { readonly why: 'unknown'; readonly which: 'from' | 'into' }
)

/** Which case goes into which, and why a person does it. */
export interface MergeOrder {
  readonly fromId: string
  readonly intoId: string
  readonly reason: string
}

interface Side {
  readonly alert: Alert
  readonly hand: HandCase
}

/** The two cases under their locks, the places of both being known then. */
async function lockSides(etx: EngineTx, ids: readonly string[]): Promise<ReadonlyMap<string, Side>> {
  const stored = ids.filter((id) => /^\d{1,18}$/.test(id)).map((id) => String(BigInt(id)))
  const alerts = await lockAlerts(etx.tx, stored)
  const hands = await loadHandCases(etx.tx, stored)
  return new Map(
    alerts.flatMap((alert) => {
      const hand = hands.find(({ alertId }) => alertId === alert.id)
      return hand === undefined ? [] : [[alert.id, { alert, hand }] as const]
    }),
  )
}

const sideOf = ({ alert, hand }: Side) => ({ ...hand, isEnded: alert.endedAt !== null, isMitigated: alert.state === 'mitigated' })

/**
 * What a merge makes of the ladder of the case that stays: answered, it stops; where the higher colour came with the other case, that one's ladder goes
 * on at the step it stood at, so that nobody is paged twice and nobody is forgotten.
 */
async function runsAfter(etx: EngineTx, from: Alert, before: Alert, after: Alert): Promise<RunChange[]> {
  const at = etx.now
  const runs = await loadRuns(etx.tx, [from.id, before.id])
  const isRunning = runs.some(({ alertId }) => alertId === before.id)
  const stop = (why: 'acknowledged' | 'restarted'): RunChange[] => (isRunning ? [{ kind: 'stop', alertId: before.id, at, why, withdrawal: why }] : [])
  if (!needsAck(after)) return isAnswered(after) ? stop('acknowledged') : []
  const run = runs.find(({ alertId }) => alertId === from.id)
  if (after.severity === before.severity || run === undefined) return []
  const alert = { ...after, ladderVersion: run.ladderVersion }
  return [...stop('restarted'), { kind: 'take_over', alertId: before.id, at, alert, ladders: await laddersOf(etx, run.ladderVersion), from: run }]
}

/** Writes what a merge makes of the case that stays, and its line of history. */
async function absorb(etx: EngineTx, from: Alert, before: Alert, after: Alert, order: MergeOrder, actor: Actor, client: string): Promise<void> {
  await applyRuns(etx, await runsAfter(etx, from, before, after))
  const overtaken = await updateAlerts(etx.tx, [{ after, expectedVersion: before.version }])
  if (overtaken.length > 0) throw new Error(`case ${before.id} changed under its lock`)
  await updateProposal(etx.tx, before.id, after.proposedSeverity)
  const detail = { caseId: from.id }
  await insertTransitions(etx.tx, [
    { alertId: before.id, at: etx.now, actor, move: 'absorb', from: before, to: after, reason: order.reason, detail, client },
  ])
}

const widest = (into: Matter, from: Matter): Matter => (into.kind !== 'product' && from.kind === 'product' ? from : into)

/** Places the case where both lie, and writes down what belongs to it from now on. */
async function reshape(etx: EngineTx, from: HandCase, into: HandCase): Promise<void> {
  const parameters = etx.settings.risk.body
  const { tree } = etx.engine
  // The case from which this one was split comes back to it: it is one like all others again.
  const isWhole = into.splitFrom === from.alertId
  const regionPath = commonPath([from.regionPath, into.regionPath])
  const regionCode = codeOfPath(regionPath) ?? into.regionCode
  const isSplit = into.splitFrom !== null && !isWhole
  const matter = isJoined(into.matter, from.matter, parameters) ? widest(into.matter, from.matter) : into.matter
  if (regionPath !== into.regionPath) {
    const province = tree.chain(regionCode).find(({ level }) => level === 'province')
    await moveCase(etx.tx, into.alertId, { regionCode, regionPath, provinceCode: province?.code ?? null })
  }
  if (matter !== into.matter) await widenMatter(etx.tx, into.alertId, matter)
  const isNeeded = (claim: Claim) => isSplit || isClaimNeeded({ matter, regionPath }, claim, parameters)
  if (isWhole) {
    await saveSplitFrom(etx.tx, into.alertId, from.splitFrom)
    await replaceClaims(
      etx.tx,
      into.alertId,
      [...into.claims, ...broughtAlong(from)].filter((claim) => from.splitFrom !== null || isNeeded(claim)),
    )
  } else await insertClaims(etx.tx, into.alertId, broughtAlong(from).filter(isNeeded))
  await passSplits(etx.tx, from.alertId, into.alertId)
}

/**
 * Puts one case into another by a person's hand (domain.md 5.1): tickets, members, confirmed users, measures, the higher colour and its answer follow, it
 * pages nobody, and later ticks keep them one. Both cases have it in their history. Refusals are values; nothing is written then.
 */
export async function mergeCases(
  etx: EngineTx,
  order: MergeOrder,
  actor: Actor,
  client: string,
): Promise<MergeRefusal | { readonly ok: true; readonly intoId: string }> {
  const sides = await lockSides(etx, [order.fromId, order.intoId])
  const from = sides.get(order.fromId)
  const into = sides.get(order.intoId)
  if (from === undefined) return { ok: false, why: 'unknown', which: 'from' }
  if (into === undefined) return { ok: false, why: 'unknown', which: 'into' }
  const goes = transition(from.alert, { move: 'merge', caseId: order.intoId, reason: order.reason }, actor, etx.now)
  if (!goes.ok && goes.code === 'out_of_scope') return { ok: false, why: 'unknown', which: 'from' }
  const stays = transition(into.alert, { move: 'absorb', absorbed: from.alert, reason: order.reason }, actor, etx.now)
  if (!stays.ok && stays.code === 'out_of_scope') return { ok: false, why: 'unknown', which: 'into' }
  // Who may not do it at all learns nothing of why it would not be possible.
  const barred = [goes, stays].find((one): one is Refusal => !one.ok && one.code === 'role_may_not')
  if (barred !== undefined) return { ok: false, why: 'move', refusal: barred }
  const fault = mergeFault(sideOf(from), sideOf(into))
  if (fault !== null) return { ok: false, why: 'fault', fault }
  if (!goes.ok) return { ok: false, why: 'move', refusal: goes }
  if (!stays.ok) return { ok: false, why: 'move', refusal: stays }
  await absorb(etx, from.alert, into.alert, stays.alert, order, actor, client)
  const moved = await moveAlert(etx, order.fromId, { move: 'merge', caseId: order.intoId, reason: order.reason }, actor, client)
  if (!moved.ok) throw new Error(`case ${order.fromId}: merge refused after it was allowed: ${moved.detail}`)
  await takeOverCase(etx.tx, order.fromId, order.intoId, etx.now)
  await reshape(etx, from.hand, into.hand)
  await recountCase(etx.tx, order.intoId)
  if ((await recheckAlerted(etx.tx, order.intoId, null, etx.now)) > 0) etx.bells.add('timers')
  await publishMoves(etx, [{ alert: stays.alert, hasChanged: true, hasLine: true }])
  return { ok: true, intoId: order.intoId }
}
