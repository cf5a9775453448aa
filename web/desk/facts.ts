/** One fact or parameter as a line: its path, and its value with what kind of value it is. */
export interface FactLine {
  readonly key: string
  readonly value:
    | { readonly kind: 'instant'; readonly at: number }
    | { readonly kind: 'span'; readonly ms: number }
    | { readonly kind: 'number'; readonly number: number }
    | { readonly kind: 'boolean'; readonly is: boolean }
    | { readonly kind: 'text'; readonly text: string }
}

/** Keys that serve the engine and tell a person nothing, and those that the pane shows in a better form. */
const ELSEWHERE: ReadonlySet<string> = new Set(['cause', 'words', 'readings', 'owners'])

function valueOf(key: string, value: unknown): FactLine['value'] | null {
  if (typeof value === 'number' && /At$/.test(key)) return { kind: 'instant', at: value }
  if (typeof value === 'number' && /Ms$/.test(key)) return { kind: 'span', ms: value }
  if (typeof value === 'number') return { kind: 'number', number: value }
  if (typeof value === 'boolean') return { kind: 'boolean', is: value }
  if (typeof value === 'string') return value === '' ? null : { kind: 'text', text: value }
  return null
}

/** Facts and parameters as lines, nested ones by path; arrays of plain values on one line. Nulls are left out: there is nothing to say of them. */
export function factLines(record: Readonly<Record<string, unknown>>, path = ''): readonly FactLine[] {
  return Object.entries(record).flatMap(([name, value]): readonly FactLine[] => {
    if (ELSEWHERE.has(name) || value === null || value === undefined) return []
    const key = path === '' ? name : `${path}.${name}`
    if (Array.isArray(value)) {
      const isPlain = value.every((item) => item === null || typeof item !== 'object')
      return isPlain ? [{ key, value: { kind: 'text', text: value.map((item) => item ?? '–').join(' / ') } }] : value.flatMap((item, index) => factLines({ [String(index)]: item }, key))
    }
    if (typeof value === 'object') return factLines(value as Record<string, unknown>, key)
    const line = valueOf(name, value)
    return line ? [{ key, value: line }] : []
  })
}
