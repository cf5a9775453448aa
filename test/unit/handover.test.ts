import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { chargeOf, type Handover, isUnconfirmed, type ShiftPerson, type Side, signRefusal } from '../../core/domain/oncall/handover.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'

const AT = Date.UTC(2026, 5, 11, 12)
const person = (userId: string): ShiftPerson => ({ userId, name: userId, role: 'duty_manager' })
const handover = (given: Partial<Handover> = {}): Handover => ({ at: AT, outgoing: [person('day')], incoming: [person('night')], signed: { outgoing: null, incoming: null }, ...given })
const signed = (side: Side, at = AT) => ({ outgoing: null, incoming: null, [side]: { userId: 'x', at } })
const said = { notes: '现状 how it stands', hasGrave: true }

describe('who may sign a handover', () => {
  const refusal = (side: Side, userId: string, now = AT, text = said, given: Partial<Handover> = {}) => signRefusal(handover(given), side, { userId, runsDesk: false }, text, now)

  test('each side its own people, from half an hour before on, to the millisecond', () => {
    expect(refusal('outgoing', 'day', AT - 30 * MINUTE)).toBeNull()
    expect(refusal('outgoing', 'day', AT - 30 * MINUTE - 1)).toBe('too_early')
    expect(refusal('incoming', 'night')).toBeNull()
    expect(refusal('incoming', 'day')).toBe('not_of_side')
    expect(refusal('outgoing', 'night')).toBe('not_of_side')
  })
  test('once, and who is on both shifts signs both', () => {
    expect(refusal('outgoing', 'day', AT, said, { signed: signed('outgoing') })).toBe('already_signed')
    expect(refusal('incoming', 'day', AT, said, { incoming: [person('day')], signed: signed('outgoing') })).toBeNull()
  })
  test('with words where an orange or red case is open, of the outgoing side only', () => {
    expect(refusal('outgoing', 'day', AT, { notes: '  ', hasGrave: true })).toBe('text_required')
    expect(refusal('outgoing', 'day', AT, { notes: '', hasGrave: false })).toBeNull()
    expect(refusal('incoming', 'night', AT, { notes: '', hasGrave: true })).toBeNull()
  })
  test('a side that nobody is on is signed by who may run the desk', () => {
    expect(signRefusal(handover({ incoming: [] }), 'incoming', { userId: 'director', runsDesk: true }, said, AT)).toBeNull()
    expect(signRefusal(handover({ incoming: [] }), 'incoming', { userId: 'agent', runsDesk: false }, said, AT)).toBe('not_of_side')
  })
})

test('it is unconfirmed 30 minutes after the change, not a millisecond before, while one side has not signed', () => {
  expect(isUnconfirmed(handover(), AT + 30 * MINUTE - 1)).toBe(false)
  expect(isUnconfirmed(handover(), AT + 30 * MINUTE)).toBe(true)
  expect(isUnconfirmed(handover({ signed: signed('incoming') }), AT + 30 * MINUTE)).toBe(true)
  expect(isUnconfirmed(handover({ signed: { outgoing: { userId: 'a', at: AT }, incoming: { userId: 'b', at: AT } } }), AT + HOUR)).toBe(false)
})

describe('who answers for what was acknowledged', () => {
  test('who took it; he and the incoming shift from the change on; the incoming shift once it has signed', () => {
    expect(chargeOf('day', AT - HOUR, [handover()], AT - 1)).toEqual({ kind: 'person', userId: 'day' })
    expect(chargeOf('day', AT - HOUR, [handover()], AT)).toEqual({ kind: 'both', userId: 'day', since: AT })
    expect(chargeOf('day', AT - HOUR, [handover({ signed: signed('outgoing') })], AT + 1)).toMatchObject({ kind: 'both' })
    expect(chargeOf('day', AT - HOUR, [handover({ signed: signed('incoming', AT + MINUTE) })], AT + MINUTE - 1)).toMatchObject({ kind: 'both' })
    expect(chargeOf('day', AT - HOUR, [handover({ signed: signed('incoming', AT + MINUTE) })], AT + MINUTE)).toEqual({ kind: 'shift', since: AT + MINUTE })
  })
  test('stays with him who stays, and with somebody who is on no shift', () => {
    expect(chargeOf('day', AT - HOUR, [handover({ incoming: [person('day')] })], AT + HOUR)).toEqual({ kind: 'person', userId: 'day' })
    expect(chargeOf('director', AT - HOUR, [handover({ signed: signed('incoming') })], AT + HOUR)).toEqual({ kind: 'person', userId: 'director' })
  })
  const people = fc.array(fc.constantFrom('a', 'b', 'c').map(person), { maxLength: 3 })
  const side = fc.option(fc.integer({ min: 0, max: 20 * HOUR }).map((at) => ({ userId: 'x', at: AT + at })), { nil: null })
  const changes = fc.array(fc.record({ at: fc.integer({ min: -10, max: 10 }).map((hours) => AT + hours * HOUR), outgoing: people, incoming: people, signed: fc.record({ outgoing: side, incoming: side }) }), { maxLength: 6 })
  law.prop([changes, fc.integer({ min: -12, max: 12 })])('somebody always does, and once a shift has it no person is asked for it again', (handovers, hours) => {
    const kinds = Array.from({ length: 40 }, (_, step) => chargeOf('a', AT + hours * HOUR, handovers, AT + (hours + step) * HOUR).kind)
    expect(kinds.every((kind) => ['person', 'both', 'shift'].includes(kind))).toBe(true)
    const rank = kinds.map((kind) => ['person', 'both', 'shift'].indexOf(kind))
    expect(rank).toEqual(rank.toSorted((x, y) => x - y))
  })
})
