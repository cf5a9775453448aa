import type { AbnormalParameters, AbnormalVerdict, HandleReading, TicketView } from '../abnormal/abnormal-rule.ts'
import { type ActiveRule, activeRules } from '../abnormal/catalogue.ts'
import { type RuleTrial, trialsOf } from '../abnormal/trial.ts'
import type { Instant } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import type { ClockContext, ClockReading } from './clock-reading.ts'
import { type EffectiveDeadline, effectiveDeadline, readClocks } from './clocks/read.ts'
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

/** The ticket as rules see it; null where it never counted (not accepted, void, a test): no rule was ever true of it. */
function viewOf(ticket: Ticket, context: ClockContext, at: Instant, readings: readonly ClockReading[]): TicketView | null {
  const { acceptedAt } = ticket
  if (acceptedAt === null || ticket.voidedAt !== null || ticket.isTest) return null
  return { ticket, acceptedAt, closedAt: closedAt(ticket) ?? ticket.mergedAt, at, readings, handle: readings.find(isHandle) ?? null, context }
}

const verdictBy = ({ rule, values }: ActiveRule, view: TicketView | null): AbnormalVerdict =>
  view === null ? { ruleId: rule.id, ...UNJUDGED } : { ruleId: rule.id, ...rule.judge(view, values) }

const NO_TRIALS: readonly RuleTrial[] = []
const NOTHING_TRIED: ReadonlyMap<string, AbnormalVerdict> = new Map()

/** Judges a folded ticket at `at` by every rule of the catalogue that is on in its province, with the values of that province (domain.md 4.1), and by what is tried there. */
export function judgeTicket(
  ticket: Ticket,
  context: ClockContext,
  parameters: AbnormalParameters,
  at: Instant,
  tried: readonly RuleTrial[] = NO_TRIALS,
): TicketJudgement {
  const readings = readClocks(ticket, context, at)
  const clock = readings.find(isHandle) ?? null
  const isOpen = clock !== null && clock.stoppedAt === null
  const view = viewOf(ticket, context, at, readings)
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
