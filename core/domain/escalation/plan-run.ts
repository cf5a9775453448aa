import { type Alert, isAnswered, needsAck } from '../alert/alert.ts'

/** What a move means for the running ladder. */
export type RunPlan =
  /** A new question to people: the present colour's ladder from its first step, T = `severitySince`; an old run stops. */
  | { readonly kind: 'start' }
  /** The colour fell while nobody had answered: the same run goes on with the lower colour's times; no step is taken for it. */
  | { readonly kind: 'retime' }
  | { readonly kind: 'stop'; readonly why: 'acknowledged' | 'not_live' }
  | { readonly kind: 'keep' }

/** Start, stop, go on or leave alone the ladder of an alert that changed from `before` (null: it is new) to `after` (domain.md 7.1, 7.2). */
export function planRun(before: Alert | null, after: Alert): RunPlan {
  const asked = before !== null && needsAck(before)
  if (!needsAck(after)) {
    if (!asked) return { kind: 'keep' }
    const isTaken = after.state === 'open' || after.state === 'acknowledged' || after.state === 'handling'
    return { kind: 'stop', why: isTaken && isAnswered(after) ? 'acknowledged' : 'not_live' }
  }
  if (!asked || after.severity > before.severity || after.severitySince !== before.severitySince) return { kind: 'start' }
  return after.severity < before.severity ? { kind: 'retime' } : { kind: 'keep' }
}
