import { randomUUID } from 'node:crypto'
import type { AlertCard } from '../contract/alerts.ts'
import type { Alert } from '../domain/alert/alert.ts'
import type { LadderStep } from '../domain/escalation/ladder.ts'
import type { Reached } from '../domain/escalation/position.ts'
import { chooseChannels, type Choice, silenceLimit } from '../domain/notification/choose-channels.ts'
import { type MessageFacts, messageOf } from '../domain/notification/message.ts'
import type { Instant } from '../domain/time.ts'
import type { Severity } from '../domain/vocabulary.ts'
import { loadMeans, loadReachable } from './contacts.ts'
import type { EngineTx } from './context.ts'
import type { NewDelivery } from '../store/outbox-store.ts'

/** Whom a step calls: people, and the endpoints of the alert's region. */
export interface Called extends Reached {
  readonly webhooks: readonly string[]
}

/** Which step is said, what for, and by which channels. */
export interface StepCall {
  readonly step: number
  readonly as: 'step' | 'reminder' | 'handling' | 'handover'
  readonly channels: LadderStep['channels']
}

/** What its first message says of a case that late data showed. */
function lateOf({ isLateDetected, facts }: Alert) {
  const { firstTrueAt, lateTogether } = facts
  return isLateDetected && typeof firstTrueAt === 'number' && typeof lateTogether === 'number' ? { firstTrueAt, together: lateTogether } : null
}

const factsOf = (alert: Alert, card: AlertCard, { step, as }: StepCall): MessageFacts => ({
  alertId: alert.id,
  kind: card.kind,
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
export async function deliveriesOf(etx: EngineTx, alert: Alert, card: AlertCard, call: StepCall, called: Called): Promise<NewDelivery[]> {
  const payload = messageOf(factsOf(alert, card, call), etx.engine.zone, etx.now)
  const means = await loadMeans(etx.tx, alert.regionPath)
  const reachable = await loadReachable(
    etx.tx,
    etx.engine,
    called.holders.map(({ userId }) => userId),
  )
  // What is told once asks nobody to answer (domain.md 7.4), and a reminder is repeated by itself: neither is followed by another channel. What cannot be sent was said with the step.
  const isReminder = call.as === 'reminder'
  const isFollowed = !alert.isLateDetected && !isReminder
  const pages = called.holders.flatMap(({ userId }) =>
    chooseChannels(call.channels, reachable(userId), means)
      .filter(({ kind }) => kind === 'send' || !isReminder)
      .map((choice) => {
        const page = pageOf(choice, userId, payload, alert.severity, etx.now)
        return isFollowed ? page : { ...page, fallbackAt: null }
      }),
  )
  const hooks = called.webhooks.map((id): NewDelivery => ({ deliveryId: randomUUID(), channel: 'webhook', target: id, payload, refused: null, fallbackAt: null }))
  return [...pages, ...hooks]
}
