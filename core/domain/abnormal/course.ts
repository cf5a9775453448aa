import type { Ticket } from '../ticket/ticket.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../time.ts'
import type { Level, Severity } from '../vocabulary.ts'
import type { AbnormalVerdict, ParameterUnit, ParameterValues, RuleParameter, TicketView, VerdictFacts } from './abnormal-rule.ts'

/** A level and the instant from which it holds. */
export interface Rung {
  readonly level: Severity
  readonly from: Instant
}

/** When a rule's condition ended: answered by the facts, or left to a person to close. */
export interface CourseEnd {
  readonly at: Instant
  readonly how: 'cleared' | 'mitigated'
  /** It comes by time alone, and not before `at`. Left out: an event has brought it, and whoever looks at an earlier instant knows that too. */
  readonly isByTime?: true
}

/** How a rule stands on a ticket over time, by the facts known now. */
export interface Course {
  /** In any order; levels that do not come by themselves are left out. A level once reached is kept until the end (domain.md 4.1-2). */
  readonly rungs: readonly Rung[]
  /** What ended it, or will by time; the first of them ends it, and any `cleared` one answers it. */
  readonly ends: readonly CourseEnd[]
  readonly facts: VerdictFacts
}

/** Never true of the ticket, by the facts known now. */
export const NEVER: Course = { rungs: [], ends: [], facts: {} }

type Judged = Omit<AbnormalVerdict, 'ruleId'>

/** What a course means at an instant. A rung at or after the end was never reached. */
export function verdictOf({ rungs, ends, facts }: Course, at: Instant): Judged {
  const isKnown = (end: CourseEnd) => end.isByTime !== true || end.at <= at
  const ended = ends.filter(isKnown)
  const ahead = ends.filter((end) => !isKnown(end)).map((end) => end.at)
  if (ended.length > 0) {
    const endedAt = Math.min(...ended.map((end) => end.at))
    const wasTrue = rungs.some(({ from }) => from < endedAt)
    const how = ended.some((end) => end.how === 'cleared') ? 'cleared' : 'mitigated'
    return { level: 0, why: wasTrue ? how : 'never_true', facts, nextChangeAt: wasTrue && ahead.length > 0 ? Math.min(...ahead) : null }
  }
  const level = rungs.reduce<Level>((highest, rung) => (rung.from <= at && rung.level > highest ? rung.level : highest), 0)
  const next = [...rungs.filter((rung) => rung.from > at && rung.level > level).map(({ from }) => from), ...(level > 0 ? ahead : [])]
  return { level, why: level > 0 ? 'true' : 'never_true', facts, nextChangeAt: next.length === 0 ? null : Math.min(...next) }
}

/** A judge that knows the course of things. */
export const byCourse =
  (courseOf: (view: TicketView, values: ParameterValues) => Course) =>
  (view: TicketView, values: ParameterValues): Judged =>
    verdictOf(courseOf(view, values), view.at)

const LEVELS: Readonly<Record<string, Severity>> = { A1: 1, A2: 2, A3: 3, A4: 4 }
const LENGTHS: Readonly<Partial<Record<ParameterUnit, number>>> = { minutes: MINUTE, hours: HOUR, days: DAY }

type Bounds = readonly { readonly level: Severity; readonly bound: number }[]

/** Asked of every ticket, and always of the same few values. */
const known = new WeakMap<readonly RuleParameter[], WeakMap<ParameterValues, Bounds>>()

/** The parameters of a rule that bound a level, with their values; lengths of time in ms. */
export function levelBounds(parameters: readonly RuleParameter[], values: ParameterValues): Bounds {
  let ofRule = known.get(parameters)
  if (ofRule === undefined) known.set(parameters, (ofRule = new WeakMap()))
  let bounds = ofRule.get(values)
  if (bounds === undefined) {
    bounds = parameters.flatMap(({ name, unit, default: usual }) => {
      const level = LEVELS[name]
      return level === undefined ? [] : [{ level, bound: (values[name] ?? usual) * (LENGTHS[unit] ?? 1) }]
    })
    ofRule.set(values, bounds)
  }
  return bounds
}

/** The lowest of these bounds; lengths of time in ms. */
export const leastBound = (parameters: readonly RuleParameter[], values: ParameterValues): number => Math.min(...levelBounds(parameters, values).map(({ bound }) => bound))

/** Rungs that are climbed when more than so much time has passed since `start`: strictly, as every limit (domain.md 0.2-6). */
export const rungsBeyond = (parameters: readonly RuleParameter[], values: ParameterValues, start: Instant): readonly Rung[] =>
  levelBounds(parameters, values).map(({ level, bound }) => ({ level, from: start + bound + 1 }))

/** Rungs that are climbed at the n-th of some instants, in their order, for the bounds of the levels: "two expedites", "three transfers". */
export function rungsByCount(parameters: readonly RuleParameter[], values: ParameterValues, instants: readonly Instant[]): readonly Rung[] {
  const sorted = [...instants].sort((a, b) => a - b)
  return levelBounds(parameters, values).flatMap(({ level, bound }) => {
    const from = sorted[bound - 1]
    return from === undefined ? [] : [{ level, from }]
  })
}

/** The end of the ticket as the end of a course; none while it is open. */
export const endsWithTicket = ({ closedAt }: Pick<TicketView, 'closedAt'>, how: CourseEnd['how'] = 'cleared'): readonly CourseEnd[] =>
  closedAt === null ? [] : [{ at: closedAt, how }]

/** The end of its clock as the end of a course; none while that runs or stands still. */
export const endsWithClock = (stoppedAt: Instant | null): readonly CourseEnd[] => (stoppedAt === null ? [] : [{ at: stoppedAt, how: 'cleared' }])

/** Nothing has moved the deadline of C_HANDLE since the acceptance: the clock never stood still, and the limit was not prolonged. */
export const hasFirstDeadline = ({ suspensions, extensions }: Pick<Ticket, 'suspensions' | 'extensions'>): boolean => suspensions.length + extensions.length === 0

/** The name of a causing fact; a reopening makes it another one (domain.md 4.1-5). */
export const causeOf = ({ reopenCount }: Pick<Ticket, 'reopenCount'>, fact: string): string => (reopenCount === 0 ? fact : `${fact}|reopenings:${reopenCount}`)
