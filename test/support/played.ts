import { FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters } from '../../core/domain/risk/reading.ts'
import { type Instant, SECOND } from '../../core/domain/time.ts'
import { clusterTexts } from '../../core/engine/cluster-texts.ts'
import { replayRule } from '../../core/engine/back-test.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { takeIn } from './complaints.ts'
import { onlyRiskRules } from './risk-rules.ts'
import { type RiskWorld, TICK } from './risk-world.ts'

/** Something that a source tells, and when. */
export interface Told {
  readonly at: Instant
  readonly item: Record<string, unknown>
}

const LOOK = 5 * SECOND
const lookAfter = (at: Instant) => Math.floor(at / LOOK) * LOOK + LOOK

/** One rule alone, with these changes to its parameters, from the beginning of time. */
export async function oneRule(world: RiskWorld, ruleId: string, changes: Partial<RiskParameters> = {}): Promise<RiskParameters> {
  const body = onlyRiskRules({ ...DEFAULT_RISK_PARAMETERS, ...changes }, [ruleId])
  await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'one rule', effectiveFrom: 1, now: 1 }))
  return body
}

/** Lives through a stretch as the system does: what is told is taken in at the next look, which is run where the rule is told at once, and every tick is run. */
export async function play(world: RiskWorld, ruleId: string, told: readonly Told[], { from, to, looks }: { readonly from: Instant; readonly to: Instant; readonly looks: readonly Instant[] }): Promise<void> {
  const isPrompt = FACT_RULES.some(({ id, isPrompt: prompt }) => id === ruleId && prompt)
  const before = told.filter(({ at }) => at < from)
  if (before.length > 0) await takeIn(world.engine, before.map(({ item }) => item), from)
  for (let tickAt = from; tickAt <= to; tickAt += TICK) {
    const now = told.filter(({ at }) => at >= Math.max(from, tickAt - TICK) && at < tickAt)
    const idle = looks.filter((look) => look > tickAt - TICK && look < tickAt)
    for (const look of [...new Set([...now.map(({ at }) => lookAfter(at)), ...idle])].sort((a, b) => a - b)) {
      const heard = now.filter(({ at }) => lookAfter(at) === look).map(({ item }) => item)
      if (heard.length > 0) await takeIn(world.engine, heard, look)
      await clusterTexts(world.engine, look)
      if (isPrompt && look < tickAt) await runRiskLook(world.engine, look)
    }
    await world.tickAt(tickAt)
  }
}

type Course = readonly [matter: string, place: string, rings: readonly (readonly [string, number, number])[], mitigatedAt: number | null]

/** Every case that ticks and looks have opened: its matter, its place, when it opened, rose and came back, and when it was mitigated. */
export async function lived(world: RiskWorld): Promise<Course[]> {
  const cases = await world.rows<{ id: number; name: string; region_code: string; mitigated_at: number | null }>(
    `select a.id, c.matter as name, a.region_code, a.mitigated_at from alert a join risk_case c on c.alert_id = a.id where a.state <> 'merged' order by a.id`,
  )
  const moves = await world.rows<{ alert_id: number; move: string; at: number; to_severity: number }>(
    `select alert_id, move, at, to_severity from alert_transition where move in ('open', 'upgrade', 'relapse') order by id`,
  )
  return cases.map(({ id, name, region_code, mitigated_at }) => [name, region_code, moves.filter(({ alert_id }) => alert_id === id).map(({ move, at, to_severity }) => [move, at, to_severity] as const), mitigated_at])
}

/** The same as a replay has them. */
export async function replayed(world: RiskWorld, ruleId: string, parameters: RiskParameters, span: { readonly from: Instant; readonly to: Instant }): Promise<Course[]> {
  const { cases } = await replayRule(world.engine, { ruleId, parameters, from: span.from, to: span.to + 1 })
  return cases.filter(({ isMerged }) => !isMerged).map(({ matter, regionCode, rings, mitigatedAt }) => [matter.name, regionCode, rings.map(({ kind, at, severity }) => [kind, at, severity] as const), mitigatedAt])
}
