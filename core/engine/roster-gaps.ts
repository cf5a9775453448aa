import type { Position, Reached } from '../domain/escalation/position.ts'
import { checkGaps, type GapCheck } from '../domain/oncall/gaps.ts'
import { gapInWords, vacantInWords } from '../domain/oncall/gap-words.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import {
  clearConfigurationAlerts,
  clearConfigurationAlertsOf,
  type ConfigurationAlert,
  raiseConfigurationAlerts,
} from '../store/configuration-alert-store.ts'
import { lockDueRoster, saveRosterCheck } from '../store/roster-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { tellUnreachable } from './readiness-alerts.ts'
import { keyOf, loadRosterBooks, type RosterTerms } from './roster-books.ts'

type NewAlert = Omit<ConfigurationAlert, 'raisedAt'>
const AHEAD = 16 * DAY

/** A gap is told anew at each stage: an hour before, a quarter of an hour before, and when it has begun. */
function alertsOf(engine: Engine, position: Position, { told }: GapCheck): NewAlert[] {
  const alerts = told.map(({ gap, stage }): NewAlert => ({
    code: `roster_gap:${keyOf(position)}:${gap.from}:${stage}`,
    regionCode: position.regionCode,
    ...gapInWords(position, gap, stage, engine.tree, engine.zone),
  }))
  return [...new Map(alerts.map((alert) => [alert.code, alert])).values()]
}

async function checkPosition(engine: Engine, tx: Tx, position: Position, terms: RosterTerms, now: Instant): Promise<void> {
  const book = (await loadRosterBooks(tx, [position], terms, now - DAY, now + AHEAD)).get(keyOf(position))
  const check: GapCheck = book === undefined ? { told: [], nextAt: now + DAY } : checkGaps(book, now)
  const alerts = alertsOf(engine, position, check)
  await raiseConfigurationAlerts(tx, alerts, now)
  await clearConfigurationAlerts(tx, `roster_gap:${keyOf(position)}`, alerts.map(({ code }) => code), now)
  // People who are on and cannot be reached are told of at the same times as people who are missing (docs/adr/0038).
  const nextAt = await tellUnreachable(engine, tx, position, book, now)
  await saveRosterCheck(tx, position, Math.min(check.nextAt, nextAt))
}

/**
 * Tells of shifts for which nobody is on, 60 and 15 minutes before they begin and while they last, and takes back what no longer holds (domain.md 7.6). Looks only
 * at positions whose due time has come, each in a transaction of its own, at most `limit`; returns how many.
 */
export async function checkRosters(engine: Engine, now: Instant, limit = 200): Promise<number> {
  const { calendar } = await engine.settings(now)
  const takeOne = async (tx: Tx): Promise<boolean> => {
    const position = await lockDueRoster(tx, now)
    if (position === undefined) return false
    await checkPosition(engine, tx, position, { zone: engine.zone, calendar: calendar.body }, now)
    return true
  }
  let checked = 0
  while (checked < limit && (await inTransaction(engine.pool, takeOne))) checked += 1
  return checked
}

const vacancyCode = (position: Position) => `position_vacant:${keyOf(position)}`

/** Raises a configuration alert for every position at which a step found nobody, and clears those of positions at which it found somebody (domain.md 4.4). */
export async function tellVacancies({ engine, tx, now }: EngineTx, { vacant, holders }: Reached): Promise<void> {
  const alerts = vacant.map((position): NewAlert => ({ code: vacancyCode(position), regionCode: position.regionCode, ...vacantInWords(position, engine.tree) }))
  await raiseConfigurationAlerts(tx, [...new Map(alerts.map((alert) => [alert.code, alert])).values()], now)
  await clearConfigurationAlertsOf(tx, [...new Set(holders.map(vacancyCode))], now)
}

/** Clears the alert of a vacant position whose role somebody holds from now on. */
export async function settleVacancy(tx: Tx, position: Position, now: Instant): Promise<void> {
  await clearConfigurationAlertsOf(tx, [vacancyCode(position)], now)
}
