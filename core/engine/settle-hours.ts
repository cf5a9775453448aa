import { hourGroup } from '../domain/peer/peer-fact.ts'
import { isSameMade, madeOfHour, type PeerMade } from '../domain/peer/peer-made.ts'
import type { Instant } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { requeueFolded } from '../store/event-store.ts'
import { countHourEvents, type FlawedHour, hasHourChecks, loadFlawedHours, takeHourChecks } from '../store/peer-hour-store.ts'
import { lockPeers, type PeerRow, savePeerMade } from '../store/peer-store.ts'
import type { Engine } from './context.ts'

/** Hours of provinces looked at in one transaction. */
const AT_ONCE = 200

/** What changes of what is kept: what an hour makes of its first flawed event, and no longer of another one. */
export function hourChanges({ first, flawed, carrying }: FlawedHour, events: number): (PeerRow & { readonly made: PeerMade | null })[] {
  const made = madeOfHour(events, flawed)
  const others = carrying.filter((row) => row.ticketKey !== first?.ticketKey || row.subject !== first.subject || row.at !== first.at)
  return [...others.map((row) => ({ ...row, made: null })), ...(first === null || isSameMade(first.made, made) ? [] : [{ ...first, made }])]
}

async function lookAtSome(engine: Engine, now: Instant): Promise<{ readonly claimed: number; readonly again: number }> {
  return inTransaction(engine.pool, async (tx) => {
    await lockPeers(tx)
    const hours = await takeHourChecks(tx, now, AT_ONCE)
    if (hours.length === 0) return { claimed: 0, again: 0 }
    const events = await countHourEvents(tx, hours)
    const flawed = await loadFlawedHours(
      tx,
      hours.map(({ provinceCode, hour }) => hourGroup(provinceCode, hour)),
    )
    const changed = flawed.flatMap((one, place) => hourChanges(one, events[place] ?? 0))
    await savePeerMade(tx, changed)
    const again = [...new Set(changed.map(({ ticketKey }) => ticketKey))].sort()
    await requeueFolded(tx, again)
    return { claimed: hours.length, again: again.length }
  })
}

/**
 * Looks at the hours of provinces that are over and of which anything has changed: which share of their events is flawed (domain.md 4.3 AT-23), and which
 * ticket carries that. Those of which it changes go in line to be judged again; returns how many.
 */
export async function settleHours(engine: Engine, now: Instant): Promise<number> {
  let again = 0
  if (!(await hasHourChecks(engine.pool, now))) return again
  for (;;) {
    const look = await lookAtSome(engine, now)
    again += look.again
    if (look.claimed === 0) break
  }
  if (again > 0) engine.ring('ingest')
  return again
}
