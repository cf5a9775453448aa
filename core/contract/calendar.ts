import { type Static, Type } from 'typebox'
import { CALENDAR_TAG_NAMES } from '../domain/calendar-tags.ts'

/** Dates stay text here: whether they are real and fit together is said by the calendar's own check, in both languages. */
const DateText = Type.String({ maxLength: 10, description: 'YYYY-MM-DD' })

const DaysOff = Type.Object(
  {
    from: DateText,
    to: DateText,
    nameZh: Type.String({ maxLength: 40 }),
    nameEn: Type.String({ maxLength: 60 }),
  },
  { additionalProperties: false },
)

/** POST /api/v1/calendar: one year as the State Council's notice gives it. It takes the place of what was loaded for the year. */
export const CalendarYearBody = Type.Object(
  {
    year: Type.Integer(),
    off: Type.Array(DaysOff, { maxItems: 40 }),
    worked: Type.Array(DateText, { maxItems: 40 }),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '依据，如通知文号 / on what grounds, for example the number of the notice' }),
  },
  { additionalProperties: false },
)
export type CalendarYearBody = Static<typeof CalendarYearBody>

/** POST /api/v1/calendar/tags: tags days of known events, or takes the tag from them (domain.md 5.3.1). */
export const CalendarTagBody = Type.Object(
  {
    tag: Type.Union(CALENDAR_TAG_NAMES.map((name) => Type.Literal(name))),
    from: DateText,
    to: DateText,
    /** False takes the tag from these days. */
    isOn: Type.Boolean(),
    reason: Type.String({ minLength: 2, maxLength: 300 }),
  },
  { additionalProperties: false },
)
export type CalendarTagBody = Static<typeof CalendarTagBody>

/** GET /api/v1/calendar */
export const CalendarYearAnswer = Type.Object({
  year: Type.Integer(),
  /** False: nothing is known of the year, workdays are counted Monday to Friday and readings are flagged. */
  isLoaded: Type.Boolean(),
  /** Version of the configuration `calendar`. */
  version: Type.Integer(),
  workdays: Type.Union([Type.Integer(), Type.Null()]),
  off: Type.Array(DaysOff),
  worked: Type.Array(DateText),
  loadedYears: Type.Array(Type.Integer()),
  /** The tags that days may have. */
  tagKinds: Type.Array(Type.Object({ tag: Type.String(), nameZh: Type.String(), nameEn: Type.String() })),
  /** Whether who asks may change it. */
  mayChange: Type.Boolean(),
  /** Days of the year that are compared with their like only. */
  tagged: Type.Array(Type.Object({ date: DateText, tags: Type.Array(Type.String()) })),
})
export type CalendarYearAnswer = Static<typeof CalendarYearAnswer>

export const ConfigurationAlertRow = Type.Object({ code: Type.String(), raisedAt: Type.Number(), textZh: Type.String(), textEn: Type.String(), regionCode: Type.Union([Type.String(), Type.Null()]) })
