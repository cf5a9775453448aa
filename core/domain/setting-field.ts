/** What a value of a setting is counted in; null for bare numbers, switches and lists. */
export const SETTING_UNITS = ['seconds', 'minutes', 'hours', 'days', 'natural_days', 'working_days', 'months', 'characters', 'times', 'stars'] as const
export type SettingUnit = (typeof SETTING_UNITS)[number]

/** What a value of a setting is: `time_of_day` in minutes after midnight, `names` a list of texts, `names_by_key` such lists by key, `codes` the codes of a dictionary. */
export const SETTING_FORMS = ['whole', 'number', 'time_of_day', 'switch', 'names', 'names_by_key', 'codes'] as const
export type SettingForm = (typeof SETTING_FORMS)[number]

/** One value of a group of settings: what it is, its unit, and from where to where it may go. */
export interface SettingField<N extends string = string> {
  readonly name: N
  readonly form: SettingForm
  readonly unit: SettingUnit | null
  /** Null where it is no number. */
  readonly least: number | null
  readonly most: number | null
  /** What it stands together with on a page; null where the group of settings is small. */
  readonly part: string | null
}

const UNIT_WORDS: Readonly<Record<SettingUnit, readonly [zh: string, en: string]>> = {
  seconds: ['秒', 'seconds'],
  minutes: ['分钟', 'minutes'],
  hours: ['小时', 'hours'],
  days: ['天', 'days'],
  natural_days: ['自然日', 'natural days'],
  working_days: ['工作日', 'working days'],
  months: ['月', 'months'],
  characters: ['字', 'characters'],
  times: ['次', 'times'],
  stars: ['星', 'stars'],
}

const LONGEST_NAME = 64
const MOST_NAMES = 500

/** A number, or a whole one, within its range. */
export const numberField = <N extends string>(form: 'whole' | 'number' | 'time_of_day', name: N, unit: SettingUnit | null, least: number, most: number, part: string | null = null): SettingField<N> => ({ name, form, unit, least, most, part })

/** What is no number. */
export const otherField = <N extends string>(form: Exclude<SettingForm, 'whole' | 'number' | 'time_of_day'>, name: N, part: string | null = null): SettingField<N> => ({ name, form, unit: null, least: null, most: null, part })

const isName = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_NAME

function numberFault({ name, form, unit, least, most }: SettingField, value: unknown): string | null {
  const isNumber = typeof value === 'number' && value >= (least ?? value) && value <= (most ?? value)
  if (isNumber && (form === 'number' || Number.isInteger(value))) return null
  const [zh, en] = form === 'time_of_day' ? ['零点起的分钟', 'minutes after midnight'] : unit === null ? ['', ''] : UNIT_WORDS[unit]
  const [inZh, inEn] = zh === '' ? ['', ''] : [`（${zh}）`, ` (${en})`]
  return `${name}: 应为 ${least}–${most} 的${form === 'number' ? '数' : '整数'}${inZh} / expected ${form === 'number' ? 'a number' : 'a whole number'} from ${least} to ${most}${inEn}`
}

function fieldFault(field: SettingField, value: unknown): string | null {
  const { name, form } = field
  if (form === 'switch') return typeof value === 'boolean' ? null : `${name}: 应为 true 或 false / expected true or false`
  if (form === 'names') {
    const isList = Array.isArray(value) && value.length <= MOST_NAMES && value.every(isName)
    return isList ? null : `${name}: 应为至多 ${MOST_NAMES} 个代码的列表，每个 1–${LONGEST_NAME} 字 / expected a list of at most ${MOST_NAMES} codes of 1 to ${LONGEST_NAME} characters`
  }
  // Lists by key and codes have rules of their own.
  return form === 'names_by_key' || form === 'codes' ? null : numberFault(field, value)
}

/** What is wrong with single values, as `field: mend` in both languages; how values stand to each other is for the group to say. */
export const fieldFaults = (fields: readonly SettingField[], values: Readonly<Record<string, unknown>>): string[] =>
  fields.flatMap((field) => fieldFault(field, values[field.name]) ?? [])
