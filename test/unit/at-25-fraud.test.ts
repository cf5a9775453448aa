import { describe, expect, test } from 'vitest'
import type { AbnormalVerdict } from '../../core/domain/abnormal/abnormal-rule.ts'
import { FRAUD } from '../../core/domain/abnormal/at-25-fraud.ts'
import { type KnownAlert, reconcileAbnormal } from '../../core/domain/abnormal/reconcile.ts'
import { NO_KEYWORDS } from '../../core/domain/keyword/ticket-keywords.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aContext, aFolded, h, START } from '../support/clock-tickets.ts'

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

  test('a mark beside words of danger is another cause: who closed the one has not answered the other, though the level is the same', () => {
    const context = aContext({}, { keywords: { ...NO_KEYWORDS, safety: ['触电'] } })
    const [alone, both] = [aFolded(), aFolded(marked)].map((ticket) => ({ ruleId: 'AT-25', ...judgedBy(FRAUD, ticket, h(1), {}, context) }))
    expect([alone?.level, both?.level]).toEqual([3, 3])
    const closed: KnownAlert = { alertId: '1', ruleId: 'AT-25', severity: 3, state: 'resolved', endedBy: 'person', cause: String(alone?.facts['cause']) }
    expect(reconcileAbnormal([closed], [alone as AbnormalVerdict], { linkedCaseId: null })).toEqual([])
    expect(reconcileAbnormal([closed], [both as AbnormalVerdict], { linkedCaseId: null })).toMatchObject([{ action: 'open', severity: 3 }])
  })

  test('no case takes its pages away', () => {
    expect(FRAUD.suppressedByCase).toBe(false)
  })
})
