import { isWithin } from '../domain/region.ts'
import { holdDownMs } from '../domain/risk/judge-case.ts'
import { type LateEpisode, lateEpisodes, type TickFindings } from '../domain/risk/late-detection.ts'
import { covers } from '../domain/risk/matter.ts'
import { lateInWords } from '../domain/risk/reason.ts'
import { riskStamp, scopeOfPlace } from '../domain/risk/scopes.ts'
import { DAY, floorTo, type Instant, SECOND } from '../domain/time.ts'
import { insertCase, linkTickets, loadKnownCases, recountCase, saveCondition, saveReadings } from '../store/case-store.ts'
import type { WindowTicket } from '../store/risk-store.ts'
import { loadEndedStretches, type SilentStretch, takeStretch } from '../store/silent-stretch-store.ts'
import { publishCards } from './alert-card.ts'
import { openAlert } from './alert-life.ts'
import type { Engine, EngineTx } from './context.ts'
import { readPastPicture } from './risk-picture.ts'
import { inEngineTransaction } from './transaction.ts'

/** What lies further back is not looked for: nobody acts on it any more. */
const REACH = DAY
/** MR-17 ends when a feed has been heard of for the hold-down of its lowest colour; until then what comes late is still on its way. */
const COLOUR_OF_SILENCE = 1

interface Past {
  readonly ticks: readonly TickFindings[]
  readonly tickets: ReadonlyMap<string, WindowTicket>
}

/** What the counting rules would have found in a province at every tick of a silence and since, by what is known now. */
async function readPast(engine: Engine, { provinceCode, fromAt }: SilentStretch, at: Instant): Promise<Past> {
  const path = engine.tree.get(provinceCode)?.path
  const ticks: TickFindings[] = []
  const tickets = new Map<string, WindowTicket>()
  if (path === undefined) return { ticks, tickets }
  let tickAt = Math.max(fromAt, at - REACH)
  for (;;) {
    const period = (await engine.settings(tickAt)).risk.body.tickSeconds * SECOND
    tickAt = floorTo(tickAt, period) + period
    if (tickAt > at) return { ticks, tickets }
    const picture = await inEngineTransaction(engine, tickAt, (etx) => readPastPicture(etx, tickAt, path))
    ticks.push({ tickAt, findings: picture.findings })
    if (picture.findings.length > 0) for (const ticket of picture.tickets) tickets.set(ticket.ticketKey, ticket)
  }
}

/** Opens one as mitigated; of those of one province the gravest tells people, once, of all. */
async function openLate(etx: EngineTx, episode: LateEpisode, tickets: Past['tickets'], together: number | null): Promise<string> {
  const { risk } = etx.settings
  const { matter, regionCode, regionPath, severity, firstTrueAt, lastTrueAt, readings } = episode
  const best = readings.reduce((highest, reading) => (reading.level > highest.level ? reading : highest))
  const alert = await openAlert(etx, {
    kind: 'risk',
    ruleId: best.ruleId,
    severity,
    ticketKey: null,
    regionCode,
    facts: { phenomenon: matter.name, windowMinutes: risk.body.windowMinutes, firstTrueAt, lastTrueAt, readings: [best] },
    parameters: riskStamp(risk.body, scopeOfPlace(etx.engine.tree, regionCode), [best.ruleId]),
    ruleVersion: risk.version,
    openedAt: etx.now,
    suppressedBy: null,
    late: { together },
    reason: lateInWords({ best, firstTrueAt, lastTrueAt }, risk.body, etx.engine.zone),
  })
  await insertCase(etx.tx, { alertId: alert.id, matter, firstTrueAt })
  await saveCondition(etx.tx, alert.id, { trueAt: lastTrueAt, falseSince: lastTrueAt })
  for (const tickAt of new Set(readings.map((reading) => reading.tickAt))) await saveReadings(etx.tx, alert.id, readings.filter((reading) => reading.tickAt === tickAt))
  const mine = [...tickets.values()].filter((ticket) => covers(matter, ticket.phenomenon, risk.body) && isWithin(ticket.regionPath, regionPath))
  await linkTickets(etx.tx, alert.id, mine.map(({ ticketKey }) => ticketKey), etx.now)
  await recountCase(etx.tx, alert.id)
  await publishCards(etx, [alert.id])
  return alert.id
}

/**
 * Looks back at the silences of provinces that are over at `at`: runs the counting rules at every tick of them with the late events in their own minutes, and opens
 * what was true then and is over as mitigated, told once (domain.md 7.4, S-9). A silence is looked at once; after a crash again. Returns the ids of the cases.
 */
export async function runLateDetection(engine: Engine, at: Instant): Promise<readonly string[]> {
  const parameters = (await engine.settings(at)).risk.body
  const opened: string[] = []
  for (const stretch of await loadEndedStretches(engine.pool, at - holdDownMs(COLOUR_OF_SILENCE, parameters))) {
    const { ticks, tickets } = await readPast(engine, stretch, at)
    const ids = await inEngineTransaction(engine, at, async (etx) => {
      if (!(await takeStretch(etx.tx, stretch))) return []
      const known = await loadKnownCases(etx.tx, stretch.fromAt - DAY)
      const episodes = lateEpisodes(ticks, known, { tree: engine.tree, parameters })
      const cases: string[] = []
      for (const [place, episode] of episodes.entries()) cases.push(await openLate(etx, episode, tickets, place === 0 ? episodes.length : null))
      return cases
    })
    opened.push(...ids)
  }
  return opened
}
