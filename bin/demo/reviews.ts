import type { ReviewBody } from '../../core/contract/reviews.ts'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import type { MoveRequest } from '../../core/domain/alert/alert.ts'
import { EMPTY_CONTENT } from '../../core/domain/review/content.ts'
import { reviewLimits } from '../../core/domain/review/plan.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { DAY, HOUR, type Instant, localDate, MINUTE } from '../../core/domain/time.ts'
import type { Role, Severity } from '../../core/domain/vocabulary.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import type { Engine, EngineTx } from '../../core/engine/context.ts'
import { dayCountOf } from '../../core/engine/review-gate.ts'
import { addReviewMeasure, type ReviewWriter, saveReview, signReview } from '../../core/engine/reviews.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { insertCase, linkTickets, recountCase } from '../../core/store/case-store.ts'
import { listReviews } from '../../core/store/review-store.ts'
import { loadWindowTickets } from '../../core/store/risk-store.ts'
import { loadRosterCandidates } from '../../core/store/roster-store.ts'

/** The province whose visitors find reviews. */
const VISITED = '32'
const SAID: ReviewBody = {
  ...EMPTY_CONTENT, earlier: 'no', late: 'no', falseAlarm: 'no',
  causes: [{ depth: 0, text: '多个小区宽带上不了网' }, { depth: 1, text: '汇聚机房断电' }, { depth: 2, text: '备用电池超期未换' }],
  wrong: '电池巡检记录未进入告警，值守人员到场晚了 25 分钟',
}
const FULL: ReviewBody = { ...SAID, behaviour: '首次预警到确认 6 分钟，升级按时', right: '统一口径 20 分钟内发布', refunds: '按时长减免，当月出账', rules: '不需要调整阈值', line: '因机房供电故障，部分宽带短时中断，现已恢复。' }

interface Past {
  readonly severity: Severity
  readonly matter: string
  readonly openedAt: Instant
  readonly resolvedAt: Instant
}

/** Does in one transaction what happened over days, so that nothing of it asks people in between. */
const later = (etx: EngineTx, now: Instant): EngineTx => ({ ...etx, now })

async function writersOf(engine: Engine, province: RegionNode): Promise<Map<Role, ReviewWriter>> {
  const people = (await loadRosterCandidates(engine.pool, ENGINE_SCOPE, province.path)).filter(({ regionPath }) => regionPath === province.path)
  return new Map(people.map(({ userId, name, role }) => [role, { userId, role, scope: scopeOf(province), actor: { kind: 'user', userId, name, role, regionPath: province.path } }]))
}

async function past(etx: EngineTx, province: RegionNode, manager: ReviewWriter, { severity, matter, openedAt, resolvedAt }: Past): Promise<string> {
  const at = later(etx, openedAt)
  const alert = await openAlert(at, {
    kind: 'risk', ruleId: 'MR-02', severity, ticketKey: null, regionCode: province.code, facts: { phenomenon: matter }, parameters: {}, ruleVersion: 1, openedAt, suppressedBy: null, reason: '演示：已结束的案件 / demo: a case that has ended',
  })
  await insertCase(etx.tx, { alertId: alert.id, matter: { kind: 'phenomenon', name: matter }, firstTrueAt: openedAt - 5 * MINUTE })
  const tickets = await loadWindowTickets(etx.tx, ['complaint'], [matter], openedAt - 2 * DAY, openedAt)
  await linkTickets(etx.tx, alert.id, tickets.filter(({ regionPath }) => regionPath.startsWith(province.path)).map(({ ticketKey }) => ticketKey), openedAt)
  await recountCase(etx.tx, alert.id)
  const moves: readonly (readonly [number, MoveRequest])[] = [
    [openedAt + 6 * MINUTE, { move: 'ack', reason: '' }],
    [openedAt + 15 * MINUTE, { move: 'handle_start', reason: '派抢修队到机房' }],
    [resolvedAt - HOUR, { move: 'mitigate', reason: 'cleared' }],
    [resolvedAt, { move: 'resolve', reason: '供电恢复，逐户回访 / power is back, customers were called' }],
  ]
  for (const [now, request] of moves) await moveAlert(later(etx, now), alert.id, request, request.move === 'mitigate' ? { kind: 'engine' } : manager.actor, 'demo')
  return alert.id
}

/** The latest hour of an end whose review of this colour is overdue by now. */
function overdueEnd(etx: EngineTx, severity: Severity): Instant {
  let end = etx.now - 2 * DAY
  while (reviewLimits(severity, end, dayCountOf(etx)).finalDueAt >= etx.now) end -= DAY
  return end
}

/** Gives a demo three cases of the past in the province that visitors work in: a review that is signed, one that is due and one that is overdue. Does nothing where there are reviews already. */
export async function ensureDemoReviews(engine: Engine, now: Instant): Promise<void> {
  const province = engine.tree.get(VISITED)
  if (province === undefined || (await listReviews(engine.pool, scopeOf(province), { state: 'all', now, limit: 1 })).length > 0) return
  const writers = await writersOf(engine, province)
  const [manager, leader] = [writers.get('duty_manager'), writers.get('duty_leader')]
  if (manager === undefined || leader === undefined) return
  await inEngineTransaction(engine, now, async (etx) => {
    const signed = await past(etx, province, manager, { severity: 2, matter: '宽带上不了网', openedAt: now - 4 * DAY, resolvedAt: now - 4 * DAY + 5 * HOUR })
    await saveReview(later(etx, now - 3 * DAY), leader, signed, { basedOn: 0, content: SAID })
    await addReviewMeasure(later(etx, now - 3 * DAY + HOUR), manager, signed, { what: '更换全市汇聚机房超期电池', ownerRole: 'dept_owner', dueOn: localDate(now + 20 * DAY, engine.zone) })
    await signReview(later(etx, now - 3 * DAY + 2 * HOUR), manager, signed, 2)
    const due = await past(etx, province, manager, { severity: 3, matter: '宽带慢', openedAt: now - 26 * HOUR, resolvedAt: now - 20 * HOUR })
    await saveReview(later(etx, now - 2 * HOUR), leader, due, { basedOn: 0, content: FULL })
    const end = overdueEnd(etx, 2)
    await past(etx, province, manager, { severity: 2, matter: '计费及收费', openedAt: end - 6 * HOUR, resolvedAt: end })
  })
}
