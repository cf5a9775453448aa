import { randomUUID } from 'node:crypto'
import type { AlertCard } from '../contract/alerts.ts'
import type { Alert } from '../domain/alert/alert.ts'
import type { LadderStep } from '../domain/escalation/ladder.ts'
import type { Reached } from '../domain/escalation/position.ts'
import { messageOf } from '../domain/notification/message.ts'
import type { EngineTx } from './context.ts'
import type { NewDelivery } from '../store/outbox-store.ts'

/** Whom a step calls: people, and the endpoints of the alert's region. */
export interface Called extends Reached {
  readonly webhooks: readonly string[]
}

/** Which step is said, what for, and by which channels. */
export interface StepCall {
  readonly step: number
  readonly as: 'step' | 'reminder' | 'handling'
  readonly channels: LadderStep['channels']
}

/** What its first message says of a case that late data showed. */
function lateOf({ isLateDetected, facts }: Alert) {
  const { firstTrueAt, lateTogether } = facts
  return isLateDetected && typeof firstTrueAt === 'number' && typeof lateTogether === 'number' ? { firstTrueAt, together: lateTogether } : null
}

/** What a step says, to whom and by what: one row for each person and channel, one for each endpoint. */
export function deliveriesOf(etx: EngineTx, alert: Alert, card: AlertCard, call: StepCall, called: Called): NewDelivery[] {
  const { step, as, channels } = call
  const facts = {
    alertId: alert.id,
    kind: alert.kind,
    ruleId: alert.ruleId,
    severity: alert.severity,
    regionCode: alert.regionCode,
    regionNameZh: card.regionNameZh,
    regionNameEn: card.regionNameEn,
    phenomenon: card.phenomenon,
    ticketCount: card.ticketCount,
    customerCount: card.customerCount,
    openedAt: alert.openedAt,
    ackDueAt: alert.ackDueAt,
    step,
    late: lateOf(alert),
    as,
    handleDueAt: alert.handleDueAt,
  }
  const payload = messageOf(facts, etx.engine.zone, etx.now)
  const people = channels.includes('in_app') ? called.holders : []
  return [
    ...people.map((holder): NewDelivery => ({ deliveryId: randomUUID(), channel: 'in_app', target: holder.userId, payload })),
    ...called.webhooks.map((id): NewDelivery => ({ deliveryId: randomUUID(), channel: 'webhook', target: id, payload })),
  ]
}
