import type { HandoverAlert, HandoverDetail, HandoverRecord, HandoverShown } from '../contract/handovers.ts'
import { may, scopeOf } from '../domain/access.ts'
import { calendarFrom } from '../domain/calendar.ts'
import { reportDuties } from '../domain/escalation/report-duties.ts'
import { riskRule } from '../domain/risk/catalogue.ts'
import { APPEAL_WORKDAYS, chargeOf, DEADLINES_AHEAD, isUnconfirmed, type Side, SIDES, type SignRefusal, signRefusal } from '../domain/oncall/handover.ts'
import type { RegionTree, Scope } from '../domain/region.ts'
import { endOfWorkingDay } from '../domain/ticket/worked-time.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { Role, Severity } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { type CardRow, loadCardRows } from '../store/alert-card-store.ts'
import { loadReports } from '../store/case-report-store.ts'
import { loadMeasures } from '../store/case-work-store.ts'
import { type HandoverRow, listHandovers, type ListedTicket, loadAnswered, loadDeadlines, loadHandover, loadResuming, loadShiftAnswers, lockHandover, signHandover } from '../store/handover-store.ts'
import { loadQuietWindows } from '../store/quiet-window-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { regulatorOf, sentUpward } from './case-reports.ts'
import { crewsAt, settleHandoverAlert, shiftStart } from './handovers.ts'
import { inEngineTransaction } from './transaction.ts'

const SHOWN = 50
const KEPT_IN_LIST = 14 * DAY

/** Alerts about how the work is done are kept like cases and are none: nothing is reported upward of them. */
const isCaseRow = ({ kind, ruleId }: CardRow): boolean => kind === 'risk' && riskRule(ruleId) !== undefined

async function alertsOf(sql: Sql, rows: readonly CardRow[], charges: ReadonlyMap<string, HandoverAlert['charge']>, now: Instant): Promise<HandoverAlert[]> {
  const alerts: HandoverAlert[] = []
  for (const row of rows) {
    const isCase = isCaseRow(row)
    const measures = isCase ? await loadMeasures(sql, row.id) : []
    const reports = isCase ? await loadReports(sql, row.id) : []
    const upward = isCase ? reportDuties({ severity: row.severity, severitySince: row.severitySince, state: row.state }, sentUpward(reports), now) : []
    const regulator = isCase ? await regulatorOf(sql, row, reports, now) : null
    const owed = [...upward, ...(regulator?.duties ?? [])].flatMap(({ dueAt, doneAt }) => (doneAt === null && dueAt !== null ? [dueAt] : []))
    alerts.push({
      alertId: row.id, isCase, ruleId: row.ruleId, severity: row.severity, state: row.state, subject: row.ticketNo ?? row.phenomenon,
      regionNameZh: row.regionNameZh, regionNameEn: row.regionNameEn, ackDueAt: row.needsAck && row.nextDueWhat === 'ack' ? row.nextDueAt : null, ackedByName: row.ackedByName,
      charge: charges.get(row.id) ?? null, lastMeasure: measures.at(-1)?.what ?? null, nextReportAt: owed.length === 0 ? null : Math.min(...owed),
    })
  }
  return alerts
}

/** Who answers for what has been acknowledged under a path, by alert. */
async function chargesOf(sql: Sql, scope: Scope, handovers: readonly HandoverRow[], now: Instant): Promise<Map<string, HandoverAlert['charge']>> {
  const answered = await loadAnswered(sql, scope.path)
  return new Map(answered.map(({ alertId, ackedBy, ackedAt, regionPath }) => [alertId, chargeOf(ackedBy, ackedAt, handovers.filter((one) => regionPath.startsWith(one.regionPath)), now).kind]))
}

/** What a place's shift hands over at `now` (domain.md 7.6): alerts with their original limits, deadlines, appeals, suspensions that end, silent feeds, windows. */
async function recordOf(etx: EngineTx, handover: HandoverRow): Promise<HandoverRecord> {
  const { tx: sql, engine, settings, now } = etx
  const { tree, zone } = engine
  const path = handover.regionPath
  const node = tree.get(handover.regionCode) ?? tree.root
  const scope = scopeOf(node)
  const named = ({ regionCode, ...ticket }: ListedTicket) => ({ ...ticket, regionNameZh: tree.get(regionCode)?.nameZh ?? regionCode, regionNameEn: tree.get(regionCode)?.nameEn ?? regionCode })
  const list = ({ total, items }: { total: number; items: ListedTicket[] }) => ({ total, items: items.map(named) })
  const charges = await chargesOf(sql, scope, await listHandovers(sql, scope, now - KEPT_IN_LIST, 200), now)
  const [cases, grave] = [await loadCardRows(sql, scope, { isLive: true, kind: 'risk' }), await loadCardRows(sql, scope, { isLive: true, kind: 'abnormal', minSeverity: 3, isGrouped: true, limit: SHOWN })]
  const unacked = await loadCardRows(sql, scope, { states: ['open'], limit: SHOWN })
  const byColour = (a: CardRow, b: CardRow) => b.severity - a.severity
  const appealsTo = endOfWorkingDay(now, APPEAL_WORKDAYS, { zone, calendar: calendarFrom(settings.calendar.body) })
  const since = await shiftStart(etx, handover)
  return {
    asOf: now,
    answers: since === null ? null : { from: since, to: handover.at, ...(await loadShiftAnswers(sql, path, { from: since, to: handover.at }, now)) },
    cases: await alertsOf(sql, cases.filter(isCaseRow).toSorted(byColour), charges, now),
    unacked: await alertsOf(sql, unacked.filter(({ needsAck }) => needsAck).toSorted(byColour), charges, now),
    grave: await alertsOf(sql, grave.toSorted(byColour), charges, now),
    deadlines: list(await loadDeadlines(sql, path, { from: now, to: now + DEADLINES_AHEAD, kinds: 'others' }, SHOWN)),
    appeals: list(await loadDeadlines(sql, path, { from: now, to: appealsTo, kinds: 'appeals' }, SHOWN)),
    resuming: list(await loadResuming(sql, path, handover.until, settings.limits.body.suspendMaxHours, SHOWN)),
    silent: cases.filter(({ ruleId }) => ruleId === 'MR-17').map(({ regionNameZh, regionNameEn, openedAt }) => ({ nameZh: regionNameZh, nameEn: regionNameEn, since: openedAt })),
    windows: (await loadQuietWindows(sql, scope, now, SHOWN)).map(({ kind, regionCode, from, to, reason }) => ({ kind, regionCode, from, to, reason })),
  }
}

/** Who reads or signs. */
export interface HandoverReader {
  readonly userId: string
  readonly role: Role
  readonly scope: Scope
}

const runsDesk = ({ role }: HandoverReader): boolean => may(role, 'manage_quiet')
const isGrave = ({ cases }: HandoverRecord): boolean => cases.some(({ severity, state }) => severity >= (3 satisfies Severity) && state !== 'mitigated')

function shown(handover: HandoverRow, tree: RegionTree, now: Instant): HandoverShown {
  const { id, regionCode, at, until, outgoing, incoming, signed, signedBy, alertId } = handover
  const signature = (side: Side) => (signed[side] === null ? null : { name: signedBy[side] ?? '', at: signed[side].at })
  return {
    id, regionCode, regionNameZh: tree.get(regionCode)?.nameZh ?? regionCode, regionNameEn: tree.get(regionCode)?.nameEn ?? regionCode, at, until, outgoing: [...outgoing], incoming: [...incoming],
    signed: { outgoing: signature('outgoing'), incoming: signature('incoming') }, isUnconfirmed: isUnconfirmed(handover, now), alertId,
  }
}

/** The changes of shift of a scope in the last fortnight and the next hour, the latest first. */
export async function viewHandovers({ pool, tree }: Engine, scope: Scope, now: Instant): Promise<HandoverShown[]> {
  return (await listHandovers(pool, scope, now - KEPT_IN_LIST, 100)).map((row) => shown(row, tree, now))
}

/** Before the change the rosters say who will go and come; afterwards what they said then. */
const withCrews = async (etx: EngineTx, row: HandoverRow): Promise<HandoverRow> => (row.changedAt === null ? { ...row, ...(await crewsAt(etx, row)) } : row)

async function detailOf(etx: EngineTx, row: HandoverRow, reader: HandoverReader): Promise<HandoverDetail> {
  const { now, engine } = etx
  const record = (row.record as HandoverRecord | null) ?? (await recordOf(etx, row))
  const person = { userId: reader.userId, runsDesk: runsDesk(reader) }
  const text = { notes: 'said', hasGrave: isGrave(record) }
  return {
    ...shown(row, engine.tree, now), notes: row.notes, record, isFrozen: row.record !== null, needsText: text.hasGrave && row.signed.outgoing === null,
    maySign: SIDES.filter((side) => signRefusal(row, side, person, text, now) === null),
  }
}

/** One change of shift with its record; undefined when it is not in the scope. */
export async function viewHandover(engine: Engine, reader: HandoverReader, id: string, now: Instant): Promise<HandoverDetail | undefined> {
  return inEngineTransaction(engine, now, async (etx) => {
    const row = await loadHandover(etx.tx, reader.scope, id)
    return row === undefined ? undefined : detailOf(etx, await withCrews(etx, row), reader)
  })
}

export type SignResult = { readonly ok: true; readonly detail: HandoverDetail } | { readonly ok: false; readonly why: SignRefusal; readonly by: string | null; readonly at: Instant | null }

/** Signs one side of a record in this transaction: of two at once the first wins and the second is told who was; undefined when it is not in the scope. */
export async function signIn(etx: EngineTx, reader: HandoverReader, id: string, { side, notes }: { readonly side: Side; readonly notes: string }): Promise<SignResult | undefined> {
  const { now } = etx
  const found = await lockHandover(etx.tx, reader.scope, id)
  if (found === undefined) return undefined
  const row = await withCrews(etx, found)
  const record = (row.record as HandoverRecord | null) ?? (await recordOf(etx, row))
  const why = signRefusal(row, side, { userId: reader.userId, runsDesk: runsDesk(reader) }, { notes, hasGrave: isGrave(record) }, now)
  if (why !== null) return { ok: false, why, by: row.signedBy[side], at: row.signed[side]?.at ?? null }
  await signHandover(etx.tx, id, side, reader.userId, now, record, side === 'outgoing' ? notes : null)
  const after = await loadHandover(etx.tx, reader.scope, id)
  if (after === undefined) throw new Error(`handover ${id} is gone under its lock`)
  await settleHandoverAlert(etx, after)
  return { ok: true, detail: await detailOf(etx, await withCrews(etx, after), reader) }
}

/** {@link signIn} in a transaction of its own. */
export const sign = (engine: Engine, reader: HandoverReader, id: string, order: { readonly side: Side; readonly notes: string }, now: Instant): Promise<SignResult | undefined> =>
  inEngineTransaction(engine, now, (etx) => signIn(etx, reader, id, order))
