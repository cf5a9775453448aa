import { DAY, type Instant, MINUTE } from '../time.ts'
import type { Shift } from './shift.ts'
import { type Absent, type RosterBook, spansOf } from './who-is-on.ts'

/** A stretch of a shift for which nobody is on. */
export interface RosterGap {
  readonly shift: Shift
  readonly from: Instant
  readonly to: Instant
  /** Those who were meant to be on. */
  readonly absent: readonly Absent[]
}

/** How far gaps are forecast. */
export const FORECAST = 14 * DAY
/** When a gap is told before it begins (domain.md 7.6). */
const TOLD_BEFORE = [60 * MINUTE, 15 * MINUTE] as const

/** The gaps of a window, in time; one that reaches over several stretches of a shift is one. */
export function gapsOf(book: RosterBook, from: Instant, to: Instant): readonly RosterGap[] {
  const gaps: RosterGap[] = []
  for (const span of spansOf(book, from, to)) {
    if (span.shift === null || span.primary !== null) continue
    const last = gaps.at(-1)
    if (last !== undefined && last.to === span.from && last.shift.from === span.shift.from) gaps[gaps.length - 1] = { ...last, to: span.to }
    else gaps.push({ shift: span.shift, from: span.from, to: span.to, absent: span.absent })
  }
  return gaps
}

/** How near a gap is: an hour, a quarter of an hour, or begun. */
export type GapStage = 'hour' | 'quarter' | 'open'

function stageOf({ from }: RosterGap, now: Instant): GapStage | null {
  if (now >= from) return 'open'
  if (now >= from - TOLD_BEFORE[1]) return 'quarter'
  return now >= from - TOLD_BEFORE[0] ? 'hour' : null
}

/** What is to be told of a position's gaps now, and when to look again. */
export interface GapCheck {
  readonly told: readonly { readonly gap: RosterGap; readonly stage: GapStage }[]
  readonly nextAt: Instant
}

/** The gaps to be told at `now`: an hour before, again a quarter of an hour before, and as long as they last (domain.md 7.6); `nextAt` is the next due time. */
export function checkGaps(book: RosterBook, now: Instant): GapCheck {
  // From a day back, so that one that has begun is seen from its beginning: no stretch of a shift is longer.
  const gaps = gapsOf(book, now - DAY, now + FORECAST).filter(({ to }) => to > now)
  const told = gaps.flatMap((gap) => {
    const stage = stageOf(gap, now)
    return stage === null ? [] : [{ gap, stage }]
  })
  const dues = gaps.flatMap(({ from, to }) => [...TOLD_BEFORE.map((before) => from - before), from, to]).filter((due) => due > now)
  return { told, nextAt: Math.min(now + DAY, ...dues) }
}
