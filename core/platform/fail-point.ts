/**
 * The places of the path from a breach to a page where a crash would hurt most: before and after each commit, each write of a step, each call of a
 * provider, each ring of a bell. A process that crash tests started may be stopped, killed or made to fail there (test/crash); any other goes on.
 */
export const FAIL_POINTS = [
  'database.before_commit',
  'database.after_commit',
  'engine.before_feed',
  'engine.before_bells',
  'alert.inserted',
  'alert.opened',
  'alert.moved',
  'alert.run_stopped',
  'alert.waiting_cancelled',
  'alert.run_started',
  'escalate.locked',
  'escalate.step_written',
  'escalate.run_advanced',
  'escalate.deliveries_written',
  'escalate.notes_written',
  'escalate.committed',
  'notify.locked',
  'storm.held',
  'storm.carried',
  'notify.claim_written',
  'notify.claimed',
  'notify.prepared',
  'notify.before_call',
  'notify.after_call',
  'notify.receipt_written',
  'queue.before_ring',
  'queue.after_ring',
  'queue.duty_begun',
  'queue.duty_done',
] as const
export type FailPoint = (typeof FAIL_POINTS)[number]

let onReached: ((name: FailPoint) => Promise<void>) | null = null

/** Has every fail-point of this process call `reached` and wait for it; only a crash test's own process does that, no setting of the product can. */
export function armFailPoints(reached: (name: FailPoint) => Promise<void>): void {
  onReached = reached
}

/** Marks a place by its name; returns undefined at once unless a crash test has armed this process. */
export const failPoint = (name: FailPoint): Promise<void> | undefined => onReached?.(name)
