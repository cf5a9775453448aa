import { rollUp } from '../domain/count/roll-up.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { isLikeDay, NEAR_DAYS } from '../domain/like-days.ts'
import { SHORT_ABANDON } from '../domain/notice/call.ts'
import { commonRegion } from '../domain/notice/incident.ts'
import { isWithin, overlaps } from '../domain/region.ts'
import type { AppealFact, FeedFact, IncidentFact, RiskFacts } from '../domain/risk/facts.ts'
import type { Contamination } from '../domain/risk/baseline.ts'
import { covers } from '../domain/risk/matter.ts'
import { leastOf, type RiskParameters } from '../domain/risk/reading.ts'
import { keenest } from '../domain/risk/scopes.ts'
import { DAY, dayStart, HOUR, type Instant, localDate, MINUTE, shiftDays } from '../domain/time.ts'
import { loadConfirmedCases, loadWindowTickets } from '../store/risk-store.ts'
import { loadHotline } from '../store/call-store.ts'
import {
  countWorded,
  type FactTick,
  hasRiskFacts,
  loadBusyPhenomena,
  loadConfirmedUsers,
  loadDaySums,
  loadDayTickets,
  loadOpenIncidents,
  loadOpenOpinions,
  loadTemplateTexts,
  loadTicketsOfKind,
  loadWordedTickets,
} from '../store/risk-fact-store.ts'
import { backlogFacts } from './backlog-facts.ts'
import type { Engine, EngineTx } from './context.ts'
import { type DayBaseline, firstEventIn, type loadPlacedFeeds } from './day-baseline.ts'
import { readFeed } from './feeds.ts'
import { keywordFacts } from './keyword-facts.ts'
import { countedTicketFacts, promptTicketFacts } from './risk-ticket-facts.ts'

type Placed = Awaited<ReturnType<typeof loadPlacedFeeds>>

/** Incidents further back count the tickets of this time only: what came later has cases of its own. */
const INCIDENT_REACH = DAY
/** Below T nothing is silent; T is at least this. */
const LEAST_SILENCE = 10 * MINUTE

const leastTemplates = ({ template }: RiskParameters) => Math.max(2, Math.min(leastOf(template.complaints), leastOf(template.appeals)))
const watchedPhenomena = ({ billing, redLine }: RiskParameters) => [...new Set([...billing.phenomena, ...redLine.phenomena])]
const watchedHours = ({ billing, redLine }: RiskParameters) => Math.max(billing.hours, redLine.hours)

/** The local days that the trailing `hours` before a tick touch. */
function daysTouched(tickAt: Instant, hours: number, { zone }: Engine): Instant[] {
  const days: Instant[] = []
  for (let day = dayStart(tickAt - 1, zone); day > tickAt - hours * HOUR - DAY; day = shiftDays(day, -1, zone)) days.push(day)
  return days
}

function factTick(engine: Engine, parameters: RiskParameters, tickAt: Instant): FactTick {
  return {
    at: tickAt,
    kinds: parameters.kinds,
    phenomena: watchedPhenomena(parameters),
    leastOfDay: Math.min(leastOf(parameters.billing.customers), leastOf(parameters.redLine.customers)),
    leastAppeals: leastOf(parameters.appealSurge.x),
    dayStarts: daysTouched(tickAt, Math.max(24, watchedHours(parameters)), engine),
    silentSince: tickAt - LEAST_SILENCE,
    opinionsSince: tickAt - parameters.opinion.days * DAY,
    templatesSince: tickAt - parameters.template.hours * HOUR,
    leastTemplates: leastTemplates(parameters),
    callsSince: tickAt - parameters.hotline.minutes * MINUTE,
    leastCalls: parameters.hotline.calls,
  }
}

/** The categories of the dictionary in force whose words count for these rules (domain.md 5.4). */
const feeding = ({ keywords }: EngineTx['settings'], ...ruleIds: readonly string[]): string[] =>
  keywords.body.categories.filter(({ feeds }) => feeds.some((id) => ruleIds.includes(id))).map(({ code }) => code)

/** Whether a rule of facts has anything to look at at a tick: one statement. */
export const mayFactsMatter = (engine: Engine, parameters: RiskParameters, tickAt: Instant): Promise<boolean> =>
  hasRiskFacts(engine.pool, factTick(engine, parameters, tickAt))

export async function incidentFacts({ engine, tx, settings }: EngineTx, parameters: RiskParameters, tickAt: Instant): Promise<IncidentFact[]> {
  const open = await loadOpenIncidents(tx, tickAt)
  if (open.length === 0) return []
  const { tree } = engine
  const phenomena = [...new Set(open.flatMap(({ product }) => parameters.outage.phenomena[product] ?? []))]
  const since = Math.max(tickAt - INCIDENT_REACH, Math.min(...open.map(({ startedAt }) => startedAt)))
  const around = phenomena.length === 0 ? [] : await loadWindowTickets(tx, parameters.kinds, phenomena, since, tickAt)
  const worded = await loadWordedTickets(tx, parameters.kinds, feeding(settings, 'MR-07'), since, tickAt)
  const speaks = new Set(worded.map(({ ticketKey }) => ticketKey))
  const all = [...around.filter(({ ticketKey }) => !speaks.has(ticketKey)), ...worded]
  return open.map(({ incidentId, provinceCode, product, regionCodes, startedAt, users }) => {
    const paths = regionCodes.flatMap((code) => tree.get(code)?.path ?? [])
    const matter = { kind: 'product', name: product } as const
    const mine = all.filter(
      (ticket) =>
        ticket.acceptedAt >= startedAt && (speaks.has(ticket.ticketKey) || covers(matter, ticket.phenomenon, parameters)) && paths.some((path) => isWithin(ticket.regionPath, path)),
    )
    const recent = mine.filter(({ acceptedAt }) => acceptedAt >= tickAt - parameters.outage.ticketMinutes * MINUTE)
    return {
      incidentId,
      product,
      regionCode: commonRegion(regionCodes, provinceCode, tree).code,
      startedAt,
      users,
      tickets: mine.map(({ ticketKey }) => ticketKey),
      recentTickets: recent.length,
    }
  })
}

function feedFacts(feeds: Placed, usual: DayBaseline, tickAt: Instant): FeedFact[] {
  return feeds.flatMap((feed) => {
    if (feed.lastReceivedAt > tickAt) return []
    const { silentAfterMs } = readFeed(feed, feed.provinceCode, usual, tickAt)
    const { provinceCode, lastOccurredAt, lastReceivedAt } = feed
    return [{ provinceCode, lastOccurredAt, lastReceivedAt, silentAfterMs }]
  })
}

/** Whole days that MR-06 may compare with: the same weekday of past weeks, and as the second choice 3 … 9 days back (domain.md 5.3.1). */
function pastDaysOf(tickAt: Instant, weeks: number, { zone }: Engine): { from: Instant; basis: 'weeks' | 'days' }[] {
  const today = dayStart(tickAt - 1, zone)
  const back = (days: number, basis: 'weeks' | 'days') => ({ from: shiftDays(today, -days, zone), basis })
  return [...Array.from({ length: weeks }, (_, index) => back(7 * (index + 1), 'weeks')), ...NEAR_DAYS.map((days) => back(days, 'days'))]
}

export async function appealFacts({ engine, tx, settings }: EngineTx, parameters: RiskParameters, feeds: Placed, tickAt: Instant): Promise<AppealFact[]> {
  const { tree, zone } = engine
  const tickets = await loadTicketsOfKind(tx, 'appeal', tickAt - DAY, tickAt)
  const byProvince = new Map<string, string[]>()
  for (const { ticketKey, regionCode } of tickets) {
    const province = tree.atLevel(regionCode, 'province')
    if (province?.level === 'province') byProvince.set(province.code, [...(byProvince.get(province.code) ?? []), ticketKey])
  }
  if (byProvince.size === 0) return []
  const days = pastDaysOf(tickAt, parameters.surge.weeks, engine)
  const sums = await loadDaySums(
    tx,
    'appeal',
    days.map(({ from }) => from),
  )
  const perDay = days.map((_, place) =>
    rollUp(
      sums.filter((sum) => sum.place === place),
      tree,
    ),
  )
  const confirmed = await loadConfirmedCases(tx, ['appeals', 'feed'], Math.min(...days.map(({ from }) => from)))
  const spoilt: Contamination[] = confirmed.map(({ firstTrueAt, lastTrueAt, regionPath }) => ({
    from: firstTrueAt,
    to: lastTrueAt + 1,
    phenomenon: '',
    regionPath,
  }))
  const [calendar, today] = [calendarFrom(settings.calendar.body), localDate(tickAt - 1, zone)]
  return [...byProvince.keys()].sort().map((code) => {
    const path = tree.get(code)?.path ?? ''
    const firstAt = firstEventIn({ path }, feeds)
    const isUsable = (from: Instant, basis: 'weeks' | 'days') => {
      const to = shiftDays(from, 1, zone)
      if (firstAt === null || from < firstAt) return false
      if (!isLikeDay(localDate(from, zone), today, calendar, basis === 'weeks' ? 'same' : 'near')) return false
      return !spoilt.some((one) => one.from < to && from < one.to && overlaps(path, one.regionPath))
    }
    const values = (basis: 'weeks' | 'days') =>
      days.flatMap((day, place) => (day.basis === basis && isUsable(day.from, basis) ? [perDay[place]?.get(code) ?? 0] : []))
    return { regionCode: code, tickets: byProvince.get(code) ?? [], past: { weeks: values('weeks'), days: values('days') } }
  })
}

async function dayTicketFacts({ engine, tx, settings }: EngineTx, parameters: RiskParameters, tickAt: Instant): Promise<RiskFacts['dayTickets']> {
  const { kinds, phenomena, leastOfDay, dayStarts } = factTick(engine, parameters, tickAt)
  const categories = feeding(settings, 'MR-13', 'MR-19')
  const window = { from: tickAt - watchedHours(parameters) * HOUR, to: tickAt }
  // Words can bring a subject that few tickets name over its threshold.
  const hits = await countWorded(tx, categories, window, leastOfDay)
  const busy = await loadBusyPhenomena(tx, { kinds, phenomena, dayStarts, least: Math.max(1, leastOfDay - hits) })
  return busy.length === 0 && hits < leastOfDay ? [] : loadDayTickets(tx, { kinds, phenomena: busy, categories, ...window })
}

export const templateFacts = ({ tx, settings }: EngineTx, parameters: RiskParameters, tickAt: Instant) =>
  loadTemplateTexts(tx, tickAt - parameters.template.hours * HOUR, tickAt, leastTemplates(parameters), feeding(settings, 'MR-03'))

export const hotlineFacts = ({ tx }: EngineTx, { hotline }: RiskParameters, tickAt: Instant) => loadHotline(tx, tickAt - hotline.minutes * MINUTE, tickAt, SHORT_ABANDON)

export const opinionFacts = ({ tx }: EngineTx, { opinion }: RiskParameters, tickAt: Instant) => loadOpenOpinions(tx, tickAt - opinion.days * DAY, tickAt)

/** All day tickets of `[from, to)`, whatever their number: for a look back at many instants at once. */
export const dayTicketsBetween = ({ tx, settings }: EngineTx, parameters: RiskParameters, from: Instant, to: Instant): Promise<RiskFacts['dayTickets']> =>
  loadDayTickets(tx, { kinds: parameters.kinds, phenomena: watchedPhenomena(parameters), categories: feeding(settings, 'MR-13', 'MR-19'), from, to })

/** Which facts to read: `prompt` those that are looked at between ticks. */
export type FactChoice = 'all' | 'prompt'

/** What the rules of facts look at, as of a tick. Counts of provinces whose feed is stale are left out (domain.md 5.1). */
export async function readRiskFacts(
  etx: EngineTx,
  at: { readonly tickAt: Instant; readonly feeds: Placed; readonly usual: DayBaseline; readonly isStale: (path: string) => boolean },
  choice: FactChoice,
): Promise<Omit<RiskFacts, 'cases'>> {
  const parameters = keenest(etx.settings.risk.body)
  const { tickAt, feeds, usual, isStale } = at
  const prompt = {
    incidents: await incidentFacts(etx, parameters, tickAt),
    feeds: feedFacts(feeds, usual, tickAt),
    opinions: await opinionFacts(etx, parameters, tickAt),
    keywords: await keywordFacts(etx, parameters, tickAt),
    ...(await promptTicketFacts(etx, parameters, tickAt)),
    confirmed: await loadConfirmedUsers(etx.tx),
  }
  if (choice === 'prompt') return { ...prompt, appeals: [], dayTickets: [], templateTexts: [], hotline: [], disputedTickets: [], vulnerableTickets: [], backlogs: [] }
  const isHeard = (regionCode: string) => !isStale(etx.engine.tree.get(regionCode)?.path ?? '')
  const { disputedTickets, vulnerableTickets } = await countedTicketFacts(etx, parameters, tickAt)
  return {
    ...prompt,
    disputedTickets: disputedTickets.filter(({ regionCode }) => isHeard(regionCode)),
    vulnerableTickets: vulnerableTickets.filter(({ regionCode }) => isHeard(regionCode)),
    appeals: (await appealFacts(etx, parameters, feeds, tickAt)).filter(({ regionCode }) => isHeard(regionCode)),
    dayTickets: (await dayTicketFacts(etx, parameters, tickAt)).filter(({ regionCode }) => isHeard(regionCode)),
    templateTexts: (await templateFacts(etx, parameters, tickAt)).filter(({ regionCode }) => isHeard(regionCode)),
    backlogs: (await backlogFacts(etx, parameters, tickAt)).filter(({ provinceCode }) => isHeard(provinceCode)),
    hotline: (await hotlineFacts(etx, parameters, tickAt)).filter(({ provinceCode }) => isHeard(provinceCode)),
  }
}
