import type { AbnormalRule, AbnormalVerdict, ParameterValues } from '../domain/abnormal/abnormal-rule.ts'
import { activeRules } from '../domain/abnormal/catalogue.ts'
import { decidingScope, type RuleScope } from '../domain/abnormal/scopes.ts'
import { calendarFrom } from '../domain/calendar.ts'
import type { Scope } from '../domain/region.ts'
import { foldTicket } from '../domain/ticket/fold.ts'
import { judgeTicket } from '../domain/ticket/judge.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { inTransaction } from '../platform/database.ts'
import { loadEventsOfTickets } from '../store/event-store.ts'
import { loadScopedTicket } from '../store/ticket-detail-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { FeedBuffer } from './feed-buffer.ts'
import { keywordBook } from './keywords.ts'
import { peerBook } from './peers.ts'
import { limitsByAcceptance } from './ticket-limits.ts'
import { unitBook } from './unit-book.ts'

/** What a rule said, or would have said, of a ticket at an instant. */
export interface TicketExplained {
  readonly version: number
  /** The values by which the ticket's province goes; null where the rule is off there. */
  readonly values: ParameterValues | null
  readonly decidedBy: RuleScope
  /** Null where the rule is off, or nothing of the ticket had happened yet. */
  readonly verdict: AbnormalVerdict | null
  /** True where its events are past their keeping time and the ticket as it ended is all there is. */
  readonly isFoldedLater: boolean
}

/**
 * The verdict of a rule on a ticket at an instant: the ticket folded from what had occurred by then and judged as ever (domain.md 4.1), in a
 * transaction that can write nothing; undefined where the ticket is not in the scope. What other tickets say, of its customer, handlers, agents and hours, is that known now.
 */
export function explainTicket(engine: Engine, scope: Scope, rule: AbnormalRule, ticketKey: string, at: Instant): Promise<TicketExplained | undefined> {
  const readOnly = { readOnly: true, isolation: 'repeatable read' } as const
  return inTransaction(engine.pool, async (tx): Promise<TicketExplained | undefined> => {
    const read = await loadScopedTicket(tx, scope, ticketKey)
    if (read === undefined) return undefined
    const settings = await engine.settings(at)
    const etx: EngineTx = { engine, tx, settings, now: at, feed: new FeedBuffer(), bells: new Set() }
    const active = activeRules(settings.abnormal.body, read.ticket.provinceCode).find((one) => one.rule.id === rule.id)
    const head = { version: settings.abnormal.version, values: active?.values ?? null, decidedBy: decidingScope(rule, settings.abnormal.body, read.ticket.provinceCode) }
    const { firstEventAt, lastEventAt } = read
    if (active === undefined || (firstEventAt !== null && firstEventAt > at)) return { ...head, verdict: null, isFoldedLater: false }
    const events = firstEventAt === null || lastEventAt === null ? [] : await loadEventsOfTickets(tx, [ticketKey], firstEventAt, Math.min(lastEventAt, at))
    const past = events.filter(({ occurredAt }) => occurredAt <= at)
    const limitsAt = await limitsByAcceptance(tx, settings.limits)
    const limits = limitsAt(read.ticket.acceptedAt ?? at)
    const ticket = past.length === 0 ? read.ticket : foldTicket(past, { reopenWithin: limits.reopenDays * DAY })
    const units = await unitBook(etx, [ticket])
    const peers = await peerBook(etx, [ticket])
    const keywords = await keywordBook(etx, [ticket], { has: () => true })
    const context = { limits, calendar: calendarFrom(settings.calendar.body), zone: engine.zone, customer: read.customer, units, keywords: keywords.of(ticket), ...peers.of(ticket) }
    const verdict = judgeTicket(ticket, context, settings.abnormal.body, at).verdicts.find(({ ruleId }) => ruleId === rule.id) ?? null
    return { ...head, verdict, isFoldedLater: past.length === 0 }
  }, readOnly)
}
