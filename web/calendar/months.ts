import type { CalendarYearAnswer } from '../../core/contract/calendar.ts'

/** `weekend` is an ordinary day off, `worked` a week-end day that is worked. */
export type DayKind = 'workday' | 'weekend' | 'holiday' | 'worked'

/** One day of the year, date `YYYY-MM-DD`. */
export interface CalendarDay {
  readonly date: string
  readonly day: number
  readonly kind: DayKind
  readonly holidayZh: string | null
  readonly holidayEn: string | null
  readonly tags: readonly string[]
}

/** A month by weeks from Monday; null where a week reaches into another month. */
export interface Month {
  readonly month: number
  readonly weeks: readonly (readonly (CalendarDay | null)[])[]
}

const DAY_MS = 86_400_000
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function dayOf(ms: number, { off, worked, tagged }: Pick<CalendarYearAnswer, 'off' | 'worked' | 'tagged'>): CalendarDay {
  const date = dateOf(ms)
  const holiday = off.find(({ from, to }) => from <= date && date <= to)
  const isWeekend = [0, 6].includes(new Date(ms).getUTCDay())
  const ordinary = isWeekend ? 'weekend' : 'workday'
  return {
    date,
    day: Number(date.slice(8)),
    kind: holiday ? 'holiday' : worked.includes(date) ? 'worked' : ordinary,
    holidayZh: holiday?.nameZh ?? null,
    holidayEn: holiday?.nameEn ?? null,
    tags: tagged.find((one) => one.date === date)?.tags ?? [],
  }
}

/** The twelve months of a year as the calendar has them. */
export function monthsOf(answer: Pick<CalendarYearAnswer, 'year' | 'off' | 'worked' | 'tagged'>): Month[] {
  return Array.from({ length: 12 }, (_, index) => {
    const first = Date.UTC(answer.year, index, 1)
    const days = Array.from({ length: (Date.UTC(answer.year, index + 1, 1) - first) / DAY_MS }, (_day, at) => dayOf(first + at * DAY_MS, answer))
    const before = (new Date(first).getUTCDay() + 6) % 7
    const cells = [...Array.from({ length: before }, () => null), ...days]
    while (cells.length % 7 > 0) cells.push(null)
    return { month: index + 1, weeks: Array.from({ length: cells.length / 7 }, (_week, at) => cells.slice(at * 7, at * 7 + 7)) }
  })
}

/** Days in a row with the same tag, as people read them. */
export interface TaggedRange {
  readonly tag: string
  readonly from: string
  readonly to: string
}

/** What is tagged, days in a row together, in time. */
export function rangesOf(tagged: CalendarYearAnswer['tagged']): TaggedRange[] {
  const ranges: TaggedRange[] = []
  for (const { date, tags } of [...tagged].sort((a, b) => (a.date < b.date ? -1 : 1))) {
    const before = dateOf(Date.parse(date) - DAY_MS)
    for (const tag of tags) {
      const open = ranges.findIndex((range) => range.tag === tag && range.to === before)
      if (open >= 0) ranges[open] = { tag, from: ranges[open]?.from ?? date, to: date }
      else ranges.push({ tag, from: date, to: date })
    }
  }
  return ranges
}
