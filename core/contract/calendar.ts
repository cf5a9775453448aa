import { type Static, Type } from 'typebox'

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
})
export type CalendarYearAnswer = Static<typeof CalendarYearAnswer>

export const ConfigurationAlertRow = Type.Object({ code: Type.String(), raisedAt: Type.Number(), textZh: Type.String(), textEn: Type.String() })
