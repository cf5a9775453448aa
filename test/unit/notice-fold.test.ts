import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Call, foldCall, isRepeated, isShortAbandon } from '../../core/domain/notice/call.ts'
import { commonRegion, foldIncident, readRestoreClock } from '../../core/domain/notice/incident.ts'
import { isSubjectKey, kindOfKey, type Notice, provinceOfKey, subjectKeyOf } from '../../core/domain/notice/notice.ts'
import { foldOpinion, readOpinionClock } from '../../core/domain/notice/opinion.ts'
import { codesOf } from '../../core/domain/notice/reading.ts'
import { foldToldSetting } from '../../core/domain/notice/setting.ts'
import { foldShift } from '../../core/domain/notice/shift.ts'
import { standingNotices } from '../../core/domain/notice/standing.ts'
import { foldUserBase } from '../../core/domain/notice/user-base.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { NOTICE_TYPES } from '../../core/domain/vocabulary.ts'
import { aRegionTree, at } from '../support/builders.ts'
import { aNotice } from '../support/notices.ts'

const TREE = aRegionTree()
const KEY = '!incident:32:noc:id/I1'
const standing = (...notices: Notice[]) => standingNotices(notices).get(KEY) ?? []

describe('the key of a subject', () => {
  const keyOf = (type: Notice['type'], payload: Record<string, unknown>, sourceSystem = 'noc') =>
    subjectKeyOf({ type, payload, sourceSystem, provinceCode: '32', eventId: 'e1' })

  test('names kind, province, source and id, and is no ticket’s', () => {
    expect(keyOf('incident.updated', { incident_id: 'I1' })).toBe(KEY)
    expect(isSubjectKey(KEY)).toBe(true)
    expect(isSubjectKey('32:noc:!incident:32:noc:id/I1')).toBe(false)
    expect([kindOfKey(KEY), provinceOfKey(KEY), provinceOfKey('32:crm:T1')]).toEqual(['incident', '32', '32'])
  })

  test('never meets another: not by a colon in a source, not by an event id that looks like a call id', () => {
    expect(keyOf('incident.opened', { incident_id: 'b:I' }, 'a')).not.toBe(keyOf('incident.opened', { incident_id: 'I' }, 'a:b'))
    expect(keyOf('call.ended', { call_id: 'e1' })).not.toBe(keyOf('call.ended', {}))
    expect(keyOf('call.ended', { call_id: 7 })).toBe(keyOf('call.ended', { call_id: '7' }))
  })

  test('of a base and of a calendar is the same for every source; of a repost it is the original’s', () => {
    const base = { month: '2026-06', region: '320500', product_line: 'mobile' }
    expect(keyOf('user_base.reported', base, 'billing')).toBe(keyOf('user_base.reported', { ...base, region_code: '320500' }, 'crm'))
    expect(keyOf('user_base.reported', { ...base, month: '2026-07' })).not.toBe(keyOf('user_base.reported', base))
    expect(keyOf('calendar.loaded', { year: 2026 }, 'a')).toBe(keyOf('calendar.loaded', { year: '2026' }, 'b'))
    expect(keyOf('opinion.detected', { opinion_id: 'O2', repost_of: 'O1' })).toBe(keyOf('opinion.updated', { opinion_id: 'O1' }))
  })
})

const ALL = NOTICE_TYPES.filter((type) => type.startsWith('incident.') || type.startsWith('opinion.') || type === 'call.ended')
/** Notices about few subjects at few instants, correcting each other across subjects, rings included. */
const manyNotices = fc
  .array(
    fc.record({
      type: fc.constantFrom(...ALL),
      id: fc.constantFrom('1', '2'),
      hour: fc.integer({ min: 9, max: 12 }),
      seq: fc.constantFrom(null, 1, 2),
      users: fc.constantFrom(undefined, 5, 900),
      corrects: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 3 }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((specs) =>
    specs.map(({ type, id, hour, seq, users, corrects }, index) =>
      aNotice(
        type,
        `2026-06-01 ${String(hour).padStart(2, '0')}:00`,
        { incident_id: id, opinion_id: id, call_id: id, users_affected: users, reach: users },
        { eventId: `e${index}`, sourceSeq: seq, correctsEventId: corrects === null ? null : `e${corrects}` },
      ),
    ),
  )

describe('what stands', () => {
  test('law: any order and any repetition of the same notices give the same', () => {
    const given = manyNotices.chain((notices) => {
      const again = fc.subarray(notices)
      return fc.tuple(fc.constant(notices), again.chain((more) => fc.shuffledSubarray([...notices, ...more.map((one) => ({ ...one }))], { minLength: notices.length + more.length })))
    })
    fc.assert(
      fc.property(given, ([notices, other]) => {
        const sorted = (list: readonly Notice[]) => [...standingNotices(list)].sort(([a], [b]) => (a < b ? -1 : 1))
        expect(sorted(other)).toEqual(sorted(notices))
      }),
      { numRuns: 400 },
    )
  })

  test('law: of a chain of corrections exactly one stands, unless it is a ring', () => {
    fc.assert(
      fc.property(manyNotices, (notices) => {
        const count = [...standingNotices(notices).values()].flat().length
        expect(count).toBeGreaterThan(0)
        expect(count).toBeLessThanOrEqual(notices.length)
        if (notices.every(({ correctsEventId }) => correctsEventId === null)) expect(count).toBe(notices.length)
      }),
    )
  })

  test('a correction speaks at the place of what it corrects, and the last of a chain counts', () => {
    const first = aNotice('incident.updated', '2026-06-01 10:00', { users_affected: 1 }, { eventId: 'a' })
    const later = aNotice('incident.updated', '2026-06-01 11:00', { users_affected: 5 }, { eventId: 'b' })
    const mend = aNotice('incident.updated', '2026-06-01 12:00', { users_affected: 2 }, { eventId: 'c', correctsEventId: 'a' })
    const again = aNotice('incident.updated', '2026-06-01 12:30', { users_affected: 3 }, { eventId: 'd', correctsEventId: 'c' })
    expect(standing(first, later, mend).map(({ eventId }) => eventId)).toEqual(['c', 'b'])
    expect(foldIncident(standing(first, later, mend)).usersAffected).toBe(5)
    expect(standing(again, mend, later, first).map(({ eventId, occurredAt }) => [eventId, occurredAt])).toEqual([
      ['d', at('2026-06-01 10:00')],
      ['b', at('2026-06-01 11:00')],
    ])
  })

  test('a correction that names another subject moves the notice there', () => {
    const wrong = aNotice('incident.opened', '2026-06-01 09:00', {}, { eventId: 'a' })
    const mend = aNotice('incident.opened', '2026-06-01 10:00', { incident_id: 'I2' }, { eventId: 'b', correctsEventId: 'a' })
    const after = standingNotices([mend, wrong])
    expect(after.get(KEY)).toBeUndefined()
    expect(after.get('!incident:32:noc:id/I2')?.map(({ eventId, occurredAt }) => [eventId, occurredAt])).toEqual([['b', at('2026-06-01 09:00')]])
  })

  test('a correction of what is not here stands for itself; another source’s event of the same id is not what it means', () => {
    const lone = aNotice('incident.updated', '2026-06-01 10:00', {}, { eventId: 'b', correctsEventId: 'a' })
    const other = aNotice('incident.updated', '2026-06-01 09:00', {}, { eventId: 'a', sourceSystem: 'else', subjectKey: KEY })
    expect(standing(lone, other)).toHaveLength(2)
  })
})

describe('an incident', () => {
  const opened = aNotice('incident.opened', '2026-06-01 20:18', { started_at: '2026-06-01T20:10:00+08:00', regions: ['320501', '320500'] })
  const updated = aNotice('incident.updated', '2026-06-01 20:30', { users_affected: 41_000, cause: 'outside_plant', expected_restore_at: '2026-06-01T21:30:00+08:00' })
  const fewer = aNotice('incident.updated', '2026-06-01 20:40', { users_affected: 9_000 })
  const closed = aNotice('incident.closed', '2026-06-01 20:52', { restored_at: '2026-06-01T20:50:00+08:00' })

  test('takes the latest of each figure and keeps the greatest number of users', () => {
    expect(foldIncident([opened, updated, fewer])).toMatchObject({
      incidentId: 'I1', product: 'broadband', cause: 'outside_plant', regionCodes: ['320500', '320501'], usersAffected: 9_000, usersAffectedMost: 41_000,
      startedAt: at('2026-06-01 20:10'), openedAt: at('2026-06-01 20:18'), expectedRestoreAt: at('2026-06-01 21:30'), restoredAt: null, closedAt: null,
    })
    expect(foldIncident([opened, closed])).toMatchObject({ restoredAt: at('2026-06-01 20:50'), closedAt: at('2026-06-01 20:52') })
  })

  test('closed and opened again is open, with its next start', () => {
    const again = aNotice('incident.opened', '2026-06-01 22:00', { started_at: '2026-06-01T21:55:00+08:00' })
    expect(foldIncident([opened, closed, again])).toMatchObject({ closedAt: null, restoredAt: null, startedAt: at('2026-06-01 21:55') })
  })

  test('heard of without its opening lies in its province and has no start', () => {
    expect(foldIncident([fewer])).toMatchObject({ regionCodes: ['32'], startedAt: null, product: '' })
    expect(readRestoreClock(foldIncident([fewer]), at('2026-06-01 23:00'))).toBeNull()
  })

  test.each([
    ['at two hours it is in time', '2026-06-01 22:10:00.000', false],
    ['a millisecond later it is not', '2026-06-01 22:10:00.001', true],
  ])('C_OUTAGE_RESTORE runs from the real start: %s', (_what, now, isOverdue) => {
    expect(readRestoreClock(foldIncident([opened]), at(now))).toMatchObject({ startedAt: at('2026-06-01 20:10'), deadlineAt: at('2026-06-01 22:10'), endedAt: null, isOverdue })
    expect(readRestoreClock(foldIncident([opened, closed]), at(now))).toMatchObject({ elapsed: 40 * MINUTE, isOverdue: false })
  })

  test('lies at the lowest node that holds all its regions', () => {
    expect(commonRegion(['320501'], '32', TREE).code).toBe('320501')
    expect(commonRegion(['320501', '320502'], '32', TREE).code).toBe('320500')
    expect(commonRegion(['320500', '320501'], '32', TREE).code).toBe('320500')
    expect(commonRegion(['320501', '320101'], '32', TREE).code).toBe('32')
    expect(commonRegion(['unknown'], '32', TREE).code).toBe('32')
  })
})

describe('a call', () => {
  const call = (seconds: number, more: Partial<Call> = {}): Call => ({
    subjectKey: `c${seconds}`, provinceCode: '32', regionCode: '32', agentGroup: 'G1', queueAt: at('2026-06-01 23:00') + seconds * SECOND, answeredAt: null, abandonedAt: null,
    callerKeys: ['k1'], ticketId: null, ...more,
  })

  test('takes its times and every key of its caller, never the number that was called', () => {
    const payload = { caller_no_key: 'b', contact_no_key: ['c', 'b'], customer_key: 'a', called_no_key: 'x', product_no_key: 'y' }
    expect(foldCall([aNotice('call.ended', '2026-06-01 09:00', payload)])).toMatchObject({
      queueAt: at('2026-06-01 08:50'), answeredAt: at('2026-06-01 08:50:15'), abandonedAt: null, agentGroup: 'G1', regionCode: '32', callerKeys: ['a', 'b', 'c'],
    })
  })

  test('given up in less than five seconds is short', () => {
    const queueAt = at('2026-06-01 23:00')
    expect([4_999, 5_000].map((wait) => isShortAbandon({ queueAt, abandonedAt: queueAt + wait }))).toEqual([true, false])
    expect(isShortAbandon({ queueAt, abandonedAt: null })).toBe(false)
  })

  test.each([
    ['the next one two hours later, past midnight', call(2 * 3600), true],
    ['one a second too late', call(2 * 3600 + 1), false],
    ['an earlier one', call(-60), false],
    ['itself', call(0), false],
    ['one at the same instant, later by key', call(0, { subjectKey: 'c1' }), true],
    ['one at the same instant, earlier by key', call(0, { subjectKey: 'b' }), false],
    ['another caller', call(60, { callerKeys: ['k2'] }), false],
    ['any key in common', call(60, { callerKeys: ['k2', 'k1'] }), true],
    ['one that was given up at once', call(60, { abandonedAt: call(60).queueAt + 2 * SECOND }), false],
    ['one that was given up after five seconds', call(60, { abandonedAt: call(60).queueAt + 5 * SECOND }), true],
  ])('is repeated or not by %s', (_what, other, repeated) => {
    expect(isRepeated(call(0), [call(0), other])).toBe(repeated)
  })

  test('of a withheld number is repeated by nobody', () => {
    expect(isRepeated(call(0, { callerKeys: [] }), [call(60, { callerKeys: [] })])).toBe(false)
  })
})

describe('the others', () => {
  test('of several reports of a base the newest counts', () => {
    const [old, newer] = [aNotice('user_base.reported', '2026-06-01 09:00'), aNotice('user_base.reported', '2026-06-02 09:00', { subscribers: 10 })]
    expect(foldUserBase([old, newer])).toEqual({
      provinceCode: '32', regionCode: '320500', month: '2026-06', productLine: 'broadband', subscribers: 10, reportedAt: at('2026-06-02 09:00'), sourceSystem: 'noc',
    })
  })

  test('an opinion item grows with its updates and reposts, which do not say what it is', () => {
    const detected = aNotice('opinion.detected', '2026-06-01 09:00', { spread_level: 'provincial', phenomenon_l1: 'network' })
    const repost = aNotice('opinion.detected', '2026-06-01 08:00', { opinion_id: 'R', repost_of: 'O1', source: 'blog', reach: 50, spread_level: 'local', topic: '转', region: '32' })
    const updated = aNotice('opinion.updated', '2026-06-01 10:00', { reach: 100, spread_level: 'regulator', handled_at: '2026-06-01T09:40:00+08:00' })
    expect(foldOpinion([repost, detected, updated])).toMatchObject({
      opinionId: 'O1', topic: '宽带断网', regionCode: '320500', reach: 1_200_000, spreadLevel: 'regulator', repostCount: 1, phenomenonL1: 'network',
      detectedAt: at('2026-06-01 08:00'), firstHandledAt: at('2026-06-01 09:40'),
    })
    expect(foldOpinion([updated]).detectedAt).toBeNull()
  })

  test('C_OPINION asks for the first handling within an hour of the detection', () => {
    const item = foldOpinion([aNotice('opinion.detected', '2026-06-01 09:00')])
    expect(readOpinionClock(item, at('2026-06-01 10:00'))).toMatchObject({ deadlineAt: at('2026-06-01 10:00'), isOverdue: false })
    expect(readOpinionClock(item, at('2026-06-01 10:00') + 1)?.isOverdue).toBe(true)
    expect(readOpinionClock({ ...item, detectedAt: null }, at('2026-06-01 10:00'))).toBeNull()
  })

  test('a shift remembers its steps', () => {
    const steps = [aNotice('shift.started', '2026-06-01 08:00', {}, { unitId: 'U1' }), aNotice('shift.handover', '2026-06-01 19:55'), aNotice('shift.ended', '2026-06-01 20:00')]
    expect(foldShift(steps)).toMatchObject({
      shiftId: 'S1', unitId: 'U1', startedAt: at('2026-06-01 08:00'), handedOverAt: at('2026-06-01 19:55'), handedTo: 'S2', endedAt: at('2026-06-01 20:00'),
    })
  })

  test('a calendar and a change of configuration are kept as told', () => {
    expect(foldToldSetting([aNotice('calendar.loaded', '2026-06-01 08:00')])).toMatchObject({ kind: 'calendar', name: '2026', body: { worked: ['2026-10-10'] } })
    expect(foldToldSetting([aNotice('config.changed', '2026-06-01 08:00')])).toMatchObject({ kind: 'config', name: 'limits', toldAt: at('2026-06-01 08:00') })
  })

  test('codes come as a list or as one text', () => {
    expect(codesOf(['320501', 320500, '320501'])).toEqual(['320500', '320501'])
    expect(codesOf('320501, 320500；320100')).toEqual(['320100', '320500', '320501'])
    expect(codesOf(7)).toEqual([])
  })

  test('nothing is folded of no notices', () => {
    for (const fold of [foldIncident, foldCall, foldUserBase, foldOpinion, foldShift, foldToldSetting]) expect(() => fold([])).toThrow(RangeError)
  })
})
