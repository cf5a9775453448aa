/** Unit separator: cannot occur in JSON text, and identifiers that contain it are refused at the door. */
export const SEPARATOR = '\u001f'
/** Stands for NULL inside a joined column. */
export const NOTHING = '\u001e'

/**
 * The SQL that turns a joined column back into a text array: of all ways into `unnest` the one that costs the driver least.
 * string_to_array reads an empty text as no value at all; here it is one empty value, because a batch is never empty.
 */
export const column = (parameter: string): string =>
  `case when ${parameter}::text = '' then array[''] else string_to_array(${parameter}::text, '${SEPARATOR}', '${NOTHING}') end`

/**
 * One column of a batch as a single text for {@link column}; never call it for an empty batch.
 * @throws RangeError when a value contains the separator: the columns would shift against each other.
 */
export function joined(values: readonly (string | number | boolean | null)[]): string {
  const text = values.map((value) => value ?? NOTHING).join(SEPARATOR)
  let found = 0
  for (let at = text.indexOf(SEPARATOR); at !== -1; at = text.indexOf(SEPARATOR, at + 1)) found += 1
  if (found !== values.length - 1) throw new RangeError('a value contains U+001F')
  return text
}

/** A timestamptz from epoch ms in SQL; exact to the millisecond. */
export const instantOf = (expression: string): string => `to_timestamp(${expression}::float8 / 1000)`
