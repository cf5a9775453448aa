import { describe, expect, test } from 'vitest'
import { SKIP_LEVEL_ARRIVAL } from '../../core/domain/abnormal/at-29-skip-level-arrival.ts'
import { judgedBy } from '../support/abnormal.ts'
import { at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'
import { aFolded, h, START } from '../support/clock-tickets.ts'

describe('AT-29 skip-level arrival', () => {
  test.each([
    ['province_complaint', 0, 'never_true'],
    ['group_complaint', 2, 'true'],
    ['province_appeal', 3, 'true'],
    ['group_appeal', 3, 'true'],
  ] as const)('%s', (sourceCategory, level, why) => {
    for (const when of [START, h(500)]) {
      expect(judgedBy(SKIP_LEVEL_ARRIVAL, aFolded({ sourceCategory }), when)).toMatchObject({ level, why, nextChangeAt: null })
    }
  })

  test('goes by the source, not by the channel', () => {
    expect(judgedBy(SKIP_LEVEL_ARRIVAL, aFolded({ channel: 'miit_forward' }), h(1)).level).toBe(0)
  })

  test('the end of the ticket leaves it to a person', () => {
    for (const end of [{ completedAt: h(2) }, { cancelledAt: h(2) }, { mergedAt: h(2) }]) {
      expect(judgedBy(SKIP_LEVEL_ARRIVAL, aFolded({ sourceCategory: 'group_complaint', ...end }), h(3))).toMatchObject({ level: 0, why: 'mitigated' })
    }
  })

  test('names the source as its cause, another after a reopening', () => {
    const ticket = aFolded({ sourceCategory: 'group_appeal' })
    expect(judgedBy(SKIP_LEVEL_ARRIVAL, ticket, h(1)).facts).toEqual({ cause: 'source:group_appeal', words: '集团转来申诉 / appeal from the group' })
    expect(judgedBy(SKIP_LEVEL_ARRIVAL, { ...ticket, reopenCount: 1 }, h(1)).facts['cause']).toBe('source:group_appeal|reopenings:1')
  })

  test('follows a correction of the source', () => {
    const corrected = (to: string) =>
      ticketOf(
        ['created', '2026-06-01 09:00', { ...CREATED_PAYLOAD, source_category: 'group_complaint' }],
        ['corrected', '2026-06-01 10:00', { field: 'source_category', old: 'group_complaint', new: to }],
      )
    const when = at('2026-06-01 11:00')
    expect(judgedBy(SKIP_LEVEL_ARRIVAL, corrected('group_appeal'), when)).toMatchObject({ level: 3, why: 'true' })
    expect(judgedBy(SKIP_LEVEL_ARRIVAL, corrected('province_complaint'), when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
