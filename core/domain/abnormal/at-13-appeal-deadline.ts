import { dayTypeOfDate } from '../day-type.ts'
import type { ClockContext, ClockReading } from '../ticket/clock-reading.ts'
import { dateOfDay, dayNumber, HOUR, type Instant, startOfDay } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithClock, levelBounds, NEVER, type Rung } from './course.ts'
import { counted, inWords, lengthInWords } from './words.ts'

const HOURS_A3: RuleParameter = {
  name: 'hoursA3',
  unit: 'hours',
  default: 72,
  least: 0,
  most: 240,
  stricter: 'higher',
  zh: '橙：剩余自然小时',
  en: 'Orange: natural hours left',
}
const HOURS_A4: RuleParameter = {
  name: 'hoursA4',
  unit: 'hours',
  default: 24,
  least: 0,
  most: 240,
  stricter: 'higher',
  zh: '红：剩余自然小时',
  en: 'Red: natural hours left',
}

const PARAMETERS: readonly RuleParameter[] = [
  {
    name: 'A2',
    unit: 'workdays',
    default: 2,
    least: 0,
    most: 10,
    stricter: 'higher',
    zh: '黄：剩余工作日（含当日）',
    en: 'Yellow: working days left, today included',
  },
  {
    name: 'A3',
    unit: 'workdays',
    default: 1,
    least: 0,
    most: 10,
    stricter: 'higher',
    zh: '橙：剩余工作日（含当日）',
    en: 'Orange: working days left, today included',
  },
  {
    name: 'A4',
    unit: 'workdays',
    default: 0,
    least: 0,
    most: 10,
    stricter: 'higher',
    zh: '红：剩余工作日（含当日）',
    en: 'Red: working days left, today included',
  },
  HOURS_A3,
  HOURS_A4,
]

type Days = Pick<ClockContext, 'calendar' | 'zone'>
const isWorked = (day: number, { calendar }: Days): boolean => dayTypeOfDate(dateOfDay(day), calendar) === 'workday'

/** The day of a deadline; 24:00 belongs to the day that it ends. */
const lastDayOf = (deadlineAt: Instant, { zone }: Days): number => dayNumber(deadlineAt - 1, zone)

/** The start of the first day on which no more than `bound` workdays are left, itself and the deadline's day included. */
function workdaysLeftFrom(bound: number, deadlineAt: Instant, startAt: Instant, days: Days): Instant {
  const first = dayNumber(startAt, days.zone)
  let day = lastDayOf(deadlineAt, days) + 1
  for (let left = 0; day > first; day -= 1) {
    if (isWorked(day - 1, days)) left += 1
    if (left > bound) break
  }
  return startOfDay(day, days.zone)
}

/** Nothing climbs before the appeal is there. An overdue one has no time left, which is no more than the hours of the highest level. */
function rungsOf({ startAt, deadlineAt }: ClockReading, days: Days, values: ParameterValues): readonly Rung[] {
  const hoursOf = ({ name, default: usual }: RuleParameter) => (values[name] ?? usual) * HOUR
  const rungs: readonly Rung[] = [
    ...levelBounds(PARAMETERS, values).map(({ level, bound }): Rung => ({ level, from: workdaysLeftFrom(bound, deadlineAt, startAt, days) })),
    { level: 3, from: deadlineAt - hoursOf(HOURS_A3) },
    { level: 4, from: deadlineAt - hoursOf(HOURS_A4) },
  ]
  return rungs.map(({ level, from }) => ({ level, from: Math.max(from, startAt) }))
}

function workdaysLeft(at: Instant, deadlineAt: Instant, days: Days): number {
  const last = lastDayOf(deadlineAt, days)
  let left = 0
  for (let day = dayNumber(at, days.zone); day <= last; day += 1) if (isWorked(day, days)) left += 1
  return left
}

function wordsOf(at: Instant, deadlineAt: Instant, days: Days): string {
  if (at > deadlineAt) {
    const over = lengthInWords(at - deadlineAt)
    return inWords(`申诉反馈已超时 ${over.zh}`, `appeal feedback overdue by ${over.en}`)
  }
  const left = workdaysLeft(at, deadlineAt, days)
  const rest = lengthInWords(deadlineAt - at)
  return inWords(
    `距申诉反馈时限 ${left} 个工作日（含当日）、${rest.zh}`,
    `${counted(left, 'working day')} (today included) and ${rest.en} left for the appeal feedback`,
  )
}

const judge = byCourse((view: TicketView, values) => {
  const reading = view.readingsOf('C_APPEAL_FEEDBACK')[0]
  if (reading === undefined) return NEVER
  const { deadlineAt, stoppedAt } = reading
  const end = stoppedAt ?? view.at
  return {
    rungs: rungsOf(reading, view.context, values),
    ends: endsWithClock(stoppedAt),
    facts: {
      cause: causeOf(view.ticket, `deadline:${deadlineAt}`),
      words: wordsOf(end, deadlineAt, view.context),
      deadlineAt,
      ...(end > deadlineAt ? { overMs: end - deadlineAt } : { leftMs: deadlineAt - end }),
    },
  }
})

/**
 * Appeal near its deadline (domain.md 4.3, S-7): C_APPEAL_FEEDBACK runs and few workdays or hours are left. It ends with that clock: a ticket
 * completed at home has not answered the regulator. Whom an overdue appeal is told besides is for whoever tells them.
 */
export const APPEAL_DEADLINE: AbnormalRule = {
  id: 'AT-13',
  nameZh: '申诉临近时限',
  nameEn: 'Appeal near its deadline',
  meaningZh: '申诉尚未向监管反馈，剩余工作日或小时不多，或已超时。',
  meaningEn: 'The regulator has no feedback on the appeal yet, and few working days or hours are left, or none.',
  clearsZh: '已向监管反馈，或申诉已了结（自动）。',
  clearsEn: 'Feedback sent, or the appeal is at its end (by itself).',
  source: '[assumed on S4/S30]',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ kinds: ['appeal'] }],
}
