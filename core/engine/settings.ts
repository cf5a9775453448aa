import { abnormalFaults, completedAbnormal, DEFAULT_ABNORMAL_PARAMETERS } from '../domain/abnormal/catalogue.ts'
import { DEFAULT_CALENDAR } from '../domain/calendar.ts'
import { calendarBodyFault } from '../domain/calendar-tags.ts'
import { DEFAULT_RESTATEMENT, restatementFaults } from '../domain/count/restatement-settings.ts'
import { DEFAULT_DICTIONARY } from '../domain/dictionary/default-dictionary.ts'
import { dictionaryFaults } from '../domain/dictionary/dictionary.ts'
import { completedLadders, DEFAULT_LADDERS } from '../domain/escalation/default-ladders.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import { ladderFaults } from '../domain/escalation/ladder-faults.ts'
import { DEFAULT_KEYWORDS } from '../domain/keyword/default-keywords.ts'
import { keywordFaults } from '../domain/keyword/keyword-faults.ts'
import { DEFAULT_NEAR_DUPLICATE, nearDuplicateFaults } from '../domain/near-duplicate/parameters.ts'
import { DEFAULT_RETENTION, retentionFaults } from '../domain/protect/retention.ts'
import { riskFaults } from '../domain/risk/parameters.ts'
import { completedRisk, DEFAULT_RISK_PARAMETERS } from '../domain/risk/reading.ts'
import { riskScopeFaults } from '../domain/risk/scopes.ts'
import { type ClockLimits, DEFAULT_CLOCK_LIMITS } from '../domain/ticket/limits.ts'
import type { Instant } from '../domain/time.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import type { Pool, Sql, Tx } from '../platform/database.ts'
import {
  CONFIG_KINDS,
  type ConfigKind,
  type ConfigVersion,
  insertFirstConfig,
  insertNextConfig,
  listConfigVersions,
  loadConfigBody,
} from '../store/config-store.ts'
import type { Settings } from './context.ts'

type Bodies = { readonly [K in ConfigKind]: Settings[K]['body'] }

const DEFAULTS: Bodies = {
  limits: DEFAULT_CLOCK_LIMITS,
  abnormal: DEFAULT_ABNORMAL_PARAMETERS,
  risk: DEFAULT_RISK_PARAMETERS,
  ladders: DEFAULT_LADDERS,
  retention: DEFAULT_RETENTION,
  calendar: DEFAULT_CALENDAR,
  dictionary: DEFAULT_DICTIONARY,
  restatement: DEFAULT_RESTATEMENT,
  nearDuplicate: DEFAULT_NEAR_DUPLICATE,
  keywords: DEFAULT_KEYWORDS,
}

/** How old the list of versions may be before it is read again; a new version is in force everywhere after this, in real time. */
export const LIST_KEPT_MS = 2_000

// When this process last wrote a version. The write may commit a little later, so for the length of a keeping nothing is kept.
let lastSavedAt = Number.NEGATIVE_INFINITY

/** Writes version 1 of every kind that has none, from the defaults of domain.md Appendix A, in force since ever: old data is judged by it too. */
export async function seedSettings(sql: Sql, now: Instant): Promise<void> {
  for (const kind of CONFIG_KINDS) {
    const record = { kind, version: 1, effectiveFrom: 0, author: 'tocsin', reason: 'defaults of the trade', body: DEFAULTS[kind] }
    await insertFirstConfig(sql, record, now)
  }
}

/** A new version of one kind of setting. */
export type NewSettings = {
  readonly [K in ConfigKind]: {
    readonly kind: K
    readonly body: Bodies[K]
    readonly author: string
    readonly reason: string
    readonly effectiveFrom: Instant
    readonly now: Instant
  }
}[ConfigKind]

function faultsOf(settings: NewSettings): readonly string[] {
  if (settings.kind === 'abnormal') return abnormalFaults(settings.body)
  if (settings.kind === 'risk') {
    const body = completedRisk(settings.body)
    return [...riskFaults(body), ...riskScopeFaults(body)]
  }
  if (settings.kind === 'ladders') return ladderFaults(settings.body)
  if (settings.kind === 'retention') return retentionFaults(settings.body)
  if (settings.kind === 'dictionary') return dictionaryFaults(settings.body)
  if (settings.kind === 'restatement') return restatementFaults(settings.body)
  if (settings.kind === 'nearDuplicate') return nearDuplicateFaults(settings.body)
  if (settings.kind === 'keywords') return keywordFaults(settings.body)
  const fault = settings.kind === 'calendar' ? calendarBodyFault(settings.body) : null
  return fault === null ? [] : [`${fault.field}: ${fault.expected}`]
}

/**
 * Puts a new version of one kind in force from `effectiveFrom` and returns its number; what runs already keeps its version (invariant 10).
 * @throws RangeError when a rule's parameter is out of its range, ladders would leave an alert without anybody to call, keeping times cannot be kept, a calendar is not sound, dictionaries
 * contradict themselves, near-duplicates could not be found or keywords never hit.
 */
export async function saveSettings(tx: Tx, settings: NewSettings): Promise<number> {
  const faults = faultsOf(settings)
  if (faults.length > 0) throw new RangeError(`${settings.kind} refused: ${faults.join('; ')}`)
  lastSavedAt = systemClock.now()
  return insertNextConfig(tx, settings, settings.now)
}

/** The version of a kind in force at an instant: the one that came into force last; of two at the same instant the higher. */
export function versionAt(versions: readonly ConfigVersion[], kind: ConfigKind, at: Instant): number {
  const past = versions.filter((version) => version.kind === kind && version.effectiveFrom <= at)
  const latest = past.sort((a, b) => b.effectiveFrom - a.effectiveFrom || b.version - a.version)[0]
  if (latest === undefined) throw new Error(`no version of configuration '${kind}' is in force: was seedSettings run?`)
  return latest.version
}

/** Limits as stored, completed by the defaults of those that did not exist when they were written. */
export const completedLimits = (body: unknown): ClockLimits => ({ ...DEFAULT_CLOCK_LIMITS, ...(body as Partial<ClockLimits>) })

type BodyOf = (kind: ConfigKind, version: number) => Promise<unknown>

async function compose(versions: readonly ConfigVersion[], at: Instant, bodyOf: BodyOf): Promise<Settings> {
  const load = async <K extends ConfigKind>(kind: K) => {
    const version = versionAt(versions, kind, at)
    return { version, body: (await bodyOf(kind, version)) as Bodies[K] }
  }
  const [limits, abnormal, risk, ladders] = [await load('limits'), await load('abnormal'), await load('risk'), await load('ladders')]
  return {
    limits: { version: limits.version, body: completedLimits(limits.body) },
    abnormal: { version: abnormal.version, body: completedAbnormal(abnormal.body) },
    risk: { version: risk.version, body: completedRisk(risk.body) },
    ladders: { version: ladders.version, body: { ...completedLadders(ladders.body), version: ladders.version } },
    retention: await load('retention'),
    calendar: await load('calendar'),
    dictionary: await load('dictionary'),
    restatement: await load('restatement'),
    nearDuplicate: await load('nearDuplicate'),
    keywords: await load('keywords'),
  }
}

/** Every setting as in force at `at`, read from the database now. */
export async function loadSettings(sql: Sql, at: Instant): Promise<Settings> {
  return compose(await listConfigVersions(sql), at, (kind, version) => loadConfigBody(sql, kind, version))
}

/** The ladders of one version, as an alert keeps them. */
export async function loadLadders(sql: Sql, version: number): Promise<LadderSet> {
  const body = await loadConfigBody(sql, 'ladders', version)
  if (body === undefined) throw new Error(`ladders version ${version} does not exist`)
  return { ...completedLadders(body), version }
}

/**
 * The settings as in force at an instant, cheap enough to be asked on every step: bodies never change and are kept, the list of versions
 * is read again after 2 s of real time. The same versions give the same object.
 */
export function settingsCache(pool: Pool, clock: Clock = systemClock): (at: Instant) => Promise<Settings> {
  const bodies = new Map<string, Promise<unknown>>()
  const composed = new Map<string, Promise<Settings>>()
  let list: { readonly readAt: Instant; readonly versions: Promise<ConfigVersion[]> } | null = null
  // A failed read is forgotten at once: the next caller tries again.
  const keep = <T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
    const held = map.get(key) ?? make()
    map.set(key, held)
    held.catch(() => map.delete(key))
    return held
  }
  const bodyOf: BodyOf = (kind, version) => keep(bodies, `${kind} ${version}`, () => loadConfigBody(pool, kind, version))
  const listNow = (): Promise<ConfigVersion[]> => {
    const now = clock.now()
    const isOwnWriteNear = systemClock.now() - lastSavedAt < LIST_KEPT_MS
    if (list === null || isOwnWriteNear || now - list.readAt >= LIST_KEPT_MS || now < list.readAt) {
      const versions = listConfigVersions(pool)
      const fresh = { readAt: now, versions }
      list = fresh
      versions.catch(() => {
        if (list === fresh) list = null
      })
    }
    return list.versions
  }
  return async (at) => {
    const versions = await listNow()
    const key = CONFIG_KINDS.map((kind) => versionAt(versions, kind, at)).join('.')
    return keep(composed, key, () => compose(versions, at, bodyOf))
  }
}
