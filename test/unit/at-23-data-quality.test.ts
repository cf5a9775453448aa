import { describe, expect, test } from 'vitest'
import { DATA_QUALITY } from '../../core/domain/abnormal/at-23-data-quality.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { anEvent, at, CREATED_PAYLOAD } from '../support/builders.ts'
import { aContext, aFolded, aLeg, h, START } from '../support/clock-tickets.ts'

const seen = (ticket: Ticket, when: number, values = {}, limits = {}) => judgedBy(DATA_QUALITY, ticket, when, values, aContext(limits))
const flag = (name: string, receivedAt = h(1), eventId = 'E1') => ({ flag: name, eventId, receivedAt })

describe('AT-23 data quality', () => {
  test.each([
    ['illegal_transition', 1],
    ['missing_field:kind', 1],
    ['missing_field:source_category', 1],
    ['unmapped:product_l1', 1],
    ['unmapped:region', 1],
    ['created_not_first', 0],
    ['suspected_duplicate', 0],
    ['wrong_type:star', 0],
  ] as const)('%s', (name, level) => {
    expect(seen(aFolded({ qualityFlags: [flag(name)] }), h(2)).level).toBe(level)
  })

  test.each([
    ['an empty reply', { legs: [aLeg({ finish: 'replied', finishedAt: h(1), replyLength: 0 })] }, 1],
    ['a reply of one character', { legs: [aLeg({ finish: 'replied', finishedAt: h(1), replyLength: 1 })] }, 0],
    ['one open main leg', { legs: [aLeg()] }, 0],
    ['two open main legs', { legs: [aLeg(), aLeg({ legId: 'L2', receivedAt: h(1) })] }, 1],
    ['one open main leg and a helper', { legs: [aLeg(), aLeg({ legId: 'L2', isAssist: true })] }, 0],
    ['completed a minute before acceptance, as clocks differ', { completedAt: START - MINUTE }, 0],
    ['completed earlier than that', { completedAt: START - MINUTE - 1 }, 1],
  ] as const)('%s', (_, facts, level) => {
    expect(seen(aFolded(facts as Partial<Ticket>), h(2)).level).toBe(level)
  })

  test('what is out of order waits for the reorder delay after its receipt', () => {
    const ticket = aFolded({ qualityFlags: [flag('illegal_transition')] })
    const due = h(1) + 120 * SECOND
    expect(seen(ticket, due - 1)).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: due })
    expect(seen(ticket, due)).toMatchObject({ level: 1, why: 'true', nextChangeAt: null })
    expect(seen(ticket, h(1) + 10 * SECOND, {}, { reorderDelaySeconds: 10 }).level).toBe(1)
  })

  test('stands on a closed ticket, for closing mends no record', () => {
    expect(seen(aFolded({ qualityFlags: [flag('illegal_transition')], completedAt: h(1) }), h(3))).toMatchObject({ level: 1, why: 'true' })
  })

  test('another finding is another cause, from the instant at which it counts', () => {
    const ticket = aFolded({ qualityFlags: [flag('missing_field:kind'), flag('illegal_transition', h(2), 'E2')] })
    const due = h(2) + 120 * SECOND
    expect(seen(ticket, due - 1)).toMatchObject({ nextChangeAt: due, facts: { cause: 'missing_field:kind@E1' } })
    expect(seen(ticket, due).facts).toEqual({
      cause: 'missing_field:kind@E1,illegal_transition@E2',
      words: '缺少必填字段 kind；流转不合法 / mandatory field kind missing; illegal transition',
    })
  })

  test('goes by the number of open legs that is set', () => {
    const legs = [aLeg(), aLeg({ legId: 'L2', receivedAt: h(1) })]
    expect(seen(aFolded({ legs }), h(2), { openLegs: 2 }).level).toBe(0)
  })

  test('a corrected event takes it back, and so does a correction of the field', () => {
    const { channel, ...rest } = CREATED_PAYLOAD
    const bad = anEvent('created', { eventId: 'bad', payload: rest })
    const mended = anEvent('created', { eventId: 'good', correctsEventId: 'bad', payload: CREATED_PAYLOAD })
    const field = anEvent('corrected', { occurredAt: '2026-06-01 10:00', payload: { field: 'channel', new: channel } })
    const when = at('2026-06-01 12:00')
    expect(seen(foldTicket([bad]), when)).toMatchObject({ level: 1, why: 'true' })
    expect(seen(foldTicket([bad, mended]), when)).toMatchObject({ level: 0, why: 'never_true' })
    expect(seen(foldTicket([bad, field]), when)).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('S-6: the step that was missing arrives within the delay, and nothing was wrong', () => {
    const [created, resumed] = [anEvent('created'), anEvent('resumed', { occurredAt: '2026-06-01 09:40' })]
    const between = [anEvent('dispatched', { occurredAt: '2026-06-01 09:10' }), anEvent('suspended', { occurredAt: '2026-06-01 09:20' })]
    const when = at('2026-06-01 09:43')
    expect(seen(foldTicket([created, resumed]), when)).toMatchObject({ level: 1, why: 'true' })
    expect(seen(foldTicket([created, resumed, ...between]), when)).toMatchObject({ level: 0, why: 'never_true' })
  })
})
