import { randomUUID } from 'node:crypto'
import type { AlertCard } from '../core/contract/alerts.ts'
import type { Alert } from '../core/domain/alert/alert.ts'
import type { LadderStep } from '../core/domain/escalation/ladder.ts'
import type { Reached } from '../core/domain/escalation/position.ts'
import { chooseChannels, type Choice, silenceLimit } from '../core/domain/notification/choose-channels.ts'
import { type MessageFacts, messageOf } from '../core/domain/notification/message.ts'
import type { Instant } from '../core/domain/time.ts'
import type { Severity } from '../core/domain/vocabulary.ts'
import { loadMeans, loadReachable } from '../core/engine/contacts.ts'
import type { EngineTx } from '../core/engine/context.ts'
import type { NewDelivery } from '../core/store/outbox-store.ts'

/** Whom a step calls: people, and the endpoints of the alert's region. */
export interface Called extends Reached {
  readonly webhooks: readonly string[]
}

/** What its first message says of a case that late data showed. */
function lateOf({ isLateDetected, facts }: Alert) {
  const { firstTrueAt, lateTogether } = facts
  return isLateDetected && typeof firstTrueAt === 'number' && typeof lateTogether === 'number' ? { firstTrueAt, together: lateTogether } : null
}

const factsOf = (alert: Alert, card: AlertCard, step: number): MessageFacts => ({
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
})

/** A page as the outbox holds it: one that cannot be sent makes way for its fallback at once. */
export function pageOf(choice: Choice, target: string, payload: unknown, severity: Severity, at: Instant): NewDelivery {
  const limit = silenceLimit(choice.channel, severity)
  const isSent = choice.kind === 'send'
  return {
    deliveryId: randomUUID(),
    channel: choice.channel,
    target,
    payload: isSent ? payload : {},
    refused: isSent ? null : choice.why,
    fallbackAt: limit === null ? null : at + (isSent ? limit : 0),
  }
}

/**
 * What a step says, to whom and by what: one row for each person and channel of the step, the ones that cannot be used with the reason, and one
 * for each endpoint.
 */
export async function deliveriesOf(etx: EngineTx, alert: Alert, card: AlertCard, planned: LadderStep, step: number, called: Called): Promise<NewDelivery[]> {
  const payload = messageOf(factsOf(alert, card, step), etx.engine.zone, etx.now)
  const means = await loadMeans(etx.tx, alert.regionPath)
  const reachable = await loadReachable(
    etx.tx,
    etx.engine,
    called.holders.map(({ userId }) => userId),
  )
  const pages = called.holders.flatMap(({ userId }) =>
    chooseChannels(planned.channels, reachable(userId), means).map((choice) => {
      const page = pageOf(choice, userId, payload, alert.severity, etx.now)
      // What is told once asks nobody to answer: silence is no reason to tell it again (domain.md 7.4).
      return alert.isLateDetected ? { ...page, fallbackAt: null } : page
    }),
  )
  const hooks = called.webhooks.map((id): NewDelivery => ({ deliveryId: randomUUID(), channel: 'webhook', target: id, payload, refused: null, fallbackAt: null }))
  return [...pages, ...hooks]
}
