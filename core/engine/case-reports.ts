import type { CaseReports, ReportBody, ReportFigures, ReportOrder } from '../contract/reports.ts'
import type { Actor, TransitionResult } from '../domain/alert/alert.ts'
import { AUTHORITY } from '../domain/alert/authority.ts'
import { REGULATOR_KINDS, REGULATOR_LIMITS, regulatorDuties, type RegulatorKind } from '../domain/escalation/regulator-duties.ts'
import { RECORDED_WITHIN, REPORT_KINDS, reportDuties, type ReportKind, type SentReport } from '../domain/escalation/report-duties.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { type CardRow, loadCardRow } from '../store/alert-card-store.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { insertReport, loadReports, type ReportAudience, type StoredReport } from '../store/case-report-store.ts'
import { loadCaseRow, loadLines, loadMeasures } from '../store/case-work-store.ts'
import { loadInterruption } from '../store/interruption-store.ts'
import { moveAlert } from './alert-life.ts'
import type { EngineTx } from './context.ts'

const KIND_WORDS: Readonly<Record<ReportKind | RegulatorKind, string>> = { oral: '口头报告 Oral report', written: '书面报告 Written report', update: '续报 Update', monthly: '随月报 With the monthly report' }
const TO_REGULATOR = '监管报送 To the regulator: '

/** Whether somebody is told by this kind of report. */
const fits = (audience: ReportAudience, kind: ReportKind | RegulatorKind): boolean =>
  (audience === 'company' ? (REPORT_KINDS as readonly string[]) : (REGULATOR_KINDS as readonly string[])).includes(kind)

async function figuresOf(sql: Sql, card: CardRow): Promise<ReportFigures | null> {
  const row = await loadCaseRow(sql, card.id)
  if (row === undefined) return null
  const { ruleId, phenomenon, regionNameZh, regionNameEn, openedAt, ticketCount, customerCount } = card
  return { ruleId, phenomenon, regionNameZh, regionNameEn, openedAt, tickets: ticketCount, customers: customerCount, confirmedUsers: row.confirmedUsers }
}

/** What is known of a case for its next report: open measures with their owners, the line-to-take; the rest is for people to say. */
async function draftOf(sql: Sql, alertId: string): Promise<ReportBody> {
  const [measures, lines] = [await loadMeasures(sql, alertId), await loadLines(sql, alertId)]
  const open = measures.filter(({ doneAt }) => doneAt === null).map(({ what, owner }) => `${what}（${owner}）`)
  return { situation: '', cause: '', measures: open.join('；'), expectedEnd: '', line: lines[0]?.text ?? '', spread: '', help: '' }
}

/** The reports upward of a case, as its clocks need them. */
export const sentUpward = (items: readonly StoredReport[]): SentReport[] =>
  items.filter(({ audience }) => audience === 'company').map(({ kind, severity, madeAt }) => ({ kind: kind as ReportKind, severity, at: madeAt }))

/** What an interruption owes the regulator; null for every other case. The caller has checked the case's scope. */
export async function regulatorOf(sql: Sql, card: Pick<CardRow, 'id' | 'state' | 'openedAt'>, items: readonly StoredReport[], now: Instant): Promise<CaseReports['regulator']> {
  const found = await loadInterruption(sql, card.id, REGULATOR_LIMITS.serious.from)
  if (found === undefined) return null
  const { incidentId, seriousSince, ...interruption } = found
  const sent = items.filter(({ audience }) => audience === 'regulator').map(({ kind, madeAt }) => ({ kind: kind as RegulatorKind, at: madeAt }))
  const { grade, since, duties } = regulatorDuties({ state: card.state, openedAt: card.openedAt, seriousSince, interruption }, sent, now)
  return { grade, since, incidentId, users: interruption.users, duties: duties.map((duty) => ({ ...duty })) }
}

/** What a case of the scope owes and has reported upward, with a draft of the next report; `not_a_case` for another alert, undefined outside of the scope. */
export async function loadCaseReports(sql: Sql, scope: Scope, alertId: string, now: Instant): Promise<CaseReports | 'not_a_case' | undefined> {
  const card = await loadCardRow(sql, scope, alertId)
  if (card === undefined) return undefined
  const figures = await figuresOf(sql, card)
  if (figures === null) return 'not_a_case'
  const items = await loadReports(sql, alertId)
  const duties = reportDuties({ severity: card.severity as Severity, severitySince: card.severitySince, state: card.state }, sentUpward(items), now)
  return { alertId: card.id, duties, regulator: await regulatorOf(sql, card, items, now), items, draft: { body: await draftOf(sql, alertId), figures } }
}

export type ReportResult = Extract<TransitionResult, { ok: false }> | 'not_a_case' | 'no_interruption' | 'wrong_kind' | 'too_early' | 'in_future' | 'done'

/**
 * Puts a report of a case, upward or to the regulator, on record with the figures of this moment and a line in its timeline: that stops the report's clock (domain.md 5.5, 7.8). `madeAt`:
 * when it was given outside the system, within a day and not before the case.
 */
export async function makeReport(etx: EngineTx, scope: Scope, alertId: string, order: ReportOrder, actor: Actor, client: string): Promise<ReportResult> {
  if (actor.kind !== 'user') throw new Error('reports are made by people')
  const audience = order.audience ?? 'company'
  if (!fits(audience, order.kind)) return 'wrong_kind'
  const [alert] = await lockAlerts(etx.tx, [alertId])
  const madeAt = order.madeAt ?? etx.now
  const outside = madeAt === etx.now ? '' : '（系统外报出，补登 given outside, recorded later）'
  const result = await moveAlert(etx, alertId, { move: 'note', reason: `${audience === 'regulator' ? TO_REGULATOR : ''}${KIND_WORDS[order.kind]} → ${order.recipient}${outside}` }, actor, client)
  // A closed case takes no notes; what is sent of it later, a month's report say, goes on record all the same.
  const isAfterwards = audience === 'regulator' && alert?.state === 'closed' && !result.ok && result.code === 'illegal_move' && AUTHORITY.note(actor.role, alert)
  if (!result.ok && !isAfterwards) return result
  const card = await loadCardRow(etx.tx, scope, alertId)
  const figures = card === undefined ? null : await figuresOf(etx.tx, card)
  if (alert === undefined || figures === null) return 'not_a_case'
  if (audience === 'regulator' && (await loadInterruption(etx.tx, alertId, REGULATOR_LIMITS.serious.from)) === undefined) return 'no_interruption'
  if (madeAt > etx.now) return 'in_future'
  if (madeAt < Math.max(alert.openedAt, etx.now - RECORDED_WITHIN)) return 'too_early'
  await insertReport(etx.tx, alertId, { audience, kind: order.kind, severity: alert.severity, madeAt, recipient: order.recipient, body: order.body, figures, by: actor.userId, at: etx.now })
  return 'done'
}
