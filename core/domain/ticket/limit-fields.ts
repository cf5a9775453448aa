import { fieldFaults, numberField, otherField, type SettingField } from '../setting-field.ts'
import type { ClockLimits } from './limits.ts'

type Name = keyof ClockLimits & string
type Row = readonly [name: Name, least: number, most: number]

const part = (name: string, form: 'whole' | 'time_of_day', unit: SettingField['unit'], rows: readonly Row[]): SettingField<Name>[] => rows.map(([field, least, most]) => numberField(form, field, unit, least, most, name))

const [DAY, FORTNIGHT, MONTH] = [1_440, 21_600, 43_200]

/**
 * How far each limit may be moved (docs/adr/0028): what a law or a regulator sets (domain.md 3.6, marks S4, S5, S30) may be made shorter, never longer: a fault on the line 48 h and 72 h,
 * reconnection 24 h, a complaint 15 days, the contact of an appeal 2 days, its feedback 10 and its close 30. The rest is bounded against slips of units.
 * What nothing goes by yet is left out (`outageRestore`, `opinionFirst`, `suspendMinFailedContacts`): a setting that changes nothing would deceive.
 */
export const LIMIT_FIELDS: readonly SettingField<Name>[] = [
  ...part('dispatch', 'whole', 'minutes', [['dispatchHigh', 1, DAY], ['dispatch', 1, DAY], ['claimWindow', 1, DAY]]),
  ...part('dispatch', 'time_of_day', null, [['dayShiftStart', 0, DAY - 1], ['dayShiftEnd', 1, DAY]]),
  ...part('handling', 'whole', 'minutes', [['firstContact', 1, 2 * DAY], ['firstContactGolden', 1, DAY]]),
  otherField('names', 'goldenUnits', 'handling'),
  ...part('handling', 'whole', 'minutes', [['handleMinutes', 1, FORTNIGHT], ['handleHighValueMinutes', 1, FORTNIGHT]]),
  ...part('handling', 'whole', 'stars', [['highValueStar', 1, 7]]),
  ...part('handling', 'whole', 'minutes', [['leg', 1, FORTNIGHT], ['assistMargin', 0, DAY], ['assistLeast', 1, DAY], ['supervision', 1, 7 * DAY]]),
  ...part('reply', 'whole', 'minutes', [['review', 1, DAY]]),
  ...part('reply', 'time_of_day', null, [['reviewNightEnd', 0, DAY]]),
  ...part('reply', 'whole', 'minutes', [['customerReply', 1, DAY], ['surveySend', 1, 7 * DAY], ['surveyAnswer', 1, DAY], ['satisfactionRepair', 1, 7 * DAY]]),
  ...part('reply', 'whole', 'natural_days', [['complaintAnswerNaturalDays', 1, 15]]),
  ...part('appeal', 'whole', 'minutes', [['appealContact', 1, 2 * DAY]]),
  ...part('appeal', 'whole', 'working_days', [['appealInternalWorkingDays', 1, 10]]),
  ...part('appeal', 'whole', 'natural_days', [['appealFeedbackNaturalDays', 1, 10], ['appealCloseNaturalDays', 1, 30]]),
  otherField('switch', 'rollForwardIfHoliday', 'appeal'),
  ...part('appeal', 'whole', 'working_days', [['gov12345UrgentWorkingDays', 0, 60], ['gov12345EnquiryWorkingDays', 0, 60], ['gov12345ComplaintWorkingDays', 0, 60]]),
  ...part('fault', 'whole', 'minutes', [['faultResponse', 1, DAY], ['faultFirst', 1, DAY], ['faultHardUrban', 1, 2 * DAY], ['faultHardRural', 1, 3 * DAY]]),
  ...part('fault', 'time_of_day', null, [['faultSameDayCut', 0, DAY]]),
  ...part('fault', 'whole', 'minutes', [['faultNextDay', 1, 2 * DAY]]),
  ...part('install', 'whole', 'minutes', [['provision', 1, MONTH], ['stageFee', 1, MONTH], ['stageResource', 1, MONTH], ['stageData', 1, MONTH], ['appointmentGrace', 0, 240], ['refundPay', 1, 7 * DAY], ['reconnect', 1, DAY]]),
  ...part('pauses', 'whole', 'hours', [['suspendMaxHours', 0, 720]]),
  otherField('names', 'autoSuspendUnits', 'pauses'),
  ...part('pauses', 'whole', 'times', [['extensionsPerLeg', 0, 5]]),
  ...part('pauses', 'whole', 'hours', [['extensionMaxHours', 0, 168]]),
  ...part('repeat', 'whole', 'days', [['reopenDays', 0, 90], ['repeatDays', 1, 90]]),
  ...part('repeat', 'whole', 'hours', [['repeatSameContactHours', 0, 24]]),
  ...part('repeat', 'whole', 'seconds', [['reorderDelaySeconds', 0, 3_600]]),
]

/** Pairs of which the first may not be more than the second: what is more urgent is not given longer. */
const ORDERED: readonly (readonly [less: Name, more: Name])[] = [
  ['dispatchHigh', 'dispatch'],
  ['firstContactGolden', 'firstContact'],
  ['handleHighValueMinutes', 'handleMinutes'],
  ['appealFeedbackNaturalDays', 'appealCloseNaturalDays'],
  ['gov12345UrgentWorkingDays', 'gov12345EnquiryWorkingDays'],
  ['gov12345EnquiryWorkingDays', 'gov12345ComplaintWorkingDays'],
  ['faultHardUrban', 'faultHardRural'],
  // A review that would end before the day shift ends at `reviewNightEnd`: earlier than the shift, it would be due before its limit.
  ['dayShiftStart', 'reviewNightEnd'],
]

/** Why limits cannot be put in force, as `field: mend` in both languages; none when they can. */
export function limitFaults(limits: ClockLimits): string[] {
  const faults = fieldFaults(LIMIT_FIELDS, limits as unknown as Readonly<Record<string, unknown>>)
  if (faults.length > 0) return faults
  const reversed = ORDERED.filter(([less, more]) => limits[less] > limits[more]).map(([less, more]) => `${less}: 不得大于 ${more}（${limits[more]}） / expected at most ${more} (${limits[more]})`)
  return limits.dayShiftStart < limits.dayShiftEnd ? reversed : [...reversed, 'dayShiftEnd: 应晚于 dayShiftStart / expected after dayShiftStart']
}
