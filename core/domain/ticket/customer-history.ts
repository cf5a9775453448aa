import { type CustomerKeys, keysMatch } from '../protect/customer-key.ts'
import { DAY, HOUR, type Instant } from '../time.ts'
import type { TicketKind } from '../vocabulary.ts'
import type { ClockLimits } from './limits.ts'
import { isSameTwins, type Twin } from './twins.ts'
import { isSkipLevel, isValid, type Ticket } from './ticket.ts'

/**
 * What the other tickets of the same customer make of a ticket (domain.md 3.7-2, 3.7-3): attributes at its acceptance, and what followed it.
 * They change when another ticket arrives late, is corrected or voided; the store then has the ticket judged again.
 */
export interface CustomerHistory {
  /** Earlier complaint, enquiry and query tickets of the same region and product or contact number in the 30 days before. */
  readonly repeatCount30d: number
  /** The narrower variant: same customer, same L1 and L2, more than one hour before. */
  readonly repeatSameMatter30d: number
  readonly skipLevelCount30d: number
  readonly sensitiveCount30d: number
  /** Refunds approved for the customer in the 90 days before. */
  readonly refundCount90d: number
  readonly satisfiedCount30d: number
  readonly dissatisfiedCount30d: number
  /** Earlier faults on the same line in the 30 days before (K-71; mass incidents left out). */
  readonly faultCount30d: number
  /** First ticket of the same customer and matter in the 30 days after the completion (K-35). */
  readonly repeatedAt: Instant | null
  /** First appeal by the same product or contact number in the 60 days after the completion (K-09). */
  readonly appealedAt: Instant | null
  /** First fault on the same line in the 15 days after an installation finished (K-66, K-72). */
  readonly faultedAt: Instant | null
  /** Tickets of the same matter that were open when it was accepted (AT-28), the nearest first. */
  readonly twins: readonly Twin[]
}

export const NO_HISTORY: CustomerHistory = {
  repeatCount30d: 0,
  repeatSameMatter30d: 0,
  skipLevelCount30d: 0,
  sensitiveCount30d: 0,
  refundCount90d: 0,
  satisfiedCount30d: 0,
  dissatisfiedCount30d: 0,
  faultCount30d: 0,
  repeatedAt: null,
  appealedAt: null,
  faultedAt: null,
  twins: [],
}

/** A history as it was stored, by whatever version of this software. */
export const completedHistory = (stored: Partial<CustomerHistory> | null): CustomerHistory => (stored === null ? NO_HISTORY : { ...NO_HISTORY, ...stored })

/** Of a ticket what its customer's other tickets are judged by; kept beside it, so that they need not be folded for that. */
export interface KinFacts {
  readonly keys: CustomerKeys
  /** The city, or the finest known node above it: a repeat counts within one region (domain.md 3.7-2). */
  readonly city: string
  readonly kind: TicketKind
  readonly acceptedAt: Instant
  readonly completedAt: Instant | null
  /** Neither void, test, merged nor cancelled. */
  readonly isCounted: boolean
  /** When it was cancelled or merged, and is neither void nor a test; left out otherwise. */
  readonly left?: { readonly at: Instant; readonly how: 'cancelled' | 'merged' }
  readonly phenomenonL1: string
  readonly phenomenonL2: string
  readonly isSkipLevel: boolean
  readonly isSensitive: boolean
  readonly isMass: boolean
  readonly refundedAt: readonly Instant[]
  readonly answers: readonly (readonly [at: Instant, isSatisfied: boolean])[]
}

function leftOf({ cancelledAt, mergedAt, voidedAt, isTest }: Ticket): Pick<KinFacts, 'left'> {
  if (voidedAt !== null || isTest) return {}
  if (mergedAt !== null) return { left: { at: mergedAt, how: 'merged' } }
  return cancelledAt === null ? {} : { left: { at: cancelledAt, how: 'cancelled' } }
}

/** What of a ticket concerns its kin; null for one that was not accepted or names no customer. */
export function kinFactsOf(ticket: Ticket, city: string): KinFacts | null {
  const { acceptedAt, customerKeys: keys } = ticket
  if (acceptedAt === null || keys.customer.length + keys.product.length + keys.contact.length === 0) return null
  return {
    keys,
    city,
    kind: ticket.kind,
    acceptedAt,
    completedAt: ticket.completedAt,
    isCounted: isValid(ticket) && ticket.cancelledAt === null,
    ...leftOf(ticket),
    phenomenonL1: ticket.phenomenonL1,
    phenomenonL2: ticket.phenomenonL2,
    isSkipLevel: isSkipLevel(ticket),
    isSensitive: ticket.marks.isSensitive,
    isMass: ticket.incidentId !== null,
    refundedAt: ticket.refunds.flatMap(({ approvedAt }) => (approvedAt === null ? [] : [approvedAt])),
    answers: ticket.surveys.flatMap(({ endedAt, result }) =>
      endedAt !== null && (result === 'satisfied' || result === 'dissatisfied') ? [[endedAt, result === 'satisfied'] as const] : [],
    ),
  }
}

const REPEATING: ReadonlySet<TicketKind> = new Set(['complaint', 'enquiry', 'query'] as const)

const sameNumber = (a: KinFacts, b: KinFacts): boolean => keysMatch(a.keys.product, b.keys.product) || keysMatch(a.keys.contact, b.keys.contact)
const sameMatter = (a: KinFacts, b: KinFacts): boolean =>
  keysMatch(a.keys.customer, b.keys.customer) && a.phenomenonL1 === b.phenomenonL1 && a.phenomenonL2 === b.phenomenonL2

const firstOf = (instants: readonly Instant[]): Instant | null => (instants.length === 0 ? null : Math.min(...instants))

/** Windows of domain.md 3.7-3, 6.4, 6.6, 6.9 that are no setting of the clocks. */
const REFUND_WINDOW = 90 * DAY
const APPEAL_WINDOW = 60 * DAY
const INSTALL_FAULT_WINDOW = 15 * DAY
const MATTER_WINDOW = 30 * DAY

/**
 * What the other tickets of the same customer make of a ticket. `others` may hold any tickets in any order; those that share no key do not
 * count. Windows are half-open and end at the acceptance: [accepted − 30 d, accepted).
 */
export function historyOfCustomer(ticket: KinFacts, others: readonly KinFacts[], limits: Pick<ClockLimits, 'repeatDays' | 'repeatSameContactHours'>): CustomerHistory {
  const { acceptedAt, completedAt } = ticket
  const known = others.filter((other) => other.isCounted)
  const inWindow = (at: Instant, days: number) => at >= acceptedAt - days * DAY && at < acceptedAt
  const numbered = known.filter((other) => sameNumber(ticket, other))
  const owned = known.filter((other) => sameNumber(ticket, other) || keysMatch(ticket.keys.customer, other.keys.customer))
  const earlier = numbered.filter((other) => inWindow(other.acceptedAt, limits.repeatDays))
  const ofMatter = known.filter((other) => REPEATING.has(other.kind) && sameMatter(ticket, other))
  const answers = owned.flatMap((other) => other.answers).filter(([at]) => inWindow(at, 30))
  const after = (at: Instant, window: number) => completedAt !== null && at > completedAt && at <= completedAt + window
  const faults = known.filter((other) => other.kind === 'fault' && keysMatch(ticket.keys.product, other.keys.product))
  return {
    repeatCount30d: earlier.filter((other) => REPEATING.has(other.kind) && other.city === ticket.city).length,
    repeatSameMatter30d: ofMatter.filter(
      ({ acceptedAt: at }) => inWindow(at, limits.repeatDays) && acceptedAt - at > limits.repeatSameContactHours * HOUR,
    ).length,
    skipLevelCount30d: owned.filter((other) => other.isSkipLevel && inWindow(other.acceptedAt, 30)).length,
    sensitiveCount30d: known.filter(
      (other) => other.isSensitive && keysMatch(ticket.keys.product, other.keys.product) && inWindow(other.acceptedAt, 30),
    ).length,
    refundCount90d: owned.flatMap((other) => other.refundedAt).filter((at) => at >= acceptedAt - REFUND_WINDOW && at < acceptedAt).length,
    satisfiedCount30d: answers.filter(([, isSatisfied]) => isSatisfied).length,
    dissatisfiedCount30d: answers.filter(([, isSatisfied]) => !isSatisfied).length,
    faultCount30d: faults.filter((other) => !other.isMass && inWindow(other.acceptedAt, 30)).length,
    repeatedAt: firstOf(ofMatter.map((other) => other.acceptedAt).filter((at) => after(at, MATTER_WINDOW))),
    appealedAt: firstOf(numbered.filter((other) => other.kind === 'appeal').map((other) => other.acceptedAt).filter((at) => after(at, APPEAL_WINDOW))),
    faultedAt:
      ticket.kind === 'install'
        ? firstOf(faults.map((other) => other.acceptedAt).filter((at) => after(at, INSTALL_FAULT_WINDOW)))
        : null,
    twins: [],
  }
}

/** Whether two histories say the same. */
export const isSameHistory = (a: CustomerHistory, b: CustomerHistory): boolean =>
  (Object.keys(NO_HISTORY) as (keyof CustomerHistory)[]).every((field) => a[field] === b[field] || (field === 'twins' && isSameTwins(a.twins, b.twins)))
