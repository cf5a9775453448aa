import { describe, expect, test } from 'vitest'
import { ORPHAN_TICKET } from '../../core/domain/abnormal/at-20-orphan-ticket.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import type { UnitBook } from '../../core/domain/ticket/unit-book.ts'
import { type Instant, MINUTE } from '../../core/domain/time.ts'
import { judgedBy } from '../support/abnormal.ts'
import { CREATED_PAYLOAD, anEvent, at, ticketOf } from '../support/builders.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { aContext, aFolded, aLeg, h, START } from '../support/clock-tickets.ts'

/** A table of units by what it says of their closing; `loaded` are the provinces that have one. */
const book = (units: Readonly<Record<string, Instant | null>>, loaded: readonly string[] = ['32']): UnitBook => ({
  isLoaded: (province) => loaded.includes(province),
  isKnown: (code) => code in units,
  closesAt: (code) => units[code],
})
const seen = (ticket: Ticket, when: Instant, units: UnitBook = book({ net: null }), values = {}) =>
  judgedBy(ORPHAN_TICKET, ticket, when, values, aContext({}, { units }))
const sentTo = (...legs: readonly Parameters<typeof aLeg>[0][]) => aFolded({ legs: legs.map((leg) => aLeg(leg)) })
const NOBODY = { unitId: null, receivedAt: h(1) }

describe('AT-20 orphan ticket', () => {
  test.each([
    ['at 15 min', h(1) + 15 * MINUTE, 0, 'never_true', h(1) + 15 * MINUTE + 1],
    ['a millisecond more', h(1) + 15 * MINUTE + 1, 2, 'true', h(3) + 1],
    ['at 2 h', h(3), 2, 'true', h(3) + 1],
    ['a millisecond more than 2 h', h(3) + 1, 3, 'true', null],
  ] as const)('without a unit, %s', (_, when, level, why, nextChangeAt) => {
    for (const leg of [NOBODY, { unitId: 'gone', receivedAt: h(1) }]) expect(seen(sentTo(leg), when)).toMatchObject({ level, why, nextChangeAt })
  })

  test('a unit that closes under the ticket makes it one from its closing on, one that had closed from its arrival', () => {
    const closing = book({ net: h(5) })
    expect(seen(sentTo({ receivedAt: h(1) }), h(4), closing)).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: h(5) + 15 * MINUTE + 1 })
    expect(seen(sentTo({ receivedAt: h(1) }), h(5) + 15 * MINUTE + 1, closing)).toMatchObject({ level: 2, why: 'true' })
    expect(seen(sentTo({ receivedAt: h(6) }), h(6) + 15 * MINUTE + 1, closing)).toMatchObject({ level: 2, why: 'true' })
    expect(seen(sentTo({ receivedAt: h(1), finishedAt: h(5), finish: 'transferred' }), h(9), closing)).toMatchObject({ level: 0, why: 'never_true' })
  })

  test.each([
    ['a valid unit', sentTo({ receivedAt: h(1) }), book({ net: null })],
    ['a unit that is in no table, where the province has none', sentTo({ unitId: 'gone', receivedAt: h(1) }), book({}, ['33'])],
    ['a helper without a unit', sentTo({ receivedAt: h(1) }, { ...NOBODY, isAssist: true }), book({ net: null })],
    ['no stay at all: undispatched', aFolded(), book({})],
  ])('%s is none', (_, ticket, units) => {
    expect(seen(ticket, h(48), units)).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: null })
  })

  test('without a unit it is one also where no table is loaded', () => {
    expect(seen(sentTo(NOBODY), h(4), book({}, [])).level).toBe(3)
    expect(judgedBy(ORPHAN_TICKET, sentTo(NOBODY), h(4), {}, aContext()).level).toBe(3)
  })

  test.each([
    ['moved on', sentTo({ ...NOBODY, finishedAt: h(2), finish: 'transferred' }, { receivedAt: h(2) }), 'cleared'],
    ['moved on in time', sentTo({ ...NOBODY, finishedAt: h(1.1), finish: 'transferred' }, { receivedAt: h(1.1) }), 'never_true'],
    ['claimed by somebody without a unit', sentTo({ ...NOBODY, firstClaimedAt: h(2) }), 'cleared'],
    ['claimed by a unit', sentTo({ receivedAt: h(1), firstClaimedAt: h(2), isNamedByClaim: true }), 'cleared'],
    ['claimed in time', sentTo({ ...NOBODY, firstClaimedAt: h(1.25) }), 'never_true'],
  ])('clears when it is %s', (_, ticket, why) => {
    expect(seen(ticket, h(9))).toMatchObject({ level: 0, why })
  })

  test('a claim does not make a closed or unknown unit valid', () => {
    expect(seen(sentTo({ unitId: 'gone', receivedAt: h(1), firstClaimedAt: h(1.1) }), h(4))).toMatchObject({ level: 3, why: 'true' })
  })

  test('a further stay without a unit is a new cause', () => {
    const first = { ...NOBODY, finishedAt: h(3), finish: 'returned' } as const
    const then = sentTo(first, { legId: 'L2', unitId: null, receivedAt: h(5) })
    expect(seen(then, h(5.1))).toMatchObject({ level: 0, why: 'cleared', nextChangeAt: h(5) + 15 * MINUTE + 1 })
    expect(seen(then, h(6))).toMatchObject({ level: 2, why: 'true', facts: { cause: `stay:L2:${h(5)}` } })
  })

  test('the unit being entered later takes the alert back', () => {
    const ticket = sentTo({ unitId: 'new', receivedAt: h(1) })
    expect(seen(ticket, h(4))).toMatchObject({ level: 3, why: 'true' })
    expect(seen(ticket, h(4), book({ net: null, new: null }))).toMatchObject({ level: 0, why: 'never_true' })
  })

  test('goes by the numbers that are set, and says why', () => {
    expect(seen(sentTo(NOBODY), h(1) + 31 * MINUTE, undefined, { A2: 30, A3: 240 })).toMatchObject({ level: 2, nextChangeAt: h(5) + 1 })
    expect(seen(sentTo(NOBODY), h(2)).facts).toEqual({ cause: `stay:L1:${h(1)}`, words: '派单未指明单位，已 1 小时 / dispatched to no unit, for 1 h' })
    expect(seen(sentTo({ unitId: 'gone', receivedAt: h(1) }), h(2)).facts['words']).toBe('单位不在单位表中，已 1 小时 / unit not in the table of units, for 1 h')
    expect(seen(sentTo({ receivedAt: START }), h(3), book({ net: h(1) })).facts['words']).toBe('单位已撤销，已 2 小时 / unit closed, for 2 h')
  })

  test('folded: dispatched to nobody, claimed after three hours by a unit that its events name', () => {
    const events = [
      anEvent('created', { occurredAt: '2026-06-01 09:00' }),
      anEvent('reassigned', { occurredAt: '2026-06-01 10:00', payload: { new_leg_id: 'L2' } }),
    ]
    const dispatched = anEvent('dispatched', { occurredAt: '2026-06-01 09:30', payload: { to_unit: 'net', leg_id: 'L1' } })
    const claimed = anEvent('claimed', { occurredAt: '2026-06-01 13:00', unitId: 'net', payload: { leg_id: 'L2', handler_id: 'h1' } })
    const orphan = foldTicket([...events, dispatched])
    expect(seen(orphan, at('2026-06-01 12:30'))).toMatchObject({ level: 3, why: 'true' })
    const found = foldTicket([...events, dispatched, claimed])
    expect(found.legs.at(-1)).toMatchObject({ unitId: 'net', isNamedByClaim: true })
    expect(seen(found, at('2026-06-01 14:00'))).toMatchObject({ level: 0, why: 'cleared' })
    expect(ticketOf(['created', '2026-06-01 09:00', CREATED_PAYLOAD], ['dispatched', '2026-06-01 09:30', { to_unit: 'net', leg_id: 'L1' }]).legs[0]).not.toHaveProperty('isNamedByClaim')
  })
})
