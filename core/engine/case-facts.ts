import type { Actor, TransitionResult } from '../domain/alert/alert.ts'
import { transition } from '../domain/alert/transition.ts'
import type { Instant } from '../domain/time.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { saveConfirmedUsers } from '../store/case-store.ts'
import { insertLine, insertMeasure, loadCaseRow, loadMeasures, markMeasure } from '../store/case-work-store.ts'
import { moveAlert } from './alert-life.ts'
import type { EngineTx } from './context.ts'

/** What a person states about a case beside its moves. */
export interface ConfirmedUsers {
  /** Users, or persons where the rule counts persons (MR-10, MR-11, MR-14), confirmed to be affected; null takes an earlier statement back. */
  readonly users: number | null
  /** Where the figure comes from. */
  readonly reason: string
}

/**
 * Keeps how many wrongly charged users billing has confirmed (domain.md MR-13), as a note in the case's timeline by whoever states it. The next tick
 * judges by it. `not_a_case` for an alert of another kind.
 */
export async function confirmUsers(
  etx: EngineTx,
  alertId: string,
  { users, reason }: ConfirmedUsers,
  actor: Actor,
  client: string,
): Promise<TransitionResult | 'not_a_case'> {
  const words = users === null ? `撤回已核实数 Confirmed number taken back：${reason}` : `已核实 Confirmed ${users} 户（人）：${reason}`
  const result = await moveAlert(etx, alertId, { move: 'note', reason: words }, actor, client)
  if (!result.ok) return result
  return (await saveConfirmedUsers(etx.tx, alertId, users)) ? result : 'not_a_case'
}

/** What a person says of a case beside its moves: one line of its timeline, and what `save` keeps of it. */
async function noted<T>(etx: EngineTx, alertId: string, words: string, actor: Actor, client: string, save: () => Promise<T>): Promise<Extract<TransitionResult, { ok: false }> | 'not_a_case' | T> {
  const result = await moveAlert(etx, alertId, { move: 'note', reason: words }, actor, client)
  if (!result.ok) return result
  return (await loadCaseRow(etx.tx, alertId)) === undefined ? 'not_a_case' : save()
}

const userOf = (actor: Actor): string => {
  if (actor.kind !== 'user') throw new Error('measures and words are stated by people')
  return actor.userId
}

/** What is done about a case, by which post or unit, until when. */
export interface NewMeasure {
  readonly what: string
  readonly owner: string
  readonly dueAt: Instant
}

/** Keeps a measure of a case with a line in its timeline (domain.md 5.1, 7.7). */
export const addMeasure = (etx: EngineTx, alertId: string, measure: NewMeasure, actor: Actor, client: string) =>
  noted(etx, alertId, `措施 Measure：${measure.what}（${measure.owner}）`, actor, client, async () => {
    await insertMeasure(etx.tx, alertId, { ...measure, by: userOf(actor), at: etx.now })
    return 'done' as const
  })

/** Says that a measure is done, or takes that back; saying it twice changes nothing. `unknown` for a measure that the case does not have. */
export async function finishMeasure(etx: EngineTx, alertId: string, order: { id: string; isDone: boolean }, actor: Actor, client: string) {
  const [alert] = await lockAlerts(etx.tx, [alertId])
  if (alert === undefined) return 'unknown' as const
  const allowed = transition(alert, { move: 'note', reason: order.id }, actor, etx.now)
  if (!allowed.ok) return allowed
  const measure = (await loadMeasures(etx.tx, alertId)).find(({ id }) => id === order.id)
  if (measure === undefined) return 'unknown' as const
  if ((measure.doneAt !== null) === order.isDone) return 'done' as const
  const words = `${order.isDone ? '措施完成 Measure done' : '措施改为未完成 Measure not done'}：${measure.what}`
  return noted(etx, alertId, words, actor, client, async () => {
    await markMeasure(etx.tx, alertId, order.id, order.isDone ? userOf(actor) : null, etx.now)
    return 'done' as const
  })
}

/** Keeps what is said in public about a case as its next version (domain.md 5.1); `stale` where somebody stated another since `version`. */
export const stateLine = (etx: EngineTx, alertId: string, line: { version: number; text: string }, actor: Actor, client: string) =>
  noted(etx, alertId, `统一口径 Line-to-take v${line.version + 1}：${line.text}`, actor, client, async () =>
    (await insertLine(etx.tx, alertId, { ...line, by: userOf(actor), at: etx.now })) ? ('done' as const) : ('stale' as const),
  )
