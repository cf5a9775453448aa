import type { AlertState } from '../vocabulary.ts'
import type { Move } from './alert.ts'
import type { Authority } from './authority.ts'

/** Where a move leads: a state, the state it stands in, or `asked`: `handling` when a person had answered before, else `open`. */
export type Destination = AlertState | 'same' | 'asked'

/** A condition beyond state, scope and role; each is one function in guards.ts. */
export type GuardName =
  | 'unanswered'
  | 'second_person'
  | 'not_own'
  | 'within_reopen_limit'
  | 'plan_outstanding'
  | 'raises'
  | 'lowers_one'
  | 'lowers_by_rule'
  | 'lowers_approved'
  | 'proposes'
  | 'colour_is_low'
  | 'colour_is_high'
  | 'is_canary'
  | 'is_case'
  | 'is_proposed'
  | 'review_done'

export interface MoveRule {
  readonly by: 'person' | 'engine' | 'either'
  readonly from: Readonly<Partial<Record<AlertState, Destination>>>
  /** Which authority a person needs. */
  readonly authority: Authority | null
  /** Conditions put to whoever moves. */
  readonly guards: readonly GuardName[]
  /** Further conditions put to persons, and to the engine. */
  readonly personGuards?: readonly GuardName[]
  readonly engineGuards?: readonly GuardName[]
  /** A person must state a reason. */
  readonly needsReason: boolean
}

const ENGINE = { by: 'engine', authority: null, guards: [], needsReason: false } as const
const SAME_WHILE_ASKING = { open: 'same', acknowledged: 'same', handling: 'same' } as const
const FROM_LIVE = (to: AlertState) => ({ open: to, acknowledged: to, handling: to, mitigated: to, suppressed: to }) as const

/**
 * The one table of an alert's life (domain.md 7.1, 7.5). Where 7.1 is silent:
 * - the engine mitigates and resolves what nobody answered (S-1, S-9: the condition ends whether or not a person looked);
 * - facts may be retracted, and cases joined, also after somebody has taken them (S-14-8, 5.1);
 * - `upgrade` keeps the state and asks again; the new answer is an `ack` in the state it stands in.
 */
export const TRANSITIONS: Readonly<Record<Move, MoveRule>> = {
  // A person answers; only a canary is answered by the engine, for the far side of its own channel (docs/adr/0039).
  ack: {
    by: 'either',
    from: { open: 'acknowledged', acknowledged: 'same', handling: 'same' },
    authority: 'acknowledge',
    guards: ['unanswered'],
    engineGuards: ['is_canary'],
    needsReason: false,
  },
  handle_start: {
    by: 'person',
    from: { acknowledged: 'handling', handling: 'same' },
    authority: 'acknowledge',
    guards: ['plan_outstanding'],
    needsReason: true,
  },
  resolve: {
    by: 'person',
    from: { acknowledged: 'resolved', handling: 'resolved', mitigated: 'resolved' },
    authority: 'resolve',
    guards: [],
    needsReason: true,
  },
  // The engine closes with the last signature of the review, and what needs none once nobody can take it up again (7.7).
  close: { by: 'either', from: { resolved: 'closed' }, authority: 'close', guards: ['review_done'], personGuards: ['not_own'], needsReason: false },
  reopen_alert: { by: 'person', from: { resolved: 'asked' }, authority: 'acknowledge', guards: ['within_reopen_limit'], needsReason: false },
  mark_false_positive: {
    by: 'person',
    from: { open: 'false_positive', acknowledged: 'false_positive' },
    authority: 'dismiss',
    guards: ['second_person'],
    needsReason: true,
  },
  note: {
    by: 'either',
    from: { open: 'same', acknowledged: 'same', handling: 'same', mitigated: 'same', suppressed: 'same', resolved: 'same' },
    authority: 'note',
    guards: [],
    needsReason: true,
  },
  upgrade: {
    by: 'either',
    from: { ...SAME_WHILE_ASKING, suppressed: 'same' },
    authority: 'raise',
    guards: ['raises'],
    needsReason: true,
  },
  downgrade: {
    by: 'either',
    from: { ...SAME_WHILE_ASKING, mitigated: 'same', suppressed: 'same' },
    authority: 'lower',
    guards: [],
    personGuards: ['colour_is_low', 'lowers_one'],
    engineGuards: ['lowers_by_rule'],
    needsReason: true,
  },
  approve_downgrade: {
    by: 'person',
    from: { ...SAME_WHILE_ASKING, mitigated: 'same' },
    authority: 'approve',
    guards: ['colour_is_high', 'lowers_approved'],
    needsReason: true,
  },
  // The colour stays, and is proposed again only after another hold-down (5.1).
  refuse_downgrade: {
    by: 'person',
    from: { ...SAME_WHILE_ASKING, mitigated: 'same' },
    authority: 'approve',
    guards: ['colour_is_high', 'is_proposed'],
    needsReason: true,
  },
  propose_downgrade: { ...ENGINE, from: { ...SAME_WHILE_ASKING, mitigated: 'same' }, guards: ['colour_is_high', 'proposes'] },
  mitigate: { ...ENGINE, from: { open: 'mitigated', acknowledged: 'mitigated', handling: 'mitigated', suppressed: 'mitigated' } },
  relapse: { ...ENGINE, from: { mitigated: 'asked' } },
  suppress: { ...ENGINE, from: { open: 'suppressed' } },
  unsuppress: { ...ENGINE, from: { suppressed: 'open' } },
  merge: {
    by: 'either',
    from: { open: 'merged', acknowledged: 'merged', handling: 'merged', mitigated: 'merged' },
    authority: 'lower',
    guards: ['is_case'],
    needsReason: true,
  },
  // The other side of a merge, and of a split: the case that stays (5.1).
  absorb: {
    by: 'either',
    from: { ...SAME_WHILE_ASKING, mitigated: 'same' },
    authority: 'lower',
    guards: ['is_case'],
    needsReason: true,
  },
  split: { by: 'person', from: { ...SAME_WHILE_ASKING, mitigated: 'same' }, authority: 'lower', guards: ['is_case'], needsReason: true },
  // What the engine itself resolved, late facts may still disprove (S-6); what a person ended stays (3.8), see reconcile.ts.
  retract: { ...ENGINE, from: { ...FROM_LIVE('retracted'), resolved: 'retracted' } },
  auto_resolve: { ...ENGINE, from: FROM_LIVE('resolved') },
  open: { ...ENGINE, from: {} },
}
