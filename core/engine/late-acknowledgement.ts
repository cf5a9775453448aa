import { Temporal } from 'temporal-polyfill'
import type { Actor, TransitionResult } from '../domain/alert/alert.ts'
import { lockAlerts } from '../store/alert-store.ts'
import { hasComeLate, insertTransitions } from '../store/transition-store.ts'
import type { EngineTx } from './context.ts'
import { publish } from './ticket-book.ts'

/** Writes into the history of an alert who acknowledged it when somebody else already had, once a person: late answers are recorded, not dropped (domain.md 7.1). Nothing else changes. */
export async function noteLateAcknowledgement(etx: EngineTx, alertId: string, refusal: Extract<TransitionResult, { ok: false }>, actor: Actor, client: string): Promise<void> {
  if (refusal.code !== 'already_acknowledged' || actor.kind !== 'user') return
  const [alert] = await lockAlerts(etx.tx, [alertId])
  if (alert === undefined || alert.ackedBy === actor.userId || (await hasComeLate(etx.tx, alert.id, actor.userId))) return
  const first = refusal.by ?? ''
  const since = refusal.at === undefined ? '' : Temporal.Instant.fromEpochMilliseconds(refusal.at).toZonedDateTimeISO(etx.engine.zone).toPlainTime().toString({ smallestUnit: 'second' })
  const reason = `迟到的确认：${first}已于 ${since} 确认。Acknowledged after ${first} had, at ${since}.`
  await insertTransitions(etx.tx, [{ alertId: alert.id, at: etx.now, actor, move: 'note', from: alert, to: alert, reason, detail: { because: 'late_ack' }, client }])
  await publish(etx, [{ alert, hasChanged: false, hasLine: true }])
}
