import type { RiskParameterShown } from '../../core/contract/risk-rules.ts'
import { formatReading } from '../format/number.ts'

type Kind = RiskParameterShown['kind']

/** The comma of lists in Chinese, understood in both languages. */
export const COMMA = '\u3001'

/** What a form holds of one parameter: one text, or four by colour. */
export type Draft = string | readonly string[]

const isFour = (kind: Kind): boolean => kind === 'rising' || kind === 'falling' || kind === 'by_colour'

const linesOf = (value: unknown, write: (held: unknown) => string): string =>
  Object.entries((value ?? {}) as Record<string, unknown>).map(([key, held]) => `${key}: ${write(held)}`).join('\n')
const listed = (value: unknown): string => (Array.isArray(value) ? value.join(COMMA) : '')

/** A value as the form shows it: thresholds in four fields, lists by commas, names by key one line each. */
export function draftOf({ kind, value }: Pick<RiskParameterShown, 'kind' | 'value'>): Draft {
  if (isFour(kind)) return (Array.isArray(value) ? value : []).map((held) => (held === null ? '' : String(held)))
  if (kind === 'names') return listed(value)
  if (kind === 'name_lists') return linesOf(value, listed)
  if (kind === 'named') return linesOf(value, String)
  return String(value ?? '')
}

/** What is no number stays text: as NaN it would be sent as "none". */
const numberOf = (text: string): number | string | null => (text.trim() === '' ? null : Number.isNaN(Number(text)) ? text : Number(text))
/** Names in a text, between commas of either language or on lines of their own. */
export const namesOf = (text: string): string[] => text.split(/[\u3001,\uff0c\n]/u).map((name) => name.trim()).filter((name) => name !== '')

function byKey<T>(text: string, read: (held: string) => T): Record<string, T> {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  return Object.fromEntries(lines.map((line) => {
    const [key = '', ...rest] = line.split(/[:\uff1a]/u)
    return [key.trim(), read(rest.join(':').trim())]
  }))
}

/** What a draft says, as the API takes it; what is no number stays as it was typed, so that the server names the field. */
export function valueOf(kind: Kind, draft: Draft): unknown {
  if (isFour(kind)) return (draft as readonly string[]).map(numberOf)
  const text = draft as string
  if (kind === 'names') return namesOf(text)
  if (kind === 'name_lists') return byKey(text, namesOf)
  if (kind === 'named') return byKey(text, (held) => held)
  return numberOf(text) ?? text
}

/** The same whatever the order of keys: the database keeps its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) => (typeof held === 'object' && held !== null && !Array.isArray(held) ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))) : held))

/** Whether two values say the same. */
export const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** Groups whose keys are data have a name of their own, beside those of their keys. */
const WHOLE: readonly string[] = ['outage.phenomena', 'redLine.words']

/** Where the name of a parameter stands among the words of the screens. */
export const wordOf = (path: string): string => (WHOLE.includes(path) ? `rules.risk.whole.${path}` : `why.parameter.${path}`)

/** A value in one line: thresholds by colour, none as a dash. */
export function inOneLine(value: unknown): string {
  if (typeof value === 'number') return formatReading(value)
  if (Array.isArray(value)) return value.every((held) => typeof held === 'string') ? value.join(COMMA) : value.map((held) => (typeof held === 'number' ? formatReading(held) : '–')).join(' / ')
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([key, held]) => `${key}: ${inOneLine(held)}`).join('\uff1b')
  return String(value)
}

/** A province's own value that is laxer than the group's in some part by now: the group's goes before it. */
export const isRiskOvertaken = ({ own, value }: Pick<RiskParameterShown, 'own' | 'value'>): boolean => own !== null && !isSame(own, value)

export { isFour }
