import { channelsOfPosition, isCalledOutside } from '../domain/escalation/channels-of-position.ts'
import type { Position } from '../domain/escalation/position.ts'
import { lostColours, noChannelsInWords, unreachableInWords } from '../domain/oncall/readiness-words.ts'
import { type OnDutySpan, type RosterBook, spansOf } from '../domain/oncall/who-is-on.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { clearConfigurationAlerts, clearConfigurationAlertsOf, type ConfigurationAlert, raiseConfigurationAlerts } from '../store/configuration-alert-store.ts'
import { hasProvider } from '../store/readiness-store.ts'
import type { Engine } from './context.ts'
import { loadMeansOf, loadReadiness, type ReadinessTerms, readinessTerms } from './readiness.ts'
import { keyOf } from './roster-books.ts'

type NewAlert = Omit<ConfigurationAlert, 'raisedAt'>
/** How long before a shift its person is looked at. */
const LOOKED_AHEAD = DAY
const WHOLE = 'channels_none:all'

/** Each person who is on within the time looked ahead, with the first stretch in which he is. */
function firstSpans(book: RosterBook, now: Instant): Map<string, OnDutySpan> {
  const first = new Map<string, OnDutySpan>()
  for (const span of spansOf(book, now, now + LOOKED_AHEAD + 1)) if (span.primary !== null && !first.has(span.primary)) first.set(span.primary, span)
  return first
}

async function unreachable(engine: Engine, terms: ReadinessTerms, position: Position, book: RosterBook): Promise<NewAlert[]> {
  const spans = [...firstSpans(book, terms.now)]
  const found = await loadReadiness(terms, spans.map(([userId]) => ({ ...position, userId, isOn: true })))
  return spans.flatMap(([userId, { from }], index): NewAlert[] => {
    const readiness = found[index]
    if (readiness === undefined || lostColours(readiness).length === 0) return []
    const words = unreachableInWords(position, { from, isNow: from <= terms.now }, readiness, engine.tree, engine.zone)
    return [{ code: `duty_unreachable:${keyOf(position)}:${userId}`, regionCode: position.regionCode, ...words }]
  })
}

/** Where nothing goes out at all, that is told once for the region, or the deployment, instead of for each of its people; true where it is so. */
async function tellNoChannels(engine: Engine, { sql, ladders, now }: ReadinessTerms, position: Position): Promise<boolean> {
  const { regionCode } = position
  const own = `channels_none:${regionCode}`
  const isNone = (await loadMeansOf(sql, [regionCode]))(regionCode).size === 0
  const isWhole = isNone && !(await hasProvider(sql))
  if (isNone && isCalledOutside(channelsOfPosition(ladders, position, engine.tree))) {
    await raiseConfigurationAlerts(sql, [{ code: isWhole ? WHOLE : own, regionCode: isWhole ? null : regionCode, ...noChannelsInWords(isWhole ? null : regionCode, engine.tree) }], now)
  }
  await clearConfigurationAlertsOf(sql, [...(isWhole ? [] : [WHOLE]), ...(isNone && !isWhole ? [] : [own])], now)
  return isNone
}

/**
 * Tells of people who are on at a position now or within the next 24 hours and whom alerts of some colour would reach on the screen alone, once each, to whom gaps
 * are told; takes back what no longer holds. Returns when to look again (docs/adr/0038).
 */
export async function tellUnreachable(engine: Engine, tx: Tx, position: Position, book: RosterBook | undefined, now: Instant): Promise<Instant> {
  const terms = await readinessTerms(engine, now, tx)
  const isTold = await tellNoChannels(engine, terms, position)
  const alerts = isTold || book === undefined ? [] : await unreachable(engine, terms, position, book)
  await raiseConfigurationAlerts(tx, alerts, now)
  await clearConfigurationAlerts(tx, `duty_unreachable:${keyOf(position)}`, alerts.map(({ code }) => code), now)
  if (book === undefined) return now + DAY
  const next = spansOf(book, now, now + 2 * LOOKED_AHEAD).map(({ from }) => from - LOOKED_AHEAD).filter((due) => due > now)
  return Math.min(now + DAY, ...next)
}
