import { describe, expect, test } from 'vitest'
import { FRAUD } from '../../core/domain/abnormal/at-25-fraud.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aFolded, h, START } from '../support/clock-tickets.ts'

const MARKS = aFolded().marks
const marked = { marks: { ...MARKS, isFraud: true } }

describe('AT-25 fraud', () => {
  test('is orange from acceptance, and time changes nothing', () => {
    expect(judgedBy(FRAUD, aFolded(marked), START)).toMatchObject({ level: 3, why: 'true', nextChangeAt: null })
    expect(judgedBy(FRAUD, aFolded(marked), h(1_000))).toMatchObject({ level: 3, why: 'true', nextChangeAt: null })
    expect(judgedBy(FRAUD, aFolded(), h(1))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('the end of the ticket leaves it to a person', () => {
    for (const end of [{ completedAt: h(2) }, { cancelledAt: h(2) }, { mergedAt: h(2) }]) {
      expect(judgedBy(FRAUD, aFolded({ ...marked, ...end }), h(3))).toMatchObject({ level: 0, why: 'mitigated' })
    }
  })

  test('a mark that is taken away disproves it', () => {
    const rows = [
      ['created', '2026-06-01 09:00', CREATED_PAYLOAD],
      ['marked', '2026-06-01 10:00', { fraud: true }],
      ['marked', '2026-06-01 11:00', { fraud: false }],
    ] as const
    const when = at('2026-06-01 12:00')
    expect(judgedBy(FRAUD, ticketOf(...rows.slice(0, 2)), when)).toMatchObject({ level: 3, why: 'true' })
    expect(judgedBy(FRAUD, ticketOf(...rows), when)).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('names its cause, another after a reopening', () => {
    expect(judgedBy(FRAUD, aFolded(marked), h(1)).facts).toEqual({ cause: 'marked:fraud', words: '标注为涉诈 / marked as fraud' })
    expect(judgedBy(FRAUD, aFolded({ ...marked, reopenCount: 2 }), h(1)).facts['cause']).toBe('marked:fraud|reopenings:2')
  })

  test('no case takes its pages away', () => {
    expect(FRAUD.suppressedByCase).toBe(false)
  })
})
