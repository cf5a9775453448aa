import type { QuietOrder, QuietPreview, QuietWindowShown } from '../contract/quiet-windows.ts'
import type { Alert } from '../domain/alert/alert.ts'
import { hides, quietFaults, type QuietWindow, stands } from '../domain/alert/quiet-window.ts'
import type { RegionNode, Scope } from '../domain/region.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { CANARY } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import {
  endQuietWindow,
  insertQuietWindow,
  loadMatterOf,
  loadQuietWindows,
  loadRaisedSince,
  loadStandingWindows,
  loadUnanswered,
  lockAwake,
  type QuietWindowRow,
} from '../store/quiet-window-store.ts'
import { moveAlert, moveAlerts } from './alert-life.ts'
import type { Engine, EngineTx } from './context.ts'

/** Windows and alerts that are looked through; a scope has fewer. */
const MOST = 2_000
const SHOWN_FOR = 30 * DAY
/** A look at what a window would have hidden goes this far back. */
const LOOKED_BACK = 7 * DAY

const NAMES = { maintenance: '维护窗口 maintenance window', silence: '静默 silence' } as const
const reasonOf = (window: Pick<QuietWindow, 'kind' | 'id'>, zh: string, en: string) => `${NAMES[window.kind]} #${window.id}：${zh} / ${en}`

function shown(engine: Engine, { regionPath: _, ruleIds, ...row }: QuietWindowRow, now: Instant): QuietWindowShown {
  const { nameZh, nameEn } = engine.tree.get(row.regionCode) ?? { nameZh: row.regionCode, nameEn: row.regionCode }
  const state = row.endedAt !== null || row.to <= now ? 'over' : stands(row, now) ? 'stands' : 'to_come'
  return { ...row, ruleIds: [...ruleIds], regionNameZh: nameZh, regionNameEn: nameEn, state }
}

/** The windows over a scope: those that stand, are to come, or ended within 30 days. */
export async function viewQuietWindows(engine: Engine, sql: Sql, scope: Scope, now: Instant): Promise<QuietWindowShown[]> {
  return (await loadQuietWindows(sql, scope, now - SHOWN_FOR, MOST)).map((row) => shown(engine, row, now))
}

/** What a window like this would have hidden of the alerts of the last seven days, had it stood then. */
export async function previewQuiet(engine: Engine, sql: Sql, order: Pick<QuietOrder, 'kind' | 'product' | 'ruleIds'>, node: RegionNode, now: Instant): Promise<QuietPreview> {
  const { risk } = await engine.settings(now)
  const window: QuietWindow = { ...order, product: order.product ?? null, id: '', regionPath: node.path, from: now, to: now + 1, endedAt: null }
  const raised = await loadRaisedSince(sql, node.path, now - LOOKED_BACK, MOST)
  const hidden = raised.filter((alert) => hides(window, alert, risk.body, now))
  const byColour = ([4, 3, 2, 1] as const).map((severity) => ({ severity, count: hidden.filter((alert) => alert.severity === severity).length }))
  return { days: LOOKED_BACK / DAY, raised: raised.length, hidden: hidden.length, byColour, isCut: raised.length === MOST }
}

/** What became of an order: put up, or its faults. */
export type QuietResult = { readonly ok: true; readonly id: string; readonly hidden: number } | { readonly ok: false; readonly faults: readonly string[] }

/** Puts up a window and takes the unanswered alerts in it off the ladder at once, where it stands already. */
export async function putUpWindow(etx: EngineTx, order: QuietOrder, node: RegionNode, by: string): Promise<QuietResult> {
  const { kind, from, to, reason, owner, ruleIds } = order
  const product = order.product ?? null
  const faults = quietFaults({ kind, product, ruleIds, from, to }, etx.now)
  if (faults.length > 0) return { ok: false, faults }
  const id = await insertQuietWindow(etx.tx, { kind, product, ruleIds, from, to, reason, owner, regionCode: node.code, regionPath: node.path, by, at: etx.now })
  const window: QuietWindow = { id, kind, product, ruleIds, from, to, regionPath: node.path, endedAt: null }
  const hidden = (await loadUnanswered(etx.tx, node.path, MOST)).filter((alert) => hides(window, alert, etx.settings.risk.body, etx.now))
  const request = { move: 'suppress', windowId: id, reason: reasonOf(window, '期内不通知', 'nobody is paged while it lasts') } as const
  const results = await moveAlerts(etx, hidden.map((alert) => ({ alertId: alert.id, at: etx.now, request })), { kind: 'engine' }, 'engine')
  return { ok: true, id, hidden: results.filter(({ ok }) => ok).length }
}

/** Ends a window of the scope now; what it hid and still holds is told at once. One that is over already stays as it is. */
export async function endWindow(etx: EngineTx, scope: Scope, id: string, by: string): Promise<'ended' | 'over' | 'unknown'> {
  const outcome = await endQuietWindow(etx.tx, scope, id, by, etx.now)
  if (outcome === 'ended') etx.bells.add('escalate')
  return outcome
}

/** Takes an unanswered alert off the ladder where a window stands over it; false where none does. The caller holds the alert's lock. */
export async function hideIfQuiet(etx: EngineTx, alert: Alert): Promise<boolean> {
  const { kind } = alert
  if (alert.state !== 'open' || kind === CANARY) return false
  const windows = await loadStandingWindows(etx.tx, alert.regionPath, etx.now)
  if (windows.length === 0) return false
  const seen = { ...alert, kind, matter: await loadMatterOf(etx.tx, alert.id) }
  const window = windows.find((one) => hides(one, seen, etx.settings.risk.body, etx.now))
  if (window === undefined) return false
  const request = { move: 'suppress', windowId: window.id, reason: reasonOf(window, '期内不通知', 'nobody is paged while it lasts') } as const
  return (await moveAlert(etx, alert.id, request, { kind: 'engine' }, 'engine')).ok
}

/** Wakes one alert whose window is over, or that a window no longer hides: its ladder begins now (domain.md 7.1, 7.4). False where there is none. */
export async function wakeOne(etx: EngineTx): Promise<boolean> {
  const awake = await lockAwake(etx.tx, etx.now)
  if (awake === null) return false
  const isOver = !stands(awake.window, etx.now)
  const reason = isOver ? reasonOf(awake.window, '已结束，条件仍成立', 'is over and the condition still holds') : reasonOf(awake.window, '此级别不受其约束', 'does not hide this level')
  const result = await moveAlert(etx, awake.id, { move: 'unsuppress', reason }, { kind: 'engine' }, 'engine')
  if (!result.ok) throw new Error(`alert ${awake.id} could not wake: ${result.detail}`)
  return true
}
