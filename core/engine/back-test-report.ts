import type { AbnormalParameters } from '../domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES } from '../domain/abnormal/catalogue.ts'
import { AlertComparison, compareCases } from '../domain/back-test/compare-cases.ts'
import type { CaseComparison, ComparedCase } from '../domain/back-test/comparison.ts'
import { abnormalSteps } from '../domain/back-test/plan.ts'
import type { ReplayedCase } from '../domain/risk/replayed-cases.ts'
import { isWithin } from '../domain/region.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import { loadRaisedAlerts, type RaisedAlert } from '../store/abnormal-replay-store.ts'
import { loadRaisedCases, type RaisedCase } from '../store/back-test-store.ts'
import { type OnProgress, replayRule } from './back-test.ts'
import type { Engine } from './context.ts'
import { type AbnormalReplayed, type AbnormalSpan, replayAbnormalRule } from './replay-abnormal.ts'

/** What a back-test says. Instants are epoch ms UTC. */
export interface BackTestReport extends CaseComparison {
  readonly ruleId: string
  readonly from: number
  readonly to: number
  readonly ticks: number
}

/** The rule's own rings: its first tick, and each time it was higher than ever before in the case. */
function ringsOf({ firstAt }: RaisedCase): ComparedCase['rings'] {
  const rings: { at: number; severity: Severity }[] = []
  const inTime = Object.entries(firstAt).map(([level, at]) => ({ at, severity: Number(level) as Severity })).sort((a, b) => a.at - b.at || b.severity - a.severity)
  for (const ring of inTime) if (ring.severity > (rings.at(-1)?.severity ?? 0)) rings.push(ring)
  return rings
}

/** As K-74 counts them: who acknowledges says that he is at it, not that it is true (domain.md 7.1). */
const verdictOf = ({ state }: RaisedCase): ComparedCase['verdict'] => (state === 'false_positive' ? 'wrong' : state === 'resolved' || state === 'closed' ? 'right' : null)
const raised = (one: RaisedCase): ComparedCase => ({ id: one.alertId, matter: one.matter, regionPath: one.regionPath, lastTrueAt: one.lastTrueAt, rings: ringsOf(one), verdict: verdictOf(one) })
const replayed = ({ alertId, matter, regionPath, lastTrueAt, rings }: ReplayedCase): ComparedCase => ({ id: `+${alertId}`, matter, regionPath, lastTrueAt, rings, verdict: null })

/** Right and wrong are what its check said, wrong also a false positive. */
const verdictOfAlert = ({ state, check }: RaisedAlert): ComparedCase['verdict'] => (check === 'not_confirmed' || state === 'false_positive' ? 'wrong' : check === 'confirmed' ? 'right' : null)
/** A ticket is one matter whenever: how long its alert was true decides nothing. */
const ofTicket = (ticketKey: string): Pick<ComparedCase, 'matter' | 'lastTrueAt'> => ({ matter: { kind: 'ticket', name: ticketKey }, lastTrueAt: 0 })

async function backTestAbnormal(engine: Engine, span: AbnormalSpan, onProgress?: OnProgress): Promise<BackTestReport> {
  const { rule: { id: ruleId }, path, from, to } = span
  const stored = await loadRaisedAlerts(engine.pool, ruleId, path, from, to)
  const did = stored.map((one): ComparedCase => ({ id: one.alertId, ...ofTicket(one.ticketKey), regionPath: one.regionPath, rings: one.rings, verdict: verdictOfAlert(one) }))
  const comparison = new AlertComparison(did, { from, to }, engine.zone)
  let count = 0
  const take = (alerts: readonly AbnormalReplayed[]) =>
    comparison.take(alerts.map(({ ticketKey, regionPath, rings }) => ({ id: `+${(count += 1)}`, ...ofTicket(ticketKey), regionPath, rings, verdict: null })))
  await replayAbnormalRule(engine, span, take, onProgress)
  return { ruleId, from, to, ticks: abnormalSteps(span), ...comparison.result() }
}

/** A rule with its settings, over a subtree and a span. */
export interface BackTestAsk {
  readonly ruleId: string
  readonly parameters: RiskParameters | AbnormalParameters
  readonly path: string
  readonly from: Instant
  readonly to: Instant
}

/** What the rule with these parameters would have raised over the stored history, within a subtree, beside what it did raise. Writes nothing. */
export async function backTest(engine: Engine, span: BackTestAsk, onProgress?: OnProgress): Promise<BackTestReport> {
  const { ruleId, path, from, to } = span
  const rule = ABNORMAL_RULES.find(({ id }) => id === ruleId)
  if (rule !== undefined) return backTestAbnormal(engine, { rule, parameters: span.parameters as AbnormalParameters, path, from, to }, onProgress)
  const { cases, ticks } = await replayRule(engine, { ...span, parameters: span.parameters as RiskParameters }, onProgress)
  const would = cases.filter(({ isMerged, regionPath }) => !isMerged && isWithin(regionPath, path)).map(replayed)
  const did = (await loadRaisedCases(engine.pool, ruleId, path, from, to)).map(raised)
  return { ruleId, from, to, ticks, ...compareCases(would, did, { from, to }, engine.zone) }
}
