import type { ClockReading } from '../ticket/clock-reading.ts'
import { dayWindow } from '../ticket/clocks/dispatch.ts'
import { after } from '../ticket/worked-time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { causeOf, type Course, endsWithClock, leastBound, levelBounds, NEVER, verdictOf } from './course.ts'
import { inWords, lengthInWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'minutes', default: 120, least: 1, most: 2880, stricter: 'lower', zh: '黄：白班未接单分钟', en: 'Yellow: day-shift minutes unclaimed' },
  { name: 'A3', unit: 'minutes', default: 240, least: 1, most: 2880, stricter: 'lower', zh: '橙：白班未接单分钟', en: 'Orange: day-shift minutes unclaimed' },
]

/** C_CLAIM of each main stay, in their order; a recalled stay is void and has none. */
function claimClocks(view: TicketView): readonly ClockReading[] {
  const clocks = view.readingsOf('C_CLAIM')
  return view.ticket.legs.flatMap((leg) => {
    if (leg.isAssist) return []
    // Sources use a leg's id again, for a helper and for a stay after a re-dispatch.
    const clock = clocks.find(({ subject, startAt }) => subject === leg.legId && startAt === leg.receivedAt)
    return clock === undefined ? [] : [clock]
  })
}

function courseOf(view: TicketView, values: ParameterValues, { startAt, stoppedAt, limit, deadlineAt, netElapsed }: ClockReading): Course {
  const { zh, en } = lengthInWords(netElapsed)
  const kind = dayWindow(view)
  return {
    rungs: levelBounds(PARAMETERS, values).map(({ level, bound }) => ({ level, from: after(kind, startAt, bound) + 1 })),
    ends: endsWithClock(stoppedAt),
    facts: {
      cause: causeOf(view.ticket, `received:${startAt}`),
      words: inWords(`到达单位后白班 ${zh}未接单`, `not claimed for ${en} of the day shift after reaching the unit`),
      deadlineAt,
      limitMs: limit,
    },
  }
}

const coursesOf = (view: TicketView, values: ParameterValues): readonly Course[] => claimClocks(view).map((clock) => courseOf(view, values, clock))

/** Each stay has a course of its own; what an earlier one was late with ended when the ticket left that unit, and is no mistake. */
const judge: AbnormalRule['judge'] = (view, values) => {
  const courses = coursesOf(view, values)
  const present = verdictOf(courses.at(-1) ?? NEVER, view.at)
  const wasLate = courses.slice(0, -1).some((course) => verdictOf(course, view.at).why === 'cleared')
  return present.why === 'never_true' && wasLate ? { ...present, why: 'cleared' } : present
}

const signs: AbnormalRule['signs'] = (values) => [
  { legs: 1, openFor: leastBound(PARAMETERS, values) },
  // A stay may be older than the acceptance, where the source tells that late: then the ticket did not begin with it.
  { legs: 1, shows: ['qualityFlags'] },
]

/** Unclaimed (domain.md 4.3): true while the unit that has the ticket has not claimed it for longer than the bound, counted in the day shift. */
export const UNCLAIMED: AbnormalRule = {
  id: 'AT-09',
  nameZh: '未及时接单',
  nameEn: 'Unclaimed',
  meaningZh: '工单已到单位，白班时段内迟迟无人接单。',
  meaningEn: 'The ticket is in a unit’s pool, and nobody there has claimed it in day-shift time.',
  clearsZh: '接单，或离开该单位（自动）。',
  clearsEn: 'Claimed, or moved on from that unit (by itself).',
  source: '[S2 pool lock]/numbers assumed',
  suppressedByCase: true,
  parameters: PARAMETERS,
  judge,
  signs,
  steadyCourse: (view, values) => (view.ticket.legs.length > 1 ? null : (coursesOf(view, values)[0] ?? NEVER)),
}
