import type { SettingShown } from '../../core/contract/settings.ts'
import { draftOf as listText, isSame, valueOf as listIn } from '../rules/risk-values.ts'

type Values = Readonly<Record<string, unknown>>

/** What a form holds of one value: a text, or whether a switch is on. */
export type Draft = string | boolean
export type Drafts = Readonly<Record<string, Draft>>

/** One difference between what was read and what a form says. */
export interface ValueChange {
  readonly field: SettingShown
  readonly from: unknown
  readonly to: unknown
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Minutes after midnight as a reading of the clock; 24:00 is the end of the day. */
export const clockOf = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** The minutes of a reading of the clock; what is none stays text, so that the server names the field. */
function minutesOf(text: string): number | string {
  const [, hours, minutes] = /^(\d{1,2})[:\uff1a](\d{2})$/u.exec(text.trim()) ?? []
  return hours === undefined || Number(minutes) > 59 ? text : Number(hours) * 60 + Number(minutes)
}

/** A value as its field of the form shows it. */
export function draftOf({ form }: Pick<SettingShown, 'form'>, value: unknown): Draft {
  if (form === 'switch') return value === true
  if (form === 'time_of_day') return clockOf(Number(value))
  if (form === 'names' || form === 'names_by_key') return listText({ kind: form === 'names' ? 'names' : 'name_lists', value }) as string
  return String(value ?? '')
}

/** What a field of the form says, as the API takes it. */
export function valueOf({ form }: Pick<SettingShown, 'form'>, draft: Draft): unknown {
  if (typeof draft === 'boolean') return draft
  if (form === 'time_of_day') return minutesOf(draft)
  if (form === 'names' || form === 'names_by_key') return listIn(form === 'names' ? 'names' : 'name_lists', draft)
  return listIn('number', draft)
}

/** All values of a group as its form shows them. */
export const draftsOf = (fields: readonly SettingShown[], values: Values): Record<string, Draft> => Object.fromEntries(fields.map((field) => [field.name, draftOf(field, values[field.name])]))

/** What saving would change, in the order of the form. */
export const changesOf = (fields: readonly SettingShown[], values: Values, drafts: Drafts): ValueChange[] =>
  fields.flatMap((field) => {
    const [from, to] = [values[field.name], valueOf(field, drafts[field.name] ?? '')]
    return isSame(from, to) ? [] : [{ field, from, to }]
  })

/** What was typed, put upon the newest version: what its writer left alone is as others have made it meanwhile. */
export function rebased(fields: readonly SettingShown[], base: Values, drafts: Drafts, newest: Values): Record<string, Draft> {
  const mine = new Set(changesOf(fields, base, drafts).map(({ field }) => field.name))
  return Object.fromEntries(fields.map((field) => [field.name, mine.has(field.name) ? (drafts[field.name] ?? '') : draftOf(field, newest[field.name])]))
}

/** The parts of a group in their order, each with its fields; one without a name where the group is small. */
export function partsOf(fields: readonly SettingShown[]): { readonly part: string | null; readonly fields: readonly SettingShown[] }[] {
  const parts = [...new Set(fields.map(({ part }) => part))]
  return parts.map((part) => ({ part, fields: fields.filter((field) => field.part === part) }))
}
