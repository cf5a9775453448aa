import type { Instant } from '../time.ts'

/**
 * Base sets of domain.md 6.1–6.2 and what is counted in each. A measure is an additive whole number; its place in the list is its place in
 * the stored row, so lists only ever grow at their end.
 *
 * - `ACC`: by acceptance. `FIN`: by the standing completion. `FIN1`: by the first completion, whether it stands or not.
 * - `DUE`: by the deadline of a clock, once it has an answer there. `LEG`: by the end of a leg. `EVT`: by the event itself.
 * - `SNAP`: changes of the state at an instant; the running sum is the state. `NOW`: the present state, without a time.
 * - `CALL`: by entry into the human queue.
 */
export const MEASURES = {
  ACC: [
    'accepted', 'repeat', 'repeat_same_matter', 'skip_level', 'demand', 'strictest_scene', 'template', 'direct', 'expedited', 'raised',
    'in_time', 'late', 'pending', 'half_hour', 'half_hour_kept', 'before_cut', 'before_cut_same_day', 'promised', 'promise_kept',
    'evening_dispatched', 'overnight', 'repeat_fault', 'mass', 'attributed',
  ],
  FIN: [
    'finished', 'in_time', 'raw_48h', 'net_24h', 'net_seconds', 'skip_level', 'skip_level_in_time', 'appealed_after', 'solved_at_first',
    'solved', 'transferred', 'transfers', 'redispatched', 'redispatched_twice', 'suspended', 'suspended_seconds', 'without_reply',
    'unclassified', 'qualified', 'company_liable', 'raise_finished', 'central', 'survey_eligible', 'surveyed', 'faulted_after', 'mass',
  ],
  FIN1: ['finished_first', 'reopened_7d'],
  DUE: [
    'handle_due', 'handle_late', 'first_due', 'first_in_time', 'claim_due', 'claim_in_time', 'feedback_due', 'feedback_in_time', 'answer_due',
    'answer_in_time', 'refund_due', 'refund_in_time', 'repair_due', 'repair_in_time', 'supervision_due', 'supervision_in_time',
    'fault_response_due', 'fault_response_in_time', 'fault_due', 'fault_in_time', 'provision_due', 'provision_in_time',
  ],
  LEG: ['legs', 'legs_in_time', 'returned'],
  EVT: [
    'dispatched', 'dispatched_in_time', 'reviewed', 'passed_first', 'survey_sent', 'survey_sent_answered', 'answered', 'satisfied', 'scored',
    'score_sum', 'repairs_closed', 'repairs_successful', 'refund_paid_cents', 'appointments', 'appointments_kept', 'appointments_faulted',
    'reconnections', 'reconnected_30', 'opinion_items', 'incidents_closed', 'incidents_restored_2h',
  ],
  SNAP: ['open', 'overdue', 'over_24h', 'over_48h', 'over_100h', 'over_7d', 'over_15d', 'over_30d'],
  NOW: ['open', 'overdue'],
  CALL: ['calls', 'answered', 'answered_20s', 'abandoned', 'abandoned_short', 'wait_seconds', 'repeated_2h'],
} as const
export type Base = keyof typeof MEASURES
export type Measure<B extends Base = Base> = (typeof MEASURES)[B][number]

/** What a cell may be cut by besides region and kind (domain.md 6.3 dimensions T P H C U Q S); empty where the ticket does not say. */
export const DIMENSIONS = [
  'source', 'channel', 'urgency', 'product', 'phenomenon_l1', 'phenomenon', 'tier', 'urban_rural', 'unit', 'cause', 'liability', 'survey_mode', 'stage', 'agent_group',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Values whose distribution is kept in a mergeable sketch (medians, P90, P95), by base; seconds. */
export const SKETCHES = { FIN: 'net_seconds' } as const

/**
 * What one ticket, call, notice or reception adds to one base set. The ingest transaction writes the facts that a ticket lost and gained;
 * expanding them into cells comes after (invariant 3). Equal facts are the same fact, however they came about.
 */
export interface Fact<B extends Base = Base> {
  readonly base: B
  /** The instant it is counted by; 0 for `NOW`. */
  readonly at: Instant
  /** Finest node of the tree. */
  readonly regionCode: string
  readonly kind: string
  readonly by: Readonly<Partial<Record<Dimension, string>>>
  /** Only what is not zero. */
  readonly measures: Readonly<Partial<Record<Measure<B>, number>>>
  /** The value for the base's sketch, where it has one. */
  readonly sketched?: number
}
