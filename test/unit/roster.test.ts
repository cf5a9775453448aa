import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import { checkGaps, FORECAST, gapsOf } from '../../core/domain/oncall/gaps.ts'
import type { ChangeBody, RosterBody, RosterChange } from '../../core/domain/oncall/roster.ts'
import { type Candidate, changeFaults, rosterFaults } from '../../core/domain/oncall/roster-faults.ts'
import { DEFAULT_TIMES, type ShiftKey, shiftAt, shiftsBetween, type ShiftTimes } from '../../core/domain/oncall/shift.ts'
import { mayStandIn } from '../../core/domain/oncall/stand-in.ts'
import { nextChange, type Person, type RosterBook, spansOf, whoIsOn } from '../../core/domain/oncall/who-is-on.ts'
import { DAY, HOUR, type Instant, localDate, MINUTE, timeOfDay } from '../../core/domain/time.ts'
import { at } from '../support/builders.ts'

const ZONE = 'Asia/Shanghai'
const calendar = calendarFrom(DEFAULT_CALENDAR)
const cutOf = (times: ShiftTimes, zone = ZONE) => ({ times, zone, calendar })
const CENTRE = cutOf(DEFAULT_TIMES.day_night)
const DEPARTMENT = cutOf(DEFAULT_TIMES.workday)

/** Two pairs by day and two people by night, a week about, from Monday 2026-06-01. */
const BODY: RosterBody = {
  ...DEFAULT_TIMES.day_night,
  rotations: [
    { kinds: ['day'], crews: [{ primary: 'a', deputy: 'b' }, { primary: 'c', deputy: 'd' }], anchor: '2026-06-01', turnDays: 7 },
    { kinds: ['night'], crews: [{ primary: 'e', deputy: 'f' }, { primary: 'g', deputy: null }], anchor: '2026-06-01', turnDays: 7 },
  ],
}
const PEOPLE = new Map<string, Person>('abcdefgh'.split('').map((id) => [id, { name: id, goneAt: null }]))
const change = (body: ChangeBody, id = '1'): RosterChange => ({ id, author: 'admin', reason: 'because', at: 0, body })
const bookOf = (changes: readonly RosterChange[] = [], more: Partial<RosterBook> = {}): RosterBook => ({
  versions: [{ version: 1, effectiveFrom: at('2026-05-01 00:00'), body: BODY }], changes, people: PEOPLE, zone: ZONE, calendar, ...more,
})
const on = (book: RosterBook, text: string) => {
  const { primary, deputy } = whoIsOn(book, at(text))
  return [primary, deputy]
}
const key = (date: string, part: 0 | 1): ShiftKey => ({ date, part })

describe('shifts', () => {
  test('of the centre change at 08:00 and 20:00, to the millisecond; a night goes over midnight and the month', () => {
    const kinds = ['2026-06-30 19:59', '2026-06-30 20:00', '2026-07-01 00:00', '2026-07-01 07:59', '2026-07-01 08:00'].map((text) => shiftAt(CENTRE, at(text)))
    expect(kinds.map(({ kind, date }) => `${kind} ${date}`)).toEqual(['day 2026-06-30', 'night 2026-06-30', 'night 2026-06-30', 'night 2026-06-30', 'day 2026-07-01'])
    expect(shiftAt(CENTRE, at('2026-06-30 20:00') - 1).kind).toBe('day')
  })

  test('of a department are working hours on workdays by the calendar, make-up days too, and else outside', () => {
    const kinds = ['2026-10-08 08:59', '2026-10-08 09:00', '2026-10-08 17:59', '2026-10-08 18:00', '2026-10-10 10:00', '2026-10-11 10:00', '2026-10-01 10:00'].map((text) => shiftAt(DEPARTMENT, at(text)).kind)
    expect(kinds).toEqual(['outside', 'work', 'work', 'outside', 'work', 'outside', 'outside'])
  })

  const times = fc.constantFrom(DEFAULT_TIMES.day_night, DEFAULT_TIMES.workday, { pattern: 'day_night', fromMinute: 0, toMinute: 1320 } as const)
  const zones = fc.constantFrom(ZONE, 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe')
  test('tile time without hole or overlap, in any zone, over changes of the clock', () => {
    fc.assert(
      fc.property(times, zones, fc.integer({ min: at('2025-12-01 00:00'), max: at('2028-03-05 00:00') }), (given, zone, start) => {
        const cut = cutOf(given, zone)
        const shifts = shiftsBetween(cut, start, start + 9 * DAY)
        expect(shifts[0]?.from).toBeLessThanOrEqual(start)
        for (const [index, shift] of shifts.entries()) {
          expect(shift.from).toBeLessThan(shift.to)
          if (index > 0) expect(shift.from).toBe(shifts[index - 1]?.to)
          expect(shiftAt(cut, shift.from)).toEqual(shift)
          expect(shiftAt(cut, shift.to - 1)).toEqual(shift)
        }
        expect(shifts.at(-1)?.to).toBeGreaterThanOrEqual(start + 9 * DAY)
      }),
      { numRuns: 200 },
    )
  })

  test('equal the reading of the clock minute by minute, over a leap day and a year’s end', () => {
    for (const [from, to] of [['2027-12-30 00:00', '2028-01-02 00:00'], ['2028-02-27 00:00', '2028-03-02 00:00']] as const) {
      for (let minute = at(from); minute < at(to); minute += MINUTE) {
        const ofDay = timeOfDay(minute, ZONE)
        const isDay = ofDay >= 8 * HOUR && ofDay < 20 * HOUR
        const date = localDate(ofDay < 8 * HOUR ? minute - DAY : minute, ZONE)
        expect(shiftAt(CENTRE, minute)).toMatchObject({ kind: isDay ? 'day' : 'night', date })
      }
    }
  })
})

describe('who is on', () => {
  test('is whose turn it is, week about, by day and by night', () => {
    expect([on(bookOf(), '2026-06-07 19:59'), on(bookOf(), '2026-06-07 20:00'), on(bookOf(), '2026-06-08 07:59'), on(bookOf(), '2026-06-08 08:00')]).toEqual([['a', 'b'], ['e', 'f'], ['e', 'f'], ['c', 'd']])
    expect(on(bookOf(), '2026-05-31 12:00')).toEqual(['c', 'd'])
    expect(whoIsOn(bookOf(), at('2026-04-30 23:59'))).toMatchObject({ shift: null, primary: null })
  })

  test('turns with every shift where the rotation says so', () => {
    const body: RosterBody = { ...BODY, rotations: [{ kinds: ['day', 'night'], crews: ['a', 'b', 'c', 'd'].map((primary) => ({ primary, deputy: null })), anchor: '2026-06-01', turnDays: 0 }] }
    const book = bookOf([], { versions: [{ version: 1, effectiveFrom: 0, body }] })
    expect(['2026-06-01 08:00', '2026-06-01 20:00', '2026-06-02 08:00', '2026-06-02 20:00', '2026-06-03 08:00', '2026-06-01 07:00'].map((text) => on(book, text)[0])).toEqual(['a', 'b', 'c', 'd', 'a', 'd'])
  })

  test('is changed by an override for one shift only, and a later one wins', () => {
    const overrides = [
      change({ kind: 'override', shift: key('2026-06-02', 0), crew: { primary: 'g', deputy: null } }),
      change({ kind: 'override', shift: key('2026-06-02', 0), crew: { primary: 'h', deputy: 'a' } }, '2'),
    ]
    expect([on(bookOf(overrides), '2026-06-02 08:00'), on(bookOf(overrides), '2026-06-02 20:00')]).toEqual([['h', 'a'], ['e', 'f']])
    expect(whoIsOn(bookOf(overrides), at('2026-06-02 09:00'))).toMatchObject({ source: 'override', change: { id: '2', reason: 'because' } })
  })

  test('is changed by a swap in both shifts, whichever place the two have', () => {
    const swap = [change({ kind: 'swap', shifts: [key('2026-06-02', 0), key('2026-06-09', 0)], people: ['a', 'd'] })]
    expect([on(bookOf(swap), '2026-06-02 12:00'), on(bookOf(swap), '2026-06-09 12:00'), on(bookOf(swap), '2026-06-03 12:00')]).toEqual([['d', 'b'], ['c', 'a'], ['a', 'b']])
    expect(whoIsOn(bookOf(swap), at('2026-06-09 12:00')).source).toBe('swap')
  })

  test('is the deputy from the beginning of a leave to its end, to the minute, and nobody where both are away', () => {
    const leave = [change({ kind: 'leave', userId: 'a', from: at('2026-06-02 10:00'), to: at('2026-06-02 12:00') })]
    const book = bookOf(leave)
    expect([on(book, '2026-06-02 09:59'), on(book, '2026-06-02 10:00'), on(book, '2026-06-02 11:59'), on(book, '2026-06-02 12:00')]).toEqual([['a', 'b'], ['b', null], ['b', null], ['a', 'b']])
    expect(whoIsOn(book, at('2026-06-02 11:00')).absent).toEqual([{ userId: 'a', why: 'leave' }])
    expect(nextChange(book, at('2026-06-02 09:00'))).toBe(at('2026-06-02 10:00'))
    const both = bookOf([...leave, change({ kind: 'leave', userId: 'b', from: at('2026-06-02 11:00'), to: at('2026-06-02 18:00') }, '2')])
    expect([on(both, '2026-06-02 11:30'), on(both, '2026-06-02 13:00')]).toEqual([[null, null], ['a', null]])
    expect(gapsOf(both, at('2026-06-01 00:00'), at('2026-06-05 00:00'))).toMatchObject([{ from: at('2026-06-02 11:00'), to: at('2026-06-02 12:00'), shift: { date: '2026-06-02', part: 0 } }])
  })

  test('never is somebody whose account is disabled or gone', () => {
    const people = new Map(PEOPLE).set('a', { name: 'a', goneAt: at('2026-06-02 10:00') })
    people.delete('e')
    const book = bookOf([], { people })
    expect([on(book, '2026-06-02 09:59'), on(book, '2026-06-02 10:00'), on(book, '2026-06-02 21:00')]).toEqual([['a', 'b'], ['b', null], ['f', null]])
  })

  test('goes by the version in force then, from the instant at which it comes into force', () => {
    const next: RosterBody = { ...BODY, fromMinute: 9 * 60, toMinute: 21 * 60, rotations: [{ kinds: ['day', 'night'], crews: [{ primary: 'h', deputy: null }], anchor: '2026-06-01', turnDays: 1 }] }
    const versions = [...bookOf().versions, { version: 2, effectiveFrom: at('2026-06-03 12:00'), body: next }]
    const book = bookOf([], { versions })
    expect([on(book, '2026-06-03 11:59'), on(book, '2026-06-03 12:00')]).toEqual([['a', 'b'], ['h', null]])
    expect(nextChange(book, at('2026-06-03 12:00'))).toBeNull()
  })

  const instant = fc.integer({ min: 0, max: 14 * 24 * 4 }).map((quarter) => at('2026-06-01 00:00') + quarter * 15 * MINUTE)
  const person = fc.constantFrom(...PEOPLE.keys())
  const shiftKey = fc.record({ date: fc.integer({ min: 1, max: 14 }).map((day) => `2026-06-${String(day).padStart(2, '0')}`), part: fc.constantFrom(0 as const, 1 as const) })
  const anyChange: fc.Arbitrary<ChangeBody> = fc.oneof(
    fc.record({ kind: fc.constant('override' as const), shift: shiftKey, crew: fc.record({ primary: person, deputy: fc.option(person) }) }),
    fc.record({ kind: fc.constant('swap' as const), shifts: fc.tuple(shiftKey, shiftKey), people: fc.tuple(person, person) }),
    fc.tuple(person, instant, fc.integer({ min: 1, max: 500 })).map(([userId, from, quarters]) => ({ kind: 'leave' as const, userId, from, to: from + quarters * 15 * MINUTE })),
  )
  const anyBook = fc.record({ changes: fc.array(anyChange, { maxLength: 8 }), gone: fc.option(fc.tuple(person, instant)), second: fc.option(instant), pattern: fc.boolean() }).map(({ changes, gone, second, pattern }) => {
    const people = new Map(PEOPLE)
    if (gone !== null) people.set(gone[0], { name: gone[0], goneAt: gone[1] })
    const body: RosterBody = pattern ? { ...BODY, fromMinute: 7 * 60 } : { ...DEFAULT_TIMES.workday, rotations: [{ kinds: ['work', 'outside'], crews: [{ primary: 'a', deputy: 'b' }, { primary: 'c', deputy: null }], anchor: '2026-06-01', turnDays: 0 }] }
    const versions = [...bookOf().versions, ...(second === null ? [] : [{ version: 2, effectiveFrom: second, body }])]
    return bookOf(changes.map((one, index) => change(one, String(index))), { people, versions })
  })
  test('of a window equals the full expansion minute by minute; nobody on leave or gone is named; a gap is where nobody is', () => {
    fc.assert(
      fc.property(anyBook, instant, (book, from) => {
        const to = from + 2 * DAY
        const spans = spansOf(book, from, to)
        expect([spans[0]?.from, spans.at(-1)?.to]).toEqual([from, to])
        const gaps = gapsOf(book, from, to)
        let index = 0
        for (let minute: Instant = from; minute < to; minute += MINUTE) {
          while ((spans[index]?.to ?? to) <= minute) index += 1
          const { from: _from, to: _to, ...told } = spans[index] ?? { from: 0, to: 0 }
          const now = whoIsOn(book, minute)
          expect(told).toEqual(now)
          for (const id of [now.primary, now.deputy].filter((one) => one !== null)) {
            const goneAt = book.people.get(id)?.goneAt ?? null
            expect(goneAt === null || goneAt > minute).toBe(true)
            expect(book.changes.some(({ body }) => body.kind === 'leave' && body.userId === id && body.from <= minute && minute < body.to)).toBe(false)
          }
          expect(gaps.some((gap) => gap.from <= minute && minute < gap.to)).toBe(now.shift !== null && now.primary === null)
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

describe('gaps', () => {
  const away = (userId: string, from: string, to: string, id = '1') => change({ kind: 'leave', userId, from: at(from), to: at(to) }, id)
  // The second night crew has no deputy: g away is a gap.
  const book = bookOf([away('g', '2026-06-09 00:00', '2026-06-10 12:00')])
  test('are told an hour before, again a quarter of an hour before, and while they last', () => {
    const start = at('2026-06-09 20:00')
    const stages = [start - HOUR - 1, start - HOUR, start - 15 * MINUTE - 1, start - 15 * MINUTE, start, at('2026-06-10 07:59'), at('2026-06-10 08:00')].map((now) => checkGaps(book, now).told.map(({ stage }) => stage))
    expect(stages).toEqual([[], ['hour'], ['hour'], ['quarter'], ['open'], ['open'], []])
  })

  test('are looked at when they fall due, and once a day where there are none', () => {
    const start = at('2026-06-09 20:00')
    expect([start - 2 * HOUR, start - HOUR, start - 15 * MINUTE, start].map((now) => checkGaps(book, now).nextAt)).toEqual([start - HOUR, start - 15 * MINUTE, start, at('2026-06-10 08:00')])
    expect(checkGaps(bookOf(), start).nextAt).toBe(start + DAY)
  })

  test('are forecast for fourteen days', () => {
    const now = at('2026-05-27 12:00')
    expect(gapsOf(book, now, now + FORECAST).map(({ from }) => from)).toEqual([at('2026-06-09 00:00'), at('2026-06-09 20:00')])
    expect(gapsOf(book, now - DAY, now - DAY + 12 * DAY)).toEqual([])
  })
})

describe('a roster is refused, naming field and mend,', () => {
  const candidate = (role: Candidate['role'], regionPath: string, isDisabled = false): Candidate => ({ role, regionPath, isDisabled })
  const candidates = new Map([...PEOPLE.keys()].map((id) => [id, candidate('duty_manager', '/00/32/')]))
  candidates.set('x', candidate('duty_leader', '/00/32/')).set('y', candidate('duty_manager', '/00/33/')).set('z', candidate('duty_manager', '/00/32/', true)).set('group', candidate('group_ops', '/00/'))
  const facts = { position: { role: 'duty_manager' as const, regionCode: '32', regionPath: '/00/32/' }, candidates }
  const [day, night] = BODY.rotations as [RosterBody['rotations'][0], RosterBody['rotations'][0]]
  const withCrew = (primary: string, deputy: string | null = null): RosterBody => ({ ...BODY, rotations: [{ ...day, crews: [{ primary, deputy }] }, night] })
  test.each<[string, RosterBody, string]>([
    ['for times that are no quarters', { ...BODY, fromMinute: 481 }, 'fromMinute: '],
    ['for an end before the beginning', { ...BODY, toMinute: 420 }, 'toMinute: '],
    ['for a shift of another pattern', { ...BODY, rotations: [{ ...day, kinds: ['work'] }, night] }, 'rotations[0].kinds: '],
    ['for no crew', { ...BODY, rotations: [{ ...day, crews: [] }, night] }, 'rotations[0].crews: '],
    ['for a date that does not exist', { ...BODY, rotations: [{ ...day, anchor: '2026-02-30' }, night] }, 'rotations[0].anchor: '],
    ['for turns with every shift of some only', { ...BODY, rotations: [{ ...day, turnDays: 0 }, night] }, 'rotations[0].turnDays: '],
    ['for one person twice', withCrew('a', 'a'), 'rotations[0].crews[0].deputy: '],
    ['for nobody known', withCrew('nobody'), 'rotations[0].crews[0].primary: '],
    ['for a role that may acknowledge less', withCrew('x'), 'rotations[0].crews[0].primary: '],
    ['for another province', withCrew('a', 'y'), 'rotations[0].crews[0].deputy: '],
    ['for a disabled account', withCrew('z'), 'rotations[0].crews[0].primary: '],
    ['for a shift in two rotations', { ...BODY, rotations: [day, night, night] }, 'rotations: '],
    ['for a shift in none', { ...BODY, rotations: [day] }, 'rotations: '],
  ])('%s', (_, body, start) => {
    const [fault = ''] = rosterFaults(body, facts)
    expect(fault.startsWith(start), fault).toBe(true)
    expect(fault).toContain(' / ')
  })

  test('and taken where it names somebody sound for every shift, also of a region above', () => {
    expect([rosterFaults(BODY, facts), rosterFaults(withCrew('group', 'a'), facts)]).toEqual([[], []])
    expect([mayStandIn('duty_leader', 'duty_agent'), mayStandIn('duty_agent', 'duty_leader'), mayStandIn('exec', 'duty_agent'), mayStandIn('dept_owner', 'duty_manager')]).toEqual([true, false, false, true])
  })

  const now = at('2026-06-02 12:00')
  const about = { ...facts, book: bookOf([change({ kind: 'leave', userId: 'h', from: at('2026-06-03 00:00'), to: at('2026-06-04 00:00') })]), now }
  const override = (date: string, part: 0 | 1, primary: string): ChangeBody => ({ kind: 'override', shift: key(date, part), crew: { primary, deputy: null } })
  const swap = (a: string, b: string, first = key('2026-06-03', 0), second = key('2026-06-10', 0)): ChangeBody => ({ kind: 'swap', shifts: [first, second], people: [a, b] })
  test.each<[string, ChangeBody, string]>([
    ['an override of a shift that is over', override('2026-06-01', 1, 'c'), 'shift: '],
    ['an override of no date', override('2026-06-31', 1, 'c'), 'shift: '],
    ['an override by somebody on leave', override('2026-06-03', 0, 'h'), 'crew.primary: '],
    ['an override by nobody sound', override('2026-06-03', 0, 'x'), 'crew.primary: '],
    ['a swap of somebody who is not on', swap('c', 'a'), 'people[0]: '],
    ['a swap with oneself', swap('a', 'a'), 'people[1]: '],
    ['a swap with the deputy of the same shift', swap('a', 'b', key('2026-06-03', 0), key('2026-06-04', 0)), 'people[0]: '],
    ['a leave that ends before it begins', { kind: 'leave', userId: 'a', from: now + DAY, to: now }, 'to: '],
    ['a leave that is over', { kind: 'leave', userId: 'a', from: now - DAY, to: now }, 'to: '],
    ['a leave of a stranger', { kind: 'leave', userId: 'y', from: now, to: now + DAY }, 'userId: '],
  ])('as is %s', (_, body, start) => {
    const [fault = ''] = changeFaults(body, about)
    expect(fault.startsWith(start), fault).toBe(true)
  })

  test('as is no sound change', () => {
    expect([override('2026-06-02', 0, 'c'), swap('a', 'c'), { kind: 'leave', userId: 'a', from: now, to: now + DAY } as const].map((body) => changeFaults(body, about))).toEqual([[], [], []])
  })
})
