import type { Code } from '../../core/domain/dictionary/dictionary.ts'

/** A change of one code that is not saved yet: in the place of the one under `key`, or a new one where that is null. */
export interface CodeEdit {
  readonly field: string
  readonly key: string | null
  readonly code: Code
}

type Values = Readonly<Record<string, unknown>>

const SEPARATOR = '\u001f'

/** What tells a code from the others of its field: its first level, itself, and since when it has been in use. */
export const keyOf = ({ parent = '', code, validFrom }: Code): string => [parent, code, validFrom ?? ''].join(SEPARATOR)

/** The codes of a field as they are in a dictionary. */
export const codesOf = (values: Values, field: string): readonly Code[] => (values[field] ?? []) as readonly Code[]

/** The codes of a field with what is not saved yet put in; what has gone meanwhile comes back where it was being changed. */
export function edited(values: Values, edits: readonly CodeEdit[], field: string): readonly Code[] {
  const own = edits.filter((edit) => edit.field === field)
  const held = codesOf(values, field).map((code) => own.find(({ key }) => key === keyOf(code))?.code ?? code)
  const keys = new Set(codesOf(values, field).map(keyOf))
  return [...held, ...own.filter(({ key }) => key === null || !keys.has(key)).map(({ code }) => code)]
}

/** One more edit; a second one of the same code takes the place of the first, and one that changes nothing takes it back. */
export function withEdit(values: Values, edits: readonly CodeEdit[], edit: CodeEdit): readonly CodeEdit[] {
  const isSamePlace = (other: CodeEdit) => other.field === edit.field && (edit.key === null ? other.key === null && keyOf(other.code) === keyOf(edit.code) : other.key === edit.key)
  const others = edits.filter((other) => !isSamePlace(other))
  const before = edit.key === null ? undefined : codesOf(values, edit.field).find((code) => keyOf(code) === edit.key)
  return before !== undefined && isSameCode(before, edit.code) ? others : [...others, edit]
}

const ENTRIES = ['code', 'zh', 'en', 'isSkipLevel', 'parent', 'products', 'validFrom', 'validTo'] as const
const isSameCode = (a: Code, b: Code): boolean => ENTRIES.every((name) => JSON.stringify(a[name] ?? null) === JSON.stringify(b[name] ?? null))

/** The values to send: every field with an edit, as its whole list of codes. */
export const givenOf = (values: Values, edits: readonly CodeEdit[]): Record<string, readonly Code[]> =>
  Object.fromEntries([...new Set(edits.map(({ field }) => field))].map((field) => [field, edited(values, edits, field)]))

/** How a code stands at an instant. */
export function standingOf({ validFrom, validTo }: Code, now: number): 'coming' | 'used' | 'ended' {
  if (validTo !== undefined && validTo <= now) return 'ended'
  return validFrom !== undefined && validFrom > now ? 'coming' : 'used'
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().trim()

/** The codes that hold what is searched for, in themselves, a name or their first level; all where nothing is. */
export function found(codes: readonly Code[], query: string): readonly Code[] {
  const wanted = plain(query)
  return wanted === '' ? codes : codes.filter(({ code, zh, en, parent = '' }) => [code, zh, en, parent].some((text) => plain(text).includes(wanted)))
}
