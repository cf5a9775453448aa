import { isWithin, type RegionTree } from '../region.ts'
import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { AlertState, Level, Severity } from '../vocabulary.ts'
import { byJoinOrder, groupFresh, type JoinableCase, mayJoin } from './joining.ts'
import { judgeCase } from './judge-case.ts'
import { isJoined, type Matter } from './matter.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters } from './reading.ts'
import type { CaseMemory, Finding } from './risk-case.ts'

/** A case that a rule would have raised. */
export interface ReplayedCase {
  readonly matter: Matter
  readonly regionCode: string
  readonly openedAt: Instant
  readonly lastTrueAt: Instant
  readonly mitigatedAt: Instant | null
  readonly highest: Severity
  /** Instants at which people would have been paged: the opening, each rise, each return. */
  readonly pagedAt: readonly Instant[]
}

interface Running extends JoinableCase {
  matter: Matter
  regionCode: string
  regionPath: string
  openedAt: Instant
  lastTrueAt: Instant
  mitigatedAt: Instant | null
  memory: CaseMemory
  highest: Severity
  pagedAt: Instant[]
}

interface PlacedFinding extends Finding {
  readonly regionPath: string
}

/**
 * The life of cases over replayed ticks, by the same joining and the same case machine as live ones (domain.md 5.1). Nobody is there to approve a lower colour of an orange or red
 * case: it keeps its colour until its condition is gone. To be called in the order of the ticks.
 */
export class CaseReplay {
  readonly #tree: RegionTree
  readonly #parameters: RiskParameters
  readonly #ended: Running[] = []
  #running: Running[] = []

  constructor(tree: RegionTree, parameters: RiskParameters) {
    this.#tree = tree
    this.#parameters = parameters
  }

  /** Whether a tick without findings could still change anything. */
  get isQuiet(): boolean {
    return this.#running.length === 0
  }

  tick(tickAt: Instant, found: readonly Finding[]): void {
    const findings = found.map((finding): PlacedFinding => ({ ...finding, regionPath: this.#tree.get(finding.regionCode)?.path ?? '' }))
    const mine = new Map<Running, PlacedFinding[]>()
    const fresh: PlacedFinding[] = []
    for (const finding of findings) {
      const [into, ...others] = this.#running.filter((held) => mayJoin(held, finding.matter, finding.regionPath, tickAt, this.#parameters)).sort(byJoinOrder)
      if (into === undefined) {
        fresh.push(finding)
        continue
      }
      mine.set(into, [...(mine.get(into) ?? []), finding])
      const span = isWithin(into.regionPath, finding.regionPath) ? finding.regionPath : into.regionPath
      for (const from of others) if (from.mitigatedAt === null && isWithin(from.regionPath, span)) this.#merge(from, into)
    }
    for (const held of this.#running) this.#judge(held, mine.get(held) ?? [], tickAt)
    for (const group of groupFresh(fresh, this.#parameters)) this.#open(group, tickAt)
    this.#retire(tickAt)
  }

  cases(): ReplayedCase[] {
    return [...this.#ended, ...this.#running]
      .map(({ matter, regionCode, openedAt, lastTrueAt, mitigatedAt, highest, pagedAt }) => ({ matter, regionCode, openedAt, lastTrueAt, mitigatedAt, highest, pagedAt }))
      .sort((a, b) => a.openedAt - b.openedAt || (a.regionCode < b.regionCode ? -1 : 1))
  }

  #merge(from: Running, into: Running): void {
    this.#running = this.#running.filter((held) => held !== from)
    this.#ended.push(from)
    into.highest = Math.max(into.highest, from.highest) as Severity
  }

  #open(group: readonly PlacedFinding[], tickAt: Instant): void {
    const top = group.reduce((widest, one) => (one.regionPath.length < widest.regionPath.length ? one : widest))
    const severity = Math.max(...group.map(({ level }) => level)) as Severity
    const matter = group.map((one) => one.matter).find(({ kind }) => kind === 'product') ?? top.matter
    const memory: CaseMemory = { severity, falseSince: null, isMitigated: false, mitigatedAt: null, proposedSeverity: null }
    this.#running.push({ matter, regionCode: top.regionCode, regionPath: top.regionPath, openedAt: tickAt, lastTrueAt: tickAt, mitigatedAt: null, memory, highest: severity, pagedAt: [tickAt] })
  }

  #judge(held: Running, findings: readonly PlacedFinding[], tickAt: Instant): void {
    const level = Math.max(0, ...findings.map((finding) => finding.level)) as Level
    const decision = judgeCase(held.memory, level, tickAt, this.#parameters)
    held.memory = decision.memory
    held.mitigatedAt = decision.memory.mitigatedAt
    if (level > 0) held.lastTrueAt = tickAt
    if (decision.kind === 'upgrade' || decision.kind === 'relapse') held.pagedAt.push(tickAt)
    held.highest = Math.max(held.highest, decision.memory.severity) as Severity
    const widest = findings.find(({ regionPath }) => isWithin(held.regionPath, regionPath))
    if (widest !== undefined) {
      held.regionCode = widest.regionCode
      held.regionPath = widest.regionPath
    }
  }

  /** A mitigated case that can come back no more is done with. */
  #retire(tickAt: Instant): void {
    const isOver = ({ mitigatedAt }: Running) => mitigatedAt !== null && tickAt - mitigatedAt > this.#parameters.relapseHours * HOUR
    this.#ended.push(...this.#running.filter(isOver))
    this.#running = this.#running.filter((held) => !isOver(held))
  }
}

/** A case that the rule did raise, or joined. */
export interface RaisedCase {
  readonly alertId: string
  readonly matter: Matter
  readonly regionCode: string
  readonly regionPath: string
  readonly severity: Severity
  readonly state: AlertState
  /** When this rule was first and last true of it. */
  readonly firstTrueAt: Instant
  readonly lastTrueAt: Instant
}

/** What would have been raised, beside what was. */
export interface Compared {
  readonly replayed: readonly (ReplayedCase & { readonly alertId: string | null; readonly minutesEarlier: number | null })[]
  /** Raised, and not found again. */
  readonly missed: readonly RaisedCase[]
  readonly precision: { readonly right: number; readonly wrong: number; readonly share: number | null }
}

/** Right are cases that people closed as true, wrong those that they called false (K-74); of what nobody has judged nothing is said. */
const RIGHT: ReadonlySet<AlertState> = new Set(['resolved', 'closed'])

/** Puts what would have been raised beside what was: the same matter, one place within the other, windows that overlap or lie within the gap of joining. */
export function compareCases(replayed: readonly ReplayedCase[], raised: readonly RaisedCase[], { tree, parameters }: { readonly tree: RegionTree; readonly parameters: RiskParameters }): Compared {
  const gap = parameters.joinGapHours * HOUR + parameters.windowMinutes * MINUTE
  const isSame = (a: ReplayedCase, b: RaisedCase) => {
    const path = tree.get(a.regionCode)?.path ?? ''
    return (
      isJoined(a.matter, b.matter, parameters) && (isWithin(path, b.regionPath) || isWithin(b.regionPath, path)) && a.openedAt <= b.lastTrueAt + gap && b.firstTrueAt <= a.lastTrueAt + gap
    )
  }
  const matched = replayed.map((one) => {
    const own = raised.filter((other) => isSame(one, other)).sort((a, b) => Math.abs(a.firstTrueAt - one.openedAt) - Math.abs(b.firstTrueAt - one.openedAt))[0]
    return { ...one, alertId: own?.alertId ?? null, minutesEarlier: own === undefined ? null : (own.firstTrueAt - one.openedAt) / MINUTE }
  })
  const found = new Set(matched.map(({ alertId }) => alertId))
  const judged = raised.filter(({ alertId }) => found.has(alertId))
  const right = judged.filter(({ state }) => RIGHT.has(state)).length
  const wrong = judged.filter(({ state }) => state === 'false_positive').length
  return { replayed: matched, missed: raised.filter(({ alertId }) => !found.has(alertId)), precision: { right, wrong, share: right + wrong === 0 ? null : right / (right + wrong) } }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value may stand in the place of another: same kind, numbers finite and not negative; of a list of thresholds as many, each a number or null. */
function fits(given: unknown, held: unknown): boolean {
  const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0
  if (Array.isArray(held)) {
    if (!Array.isArray(given)) return false
    if (held.every((one) => typeof one === 'string')) return given.every((one) => typeof one === 'string')
    return given.length === held.length && given.every((one) => one === null || isNumber(one))
  }
  if (isRecord(held)) return isRecord(given) && Object.entries(given).every(([key, value]) => key in held && fits(value, held[key]))
  return typeof given === typeof held && (typeof given !== 'number' || isNumber(given))
}

/** A setting that is none, or a value that does not fit; with what would do, in both languages. */
export class NoSuchParameter extends RangeError {
  override readonly name = 'NoSuchParameter'
  readonly path: string
  readonly zh: string
  readonly en: string

  constructor(path: string, zh: string, en: string) {
    super(`${path}: ${en}`)
    this.path = path
    this.zh = zh
    this.en = en
  }
}

/**
 * Parameters with some of them set otherwise, by their paths ("batch.city"; the window may be named too: "batch_60min.city").
 * @throws NoSuchParameter for a path that is none, or a value that does not fit.
 */
export function withParameters(parameters: RiskParameters, sets: Readonly<Record<string, unknown>>): RiskParameters {
  const changed = JSON.parse(JSON.stringify(parameters)) as Record<string, unknown>
  for (const [path, value] of Object.entries(sets)) {
    const names = path.split('.').map((name, place) => (place === 0 ? name.replace(/_\d+min$/u, '') : name))
    const last = names.pop() ?? ''
    let group: unknown = changed
    for (const name of names) group = isRecord(group) ? group[name] : undefined
    if (!isRecord(group) || !(last in group)) {
      const known = Object.keys(DEFAULT_RISK_PARAMETERS)
      throw new NoSuchParameter(path, `没有这个参数；顶层有 ${known.join('、')}`, `there is no such parameter; at the top there are ${known.join(', ')}`)
    }
    if (!fits(value, group[last])) {
      const form = JSON.stringify(group[last])
      throw new NoSuchParameter(path, `应与 ${form} 同形`, `it must have the form of ${form}`)
    }
    group[last] = value
  }
  return changed as unknown as RiskParameters
}

/** The same parameters with one rule on and all others off. */
export const onlyRule = (parameters: RiskParameters, ruleId: string, allRules: readonly string[]): RiskParameters => ({
  ...parameters,
  batch: { ...parameters.batch, enabled: ruleId === 'MR-01' },
  surge: { ...parameters.surge, enabled: ruleId === 'MR-02' },
  disabledRules: allRules.filter((id) => id !== ruleId),
})
