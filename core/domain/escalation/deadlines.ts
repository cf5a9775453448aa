import { type Alert, isAnswered, needsAck } from '../alert/alert.ts'
import { type Instant, MINUTE, type Zone } from '../time.ts'
import { CANARY } from '../vocabulary.ts'
import { CANARY_LADDER } from './canary.ts'
import { type Ladder, ladderFrom, type LadderSet } from './ladder.ts'

/** The ladder of an alert's kind and present colour, with the limits of the hour at which that colour began. */
export const ladderOf = (ladders: LadderSet, { kind, severity, severitySince }: Pick<Alert, 'kind' | 'severity' | 'severitySince'>, zone: Zone): Ladder =>
  kind === CANARY ? CANARY_LADDER : ladderFrom(ladders, kind, severity, severitySince, zone)

const earlier = (a: Instant | null, b: Instant): Instant => (a === null ? b : Math.min(a, b))

function ackDueOf(before: Alert | null, after: Alert, ladder: Ladder, at: Instant): Instant | null {
  if (!needsAck(after)) return before?.ackDueAt ?? null
  const isAsked = before !== null && needsAck(before)
  const isLowered = isAsked && after.severity < before.severity
  if (isAsked && after.severity === before.severity && after.severitySince === before.severitySince) return before.ackDueAt
  // A limit that has passed stays missed: a lower colour does not turn it into a kept one.
  if (isLowered && before.ackDueAt !== null && before.ackDueAt <= at) return before.ackDueAt
  if (ladder.ackMinutes === null) return null
  const dueAt = after.severitySince + ladder.ackMinutes * MINUTE
  return isAsked && !isLowered && after.kind === 'abnormal' ? earlier(before.ackDueAt, dueAt) : dueAt
}

function handleDueOf(before: Alert | null, after: Alert, ladder: Ladder, at: Instant): Instant | null {
  if (after.state !== 'open' && after.state !== 'acknowledged' && after.state !== 'handling') return null
  const limit = ladder.handleMinutes * MINUTE
  const running = after.handleDueAt
  // Nothing to acknowledge (A1): the handling clock runs from T.
  if (!isAnswered(after)) return ladder.ackMinutes === null ? earlier(running, after.severitySince + limit) : running
  const isNewAnswer = before === null || after.ackedAt !== before.ackedAt
  const isTakenUpAgain = before !== null && (before.state === 'mitigated' || before.endedAt !== null)
  return isNewAnswer || isTakenUpAgain ? earlier(running, at + limit) : running
}

/**
 * The alert with its two limits after a move (domain.md 4.2, 7.1, 7.2): acknowledge within the colour's limit from T; handle within the
 * colour's limit from the acknowledgement. Neither ever restarts for the same colour, and of two the earlier holds (4.4).
 * `before` is null for a new alert.
 */
export function withDeadlines(before: Alert | null, after: Alert, ladders: LadderSet, zone: Zone, at: Instant): Alert {
  // Nobody is bound by the limits of a canary, and none is counted.
  if (after.kind === CANARY) return after
  const ladder = ladderOf(ladders, after, zone)
  return { ...after, ackDueAt: ackDueOf(before, after, ladder, at), handleDueAt: handleDueOf(before, after, ladder, at) }
}
