import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { findJsonFault } from '../../server/json-fault.ts'

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('the place where a JSON text breaks', () => {
  test.each([
    ['', 0, 1, 1, null],
    ['[', 1, 1, 2, 0],
    ['[{"a":1},{"a":}]', 14, 1, 15, 1],
    ['[{"a":1},\n {"a":1,}]', 18, 2, 9, 1],
    ['[1,2,3', 6, 1, 7, 2],
    ['[1 2]', 3, 1, 4, 0],
    ['[01]', 2, 1, 3, 0],
    ['{"a":"\u0001"}', 6, 1, 7, null],
    ['["\\x"]', 3, 1, 4, 0],
    ['[tru]', 1, 1, 2, 0],
    ['[1,]', 3, 1, 4, 1],
    ['{} x', 3, 1, 4, null],
    ['{a:1}', 1, 1, 2, null],
    ['[-]', 2, 1, 3, 0],
    ['["abc', 5, 1, 6, 0],
  ] as const)('%j: offset %i, line %i, column %i, item %j', (text, offset, line, column, item) => {
    expect(findJsonFault(text)).toEqual({ offset, line, column, item })
  })

  test.prop([fc.json(), fc.nat(), fc.constantFrom('', ',', ']', '}', '"', '\\', '0', '-', 'x', '\n')])(
    'is found exactly when the engine refuses the text',
    (json, place, sign) => {
      const at = place % (json.length + 1)
      const text = json.slice(0, at) + sign + json.slice(at + 1)
      expect(findJsonFault(json)).toBeNull()
      expect(findJsonFault(text) === null).toBe(parses(text))
    },
  )

  test.prop([fc.json(), fc.nat()])('is never before the first character that makes the text hopeless', (json, place) => {
    const cut = json.slice(0, place % (json.length + 1))
    const fault = findJsonFault(cut)
    // A beginning of a sound text can always be continued: the fault is its end, or it is sound by itself (a number).
    if (fault !== null) expect(cut.slice(fault.offset)).toMatch(/^(t|tr|tru|f|fa|fal|fals|n|nu|nul|\.|[eE][+-]?)?$/)
  })

  test('ten thousand opening brackets do no harm', () => {
    expect(findJsonFault('['.repeat(100_000))).toMatchObject({ offset: 100_000 })
  })
})
