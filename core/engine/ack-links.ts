import type { AckLinkShown } from '../contract/ack-links.ts'
import { ENGINE_SCOPE } from '../domain/access.ts'
import type { TransitionResult } from '../domain/alert/alert.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { deliveryOfToken } from '../platform/ack-token.ts'
import type { Sql } from '../platform/database.ts'
import { type LinkedPage, loadLinkedPage, useLink } from '../store/ack-link-store.ts'
import { loadCardRow } from '../store/alert-card-store.ts'
import { moveAlert } from './alert-life.ts'
import type { Engine, EngineTx } from './context.ts'

/** How long a link acknowledges; the desk does so for ever. */
export const LINK_LASTS = 24 * HOUR

async function pageOf(engine: Engine, sql: Sql, token: string): Promise<(LinkedPage & { person: NonNullable<LinkedPage['person']> }) | undefined> {
  const deliveryId = deliveryOfToken(engine.secret, token)
  const page = deliveryId === null ? undefined : await loadLinkedPage(sql, deliveryId)
  return page === undefined || page.person === null ? undefined : { ...page, person: page.person }
}

/** What the page of a link was about and whether the link still acknowledges; undefined where we wrote no such link, or its person is gone. Changes nothing: scanners open links. */
export async function viewAckLink(engine: Engine, sql: Sql, token: string, now: Instant): Promise<AckLinkShown | undefined> {
  const page = await pageOf(engine, sql, token)
  const card = page === undefined ? undefined : await loadCardRow(sql, ENGINE_SCOPE, page.alertId)
  if (page === undefined || card === undefined) return undefined
  const isAsking = card.state === 'open' || card.state === 'acknowledged' || card.state === 'handling'
  const open = page.usedAt !== null ? 'used' : page.createdAt + LINK_LASTS <= now ? 'expired' : 'asks'
  const state = !isAsking ? 'over' : card.needsAck ? open : 'answered'
  const { kind, ruleId, severity, regionNameZh, regionNameEn, phenomenon, ticketCount, customerCount, openedAt } = card
  return {
    state, alertId: card.id, kind, ruleId, severity, pagedSeverity: page.pagedSeverity, regionNameZh, regionNameEn, phenomenon, ticketCount, customerCount, openedAt,
    ackDueAt: card.needsAck && card.nextDueWhat === 'ack' ? card.nextDueAt : null, answeredBy: card.ackedByName, answeredAt: card.ackedAt, zone: engine.zone,
  }
}

export type AckLinkResult = TransitionResult | { readonly ok: false; readonly code: 'unknown' | 'used' | 'expired' | 'changed' }

/**
 * Acknowledges as the person to whom the page was sent, by the same transition as every acknowledgement, once a link, within a day, and only at the colour that he was shown:
 * who was paged for yellow does not take a red one unseen.
 */
export async function acknowledgeByLink(etx: EngineTx, token: string, severity: number): Promise<AckLinkResult> {
  const page = await pageOf(etx.engine, etx.tx, token)
  const card = page === undefined ? undefined : await loadCardRow(etx.tx, ENGINE_SCOPE, page.alertId)
  if (page === undefined || card === undefined) return { ok: false, code: 'unknown' }
  if (page.createdAt + LINK_LASTS <= etx.now) return { ok: false, code: 'expired' }
  if (card.severity !== severity) return { ok: false, code: 'changed' }
  const result = await moveAlert(etx, page.alertId, { move: 'ack', reason: '' }, { kind: 'user', ...page.person }, 'link')
  if (!result.ok) return result
  return (await useLink(etx.tx, page.outboxId, etx.now)) ? result : { ok: false, code: 'used' }
}
