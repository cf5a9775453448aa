import { type CalendarBody, type CalendarFault, calendarFault, dateFault, fault, yearOf } from './calendar.ts'
import { dateOfDay, dayOfDate } from './time.ts'

/** Known events that a day may be tagged with, so that it is compared with its like only (domain.md 5.3.1). */
export const CALENDAR_TAGS = {
  bill_day: { nameZh: '出账日', nameEn: 'billing day' },
  price_change: { nameZh: '资费调整', nameEn: 'price change' },
  school_start: { nameZh: '开学', nameEn: 'school start' },
  promotion: { nameZh: '促销（如双11）', nameEn: 'promotion (such as Double 11)' },
  special: { nameZh: '其他特殊日', nameEn: 'other special day' },
} as const

export type CalendarTag = keyof typeof CALENDAR_TAGS
export const CALENDAR_TAG_NAMES = Object.keys(CALENDAR_TAGS) as readonly CalendarTag[]

/** A tag put on days or taken from them, both ends included, dates `YYYY-MM-DD`. */
export interface TagChange {
  readonly tag: CalendarTag
  readonly from: string
  readonly to: string
  readonly isOn: boolean
}

/** An event is a matter of days: a range much longer is a slip, and would leave these days without a baseline. */
const LONGEST_DAYS = 40

/** The first fault of a change of tags, or null. */
export function tagFault({ from, to }: TagChange): CalendarFault | null {
  const bad = dateFault(from, yearOf(from), 'from') ?? dateFault(to, yearOf(to), 'to')
  if (bad !== null) return bad
  if (to < from) return fault('to', `不早于 ${from} / not before ${from}`, '对调起止日期 / swap the two dates')
  if (dayOfDate(to) - dayOfDate(from) < LONGEST_DAYS) return null
  return fault('to', `${from} 起 ${LONGEST_DAYS} 天以内 / within ${LONGEST_DAYS} days from ${from}`, '缩短日期范围，或分次标记 / shorten the range, or tag it in parts')
}

/** A body with the tag on these days, or without it. */
export function withTag(body: CalendarBody, { tag, from, to, isOn }: TagChange): CalendarBody {
  const tags = new Map(Object.entries(body.tags))
  for (let day = dayOfDate(from); day <= dayOfDate(to); day += 1) {
    const date = dateOfDay(day)
    const kept = (tags.get(date) ?? []).filter((one) => one !== tag)
    const next = isOn ? [...kept, tag].sort() : kept
    if (next.length > 0) tags.set(date, next)
    else tags.delete(date)
  }
  return { ...body, tags: Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** The first fault of a calendar with its tags, or null. */
export function calendarBodyFault(body: CalendarBody): CalendarFault | null {
  const bad = calendarFault(body)
  if (bad !== null) return bad
  for (const [date, tags] of Object.entries(body.tags)) {
    const odd = tags.find((tag) => !Object.hasOwn(CALENDAR_TAGS, tag))
    if (odd !== undefined) {
      const known = CALENDAR_TAG_NAMES.join(', ')
      return fault(`tags.${date}`, `${known} 之一，收到 ${odd} / one of ${known}, not ${odd}`, '改用所列标记 / use one of the tags listed')
    }
  }
  return null
}
