import { describe, expect, test } from 'vitest'
import { checkInWords, type CheckRefusal, checkRefusal, isSampled } from '../../core/domain/abnormal/check.ts'
import { lastListTime, type ListedTicket, unitLists } from '../../core/domain/abnormal/unit-list.ts'
import type { Alert } from '../../core/domain/alert/alert.ts'
import { buildRegionTree } from '../../core/domain/region.ts'
import { HOUR } from '../../core/domain/time.ts'
import { ALERT_STATES, type Role } from '../../core/domain/vocabulary.ts'
import { ALERT, person } from '../support/alert-builders.ts'
import { at, SHANGHAI } from '../support/builders.ts'
import { node } from '../support/node.ts'

describe('checks', () => {
  const handled = (more: Partial<Alert> = {}): Alert => ({ ...ALERT, kind: 'abnormal', state: 'resolved', ...more })
  const by = (role: Role, path = '/00/32/') => person(role, 'u', path) as Extract<ReturnType<typeof person>, { kind: 'user' }>

  test.each<[string, Alert, ReturnType<typeof by>, CheckRefusal | null]>([
    ['a duty manager of the province', handled(), by('duty_manager'), null],
    ['the group', handled(), by('group_ops', '/00/'), null],
    ['a seat', handled(), by('duty_agent'), 'role_may_not'],
    ['a shift leader', handled(), by('duty_leader'), 'role_may_not'],
    ['an auditor', handled(), by('auditor'), 'role_may_not'],
    ['another province', handled(), by('duty_manager', '/00/33/'), 'out_of_scope'],
    ['who handled it', handled({ handlers: ['u'] }), by('duty_manager'), 'separation_of_duty'],
    ['a case', handled({ kind: 'risk' }), by('duty_manager'), 'not_handled'],
  ])('%s', (_name, alert, actor, refusal) => {
    expect(checkRefusal(alert, actor)).toBe(refusal)
  })

  test('come after the handling and not of what was called false or taken back', () => {
    const open = ALERT_STATES.filter((state) => checkRefusal(handled({ state }), by('duty_manager')) === null)
    expect(open).toEqual(['resolved', 'closed'])
  })

  test('sample five of a hundred in a row, wherever one begins', () => {
    for (const first of [1, 37, 1_000_003]) expect(Array.from({ length: 100 }, (_, place) => isSampled(String(first + place))).filter(Boolean)).toHaveLength(5)
  })

  test('are told in both languages', () => {
    expect(checkInWords({ result: 'confirmed', measure: 'reminder', note: '复核通话' })).toBe('核查属实，措施：提醒 / Checked: confirmed, measure: reminder. 复核通话')
    expect(checkInWords({ result: 'not_confirmed', measure: null, note: '系统误报' })).toBe('核查失实 / Checked: not confirmed. 系统误报')
  })
})

describe('lists of units', () => {
  test.each([
    ['2026-06-01 08:29', '2026-05-31 14:00'],
    ['2026-06-01 08:30', '2026-06-01 08:30'],
    ['2026-06-01 13:59', '2026-06-01 08:30'],
    ['2026-06-01 14:00', '2026-06-01 14:00'],
    ['2026-06-02 00:00', '2026-06-01 14:00'],
  ])('at %s the last is that of %s', (now, last) => {
    expect(lastListTime(at(now), SHANGHAI)).toBe(at(last))
  })

  const tree = buildRegionTree([
    node('00', null, 'group', '/00/'), node('32', '00', 'province', '/00/32/'), node('320500', '32', 'city', '/00/32/320500/'), node('320100', '32', 'city', '/00/32/320100/'),
  ])
  const ticket = (no: number, more: Partial<ListedTicket> = {}): ListedTicket => ({
    ticketKey: `32:x:T${no}`, ticketNo: `T${no}`, provinceCode: '32', regionCode: '320500', unitId: 'U1', level: 2, rules: ['AT-02'], deadlineAt: no * HOUR, ...more,
  })

  test('are by unit, by deadline, what has none last, and lie where all their tickets are', () => {
    const lists = unitLists([ticket(3), ticket(1), ticket(2, { deadlineAt: null }), ticket(4, { level: 4, deadlineAt: 3 * HOUR }), ticket(5, { unitId: 'U2' }), ticket(6, { unitId: 'U2', regionCode: '320100' })], tree)
    expect(lists.map(({ unitId, regionPath, tickets }) => [unitId, regionPath, tickets.map(({ ticketNo }) => ticketNo)])).toEqual([
      ['U1', '/00/32/320500/', ['T1', 'T4', 'T3', 'T2']],
      ['U2', '/00/32/', ['T5', 'T6']],
    ])
  })
})
