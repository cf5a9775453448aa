import { type Actor, type Alert, isAnswered, type TransitionResult } from '../domain/alert/alert.ts'
import { transition } from '../domain/alert/transition.ts'
import { codeOfPath, commonPath, isWithin } from '../domain/region.ts'
import { type Choice, type Claim, claimantOf, claimsOf, colourOfPart, isTakenAway } from '../domain/risk/by-hand.ts'
import type { Matter } from '../domain/risk/matter.ts'
import { riskFor, riskStamp, scopeOfPlace } from '../domain/risk/scopes.ts'
import { MINUTE } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import {
  type CaseTicket,
  copyLine,
  type HandCase,
  insertClaims,
  loadCaseTickets,
  loadHandCases,
  loadMembers,
  type MemberRow,
  moveMembers,
  moveTickets,
  replaceClaims,
  saveSplitFrom,
  saveTruth,
} from '../store/case-hand-store.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { insertCase, recheckAlerted, recheckSuppressed, recountCase } from '../store/case-store.ts'
import { publishCards } from './alert-card.ts'
import { moveAlert, openAlert } from './alert-life.ts'
import type { EngineTx } from './context.ts'

type Refusal = Extract<TransitionResult, { ok: false }>

/** What of a case becomes one of its own, and why a person does it: regions by their codes, tickets by their keys. */
export interface SplitOrder {
  readonly caseId: string
  readonly regions: readonly string[]
  readonly phenomena: readonly string[]
  readonly ruleIds: readonly string[]
  readonly ticketKeys: readonly string[]
  readonly reason: string
}

/** A field of an order that says something the case does not have. */
export type SplitField = 'regions' | 'phenomena' | 'ruleIds' | 'ticketKeys'

export type SplitRefusal = { readonly ok: false } & (
  | { readonly why: 'move'; readonly refusal: Refusal }
  | { readonly why: 'unknown' }
  /** Nothing is chosen, or nothing would be left. */
  | { readonly why: 'nothing_chosen' | 'nothing_left' }
  | { readonly why: 'not_of_case'; readonly field: SplitField; readonly value: string }
)

interface Whole {
  readonly alert: Alert
  readonly hand: HandCase
  readonly tickets: readonly CaseTicket[]
  readonly members: readonly MemberRow[]
}

/** What goes. */
interface Part {
  readonly claims: readonly Claim[]
  readonly tickets: readonly CaseTicket[]
  readonly members: readonly MemberRow[]
  readonly regionCode: string
  readonly matter: Matter
}

function foreignField(etx: EngineTx, order: SplitOrder, { hand, tickets, members }: Whole): { field: SplitField; value: string } | null {
  const { tree } = etx.engine
  const isPlace = (code: string) => {
    const path = tree.get(code)?.path
    return path !== undefined && path !== hand.regionPath && isWithin(path, hand.regionPath)
  }
  const known: Record<SplitField, (value: string) => boolean> = {
    regions: isPlace,
    phenomena: (name) => tickets.some(({ phenomenon }) => phenomenon === name),
    ruleIds: (id) => members.some(({ ruleId }) => ruleId === id),
    ticketKeys: (key) => tickets.some(({ ticketKey }) => ticketKey === key),
  }
  for (const field of ['regions', 'phenomena', 'ruleIds', 'ticketKeys'] as const) {
    const value = order[field].find((one) => !known[field](one))
    if (value !== undefined) return { field, value }
  }
  return null
}

function partOf(etx: EngineTx, order: SplitOrder, { hand, tickets, members }: Whole): Part {
  const { tree } = etx.engine
  const parameters = etx.settings.risk.body
  const choice: Choice = { regionPaths: order.regions.map((code) => tree.get(code)?.path ?? ''), phenomena: order.phenomena, ruleIds: order.ruleIds }
  const claims = claimsOf(hand, choice)
  const asked = [{ ...hand, splitFrom: hand.alertId, claims }]
  const isClaimed = (matter: Matter, regionPath: string, ruleId: string | null) =>
    claimantOf(asked, { matter, regionPath, ruleId }, parameters) !== undefined
  const going = tickets.filter(
    ({ ticketKey, phenomenon, regionPath }) =>
      order.ticketKeys.includes(ticketKey) || isClaimed({ kind: 'phenomenon', name: phenomenon }, regionPath, null),
  )
  // A rule tells no phenomenon once it is a member: where phenomena are chosen it stays, unless it is named.
  const isGoing = ({ ruleId, regionCode }: MemberRow) =>
    order.ruleIds.length > 0
      ? order.ruleIds.includes(ruleId)
      : order.phenomena.length === 0 && isClaimed(hand.matter, tree.get(regionCode)?.path ?? '', ruleId)
  const paths = claims.length > 0 ? claims.map(({ regionPath }) => regionPath) : going.map(({ regionPath }) => regionPath)
  const path = commonPath(paths)
  const named = order.phenomena.length === 1 ? order.phenomena[0] : undefined
  return {
    claims,
    tickets: going,
    members: members.filter(isGoing),
    regionCode: codeOfPath(isWithin(path, hand.regionPath) ? path : hand.regionPath) ?? hand.regionCode,
    matter: named === undefined ? hand.matter : { kind: 'phenomenon', name: named },
  }
}

/** By place, the distinct customers of the window that ends now. */
function countsOf(etx: EngineTx, { tickets, regionCode }: Part, paths: readonly string[]) {
  const { tree } = etx.engine
  const since = etx.now - etx.settings.risk.body.windowMinutes * MINUTE
  const recent = tickets.filter(({ isValid, acceptedAt }) => isValid && acceptedAt !== null && acceptedAt >= since && acceptedAt < etx.now)
  const places = paths.length > 0 ? paths : [tree.get(regionCode)?.path ?? '']
  return places.flatMap((path) => {
    const node = tree.get(codeOfPath(path) ?? '')
    const phenomena = [...new Set(recent.map(({ phenomenon }) => phenomenon))]
    return node === undefined
      ? []
      : phenomena.map((name) => ({
          regionLevel: node.level,
          customers: new Set(recent.filter((one) => one.phenomenon === name && isWithin(one.regionPath, path)).map(({ customerKey }) => customerKey))
            .size,
        }))
  })
}

async function openPart(etx: EngineTx, whole: Whole, part: Part, order: SplitOrder): Promise<Alert> {
  const { risk } = etx.settings
  const scope = scopeOfPlace(etx.engine.tree, part.regionCode)
  const counts = countsOf(etx, part, [...new Set(part.claims.map(({ regionPath }) => regionPath))])
  const severity: Severity = colourOfPart(
    whole.alert.severity,
    part.members.map(({ level }) => level),
    counts,
    riskFor(risk.body, scope),
  )
  const customers = new Set(part.tickets.filter(({ isValid }) => isValid).map(({ customerKey }) => customerKey)).size
  const alert = await openAlert(etx, {
    kind: 'risk',
    ruleId: part.members[0]?.ruleId ?? whole.alert.ruleId,
    severity,
    ticketKey: null,
    regionCode: part.regionCode,
    facts: { phenomenon: part.matter.name, windowMinutes: risk.body.windowMinutes, customers, splitFrom: whole.alert.id },
    parameters: riskStamp(risk.body, scope, [part.members[0]?.ruleId ?? whole.alert.ruleId]),
    ruleVersion: risk.version,
    openedAt: etx.now,
    suppressedBy: null,
    reason: `由案件 ${whole.alert.id} 拆出：${order.reason} / Split from case ${whole.alert.id}: ${order.reason}`,
  })
  await insertCase(etx.tx, { alertId: alert.id, matter: part.matter, firstTrueAt: whole.hand.firstTrueAt })
  await saveTruth(etx.tx, alert.id, whole.hand.lastTrueAt)
  await saveSplitFrom(etx.tx, alert.id, whole.alert.id)
  await insertClaims(etx.tx, alert.id, part.claims)
  return alert
}

/** Moves what belongs to the part, and has the alerts of its tickets judged by the case that speaks for them now. */
async function handOver(etx: EngineTx, whole: Whole, part: Part, newId: string): Promise<void> {
  const { tx } = etx
  const parameters = etx.settings.risk.body
  const keys = part.tickets.map(({ ticketKey }) => ticketKey)
  await moveTickets(tx, whole.alert.id, newId, keys, etx.now)
  await moveMembers(
    tx,
    whole.alert.id,
    newId,
    part.members.map(({ ruleId }) => ruleId),
  )
  await copyLine(tx, whole.alert.id, newId)
  const kept = whole.hand.claims.filter((claim) => !isTakenAway(claim, part.claims, parameters))
  if (kept.length < whole.hand.claims.length) await replaceClaims(tx, whole.alert.id, kept)
  await recountCase(tx, whole.alert.id)
  await recountCase(tx, newId)
  const rechecked = (await recheckAlerted(tx, newId, null, etx.now)) + (await recheckSuppressed(tx, newId, etx.now))
  if (rechecked > 0) etx.bells.add('timers')
}

async function lockWhole(etx: EngineTx, caseId: string): Promise<Whole | null> {
  if (!/^\d{1,18}$/.test(caseId)) return null
  const [alert] = await lockAlerts(etx.tx, [caseId])
  const [hand] = await loadHandCases(etx.tx, [caseId])
  if (alert === undefined || hand === undefined) return null
  return { alert, hand, tickets: await loadCaseTickets(etx.tx, caseId), members: await loadMembers(etx.tx, caseId) }
}

function refusalOf(etx: EngineTx, order: SplitOrder, whole: Whole, part: Part): SplitRefusal | null {
  const foreign = foreignField(etx, order, whole)
  if (foreign !== null) return { ok: false, why: 'not_of_case', ...foreign }
  if (part.claims.length + order.ticketKeys.length === 0) return { ok: false, why: 'nothing_chosen' }
  const takesAll =
    whole.tickets.length > 0 ? part.tickets.length === whole.tickets.length : part.members.length > 0 && part.members.length === whole.members.length
  return takesAll ? { ok: false, why: 'nothing_left' } : null
}

/**
 * Makes a part of a case one of its own by a person's hand (domain.md 5.1): regions, phenomena, rules, or single tickets, which follow with their members. It
 * opens as a new case of its own colour and pages as one, unless the person who answered the old one splits it: his answer holds for both. Later ticks keep
 * them apart. Both cases have it in their history. Refusals are values; nothing is written then.
 */
export async function splitCase(
  etx: EngineTx,
  order: SplitOrder,
  actor: Actor,
  client: string,
): Promise<SplitRefusal | { readonly ok: true; readonly newId: string }> {
  const whole = await lockWhole(etx, order.caseId)
  if (whole === null) return { ok: false, why: 'unknown' }
  const allowed = transition(whole.alert, { move: 'split', reason: order.reason }, actor, etx.now)
  if (!allowed.ok) return allowed.code === 'out_of_scope' ? { ok: false, why: 'unknown' } : { ok: false, why: 'move', refusal: allowed }
  const part = partOf(etx, order, whole)
  const refusal = refusalOf(etx, order, whole, part)
  if (refusal !== null) return refusal
  const opened = await openPart(etx, whole, part, order)
  await handOver(etx, whole, part, opened.id)
  const moved = await moveAlert(etx, order.caseId, { move: 'split', caseId: opened.id, reason: order.reason }, actor, client)
  if (!moved.ok) throw new Error(`case ${order.caseId}: split refused after it was allowed: ${moved.detail}`)
  const isOwnAnswer = actor.kind === 'user' && isAnswered(whole.alert) && whole.alert.ackedBy === actor.userId
  if (isOwnAnswer) await moveAlert(etx, opened.id, { move: 'ack', reason: order.reason }, actor, client)
  await publishCards(etx, [order.caseId, opened.id])
  return { ok: true, newId: opened.id }
}
