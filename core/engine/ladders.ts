import { isDeepStrictEqual } from 'node:util'
import type { LadderChange, LadderPreview, LaddersAnswer, LaddersHistory } from '../contract/ladders.ts'
import { completedLadders, DEFAULT_LADDERS } from '../domain/escalation/default-ladders.ts'
import { ladderForTicket, ladderFrom, type LadderSet } from '../domain/escalation/ladder.ts'
import { ladderFaults } from '../domain/escalation/ladder-faults.ts'
import { callingOrder, positionsOf, reach } from '../domain/escalation/position.ts'
import { type Instant, MINUTE } from '../domain/time.ts'
import { ALERT_KINDS, type AlertKind, type Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { type ConfigRecord, insertNextConfig, loadConfigRecords, lockConfig } from '../store/config-store.ts'
import { touchAllRosters } from '../store/roster-store.ts'
import { findOnCall } from './on-call.ts'
import type { Engine } from './context.ts'
import { LIST_KEPT_MS, saveSettings } from './settings.ts'

/** Versions that are looked through; older ones stand in the table of configuration. */
const MOST_VERSIONS = 500
const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]
/** Who writes versions that no person has asked for. */
const SYSTEM = 'tocsin'

const bodyOf = ({ body, version }: ConfigRecord): LadderSet => ({ ...completedLadders(body), version })
// The number is the version's, not something that is changed.
const withoutNumber = (ladders: LadderSet) => ({ ...ladders, version: 0 })

async function loadNewest(sql: Sql): Promise<ConfigRecord> {
  const newest = (await loadConfigRecords(sql, 'ladders', 1)).at(-1)
  if (newest === undefined) throw new Error("no version of configuration 'ladders' is in force: was seedSettings run?")
  return newest
}

/**
 * Puts the ladders of a newer Tocsin in force where nobody has ever changed them; ladders that people have made stay as they are, and so does what
 * runs already (invariant 10).
 */
export async function renewLadders(tx: Tx, now: Instant): Promise<void> {
  await lockConfig(tx, 'ladders')
  const newest = await loadNewest(tx)
  if (newest.author !== SYSTEM || isDeepStrictEqual(withoutNumber(newest.body as LadderSet), withoutNumber(DEFAULT_LADDERS))) return
  const record = { kind: 'ladders', effectiveFrom: Math.max(now, newest.effectiveFrom), author: SYSTEM, reason: 'defaults of the trade, newer version', body: DEFAULT_LADDERS }
  await insertNextConfig(tx, record, now)
}

/** The ladders in force, beside the defaults, and who changed them last. */
export async function viewLadders(sql: Sql, mayChange: boolean): Promise<LaddersAnswer> {
  const newest = await loadNewest(sql)
  const { version, effectiveFrom: at, author, reason } = newest
  const changed = author === SYSTEM ? null : { version, at, author, reason }
  return { version, mayChange, ladders: bodyOf(newest), defaults: DEFAULT_LADDERS, changed }
}

/** Which ladders differ between two sets, `night` for the hours of the night. */
function changedBetween(before: LadderSet, after: LadderSet): LaddersHistory['items'][number]['changes'] {
  const ladders = ALERT_KINDS.flatMap((kind) =>
    SEVERITIES.flatMap((severity) => {
      const [from, to] = [before[kind][severity], after[kind][severity]]
      return isDeepStrictEqual(from, to) ? [] : [{ kind, severity, from, to }]
    }),
  )
  const night = isDeepStrictEqual(before.night, after.night) ? null : { from: before.night, to: after.night }
  return { ladders, night }
}

/** Every version that changed anything, newest first, with what became what. */
export async function viewLaddersHistory(sql: Sql): Promise<LaddersHistory> {
  const records = await loadConfigRecords(sql, 'ladders', MOST_VERSIONS)
  const items = records.flatMap((record, index) => {
    const before = records[index - 1]
    if (before === undefined) return []
    const changes = changedBetween(bodyOf(before), bodyOf(record))
    const { version, effectiveFrom: at, author, reason } = record
    return changes.ladders.length === 0 && changes.night === null ? [] : [{ version, at, author, reason, changes }]
  })
  return { items: items.reverse() }
}

/** What became of a change: refused as made on an older version, or by its faults; or the version now in force. */
export type LadderChangeResult =
  | { readonly outcome: 'stale'; readonly version: number }
  | { readonly outcome: 'faults'; readonly faults: readonly string[] }
  | { readonly outcome: 'changed'; readonly version: number; readonly changed: readonly string[] }

/** Changes whole ladders, and the hours of the night, as the next version, in force at once for what is raised from now on. Of two changes made on the same version the second is refused. */
export async function changeLadders(
  tx: Tx,
  { basedOn, ladders, night, reason }: LadderChange,
  { author, now }: { readonly author: string; readonly now: Instant },
): Promise<LadderChangeResult> {
  await lockConfig(tx, 'ladders')
  const newest = await loadNewest(tx)
  if (newest.version !== basedOn) return { outcome: 'stale', version: newest.version }
  const before = bodyOf(newest)
  const body: { -readonly [K in keyof LadderSet]: LadderSet[K] } = { ...before, night: night ?? before.night }
  for (const { kind, severity, ladder } of ladders) body[kind] = { ...body[kind], [severity]: ladder }
  const faults = ladderFaults(body)
  if (faults.length > 0) return { outcome: 'faults', faults }
  const { ladders: moved, night: hours } = changedBetween(before, body)
  const changed = [...moved.map(({ kind, severity }) => `${kind} ${severity}`), ...(hours === null ? [] : ['night'])]
  if (changed.length === 0) return { outcome: 'changed', version: newest.version, changed }
  const effectiveFrom = Math.max(now, newest.effectiveFrom)
  const version = await saveSettings(tx, { kind: 'ladders', body, author, reason, now, effectiveFrom })
  // Who can be reached follows from the channels that ladders use; looked at once the new version is seen everywhere.
  await touchAllRosters(tx, effectiveFrom + LIST_KEPT_MS)
  return { outcome: 'changed', version, changed }
}

/** Of which alert a ladder is looked at. */
export interface PreviewOf {
  readonly kind: AlertKind
  readonly severity: Severity
  readonly regionCode: string
  readonly isSkipLevel: boolean
}

/**
 * Who would be told, when and by what, of an alert of this colour raised here at `at` that nobody answers: step by step, the people who are on when it falls due. `none`
 * where a step has nobody and goes to the next at once (domain.md 4.4).
 */
export async function previewLadder(engine: Engine, sql: Sql, { kind, severity, regionCode, isSkipLevel }: PreviewOf, at: Instant): Promise<LadderPreview> {
  const settings = await engine.settings(at)
  const ladder = ladderForTicket(ladderFrom(settings.ladders.body, kind, severity, at, engine.zone), isSkipLevel)
  const orders = ladder.steps.map((_step, index) => callingOrder(ladder, index, regionCode, engine.tree))
  const terms = { zone: engine.zone, calendar: settings.calendar.body }
  const steps: LadderPreview['steps'] = []
  for (const [index, { afterMinutes, targets, channels }] of ladder.steps.entries()) {
    const order = orders[index] ?? []
    // Each step at its own time: the shift may change in between.
    const reached = reach(order, await findOnCall(sql, order.flatMap(({ positions }) => positions), terms, at + afterMinutes * MINUTE))
    steps.push({
      afterMinutes,
      channels: [...channels],
      positions: positionsOf(targets, regionCode, engine.tree).map((position) => ({ ...position })),
      via: reached.via,
      people: reached.holders.map(({ role, regionCode: region, name }) => ({ role, regionCode: region, name })),
      vacant: reached.vacant.map((position) => ({ ...position })),
    })
  }
  const { ackMinutes, handleMinutes, reminder, handlingOver } = ladder
  return { version: settings.ladders.version, ackMinutes, handleMinutes, reminderMinutes: reminder?.everyMinutes ?? null, handlingOver: handlingOver.kind, steps }
}
