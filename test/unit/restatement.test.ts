import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import type { Base, Fact } from '../../core/domain/count/fact.ts'
import { monthFreezesAt, shiftMonths } from '../../core/domain/count/month-freeze.ts'
import { type Change, restatedSums, restatementOf } from '../../core/domain/count/restatement.ts'
import { restatementFaults } from '../../core/domain/count/restatement-settings.ts'
import { HOUR } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { aRegionTree, anEvent, at, SHANGHAI } from '../support/builders.ts'

const NOW = at('2026-06-10 10:00')
const OLD = '2026-06-01 09:00'
const YOUNG = '2026-06-08 09:00'

const fact = (base: Base, local = OLD, more: Partial<Fact> = {}): Fact => ({
  base, at: at(local), regionCode: '320501', kind: 'complaint', by: { phenomenon: 'a' }, measures: base === 'ACC' ? { accepted: 1 } : { finished: 1 }, ...more,
})
const lost = (of: Fact): Change => ({ fact: of, times: -1 })
const gained = (of: Fact): Change => ({ fact: of, times: 1 })
const inTime = (type: EventType, payload = {}) => anEvent(type, { occurredAt: '2026-06-10 09:00', receivedAt: '2026-06-10 09:30', payload })
const tooLate = (type: EventType, received = '2026-06-10 09:30') => anEvent(type, { occurredAt: OLD, receivedAt: received })
const judge = (changes: Change[], events = [inTime('corrected')], heardFrom = at('2026-01-01')) =>
  restatementOf({ changes, events, now: NOW, watermark: 72 * HOUR, heardFrom })

const MOVED = [lost(fact('ACC')), gained(fact('ACC', OLD, { by: { phenomenon: 'b' } }))]
const RIPE = [lost(fact('ACC', OLD, { measures: { accepted: 1, pending: 1 } })), gained(fact('ACC', OLD, { measures: { accepted: 1, late: 1 } }))]
const SETTLED = [lost(fact('ACC')), gained(fact('ACC', OLD, { measures: { accepted: 1, repeat: 1 } }))]
const UNIT = [lost(fact('DUE', OLD, { by: { unit: 'u1' } })), gained(fact('DUE', OLD, { by: { unit: 'u2' } }))]

describe('what restates the past', () => {
  test.each<[what: string, changes: Change[], events: ReturnType<typeof anEvent>[], cause: string | null, n?: number]>([
    ['a correction that moves an old fact', MOVED, [inTime('corrected')], 'correction', 2],
    ['an event that replaces another', MOVED, [{ ...inTime('created'), correctsEventId: 'x' }], 'correction', 2],
    ['a void', [lost(fact('ACC')), lost(fact('FIN'))], [inTime('voided')], 'void', 2],
    ['a merge', [lost(fact('ACC'))], [inTime('merged')], 'merge', 1],
    ['a cancellation that takes a finished week away', [lost(fact('FIN'))], [inTime('cancelled')], 'cancellation', 1],
    ['a reopening: the completion, not the acceptance that ripens with it', [lost(fact('FIN')), ...RIPE], [inTime('reopened')], 'reopening', 1],
    ['a mark of what is settled at acceptance', SETTLED, [inTime('marked')], 'mark', 2],
    ['another ticket of the customer', SETTLED, [], 'kin', 2],
    ['a late event, whatever it changes', RIPE, [tooLate('completed')], 'late', 2],
    ['a late void', [lost(fact('ACC'))], [tooLate('voided')], 'void', 1],
    ['an event received exactly at the watermark', RIPE, [tooLate('completed', '2026-06-04 09:00')], null],
    ['an event received just after it', RIPE, [tooLate('completed', '2026-06-04 09:00:00.001')], 'late', 2],
    ['a measure that ripens by an event in its time', RIPE, [inTime('completed')], null],
    ['a measure that ripens by time alone', RIPE, [], null],
    ['a correction of what counts elsewhere', RIPE, [inTime('corrected')], null],
    ['the unit of an old deadline, moved by a reopening', UNIT, [inTime('reopened')], null],
    ['the unit of an old deadline, corrected', UNIT, [inTime('corrected')], 'correction', 2],
    ['a move by an event of the ordinary course', MOVED, [inTime('claimed')], null],
    ['young facts', [lost(fact('ACC', YOUNG)), gained(fact('ACC', YOUNG, { by: {} }))], [inTime('corrected')], null],
    ['a mapping of codes: the steward has given his word', MOVED, [{ ...inTime('created', { mapping_id: '1' }), eventId: 'mapping:1:x', correctsEventId: 'x' }], null],
    ['an event id that only looks like one', MOVED, [{ ...inTime('created'), eventId: 'mapping:1:x', correctsEventId: 'x' }], 'correction', 2],
  ])('%s', (_what, changes, events, cause, n) => {
    const found = judge(changes, events)
    expect(found?.cause ?? null).toBe(cause)
    expect(found?.changes.length).toBe(n)
  })

  test('is just older than the watermark, and never a state', () => {
    const edge = (local: string) => judge([lost(fact('ACC', local))], [inTime('voided')])
    expect(edge('2026-06-07 10:00')).toBeNull()
    expect(edge('2026-06-07 09:59:59.999')).not.toBeNull()
    expect(judge([lost(fact('SNAP')), lost({ ...fact('NOW'), at: 0 })], [inTime('voided')])).toBeNull()
  })

  test('is nothing that was never published, unless it is corrected after the first load', () => {
    const after = at('2026-06-04 09:00:00.001')
    expect(judge([gained(fact('ACC'))], [tooLate('created')], after)).toBeNull()
    expect(judge([gained(fact('ACC'))], [tooLate('created')], at('2026-06-04 09:00'))).not.toBeNull()
    expect(judge(SETTLED, [], after)).toBeNull()
    expect(judge(MOVED, [inTime('corrected')], after)).not.toBeNull()
  })

  test('is nothing of the past that a correction moves while it is being loaded, for the length of the watermark', () => {
    const corrected = (receivedAt: string) => anEvent('corrected', { occurredAt: '2026-06-10 09:00', receivedAt })
    expect(judge(MOVED, [corrected('2026-06-10 09:30')], at('2026-06-07 09:30'))).toBeNull()
    expect(judge(MOVED, [corrected('2026-06-10 09:30:00.001')], at('2026-06-07 09:30'))?.cause).toBe('correction')
    expect(judge(MOVED, [corrected('2026-06-10 09:30'), corrected('2026-06-10 09:30:00.001')], at('2026-06-07 09:30'))?.cause).toBe('correction')
    // What was published as it came is restated whenever it is corrected.
    expect(judge(MOVED, [corrected('2026-06-04 08:00')], at('2026-06-04 08:00'))?.cause).toBe('correction')
  })

  test('names the last event by its own time, in whatever order they come', () => {
    const [one, two] = [inTime('voided'), { ...inTime('merged'), occurredAt: at('2026-06-10 09:10') }]
    expect(judge([lost(fact('ACC'))], [one, two])?.event).toBe(two)
    expect(judge([lost(fact('ACC'))], [two, one])?.event).toBe(two)
  })

  test('is summed by base, local day, city and kind', () => {
    const tree = aRegionTree()
    const away = gained(fact('ACC', '2026-06-02 00:00', { regionCode: '320101' }))
    expect(restatedSums([lost(fact('ACC')), lost(fact('ACC')), away, lost(fact('FIN')), gained(fact('FIN'))], tree, SHANGHAI)).toMatchObject([
      { base: 'ACC', binAt: at('2026-06-01'), regionCode: '320500', kind: 'complaint', n: [-2, ...new Array(23).fill(0)] },
      { base: 'ACC', binAt: at('2026-06-02'), regionCode: '320100', n: [1, ...new Array(23).fill(0)] },
    ])
  })
})

describe('a month freezes', () => {
  const calendar = calendarFrom(DEFAULT_CALENDAR)
  test.each([
    ['2026-05-01', '2026-06-06', 'five plain days from a Monday'],
    ['2026-04-01', '2026-05-12', 'after the Labour Day holidays, their Saturday worked'],
    ['2026-09-01', '2026-10-14', 'after National Day, its Saturday worked'],
    ['2025-12-01', '2026-01-09', 'in the next year, a Sunday worked'],
  ])('%s: at the end of the day before %s (%s)', (month, freezes) => {
    expect(monthFreezesAt(at(month), 5, calendar, SHANGHAI)).toBe(at(freezes))
  })

  test('months are counted on and back over the year', () => {
    expect(shiftMonths(at('2026-01-01'), -2, SHANGHAI)).toBe(at('2025-11-01'))
    expect(shiftMonths(at('2026-01-01'), 2, SHANGHAI)).toBe(at('2026-03-01'))
  })

  test('settings out of reason are refused by field', () => {
    expect(restatementFaults({ watermarkHours: 72, freezeWorkday: 5 })).toEqual([])
    expect(restatementFaults({ watermarkHours: 0, freezeWorkday: 16 })).toMatchObject([/^watermarkHours/, /^freezeWorkday/].map((text) => expect.stringMatching(text)))
  })
})
