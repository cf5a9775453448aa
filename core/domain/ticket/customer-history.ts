import type { Instant } from '../time.ts'

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
}
