import type { Actor, MoveRequest } from '../domain/alert/alert.ts'
import { isWithin } from '../domain/region.ts'
import { assign, highest, placeOf, type Standing as StandingOf, topmost, widestOf } from '../domain/risk/assign.ts'
import { isCountRule } from '../domain/risk/catalogue.ts'
import { judgeCase } from '../domain/risk/judge-case.ts'
import type { Matter } from '../domain/risk/matter.ts'
import type { RiskReading } from '../domain/risk/reading.ts'
import { decisionInWords, readingsInWords } from '../domain/risk/reason.ts'
import type { CaseDecision, CaseMemory, Finding } from '../domain/risk/risk-case.ts'
import { riskFor, riskStamp, scopeOfPlace } from '../domain/risk/scopes.ts'
import type { Instant } from '../domain/time.ts'
import type { Level, Severity } from '../domain/vocabulary.ts'
import { updateProposal } from '../store/alert-store.ts'
import {
  countByProvince,
  insertCase,
  type LiveCase,
  linkTickets,
  moveCase,
  recheckAlerted,
  recountCase,
  saveCondition,
  saveReadings,
  widenMatter,
} from '../store/case-store.ts'
import { takeOverCase } from '../store/case-hand-store.ts'
import { publishCards } from './alert-card.ts'
import { moveAlert, openAlert } from './alert-life.ts'
import { claimedFindings, holdParts, isOfTicketsOnly, isOwnReading, linkable, type Parts, passClaims } from './case-parts.ts'
import type { EngineTx } from './context.ts'
import type { Look, RiskPicture } from './risk-picture.ts'

/** What a tick made of one case. */
export interface CaseChange {
  readonly alertId: string
  readonly what: 'open' | 'merge' | Exclude<CaseDecision['kind'], 'stay'>
  readonly severity: Severity
}

const ENGINE: Actor = { kind: 'engine' }

type Standing = StandingOf<LiveCase>

const move = (etx: EngineTx, alertId: string, request: MoveRequest) => moveAlert(etx, alertId, request, ENGINE, 'engine')

async function openCase(etx: EngineTx, tickAt: Instant, findings: readonly Finding[], picture: RiskPicture, parts: Parts): Promise<CaseChange> {
  const { risk } = etx.settings
  const readings = findings.flatMap((finding) => finding.readings)
  const opener = readings.reduce((best, reading) => (reading.level > best.level ? reading : best))
  const { regionCode } = topmost(etx.engine.tree, findings)
  const matter = widestOf(findings.map((finding) => finding.matter))
  const severity = highest(findings) as Severity
  const alert = await openAlert(etx, {
    kind: 'risk',
    ruleId: opener.ruleId,
    severity,
    ticketKey: null,
    regionCode,
    facts: {
      phenomenon: matter.name,
      ...(readings.some(({ ruleId }) => isCountRule(ruleId)) ? { windowMinutes: risk.body.windowMinutes, customers: Math.max(...findings.map(({ customers }) => customers)) } : {}),
      readings: readings.map(({ tickets: _, ...reading }) => reading),
    },
    parameters: riskStamp(risk.body, scopeOfPlace(etx.engine.tree, regionCode), readings.map(({ ruleId }) => ruleId)),
    ruleVersion: risk.version,
    openedAt: tickAt,
    suppressedBy: null,
    reason: readingsInWords(readings, risk.body),
  })
  await insertCase(etx.tx, { alertId: alert.id, matter, firstTrueAt: tickAt })
  await saveReadings(etx.tx, alert.id, bestOf(readings))
  await link(etx, tickAt, alert.id, { matter, path: etx.engine.tree.get(regionCode)?.path ?? '', readings }, picture, parts)
  await publishCards(etx, [alert.id])
  return { alertId: alert.id, what: 'open', severity }
}

/** Links the tickets that its readings name, and the window's of its matter and place, to a case, counts it anew and puts its alerted tickets before the rules again. */
async function link(
  etx: EngineTx,
  tickAt: Instant,
  alertId: string,
  place: { matter: Matter; path: string; readings: readonly RiskReading[] },
  picture: RiskPicture,
  parts: Parts,
): Promise<boolean> {
  const inWindow = linkable(etx, parts, alertId, place, picture.tickets).map((ticket) => ticket.ticketKey)
  const named = place.readings.filter((reading) => reading.level > 0).flatMap((reading) => reading.tickets ?? [])
  const keys = [...new Set([...inWindow, ...named])].filter((key) => !parts.isHeldElsewhere(key, alertId, place.matter))
  const linked = await linkTickets(etx.tx, alertId, keys, tickAt)
  if ((await recheckAlerted(etx.tx, alertId, linked, tickAt)) > 0) etx.bells.add('timers')
  return recountCase(etx.tx, alertId)
}

/** Per rule the highest reading, the first of equal ones. */
function bestOf(readings: readonly RiskReading[]): RiskReading[] {
  const best = new Map<string, RiskReading>()
  for (const reading of readings) {
    const known = best.get(reading.ruleId)
    if (known === undefined || reading.level > known.level) best.set(reading.ruleId, reading)
  }
  return [...best.values()]
}

/** What each rule says of a case at this tick: the findings' readings, else those taken at the case's own place. */
function readingsOf(etx: EngineTx, { held, findings }: Standing, picture: RiskPicture, parts: Parts): RiskReading[] {
  return bestOf([
    ...picture.readings.filter((reading) => isOwnReading(etx, parts, held, reading)),
    ...findings.flatMap((finding) => finding.readings),
  ])
}

/**
 * Whether missing data could hide the condition of a case: its own province is silent or, above provinces, so many of its tickets came from
 * silent ones that the rest would not be the `scopeShare` of it.
 */
async function isBlind(etx: EngineTx, held: LiveCase, picture: RiskPicture): Promise<boolean> {
  if (picture.staleProvinces.size === 0) return false
  const { tree } = etx.engine
  if (tree.chain(held.regionCode).some((node) => picture.staleProvinces.has(node.code))) return true
  if (![...picture.staleProvinces].some((code) => isWithin(tree.get(code)?.path ?? '', held.regionPath))) return false
  const counts = await countByProvince(etx.tx, held.alertId)
  const sum = (list: typeof counts) => list.reduce((total, { n }) => total + n, 0)
  return sum(counts.filter(({ provinceCode }) => picture.staleProvinces.has(provinceCode))) > (1 - etx.settings.risk.body.scopeShare) * sum(counts)
}

function memoryOf(held: LiveCase): CaseMemory {
  // A person lowered the colour, or refused to: the hold-down starts when the condition of what stands is next seen false.
  const isLowered = held.loweredAt !== null && held.falseSince !== null && held.loweredAt >= held.falseSince
  const isMitigated = held.state === 'mitigated'
  return {
    severity: held.severity,
    falseSince: isLowered ? null : held.falseSince,
    isMitigated,
    mitigatedAt: held.mitigatedAt,
    proposedSeverity: held.proposedSeverity !== null && held.proposedSeverity < held.severity ? held.proposedSeverity : null,
    relapses: held.relapses,
  }
}

const MOVES = { upgrade: 'upgrade', downgrade: 'downgrade', propose: 'propose_downgrade', mitigate: 'mitigate', relapse: 'relapse' } as const

async function decide(
  etx: EngineTx,
  held: LiveCase,
  decision: CaseDecision,
  readings: readonly RiskReading[],
  tickAt: Instant,
): Promise<CaseChange | null> {
  if (decision.kind === 'stay') return null
  const reason = decisionInWords(decision, readings, etx.settings.risk.body)
  const colour = 'to' in decision ? { toSeverity: decision.to } : {}
  const result = await move(etx, held.alertId, { move: MOVES[decision.kind], reason, ...colour })
  if (!result.ok) throw new Error(`case ${held.alertId}: ${decision.kind} refused: ${result.detail}`)
  const isBack = decision.kind === 'relapse'
  if (isBack && (await recheckAlerted(etx.tx, held.alertId, null, tickAt)) > 0) etx.bells.add('timers')
  return { alertId: held.alertId, what: decision.kind, severity: result.alert.severity }
}

async function applyCase(etx: EngineTx, tickAt: Instant, standing: Standing, picture: RiskPicture, parts: Parts): Promise<CaseChange | null> {
  const { held, findings } = standing
  const found = Math.max(highest(findings), standing.mergedSeverity) as Level
  const memory = memoryOf(held)
  const level = isOfTicketsOnly(held) || (found < held.severity && (await isBlind(etx, held, picture))) ? null : found
  const decision = judgeCase(memory, level, tickAt, riskFor(etx.settings.risk.body, scopeOfPlace(etx.engine.tree, held.regionCode)))
  const isOver = memory.isMitigated && decision.kind === 'stay'
  if (isOver) return null
  const readings = readingsOf(etx, standing, picture, parts)
  const change = await decide(etx, held, decision, readings, tickAt)
  await saveCondition(etx.tx, held.alertId, { trueAt: highest(findings) > 0 ? tickAt : null, falseSince: decision.memory.falseSince })
  const isWithdrawn = held.proposedSeverity !== null && decision.memory.proposedSeverity === null
  if (isWithdrawn) await updateProposal(etx.tx, held.alertId, null)
  await saveReadings(etx.tx, held.alertId, readings)
  const place = placeOf(etx.engine.tree, standing, decision)
  if (place.path !== held.regionPath) await relocate(etx, held, place, readings)
  const matter = widestOf([held.matter, ...findings.map((finding) => finding.matter)])
  if (matter !== held.matter && matter.kind === 'product') await widenMatter(etx.tx, held.alertId, matter)
  const isRecounted = highest(findings) > 0 && (await link(etx, tickAt, held.alertId, { matter, path: place.path, readings }, picture, parts))
  if (isRecounted || isWithdrawn || change !== null || place.path !== held.regionPath) await publishCards(etx, [held.alertId])
  return change
}

async function relocate(etx: EngineTx, held: LiveCase, place: { regionCode: string; path: string }, readings: readonly RiskReading[]): Promise<void> {
  const { tree } = etx.engine
  const province = tree.chain(place.regionCode).find((node) => node.level === 'province')
  await moveCase(etx.tx, held.alertId, { regionCode: place.regionCode, regionPath: place.path, provinceCode: province?.code ?? null })
  const [from, to] = [tree.get(held.regionCode), tree.get(place.regionCode)]
  const words = `范围由${from?.nameZh}调整为${to?.nameZh} / Moved from ${from?.nameEn} to ${to?.nameEn}. ${readingsInWords(readings, etx.settings.risk.body)}`
  await move(etx, held.alertId, { move: 'note', reason: words })
}

/** Between ticks most rules say nothing, so nothing may fall: only what is as high as it stands, or higher, is looked at. */
const isMine = ({ held, findings, mergedSeverity }: Standing, look: Look): boolean =>
  look === 'all' || Math.max(highest(findings), mergedSeverity) >= held.severity || (held.mitigatedAt !== null && findings.length > 0)

/** Writes what a tick found: new cases, joined ones, merged ones, and the moves of every live case. */
export async function applyPicture(etx: EngineTx, tickAt: Instant, live: readonly LiveCase[], picture: RiskPicture, look: Look): Promise<CaseChange[]> {
  const parts = await holdParts(etx, live)
  const claimed = (held: LiveCase) => claimedFindings(etx, parts.split, held, picture)
  const { standing, fresh, merges } = assign(etx.engine.tree, etx.settings.risk.body, tickAt, live, picture.findings, claimed)
  const changes: CaseChange[] = []
  for (const { from, into } of merges) {
    const reason = `并入案件 ${into.alertId}：同一现象的范围已包含本案 / Joined case ${into.alertId}: its scope now spans this one`
    const result = await move(etx, from.alertId, { move: 'merge', caseId: into.alertId, reason })
    if (!result.ok) throw new Error(`case ${from.alertId}: merge refused: ${result.detail}`)
    await takeOverCase(etx.tx, from.alertId, into.alertId, tickAt)
    await passClaims(etx, from, into)
    const survivor = standing.get(into.alertId)
    if (survivor) survivor.mergedSeverity = Math.max(survivor.mergedSeverity, from.severity) as Level
    standing.delete(from.alertId)
    changes.push({ alertId: from.alertId, what: 'merge', severity: from.severity })
  }
  for (const one of standing.values()) {
    const change = isMine(one, look) ? await applyCase(etx, tickAt, one, picture, parts) : null
    if (change) changes.push(change)
  }
  for (const findings of fresh) changes.push(await openCase(etx, tickAt, findings, picture, parts))
  return changes
}
