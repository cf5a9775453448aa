import type { RuleScope } from '../domain/abnormal/scopes.ts'
import type { RegionNode } from '../domain/region.ts'
import { CASE_RULES, COUNT_RULES, FACT_RULES } from '../domain/risk/catalogue.ts'
import { covers } from '../domain/risk/matter.ts'
import { isRiskRuleOn } from '../domain/risk/parameters.ts'
import { type ExplainedReading, explainReading } from '../domain/risk/explain.ts'
import { completedRisk, type RiskParameters } from '../domain/risk/reading.ts'
import { decidingRiskScope, riskFor, scopeOfPlace } from '../domain/risk/scopes.ts'
import { floorTo, type Instant, SECOND } from '../domain/time.ts'
import { isWithin } from '../domain/region.ts'
import { inTransaction } from '../platform/database.ts'
import type { Engine, EngineTx } from './context.ts'
import { pastDayBaseline } from './day-baseline.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { readCasePicture, readPicture, type RiskPicture } from './risk-picture.ts'

/** What is asked: one rule, one place, one instant, and the phenomenon where one is meant. */
export interface RiskQuestion {
  readonly ruleId: string
  readonly node: RegionNode
  readonly at: Instant
  readonly phenomenon: string | null
  /** In the place of those in force at `at`. */
  readonly parameters?: RiskParameters
}

/** Why a rule is not read at a place at all. */
export type NotRead = 'switched_off' | 'not_at_this_level' | 'stale_feed'

/** What the risk tick in force at an instant judged, or would have, of one rule at one place. */
export interface RiskExplained {
  /** The fixed tick at or before the instant asked for; the instant itself for rules that are looked at between ticks. */
  readonly tickAt: Instant
  readonly version: number
  readonly parameters: RiskParameters
  readonly decidedBy: RuleScope
  readonly notRead: NotRead | null
  /** Highest colour first, then highest value. */
  readonly readings: readonly (ExplainedReading & { readonly tickets: readonly string[]; readonly ticketCount: number })[]
}

/** So many readings and tickets are told; the counts are whole. */
const MOST_READINGS = 20
const MOST_TICKETS = 100

function notReadOf(question: RiskQuestion, parameters: RiskParameters, picture: RiskPicture): NotRead | null {
  const counting = COUNT_RULES.find(({ id }) => id === question.ruleId)
  if (!isRiskRuleOn(question.ruleId, parameters)) return 'switched_off'
  if (counting !== undefined && !counting.levels(parameters).includes(question.node.level)) return 'not_at_this_level'
  const isStale = question.node.path.split('/').some((code) => picture.staleProvinces.has(code))
  return isStale && counting !== undefined ? 'stale_feed' : null
}

async function look(etx: EngineTx, tickAt: Instant, { ruleId, node, phenomenon }: RiskQuestion): Promise<RiskPicture> {
  const usual = await pastDayBaseline(etx.engine, etx.tx, tickAt)
  const picture = await readPicture(etx, tickAt, [], usual, 'all', { focus: { node, phenomenon } })
  return CASE_RULES.some(({ id }) => id === ruleId) ? readCasePicture(etx, tickAt, picture) : picture
}

/**
 * What the tick judged, or would have judged, of a rule at a place, by the same gathering and deciding as the tick's own (domain.md 5.1) and in a
 * transaction that can write nothing. Facts are those known now: what came late is counted in, as in the sums of the past.
 */
export async function explainRisk(engine: Engine, question: RiskQuestion): Promise<RiskExplained> {
  const { ruleId, node, at } = question
  const inForce = await engine.settings(at)
  const body = completedRisk(question.parameters ?? inForce.risk.body)
  const parameters = riskFor(body, scopeOfPlace(engine.tree, node.code))
  const isPrompt = FACT_RULES.some(({ id, isPrompt }) => id === ruleId && isPrompt)
  const tickAt = isPrompt ? at : floorTo(at, parameters.tickSeconds * SECOND)
  const settings = { ...inForce, risk: { version: inForce.risk.version, body } }
  return inTransaction(engine.pool, async (tx) => {
    const etx: EngineTx = { engine, tx, settings, now: tickAt, feed: new FeedBuffer(), bells: new Set() }
    const picture = await look(etx, tickAt, question)
    const own = picture.readings
      .filter((reading) => reading.ruleId === ruleId && reading.regionCode === node.code)
      .filter(({ matter }) => question.phenomenon === null || covers(matter, question.phenomenon, parameters))
      .sort((a, b) => b.level - a.level || b.value - a.value)
    const readings = own.slice(0, MOST_READINGS).map((reading) => {
      const inWindow = picture.tickets.filter((ticket) => covers(reading.matter, ticket.phenomenon, parameters) && isWithin(ticket.regionPath, node.path))
      const tickets = [...new Set(reading.tickets ?? inWindow.map(({ ticketKey }) => ticketKey))].sort()
      return { ...explainReading(reading, parameters), tickets: tickets.slice(0, MOST_TICKETS), ticketCount: tickets.length }
    })
    const decidedBy = decidingRiskScope(body, scopeOfPlace(engine.tree, node.code), [ruleId])
    return { tickAt, version: settings.risk.version, parameters, decidedBy, notRead: notReadOf(question, parameters, picture), readings }
  }, { readOnly: true, isolation: 'repeatable read' })
}
