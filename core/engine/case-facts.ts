import type { Actor, TransitionResult } from '../domain/alert/alert.ts'
import { saveConfirmedUsers } from '../store/case-store.ts'
import { moveAlert } from './alert-life.ts'
import type { EngineTx } from './context.ts'

/** What a person states about a case beside its moves. */
export interface ConfirmedUsers {
  /** Users that are confirmed to be affected; null takes an earlier statement back. */
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
  const words = users === null ? `撤回已核实用户数：${reason}` : `已核实用户 ${users} 户：${reason}`
  const result = await moveAlert(etx, alertId, { move: 'note', reason: words }, actor, client)
  if (!result.ok) return result
  return (await saveConfirmedUsers(etx.tx, alertId, users)) ? result : 'not_a_case'
}
