import { type CaseComparison, type ComparedCase, compareCases } from '../domain/risk/compare-cases.ts'
import type { ReplayedCase } from '../domain/risk/replayed-cases.ts'
import { isWithin } from '../domain/region.ts'
import type { Severity } from '../domain/vocabulary.ts'
import { loadRaisedCases, type RaisedCase } from '../store/back-test-store.ts'
import { type BackTestSpan, type OnProgress, replayRule } from './back-test.ts'
import type { Engine } from './context.ts'

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

const verdictOf = ({ state, isAcked }: RaisedCase): ComparedCase['verdict'] => (state === 'false_positive' ? 'wrong' : isAcked || state === 'resolved' || state === 'closed' ? 'right' : null)
const raised = (one: RaisedCase): ComparedCase => ({ id: one.alertId, matter: one.matter, regionPath: one.regionPath, lastTrueAt: one.lastTrueAt, rings: ringsOf(one), verdict: verdictOf(one) })
const replayed = ({ alertId, matter, regionPath, lastTrueAt, rings }: ReplayedCase): ComparedCase => ({ id: `+${alertId}`, matter, regionPath, lastTrueAt, rings, verdict: null })

/** What the rule with these parameters would have raised over the stored history, within a subtree, beside what it did raise. Writes nothing. */
export async function backTest(engine: Engine, span: BackTestSpan & { readonly path: string }, onProgress?: OnProgress): Promise<BackTestReport> {
  const { ruleId, path, from, to } = span
  const { cases, ticks } = await replayRule(engine, span, onProgress)
  const would = cases.filter(({ isMerged, regionPath }) => !isMerged && isWithin(regionPath, path)).map(replayed)
  const did = (await loadRaisedCases(engine.pool, ruleId, path, from, to)).map(raised)
  return { ruleId, from, to, ticks, ...compareCases(would, did, { from, to }, engine.zone) }
}
