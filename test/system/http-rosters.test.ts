import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OnCallAnswer, RosterAnswer, RosterGapsAnswer, RosterHistory, RostersAnswer } from '../../core/contract/rosters.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { HOUR } from '../../core/domain/time.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { loadAudit } from '../../core/store/audit-store.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const NOW = at('2026-06-02 10:00')
const HERE = '/api/v1/rosters/duty_manager/32'
const clock = new ManualClock(NOW)

let world: ServerWorld
const ids: Record<string, string> = {}
const callers: Record<string, Caller> = {}
const PEOPLE = [
  ['day', 'duty_manager', '32'], ['night', 'duty_manager', '32'], ['leader', 'duty_leader', '32'], ['cs', 'province_cs_dept', '32'],
  ['cs-33', 'province_cs_dept', '33'], ['admin', 'admin', '00'], ['group', 'group_ops', '00'],
] as const
beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, region] of PEOPLE) ids[login] = await world.addUser(login, role, region)
  await signInAt(NOW)
})
/** Sessions do not outlive the leaps of the clock. */
async function signInAt(now: number): Promise<void> {
  clock.set(now)
  for (const [login] of PEOPLE) callers[login] = await world.signIn(login)
}
afterAll(() => world.stop())
const as = (login: string): Caller => callers[login] as Caller

const roster = () => ({
  pattern: 'day_night', fromMinute: 480, toMinute: 1200,
  rotations: [
    { kinds: ['day'], crews: [{ primary: ids['day'], deputy: ids['night'] }], anchor: '2026-06-01', turnDays: 1 },
    { kinds: ['night'], crews: [{ primary: ids['night'], deputy: null }], anchor: '2026-06-01', turnDays: 1 },
  ],
})
/** That nothing goes out of a deployment without providers is told too (test/db/readiness.test.ts). */
const gapAlerts = async (caller: Caller): Promise<{ code: string; regionCode: string }[]> =>
  (await world.call(caller, 'GET', '/api/v1/configuration-alerts')).body.items.filter(({ code }: { code: string }) => code.startsWith('roster_gap:'))
const fits = (schema: TSchema, body: unknown) => expect([...Value.Errors(schema, body)]).toEqual([])

describe('rosters over HTTP', () => {
  test('a province without any lists its positions, and everybody of a role is called', async () => {
    const answer = await world.call(as('leader'), 'GET', '/api/v1/rosters')
    fits(RostersAnswer, answer.body)
    expect(answer.body).toMatchObject({ mayChange: false })
    expect(answer.body.items.map(({ role, hasRoster, now }: RostersAnswer['items'][0]) => [role, hasRoster, now])).toEqual(
      ['duty_agent', 'duty_leader', 'duty_manager', 'province_center_director', 'province_cs_dept', 'dept_owner'].map((role) => [role, false, null]))
    expect((await world.call(as('leader'), 'GET', `${HERE}/on-call`)).body).toMatchObject({ onCall: null })
  })

  test('are written by the province’s own managers and by administrators, by nobody else', async () => {
    const put = { basedOn: 0, roster: roster(), reason: '六月排班' }
    for (const login of ['leader', 'group']) expect((await world.call(as(login), 'PUT', HERE, put)).status).toBe(403)
    expect((await world.call(as('cs-33'), 'PUT', HERE, put)).status).toBe(404)
    const answer = await world.call(as('cs'), 'PUT', HERE, put)
    expect(answer.status).toBe(200)
    fits(RosterAnswer, answer.body)
    expect(answer.body).toMatchObject({ revision: 1, mayChange: true, roster: { version: 1, effectiveFrom: NOW, body: roster() } })
    expect(answer.body.candidates.map(({ userId }: { userId: string }) => userId).toSorted()).toEqual([ids['day'], ids['night'], ids['cs']].toSorted())
    const again = await world.call(as('admin'), 'PUT', HERE, { ...put, basedOn: 1 })
    expect([again.status, again.body.roster.version]).toEqual([200, 2])
  })

  test.each([
    ['a change upon an older state', { basedOn: 1, roster: 'same' }, 409, 'stale_roster', 'basedOn'],
    ['nobody for the night', { roster: 'day only' }, 400, 'bad_roster', 'rotations'],
    ['somebody who may acknowledge less', { roster: 'leader' }, 400, 'bad_roster', 'rotations[0].crews[0].primary'],
    ['a beginning in the past', { roster: 'same', effectiveFrom: '2026-06-01T08:00' }, 400, 'bad_roster', 'effectiveFrom'],
    ['no reason', { roster: 'same', reason: '  ' }, 400, 'no_reason', 'reason'],
  ] as const)('refuse %s by name, with the mend', async (_, given, status, code, field) => {
    const [day, night] = roster().rotations
    const shapes = { same: [day, night], 'day only': [day], leader: [{ ...day, crews: [{ primary: ids['leader'], deputy: null }] }, night] }
    const answer = await world.call(as('cs'), 'PUT', HERE, { basedOn: 2, reason: 'x y', ...given, roster: { ...roster(), rotations: shapes[given.roster] } })
    expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([status, code, field])
    expect(answer.body.error.messageZh).not.toBe('')
    expect((await world.call(as('cs'), 'GET', HERE)).body.revision).toBe(2)
  })

  test('have positions that the region has, and dates that exist', async () => {
    expect((await world.call(as('cs'), 'GET', '/api/v1/rosters/group_ops/32')).body.error).toMatchObject({ code: 'no_position', field: 'role' })
    expect((await world.call(as('cs'), 'GET', `${HERE}?from=2026-13-01`)).status).toBe(400)
    expect((await world.call(as('cs'), 'GET', `${HERE}?days=63`)).status).toBe(400)
  })

  test('say who is on at any instant, with what decided and the next change', async () => {
    const on = async (text: string) => (await world.call(as('leader'), 'GET', `${HERE}/on-call?at=${at(text)}`)).body
    fits(OnCallAnswer, await on('2026-06-02 12:00'))
    expect(await on('2026-06-02 19:59')).toMatchObject({ onCall: { primary: { userId: ids['day'] }, deputy: { userId: ids['night'] }, source: 'rotation' }, nextChangeAt: at('2026-06-02 20:00') })
    expect(await on('2027-02-28 23:59')).toMatchObject({ onCall: { primary: { userId: ids['night'] }, shift: { kind: 'night', date: '2027-02-28' } }, nextChangeAt: at('2027-03-01 08:00') })
    const override = { basedOn: 2, change: { kind: 'override', shift: { date: '2026-06-03', part: 0 }, crew: { primary: ids['cs'], deputy: null } }, reason: '临时，问13800001111' }
    const made = await world.call(as('day'), 'POST', `${HERE}/changes`, override)
    expect([made.status, made.body.revision]).toEqual([201, 3])
    expect(await on('2026-06-03 12:00')).toMatchObject({ onCall: { primary: { userId: ids['cs'] }, source: 'override', change: { author: 'day', reason: '临时，问138****1111' } } })
    const { id } = made.body.changes[0]
    expect((await world.call(as('day'), 'POST', `${HERE}/changes/${id}/withdraw`, { basedOn: 2, reason: 'x y' })).status).toBe(409)
    expect((await world.call(as('day'), 'POST', `${HERE}/changes/${id}/withdraw`, { basedOn: 3, reason: '不再需要' })).body).toMatchObject({ revision: 4, changes: [] })
    expect((await world.call(as('day'), 'POST', `${HERE}/changes/${id}/withdraw`, { basedOn: 4, reason: 'x y' })).status).toBe(404)
    expect(await on('2026-06-03 12:00')).toMatchObject({ onCall: { source: 'rotation' } })
  })

  test('forecast gaps, and tell of one an hour before to the province and above, to the wall too', async () => {
    const leave = { basedOn: 4, change: { kind: 'leave', userId: ids['night'], from: '2026-06-04T12:00', to: '2026-06-05T12:00' }, reason: '病假' }
    const answer = await world.call(as('cs'), 'POST', `${HERE}/changes`, leave)
    expect(answer.status).toBe(201)
    const gaps = await world.call(as('leader'), 'GET', '/api/v1/roster-gaps')
    fits(RosterGapsAnswer, gaps.body)
    expect(gaps.body.items).toMatchObject([{ role: 'duty_manager', regionCode: '32', from: at('2026-06-04 20:00'), to: at('2026-06-05 08:00'), absent: 1 }])
    expect((await world.call(as('group'), 'GET', '/api/v1/roster-gaps')).body.items).toHaveLength(1)
    expect((await world.call(as('cs-33'), 'GET', '/api/v1/roster-gaps')).body.items).toEqual([])
    await signInAt(at('2026-06-04 20:00') - HOUR)
    await runSweep(world.engine, clock.now())
    const codes = async (caller: Caller) => (await gapAlerts(caller)).map(({ regionCode }) => regionCode)
    expect(await Promise.all(['leader', 'admin', 'cs-33'].map((login) => codes(as(login))))).toEqual([['32'], ['32'], []])
    expect([await codes(await world.addWall('32')), await codes(await world.addWall('33'))]).toEqual([['32'], []])
  })

  test('tell at once when the one who is on is disabled, and no more when he is back', async () => {
    const gapsNow = async () => {
      await runSweep(world.engine, clock.now())
      return (await gapAlerts(as('leader'))).map(({ code }) => code.split(':').at(-1))
    }
    await signInAt(at('2026-06-10 22:00'))
    expect(await gapsNow()).toEqual([])
    await world.call(as('admin'), 'POST', `/api/v1/users/${ids['night']}/disable`)
    expect(await gapsNow()).toEqual(['open'])
    await world.call(as('admin'), 'POST', `/api/v1/users/${ids['night']}/enable`)
    expect(await gapsNow()).toEqual([])
  })

  test('keep what was done, by whom and why, and the audit log too', async () => {
    const history = await world.call(as('leader'), 'GET', `${HERE}/history`)
    fits(RosterHistory, history.body)
    expect(history.body.items.map(({ what, author }: RosterHistory['items'][0]) => `${what} ${author}`)).toEqual(expect.arrayContaining(['roster cs', 'roster admin', 'override day', 'leave cs']))
    expect(history.body.items.find(({ what }: { what: string }) => what === 'override')).toMatchObject({ withdrawn: { by: 'day', reason: '不再需要' } })
    const acts = (await loadAudit(world.pool, scopeOf(world.tree.root), null, 50)).filter(({ subject }) => subject === 'duty_manager@32')
    expect(acts.map(({ action }) => action).toSorted()).toEqual(['roster_change_withdrawn', 'roster_leave', 'roster_override', 'roster_written', 'roster_written'])
  })
})
