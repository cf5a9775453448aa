import type { Engine } from '../core/engine/context.ts'
import { RISK_SLOT, type RiskTickReport, runRiskTick } from '../core/engine/risk-tick.ts'
import { DAY, floorTo, type Instant, SECOND } from '../core/domain/time.ts'
import { hasPendingBefore } from '../core/store/risk-store.ts'
import { loadTickSlot } from '../core/store/tick-slot-store.ts'

/** A tick runs this long after its slot: the last events of the window are on their way. */
const DELAY = 2 * SECOND
/** How long a tick waits for accepted events of its window that are not folded yet. */
const PATIENCE = 10 * SECOND
/** Ticks further back than this are not caught up: nobody is paged for them any more. */
const REACH = DAY
/** Ticks of one call; the next call goes on. */
const BATCH = 288

/**
 * Runs every risk tick that is due at `now`, in order, from the one after the last done; after a long standstill only those of the last
 * day. Returns what each did.
 */
export async function runRisk(engine: Engine, now: Instant, limit = BATCH): Promise<RiskTickReport[]> {
  const reports: RiskTickReport[] = []
  const last = await loadTickSlot(engine.pool, RISK_SLOT)
  let period = (await engine.settings(now)).risk.body.tickSeconds * SECOND
  let slot = last === null ? floorTo(now - DELAY, period) : floorTo(last, period) + period
  if (slot < now - REACH) {
    const from = slot
    slot = Math.ceil((now - REACH) / period) * period
    engine.log.warn({ from, to: slot, ticks: (slot - from) / period }, 'risk ticks skipped after a standstill')
  }
  while (reports.length < limit && slot + DELAY <= now) {
    if (slot + DELAY + PATIENCE > now && (await hasPendingBefore(engine.pool, slot))) break
    reports.push(await runRiskTick(engine, slot))
    period = (await engine.settings(slot)).risk.body.tickSeconds * SECOND
    slot = floorTo(slot, period) + period
  }
  return reports
}
