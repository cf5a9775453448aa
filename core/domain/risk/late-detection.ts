import type { RegionTree } from '../region.ts'
import { isWithin, overlaps } from '../region.ts'
import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { Severity } from '../vocabulary.ts'
import { type JoinableCase, mayJoin } from './joining.ts'
import { isJoined, type Matter } from './matter.ts'
import type { RiskParameters, RiskReading } from './reading.ts'
import type { Finding } from './risk-case.ts'

/** What would have been found at a tick, had the late events been there. */
export interface TickFindings {
  readonly tickAt: Instant
  readonly findings: readonly Finding[]
}

/** A case that people have been told of, whatever became of it. */
export interface KnownCase {
  readonly matter: Matter
  readonly regionPath: string
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
}

/** A condition that was true for some ticks, and that nobody was told of. */
export interface LateEpisode {
  readonly matter: Matter
  readonly regionCode: string
  readonly regionPath: string
  readonly severity: Severity
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
  /** Of all its ticks, in their order. */
  readonly readings: readonly RiskReading[]
}

const asCase = ({ matter, regionPath, firstTrueAt, lastTrueAt }: LateEpisode): JoinableCase => ({ matter, regionPath, openedAt: firstTrueAt, lastTrueAt, mitigatedAt: null })

function joined(episodes: readonly LateEpisode[], finding: Finding, regionPath: string, tickAt: Instant): LateEpisode {
  const own: LateEpisode = {
    matter: finding.matter, regionCode: finding.regionCode, regionPath, severity: finding.level, firstTrueAt: tickAt, lastTrueAt: tickAt, readings: finding.readings,
  }
  return episodes.reduce((whole, one) => {
    const isWider = isWithin(whole.regionPath, one.regionPath)
    return {
      matter: one.matter.kind === 'product' ? one.matter : whole.matter,
      regionCode: isWider ? one.regionCode : whole.regionCode,
      regionPath: isWider ? one.regionPath : whole.regionPath,
      severity: Math.max(one.severity, whole.severity) as Severity,
      firstTrueAt: Math.min(one.firstTrueAt, whole.firstTrueAt),
      lastTrueAt: tickAt,
      readings: [...one.readings, ...whole.readings],
    }
  }, own)
}

/** Whether a case that people know of is about the same, in time too: windows that overlap or lie within the gap of joining. */
function isKnown(episode: LateEpisode, known: readonly KnownCase[], parameters: RiskParameters): boolean {
  const reach = parameters.windowMinutes * MINUTE + parameters.joinGapHours * HOUR
  return known.some(
    ({ matter, regionPath, firstTrueAt, lastTrueAt }) =>
      isJoined(matter, episode.matter, parameters) &&
      overlaps(regionPath, episode.regionPath) &&
      episode.firstTrueAt <= lastTrueAt + reach &&
      firstTrueAt <= episode.lastTrueAt + reach,
  )
}

/**
 * What was true in the past only (domain.md 7.4, S-9): the findings of past ticks, in their order, joined as live ones are (5.1), without those that belong to a case
 * that people know of, and without what is still true at the last of the ticks, which the ticks to come see by themselves.
 */
export function lateEpisodes(
  ticks: readonly TickFindings[],
  known: readonly KnownCase[],
  { tree, parameters }: { readonly tree: RegionTree; readonly parameters: RiskParameters },
): LateEpisode[] {
  let episodes: LateEpisode[] = []
  for (const { tickAt, findings } of ticks) {
    for (const finding of findings) {
      const path = tree.get(finding.regionCode)?.path ?? ''
      const mine = episodes.filter((episode) => mayJoin(asCase(episode), finding.matter, path, tickAt, parameters))
      episodes = [...episodes.filter((episode) => !mine.includes(episode)), joined(mine, finding, path, tickAt)]
    }
  }
  const lastTickAt = ticks.at(-1)?.tickAt
  return episodes
    .filter((episode) => episode.lastTrueAt !== lastTickAt && !isKnown(episode, known, parameters))
    .sort((a, b) => b.severity - a.severity || a.firstTrueAt - b.firstTrueAt || (a.regionCode < b.regionCode ? -1 : 1))
}
