import type { Engine } from '../core/engine/context.ts'
import { runLateDetection } from '../core/engine/late-detection.ts'
import { LOOK_SLOT, RISK_SLOT, type RiskTickReport, runRiskLook, runRiskTick } from '../core/engine/risk-tick.ts'
import { TEMPLATE_COMPLAINTS } from '../core/domain/risk/mr-03-template.ts'
import { keenest } from '../core/domain/risk/scopes.ts'
import { DAY, floorTo, type Instant, SECOND } from '../core/domain/time.ts'
import { hasPendingBefore } from '../core/store/risk-store.ts'
import { hasTextChecks } from '../core/store/text-check-store.ts'
import { loadTickSlot } from '../core/store/tick-slot-store.ts'

/** A tick runs this long after its slot: the last events of the window are on their way. */
const DELAY = 2 * SECOND
/** How long a tick waits for accepted events of its window that are not folded yet. */
const PATIENCE = 10 * SECOND
/** Ticks further back than this are not caught up: nobody is paged for them any more. */
const REACH = DAY
/** Between ticks, what is told at once is looked at this often. */
const LOOK_EVERY = 5 * SECOND
/** Ticks of one call; the next call goes on. */
const BATCH = 288

/** Whether something of a tick's window is accepted and not yet folded, counted, or, where MR-03 is on, held against the other texts. */
async function isAwaited(engine: Engine, slot: Instant): Promise<boolean> {
  if (await hasPendingBefore(engine.pool, slot)) return true
  const { disabledRules } = keenest((await engine.settings(slot)).risk.body)
  return !disabledRules.includes(TEMPLATE_COMPLAINTS.id) && (await hasTextChecks(engine.pool, slot))
}

/** Looks between ticks, unless one of the last seconds did. */
async function look(engine: Engine, now: Instant): Promise<void> {
  const last = await loadTickSlot(engine.pool, LOOK_SLOT)
  if (last === null || last + LOOK_EVERY <= now) await runRiskLook(engine, now)
}

/**
 * Runs every risk tick that is due at `now`, in order, from the one after the last done; after a long standstill only those of the last
 * day. Once none is left, looks at what is told at once. Returns what each tick did.
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
    if (slot + DELAY + PATIENCE > now && (await isAwaited(engine, slot))) return reports
    reports.push(await runRiskTick(engine, slot))
    period = (await engine.settings(slot)).risk.body.tickSeconds * SECOND
    slot = floorTo(slot, period) + period
  }
  if (slot + DELAY > now) {
    await runLateDetection(engine, slot - period)
    await look(engine, now)
  }
  return reports
}
