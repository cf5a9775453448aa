import type { AbnormalParameters, AbnormalVerdict, HandleReading, TicketView } from '../abnormal/abnormal-rule.ts'
import { type ActiveRule, activeRules } from '../abnormal/catalogue.ts'
import { type Course, NEVER } from '../abnormal/course.ts'
import { type RuleTrial, trialsOf } from '../abnormal/trial.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import type { ClockContext, ClockName, ClockReading } from './clock-reading.ts'
import { type EffectiveDeadline, effectiveDeadline, readClocks, readEach } from './clocks/read.ts'
import { closedAt, type Ticket } from './ticket.ts'

/** What is true of one ticket at one instant, and when that next changes by time alone. */
export interface TicketJudgement {
  /** Open, running, and over its limit: a suspended ticket is open and not overdue (domain.md K-23), though AT-02 stands. */
  readonly isOverdue: boolean
  /** Of C_HANDLE; null while it does not apply or is paused. */
  readonly deadlineAt: Instant | null
  /** The deadline that people work to, and the clock that sets it (domain.md 3.6); null where no clock runs. */
  readonly effective: EffectiveDeadline | null
  readonly readings: readonly ClockReading[]
  /** One verdict per rule of the catalogue; level 0 where the rule is not true, with the reason. */
  readonly verdicts: readonly AbnormalVerdict[]
  readonly level: Level
  /** What trials say of it, by their ids: no part of `verdicts` nor of `level`. */
  readonly trials: ReadonlyMap<string, AbnormalVerdict>
  /** The exact next instant at which any of the above but the time used up can change without a new event; null: never. */
  readonly nextCheckAt: Instant | null
}

const isHandle = (reading: ClockReading): reading is HandleReading => reading.clock === 'C_HANDLE' && reading.limit !== null

/** The earliest of some instants that is later than `at`, or null. */
function nextOf(at: Instant, changes: Iterable<Instant | null>): Instant | null {
  let next: Instant | null = null
  for (const change of changes) if (change !== null && change > at && (next === null || change < next)) next = change
  return next
}

const UNJUDGED: Omit<AbnormalVerdict, 'ruleId'> = { level: 0, why: 'never_true', facts: {}, nextChangeAt: null }

/** A ticket that counts, as rules see it; a clock is read when first asked for, for half of the rules go by none. */
class ViewAt implements TicketView {
  readonly ticket: Ticket
  readonly acceptedAt: Instant
  readonly closedAt: Instant | null
  readonly at: Instant
  readonly context: ClockContext
  #all: readonly ClockReading[] | null = null

  constructor(ticket: Ticket, acceptedAt: Instant, context: ClockContext, at: Instant) {
    this.ticket = ticket
    this.acceptedAt = acceptedAt
    this.closedAt = closedAt(ticket) ?? ticket.mergedAt
    this.at = at
    this.context = context
  }

  get readings(): readonly ClockReading[] {
    this.#all ??= readClocks(this.ticket, this.context, this.at)
    return this.#all
  }

  readingsOf(clock: ClockName): readonly ClockReading[] {
    return this.#all === null ? readEach(this.ticket, this.context, this.at, clock) : this.#all.filter((reading) => reading.clock === clock)
  }

  get handle(): HandleReading | null {
    return this.readingsOf('C_HANDLE').find(isHandle) ?? null
  }
}

/** The ticket as rules see it; null where it never counted (not accepted, void, a test): no rule was ever true of it, and no clock runs on it. */
function viewOf(ticket: Ticket, context: ClockContext, at: Instant): ViewAt | null {
  const { acceptedAt } = ticket
  return acceptedAt === null || ticket.voidedAt !== null || ticket.isTest ? null : new ViewAt(ticket, acceptedAt, context, at)
}

const verdictBy = ({ rule, values }: ActiveRule, view: TicketView | null): AbnormalVerdict =>
  view === null ? { ruleId: rule.id, ...UNJUDGED } : { ruleId: rule.id, ...rule.judge(view, values) }

const NO_TRIALS: readonly RuleTrial[] = []
const NOTHING_TRIED: ReadonlyMap<string, AbnormalVerdict> = new Map()

const NO_READINGS: readonly ClockReading[] = []

/** Clocks stand still and go on by time alone only where something has stopped them. */
const hasPauses = ({ suspensions, closedGaps }: Ticket): boolean => suspensions.length + closedGaps.length > 0

/** What {@link judgeTicket} says of the rules alone: their verdicts, and an instant no later than that at which one of them next changes by time alone. */
export function judgeRules(ticket: Ticket, context: ClockContext, parameters: AbnormalParameters, at: Instant): Pick<TicketJudgement, 'verdicts' | 'nextCheckAt'> {
  const view = viewOf(ticket, context, at)
  const verdicts = activeRules(parameters, ticket.provinceCode).map((active) => verdictBy(active, view))
  const ofClocks = view === null || !hasPauses(ticket) ? [] : view.readings.map(({ resumesByItselfAt }) => resumesByItselfAt)
  return { verdicts, nextCheckAt: nextOf(at, [...verdicts.map(({ nextChangeAt }) => nextChangeAt), ...ofClocks]) }
}

/** It was with a unit after its end, reopened or not: what its end meant has changed since. */
const wentOn = ({ ticket, closedAt: end }: TicketView): boolean => ticket.reopenCount > 0 || (end !== null && ticket.legs.some(({ receivedAt }) => receivedAt >= end))

/** The course of the one rule that is on by these settings, by all that is known at `at`, of a ticket neither corrected nor reopened; null where that does not say how it went ({@link AbnormalRule.steadyCourse}). */
export function steadyCourse(ticket: Ticket, context: ClockContext, parameters: AbnormalParameters, at: Instant): Course | null {
  const view = viewOf(ticket, context, at)
  const [active] = activeRules(parameters, ticket.provinceCode)
  if (view === null || active === undefined) return NEVER
  return wentOn(view) ? null : (active.rule.steadyCourse?.(view, active.values) ?? null)
}

/** Judges a folded ticket at `at` by every rule of the catalogue that is on in its province, with the values of that province (domain.md 4.1), and by what is tried there. */
export function judgeTicket(
  ticket: Ticket,
  context: ClockContext,
  parameters: AbnormalParameters,
  at: Instant,
  tried: readonly RuleTrial[] = NO_TRIALS,
): TicketJudgement {
  const view = viewOf(ticket, context, at)
  const readings = view?.readings ?? NO_READINGS
  const clock = view?.handle ?? null
  const isOpen = clock !== null && clock.stoppedAt === null
  const verdicts = activeRules(parameters, ticket.provinceCode).map((active) => verdictBy(active, view))
  const trials = tried.length === 0 ? NOTHING_TRIED : new Map(trialsOf(tried, ticket.provinceCode).map((trial) => [trial.id, verdictBy(trial, view)]))
  const ofRules = [...verdicts, ...trials.values()].map(({ nextChangeAt }) => nextChangeAt)
  const ofClocks = readings.map(({ resumesByItselfAt }) => resumesByItselfAt)
  return {
    isOverdue: isOpen && clock.isOverdue && clock.running,
    deadlineAt: isOpen && clock.running ? clock.deadlineAt : null,
    effective: effectiveDeadline(readings),
    readings,
    verdicts,
    level: verdicts.reduce<Level>((level, verdict) => (verdict.level > level ? verdict.level : level), 0),
    trials,
    nextCheckAt: nextOf(at, [...ofRules, ...ofClocks, isOpen && clock.running && !clock.isOverdue ? clock.deadlineAt + 1 : null]),
  }
}
