import { calendarFrom } from '../domain/calendar.ts'
import { isWithin } from '../domain/region.ts'
import { baselineReach, type Contamination, pastWindows, touchedHours } from '../domain/risk/baseline.ts'
import { byPhenomenon, type Candidate, findCandidates, type Focus, focusedCandidates, usablePast } from '../domain/risk/candidates.ts'
import { CASE_RULES, FACT_RULES, readRules } from '../domain/risk/catalogue.ts'
import { NO_FACTS } from '../domain/risk/facts.ts'
import { covers, matterKey, phenomenonMatter, spoils } from '../domain/risk/matter.ts'
import { readFacts } from '../domain/risk/read-facts.ts'
import type { RiskReading } from '../domain/risk/reading.ts'
import type { Finding } from '../domain/risk/risk-case.ts'
import { chooseFindings, type CustomersOf } from '../domain/risk/scope.ts'
import { keenest, riskFor, scopeOfPlace } from '../domain/risk/scopes.ts'
import type { BaselineValues } from '../domain/risk/surge.ts'
import { HOUR, type Instant, MINUTE } from '../domain/time.ts'
import type { LiveCase } from '../store/case-store.ts'
import { loadConfirmedCases, loadPastSums, loadWindowSums, loadWindowTickets, type WindowTicket } from '../store/risk-store.ts'
import { loadCaseFacts } from '../store/risk-fact-store.ts'
import { isTicketAway, placesOfCase, splitOff, unclaimed } from './case-parts.ts'
import type { EngineTx } from './context.ts'
import { type DayBaseline, firstEventIn, loadPlacedFeeds, SPOILING } from './day-baseline.ts'
import { readFeed } from './feeds.ts'
import { readRiskFacts } from './risk-facts.ts'

/** What one tick sees: every reading that mattered, what it means, and the tickets behind it. */
export interface RiskPicture {
  readonly readings: readonly RiskReading[]
  readonly findings: readonly Finding[]
  /** Tickets in the window of the phenomena looked at. */
  readonly tickets: readonly WindowTicket[]
  /** Provinces whose feed is stale: they neither open nor release anything (domain.md 5.1). */
  readonly staleProvinces: ReadonlySet<string>
  /** How many places and phenomena were looked at closely. */
  readonly candidates: number
}

type Placed = Awaited<ReturnType<typeof loadPlacedFeeds>>

const phenomenaOf = (candidates: readonly Candidate[]) => [...new Set(candidates.map((candidate) => candidate.phenomenon))]

/** Every code below the candidates, or null where that is a good part of the tree. */
function codesBelow(etx: EngineTx, candidates: readonly Candidate[]): string[] | null {
  const tops = [...new Set(candidates.map((candidate) => candidate.node.path))]
  const codes = etx.engine.tree
    .all()
    .filter((node) => tops.some((top) => isWithin(node.path, top)))
    .map((node) => node.code)
  return codes.length > 200 ? null : codes
}

/** The usable past of each candidate: one query for all of them. */
async function loadPast(
  etx: EngineTx,
  candidates: readonly Candidate[],
  feeds: Placed,
  tickAt: Instant,
): Promise<(candidate: Candidate) => BaselineValues> {
  const { engine, tx } = etx
  const { kinds, windowMinutes, surge } = keenest(etx.settings.risk.body)
  const windowMs = windowMinutes * MINUTE
  const phenomena = phenomenaOf(candidates)
  const firstKnownAt = Math.min(...feeds.map((feed) => feed.firstOccurredAt))
  const windows = pastWindows(tickAt, windowMs, surge.weeks, engine.zone).filter((window) => window.from >= firstKnownAt)
  if (!surge.enabled || windows.length === 0) return () => ({ weeks: [], days: [] })
  const sums = await loadPastSums(tx, { kinds, phenomena, regionCodes: codesBelow(etx, candidates), windows })
  const perWindow = windows.map((_, place) =>
    byPhenomenon(
      sums.filter((sum) => sum.place === place),
      engine.tree,
    ),
  )
  const confirmed = await loadConfirmedCases(tx, SPOILING, tickAt - baselineReach(surge.weeks, windowMs))
  const contaminations: Contamination[] = confirmed.flatMap(({ matter, regionPath, firstTrueAt, lastTrueAt }) =>
    phenomena
      .filter((phenomenon) => spoils(matter, phenomenon, etx.settings.risk.body))
      .map((phenomenon) => ({ ...touchedHours(firstTrueAt, lastTrueAt, engine.zone), phenomenon, regionPath })),
  )
  const days = { zone: engine.zone, calendar: calendarFrom(etx.settings.calendar.body) }
  return ({ node, phenomenon }) => {
    const scope = { tickAt, regionPath: node.path, phenomenon, firstEventAt: firstEventIn(node, feeds), contaminations }
    return usablePast(windows, scope, days, (place) => perWindow[place]?.get(phenomenon)?.get(node.code) ?? 0)
  }
}

/** Distinct customers of a matter in the subtree of a node. */
function customerCounter(etx: EngineTx, tickets: readonly WindowTicket[], split: readonly LiveCase[]): CustomersOf {
  const known = new Map<string, number>()
  return (regionCode, matter) => {
    const key = `${matterKey(matter)}\u001f${regionCode}`
    const counted = known.get(key)
    if (counted !== undefined) return counted
    const path = etx.engine.tree.get(regionCode)?.path ?? '?'
    const customers = new Set<string>()
    const isCounted = (ticket: WindowTicket) =>
      isWithin(ticket.regionPath, path) && covers(matter, ticket.phenomenon, etx.settings.risk.body) && !isTicketAway(etx, split, path, ticket)
    for (const ticket of tickets) if (isCounted(ticket)) customers.add(ticket.customerKey)
    known.set(key, customers.size)
    return customers.size
  }
}

/** Tickets of a place that a case split off below it has. */
const ticketsAway = (etx: EngineTx, split: readonly LiveCase[], { node, phenomenon }: Candidate, tickets: readonly WindowTicket[]): number =>
  split.length === 0
    ? 0
    : tickets.filter(
        (ticket) => ticket.phenomenon === phenomenon && isWithin(ticket.regionPath, node.path) && isTicketAway(etx, split, node.path, ticket),
      ).length

/** What is the same for everything that is read at one tick. */
interface Looking {
  readonly tickAt: Instant
  readonly live: readonly LiveCase[]
  readonly feeds: Placed
  readonly isStale: (path: string) => boolean
  readonly focus: Focus | null
}

interface Counted {
  readonly readings: readonly RiskReading[]
  readonly tickets: readonly WindowTicket[]
  readonly candidates: number
}

/** What the counting rules read, at every place where one could be true and at the places of live cases. */
async function readCounts(etx: EngineTx, { tickAt, live, feeds, isStale, focus }: Looking): Promise<Counted> {
  const { engine, tx } = etx
  const settings = etx.settings.risk.body
  const parameters = keenest(settings)
  const from = tickAt - parameters.windowMinutes * MINUTE
  const sums = await loadWindowSums(tx, parameters.kinds, from, tickAt)
  const counts = byPhenomenon(
    sums.filter((sum) => !isStale(engine.tree.get(sum.regionCode)?.path ?? '')),
    engine.tree,
  )
  const candidates = focus === null ? findCandidates(counts, live.flatMap(placesOfCase), parameters, engine.tree) : focusedCandidates(counts, focus)
  if (candidates.length === 0) return { readings: [], tickets: [], candidates: 0 }
  const past = await loadPast(etx, candidates, feeds, tickAt)
  const all = await loadWindowTickets(tx, parameters.kinds, phenomenaOf(candidates), from, tickAt)
  const tickets = all.filter((ticket) => !isStale(ticket.regionPath))
  const split = splitOff(live)
  const customersOf = customerCounter(etx, tickets, split)
  const readings = candidates.flatMap((candidate) => {
    const { node, phenomenon } = candidate
    const customers = customersOf(node.code, phenomenonMatter(phenomenon))
    return readRules(
      {
        regionCode: node.code,
        regionLevel: node.level,
        phenomenon,
        tickAt,
        tickets: candidate.tickets - ticketsAway(etx, split, candidate, tickets),
        customers,
        past: past(candidate),
      },
      riskFor(settings, scopeOfPlace(engine.tree, node.code)),
    )
  })
  return { readings, tickets, candidates: candidates.length }
}

/** What a look sees: `all` at a tick, `prompt` between ticks, where nothing is counted over a window. */
export type Look = 'all' | 'prompt'

/**
 * Reads every rule at every place where one could be true at `tickAt`, and at the places of live cases. What it reads is the window, the
 * same window of the past weeks and the tickets of the window, and of the rules of facts what stands at the tick or came within their hours: its cost
 * does not grow with the history. With a focus the counting rules are read at that place only, whatever it has; with a path nothing outside it takes part, so
 * that a higher place that is true as well does not take the finding from it.
 */
export async function readPicture(
  etx: EngineTx,
  tickAt: Instant,
  live: readonly LiveCase[],
  usual: DayBaseline,
  look: Look,
  { focus = null, path = null }: { readonly focus?: Focus | null; readonly path?: string | null } = {},
): Promise<RiskPicture> {
  const { engine } = etx
  const parameters = etx.settings.risk.body
  const feeds = await loadPlacedFeeds(engine, etx.tx)
  const stale = feeds.filter((feed) => readFeed(feed, feed.provinceCode, usual, tickAt).state === 'stale')
  const isStale = (path: string) => stale.some((feed) => isWithin(path, feed.path))
  const counted = look === 'all' ? await readCounts(etx, { tickAt, live, feeds, isStale, focus }) : { readings: [], tickets: [], candidates: 0 }
  const facts = { ...(await readRiskFacts(etx, { tickAt, feeds, usual, isStale }, look)), cases: [] }
  const rules = look === 'all' ? FACT_RULES : FACT_RULES.filter(({ isPrompt }) => isPrompt)
  const all = [...counted.readings, ...readFacts(rules, facts, { tickAt, parameters, tree: engine.tree })]
  const split = splitOff(live)
  const readings = path === null ? all : all.filter(({ regionCode }) => isWithin(engine.tree.get(regionCode)?.path ?? '', path))
  return {
    readings,
    findings: chooseFindings(unclaimed(etx, split, readings), engine.tree, customerCounter(etx, counted.tickets, split), parameters),
    tickets: counted.tickets,
    staleProvinces: new Set(stale.map((feed) => feed.provinceCode)),
    candidates: counted.candidates,
  }
}

/** What the counting rules find at a past tick in one subtree, by what is known now: late events stand in their own minutes. */
export async function readPastPicture(etx: EngineTx, tickAt: Instant, path: string): Promise<Pick<RiskPicture, 'findings' | 'tickets'>> {
  const { tree } = etx.engine
  const parameters = etx.settings.risk.body
  const feeds = await loadPlacedFeeds(etx.engine, etx.tx)
  const counted = await readCounts(etx, { tickAt, live: [], feeds, isStale: (place) => !isWithin(place, path), focus: null })
  const readings = counted.readings.filter(({ regionCode }) => isWithin(tree.get(regionCode)?.path ?? '', path))
  return { findings: chooseFindings(readings, tree, customerCounter(etx, counted.tickets, []), parameters), tickets: counted.tickets }
}

/** What the rules over cases read once the cases of the tick stand. */
export async function readCasePicture(etx: EngineTx, tickAt: Instant, before: RiskPicture): Promise<RiskPicture> {
  const parameters = etx.settings.risk.body
  const cases = await loadCaseFacts(etx.tx, tickAt - parameters.crossProvince.hours * HOUR)
  const readings = readFacts(CASE_RULES, { ...NO_FACTS, cases }, { tickAt, parameters, tree: etx.engine.tree })
  return { ...before, readings, findings: chooseFindings(readings, etx.engine.tree, () => 0, parameters), tickets: [] }
}
