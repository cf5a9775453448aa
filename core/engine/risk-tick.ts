import { leastTicketsAt } from '../domain/risk/catalogue.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { REGION_LEVELS } from '../domain/vocabulary.ts'
import { lockLiveCases } from '../store/case-store.ts'
import { takeQuietTick } from '../store/risk-store.ts'
import { takeTickSlot } from '../store/tick-slot-store.ts'
import type { Engine } from './context.ts'
import { dayBaseline } from './day-baseline.ts'
import { applyPicture, type CaseChange } from './risk-apply.ts'
import { readPicture } from './risk-picture.ts'
import { inEngineTransaction } from './transaction.ts'

/** The name under which risk ticks are counted off. */
export const RISK_SLOT = 'risk'

/** What one tick did. */
export interface RiskTickReport {
  readonly tickAt: Instant
  /** `quiet`: nothing could be true; `judged`: rules were read; `done_before`: this slot, or a later one, was done already. */
  readonly outcome: 'quiet' | 'judged' | 'done_before'
  /** Places and phenomena that were looked at closely. */
  readonly candidates: number
  readonly changes: readonly CaseChange[]
}

/** Fewest tickets of one phenomenon in the whole country with which any rule can be true anywhere. */
const leastAnywhere = (parameters: RiskParameters): number => Math.min(...REGION_LEVELS.map((level) => leastTicketsAt(level, parameters)))

/**
 * One risk tick, once: rules over `[tickAt − window, tickAt)`, cases opened, joined, raised, lowered and mitigated, tickets linked, in one
 * transaction with the slot (domain.md 5.1). A tick at which nothing can happen is one statement.
 */
export async function runRiskTick(engine: Engine, tickAt: Instant): Promise<RiskTickReport> {
  const settings = await engine.settings(tickAt)
  const parameters = settings.risk.body
  const relapseSince = tickAt - parameters.relapseHours * HOUR
  const isQuiet = await takeQuietTick(engine.pool, RISK_SLOT, {
    slotAt: tickAt,
    from: tickAt - parameters.windowMinutes * MINUTE,
    kinds: parameters.kinds,
    leastTickets: leastAnywhere(parameters),
    relapseSince,
  })
  if (isQuiet) return { tickAt, outcome: 'quiet', candidates: 0, changes: [] }
  const usual = await dayBaseline(engine, tickAt)
  return inEngineTransaction(engine, tickAt, async (etx) => {
    if (!(await takeTickSlot(etx.tx, RISK_SLOT, tickAt))) return { tickAt, outcome: 'done_before', candidates: 0, changes: [] }
    const live = await lockLiveCases(etx.tx, relapseSince)
    const picture = await readPicture(etx, tickAt, live, usual)
    const changes = await applyPicture(etx, tickAt, live, picture)
    return { tickAt, outcome: 'judged', candidates: picture.candidates, changes }
  })
}
