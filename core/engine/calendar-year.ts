import { ENGINE_SCOPE } from '../domain/access.ts'
import {
  type CalendarBody,
  type CalendarFault,
  type CalendarYear,
  calendarFrom,
  missingYears,
  withYear,
  workdaysOf,
  yearFault,
} from '../domain/calendar.ts'
import { type TagChange, tagFault, withTag } from '../domain/calendar-tags.ts'
import type { Instant, Zone } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import {
  type ConfigurationAlert,
  clearConfigurationAlerts,
  loadConfigurationAlerts,
  raiseConfigurationAlerts,
} from '../store/configuration-alert-store.ts'
import { listConfigVersions, loadConfigBody, lockConfig } from '../store/config-store.ts'
import { touchAllRosters } from '../store/roster-store.ts'
import { recheckOpen } from '../store/ticket-store.ts'
import type { Engine, Versioned } from './context.ts'
import { LIST_KEPT_MS, saveSettings } from './settings.ts'

const FAMILY = 'calendar_missing'

const alertOf = (year: number): Omit<ConfigurationAlert, 'raisedAt'> => ({
  code: `${FAMILY}:${year}`,
  textZh: `${year} 年的节假日日历尚未载入，按工作日计的时限暂按周一至周五计算；请按国务院通知载入`,
  regionCode: null,
  textEn: `The calendar of ${year} is not loaded; limits in working days count Monday to Friday for now. Load it from the State Council's notice`,
})

/** Raises a configuration alert for every year that ought to be loaded and is not, and clears those of years that are (domain.md 2.5). */
async function tellMissingYears(sql: Sql, body: CalendarBody, now: Instant, zone: Zone): Promise<void> {
  const alerts = missingYears(calendarFrom(body), now, zone).map(alertOf)
  const standing = (await loadConfigurationAlerts(sql, ENGINE_SCOPE)).map(({ code }) => code).filter((code) => code.startsWith(`${FAMILY}:`))
  const fresh = alerts.filter(({ code }) => !standing.includes(code))
  const codes = alerts.map(({ code }) => code)
  await raiseConfigurationAlerts(sql, fresh, now)
  if (standing.some((code) => !codes.includes(code))) await clearConfigurationAlerts(sql, FAMILY, codes, now)
}

/** The sweep's look at the calendar in force. */
export async function checkCalendar(engine: Engine, now: Instant): Promise<void> {
  const { calendar } = await engine.settings(now)
  await tellMissingYears(engine.pool, calendar.body, now, engine.zone)
}

/** A year of the calendar as loaded. */
export interface YearView {
  readonly year: number
  readonly isLoaded: boolean
  readonly version: number
  readonly workdays: number | null
  readonly off: CalendarYear['off']
  readonly worked: readonly string[]
  readonly loadedYears: readonly number[]
  /** Days of the year that are compared with their like only. */
  readonly tagged: readonly { readonly date: string; readonly tags: readonly string[] }[]
}

/** What a calendar says of a year. */
export function viewYear({ version, body }: Versioned<CalendarBody>, year: number): YearView {
  const held = body.years.find((one) => one.year === year)
  const loadedYears = body.years.map((one) => one.year)
  const workdays = held === undefined ? null : workdaysOf(calendarFrom(body), year)
  const tagged = Object.entries(body.tags)
    .filter(([date]) => date.startsWith(`${year}-`))
    .map(([date, tags]) => ({ date, tags }))
  return { year, isLoaded: held !== undefined, version, workdays, off: held?.off ?? [], worked: held?.worked ?? [], loadedYears, tagged }
}

/** Who changes the calendar, and on what grounds. */
export interface CalendarEntry {
  readonly author: string
  readonly reason: string
  readonly now: Instant
}

/**
 * Puts a year into the calendar as its next version, in force at once, clears its alert and has open tickets judged again by it; or gives the
 * fault and changes nothing. It is joined to the newest version written, so that of two years put in at once neither is lost.
 */
export async function putCalendarYear(tx: Tx, zone: Zone, year: CalendarYear, entry: CalendarEntry): Promise<CalendarFault | Versioned<CalendarBody>> {
  const fault = yearFault(year)
  if (fault !== null) return fault
  const { effectiveFrom, ...put } = await putNext(tx, (body) => withYear(body, year), entry)
  await tellMissingYears(tx, put.body, entry.now, zone)
  // Not before every process has the new version.
  await recheckOpen(tx, effectiveFrom + LIST_KEPT_MS)
  await touchAllRosters(tx, effectiveFrom + LIST_KEPT_MS)
  return put
}

/** Tags days, or takes the tag from them, as the next version of the calendar, in force at once; or gives the fault and changes nothing. No clock goes by tags. */
export async function putCalendarTag(tx: Tx, change: TagChange, entry: CalendarEntry): Promise<CalendarFault | Versioned<CalendarBody>> {
  const fault = tagFault(change)
  if (fault !== null) return fault
  const { version, body } = await putNext(tx, (held) => withTag(held, change), entry)
  return { version, body }
}

type Put = Versioned<CalendarBody> & { readonly effectiveFrom: Instant }

async function putNext(tx: Tx, changed: (body: CalendarBody) => CalendarBody, entry: CalendarEntry): Promise<Put> {
  await lockConfig(tx, 'calendar')
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === 'calendar')
  const newest = versions.reduce((a, b) => (b.version > a.version ? b : a))
  const body = changed((await loadConfigBody(tx, 'calendar', newest.version)) as CalendarBody)
  // Never before the version that it continues: a process whose clock is behind would put its year where nobody looks.
  const effectiveFrom = Math.max(entry.now, ...versions.map((version) => version.effectiveFrom))
  const version = await saveSettings(tx, { kind: 'calendar', body, ...entry, effectiveFrom })
  return { version, body, effectiveFrom }
}
