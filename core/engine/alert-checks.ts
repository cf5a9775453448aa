import { checkInWords, type CheckRefusal, checkRefusal } from '../domain/abnormal/check.ts'
import type { Actor } from '../domain/alert/alert.ts'
import { type AlertCheck, saveCheck } from '../store/alert-check-store.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { insertTransitions } from '../store/transition-store.ts'
import { publishMoves } from './alert-card.ts'
import type { EngineTx } from './context.ts'

/** Records what a checker found of a handled alert, as a line of its history too; or why not (domain.md 4.2, 4.4). */
export async function recordCheck(
  etx: EngineTx,
  alertId: string,
  check: Pick<AlertCheck, 'result' | 'measure' | 'note'>,
  actor: Extract<Actor, { kind: 'user' }>,
): Promise<CheckRefusal | null> {
  const [alert] = await lockAlerts(etx.tx, [alertId])
  if (alert === undefined) return 'out_of_scope'
  const refusal = checkRefusal(alert, actor)
  if (refusal !== null) return refusal
  await saveCheck(etx.tx, alert.id, { ...check, userId: actor.userId, at: etx.now })
  const detail = { kind: 'check', result: check.result, measure: check.measure }
  await insertTransitions(etx.tx, [{ alertId: alert.id, at: etx.now, actor, move: 'note', from: alert, to: alert, reason: checkInWords(check), detail, client: 'api' }])
  await publishMoves(etx, [{ alert, hasChanged: false, hasLine: true }])
  return null
}
