import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DEFAULT_TIMES } from '../../core/domain/oncall/shift.ts'
import { HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import type { RosterChangeBody, RosterShape } from '../../core/contract/rosters.ts'
import { changeRoster, putRoster, type RosterDesk, type RosterOutcome, withdrawChange } from '../../core/engine/roster-changes.ts'
import { previewLadder } from '../../core/engine/ladders.ts'
import { checkRosters } from '../../core/engine/roster-gaps.ts'
import { rosterView, viewOnCall } from '../../core/engine/roster-views.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadConfigurationAlerts } from '../../core/store/configuration-alert-store.ts'
import { touchAllRosters } from '../../core/store/roster-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { type AlertWorld, alertWorld, type Person } from '../support/alert-world.ts'
import { at } from '../support/builders.ts'

/** A Tuesday, in the day shift. */
const T = at('2026-06-02 10:00')
const MANAGER = { role: 'duty_manager', regionCode: '32' } as const
const ENTRY = { author: 'admin', reason: 'plan' }

let world: AlertWorld
let [day, deputy, night, other]: Person[] = []
const id = (person: Person | undefined) => person?.userId ?? ''
beforeEach(async () => {
  world = await alertWorld(T)
  for (const name of ['day', 'deputy', 'night', 'other']) {
    const made = await world.user('duty_manager', '32', name)
    if (name === 'day') day = made
    if (name === 'deputy') deputy = made
    if (name === 'night') night = made
    if (name === 'other') other = made
  }
})

const roster = (): RosterShape => ({
  ...DEFAULT_TIMES.day_night,
  rotations: [
    { kinds: ['day'], crews: [{ primary: id(day), deputy: id(deputy) }], anchor: '2026-06-01', turnDays: 1 },
    { kinds: ['night'], crews: [{ primary: id(night), deputy: null }], anchor: '2026-06-01', turnDays: 1 },
  ],
})
async function atDesk(now: Instant, work: (desk: RosterDesk) => Promise<RosterOutcome>): Promise<RosterOutcome> {
  const { calendar } = await world.engine.settings(now)
  return inTransaction(world.pool, (tx) =>
    work({ tx, scope: ENGINE_SCOPE, tree: world.engine.tree, terms: { zone: world.engine.zone, calendar: calendar.body }, position: MANAGER, entry: { ...ENTRY, now } }))
}
const write = (basedOn: number, now = T, shape = roster()) => atDesk(now, (desk) => putRoster(desk, { basedOn, roster: shape, reason: 'plan' }))
const alter = (basedOn: number, change: RosterChangeBody['change'], now = T) => atDesk(now, (desk) => changeRoster(desk, { basedOn, change, reason: 'plan' }))
const leave = (person: Person | undefined, from: string, to: string) => ({ kind: 'leave' as const, userId: id(person), from, to })
const standing = async () => (await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)).map(({ code, raisedAt }) => [code.replace(/:\d{13}:/, ':'), raisedAt] as const)
const told = async (alertId: string) => {
  const rows = await world.rows<{ targets: { via: string; told: { name: string; why: string; role: string }[]; vacant: unknown[] } }>(
    'select s.targets from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1 order by s.step', [alertId])
  return rows.map(({ targets }) => targets.told.filter(({ role }) => role === 'duty_manager').map(({ name, why }) => `${name} ${why}`))
}
const fire = async (now: Instant) => {
  world.clock.set(now)
  const alert = await world.raise({ openedAt: now, ruleId: `MR-0${Math.floor(now / MINUTE) % 9}`, severity: 3 })
  await runEscalate(world.engine, now)
  return (await told(alert.id))[0]
}

describe('whom a step calls', () => {
  test('is everybody of the role as long as there is no roster', async () => {
    expect((await fire(T))?.toSorted()).toEqual(['day role', 'deputy role', 'night role', 'other role'])
  })

  test('is the person on shift when it fires, recorded with the reason; the change of shift is exact', async () => {
    expect(await write(0)).toEqual({ outcome: 'done', ref: '1' })
    expect([await fire(T), await fire(at('2026-06-02 20:00') - 1), await fire(at('2026-06-02 20:00')), await fire(at('2026-06-03 00:00'))]).toEqual([['day rotation'], ['day rotation'], ['night rotation'], ['night rotation']])
  })

  test('is the deputy of somebody on leave or disabled, and whom an override or a swap names', async () => {
    await write(0)
    await alter(1, leave(day, '2026-06-02T12:00', '2026-06-02T14:00'))
    expect([await fire(at('2026-06-02 11:59')), await fire(at('2026-06-02 12:00')), await fire(at('2026-06-02 14:00'))]).toEqual([['day rotation'], ['deputy deputy'], ['day rotation']])
    await alter(2, { kind: 'override', shift: { date: '2026-06-03', part: 0 }, crew: { primary: id(other), deputy: null } })
    await alter(3, { kind: 'swap', shifts: [{ date: '2026-06-04', part: 0 }, { date: '2026-06-05', part: 1 }], people: [id(day), id(night)] })
    expect([await fire(at('2026-06-03 09:00')), await fire(at('2026-06-04 09:00')), await fire(at('2026-06-05 21:00'))]).toEqual([['other override'], ['night swap'], ['day swap']])
    await world.pool.query("update app_user set disabled_at = '2026-06-06T00:00+08:00' where id = $1", [id(day)])
    expect(await fire(at('2026-06-06 09:00'))).toEqual(['deputy deputy'])
  })

  test('is everybody of the role in a gap: a step is never silent for want of a roster', async () => {
    await write(0)
    await alter(1, leave(night, '2026-06-02T20:00', '2026-06-03T08:00'))
    expect((await fire(at('2026-06-02 22:00')))?.toSorted()).toEqual(['day gap', 'deputy gap', 'night gap', 'other gap'])
  })

  test('is the next step at once where the position has nobody, with a configuration alert that goes once it has', async () => {
    await world.pool.query("update app_user set disabled_at = '2026-06-01T00:00+08:00'")
    await world.user('province_center_director', '32', 'director')
    const alert = await world.raise({ openedAt: T, severity: 2 })
    await runEscalate(world.engine, T)
    expect((await world.rows<{ targets: { via: string } }>('select targets from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1', [alert.id]))[0]?.targets.via).toBe('next_step')
    expect((await standing()).map(([code]) => code)).toContain('position_vacant:duty_manager@32')
    await world.user('duty_manager', '32', 'new')
    expect(await fire(T + HOUR)).toEqual(['new role'])
    expect((await standing()).map(([code]) => code)).not.toContain('position_vacant:duty_manager@32')
  })
})

describe('a change of a roster', () => {
  test('upon an older state is refused, and changes nothing', async () => {
    await write(0)
    expect(await write(0)).toEqual({ outcome: 'stale', revision: 1 })
    expect(await alter(0, leave(day, '2026-06-03T08:00', '2026-06-04T08:00'))).toEqual({ outcome: 'stale', revision: 1 })
    expect(await world.rows('select from roster_change')).toEqual([])
  })

  test('of two at once one goes through', async () => {
    const outcomes = await Promise.all([write(0), write(0)])
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'stale'])
  })

  test('that has faults is refused by field', async () => {
    expect(await write(0, T, { ...roster(), rotations: [] })).toMatchObject({ outcome: 'faults', faults: [expect.stringMatching(/^rotations: .* \/ /)] })
    await write(0)
    expect(await alter(1, leave(day, 'soon', '2026-06-04T08:00'))).toMatchObject({ outcome: 'faults', faults: [expect.stringMatching(/^from: /)] })
    expect(await atDesk(T, (desk) => putRoster(desk, { basedOn: 1, roster: roster(), effectiveFrom: '2026-06-02T09:59', reason: 'plan' }))).toMatchObject({ outcome: 'faults', faults: [expect.stringMatching(/^effectiveFrom: /)] })
  })

  test('withdrawn no longer counts, and is withdrawn once', async () => {
    await write(0)
    const made = await alter(1, leave(day, '2026-06-02T08:00', '2026-06-03T08:00'))
    const ref = 'ref' in made ? made.ref : ''
    expect(await fire(T)).toEqual(['deputy deputy'])
    expect(await atDesk(T, (desk) => withdrawChange(desk, ref, 2))).toEqual({ outcome: 'done', ref })
    expect(await fire(T + MINUTE)).toEqual(['day rotation'])
    expect(await atDesk(T, (desk) => withdrawChange(desk, ref, 3))).toEqual({ outcome: 'unknown' })
  })

  test('comes into force when it says, and who was on before it is still answered', async () => {
    await write(0)
    const shape = { ...roster(), rotations: [{ kinds: ['day', 'night'] as ('day' | 'night')[], crews: [{ primary: id(other), deputy: null }], anchor: '2026-06-01', turnDays: 1 }] }
    await atDesk(T, (desk) => putRoster(desk, { basedOn: 1, roster: shape, effectiveFrom: '2026-06-02T12:00', reason: 'plan' }))
    const view = await rosterView(world.engine, T)
    const on = async (text: string) => (await viewOnCall(view, ENGINE_SCOPE, MANAGER, at(text))).onCall?.primary?.name
    expect([await on('2026-06-02 11:59'), await on('2026-06-02 12:00'), await on('2026-06-02 09:59')]).toEqual(['day', 'other', undefined])
  })
})

describe('a gap', () => {
  const begins = at('2026-06-03 20:00')
  const gapCode = (stage: string) => `roster_gap:duty_manager@32:${stage}`
  beforeEach(async () => {
    await write(0)
    await alter(1, leave(night, '2026-06-03T00:00', '2026-06-04T00:00'), T)
    await checkRosters(world.engine, T)
  })

  test('is told at −60 and again at −15 minutes, and while it lasts, each at its due time and not by looking again', async () => {
    const steps: unknown[] = []
    for (const now of [begins - HOUR - SECOND, begins - HOUR, begins - HOUR + SECOND, begins - 15 * MINUTE, begins, at('2026-06-04 00:00')]) {
      steps.push([await checkRosters(world.engine, now), await standing()])
    }
    // The night of the 2nd has its own gap from midnight to 08:00, which fell due before.
    expect(steps).toEqual([
      [1, []],
      [1, [[gapCode('hour'), begins - HOUR]]],
      [0, [[gapCode('hour'), begins - HOUR]]],
      [1, [[gapCode('quarter'), begins - 15 * MINUTE]]],
      [1, [[gapCode('open'), begins]]],
      [1, []],
    ])
  })

  test('goes as soon as somebody is put on', async () => {
    await checkRosters(world.engine, begins - HOUR)
    expect(await alter(2, { kind: 'override', shift: { date: '2026-06-03', part: 1 }, crew: { primary: id(other), deputy: null } }, begins - HOUR + SECOND)).toMatchObject({ outcome: 'done' })
    expect(await checkRosters(world.engine, begins - HOUR + SECOND)).toBe(1)
    expect(await standing()).toEqual([])
  })

  test('appears when the one who is on is disabled', async () => {
    await world.pool.query('update app_user set disabled_at = to_timestamp($1::float8 / 1000) where id = $2', [T + SECOND, id(night)])
    await touchAllRosters(world.pool, at('2026-06-05 19:30'))
    await checkRosters(world.engine, at('2026-06-05 19:30'))
    expect((await standing()).map(([code]) => code)).toEqual([gapCode('hour')])
    const [alert] = await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)
    expect([alert?.regionCode, alert?.textZh]).toEqual(['32', '江苏值班经理：一小时内无人值班（06-05 20:00–06-06 08:00）；请在排班页安排'])
  })
})

test('who would be told is looked up at the time of each step: the shift may change in between', async () => {
  await write(0)
  const { steps } = await previewLadder(world.engine, world.pool, { kind: 'risk', severity: 2, regionCode: '320500', isSkipLevel: false }, at('2026-06-02 19:50'))
  expect(steps.slice(0, 2).map(({ afterMinutes, people }) => [afterMinutes, people.map(({ name }) => name)])).toEqual([[0, ['day']], [15, ['night']]])
})
