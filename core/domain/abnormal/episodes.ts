import type { Instant } from '../time.ts'
import type { AbnormalVerdict } from './abnormal-rule.ts'
import { type Course, NEVER, verdictOf } from './course.ts'

type Judged = Omit<AbnormalVerdict, 'ruleId'>

/** The earliest of some instants that is known, or null. */
export function earliestOf(...instants: readonly (Instant | null)[]): Instant | null {
  const known = instants.filter((instant) => instant !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/**
 * What successive courses of one rule on a ticket mean at an instant, the present one last: it speaks, save that what was true in an earlier
 * one is not taken back because the present one has not come true.
 */
export function verdictOfEpisodes(episodes: readonly Course[], at: Instant): Judged {
  const verdicts = episodes.map((episode) => verdictOf(episode, at))
  const present = verdicts.at(-1) ?? verdictOf(NEVER, at)
  if (present.why !== 'never_true') return present
  const before = verdicts.findLast(({ why }) => why !== 'never_true')
  return before === undefined ? present : { ...before, nextChangeAt: earliestOf(before.nextChangeAt, present.nextChangeAt) }
}
