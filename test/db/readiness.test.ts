import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { DEFAULT_TIMES } from '../../core/domain/oncall/shift.ts'
import { DAY, HOUR, type Instant, SECOND } from '../../core/domain/time.ts'
import { loadReadiness, readinessTerms } from '../../core/engine/readiness.ts'
import { putRoster } from '../../core/engine/roster-changes.ts'
import { checkRosters } from '../../core/engine/roster-gaps.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadConfigurationAlerts } from '../../core/store/configuration-alert-store.ts'
import { touchAllRosters } from '../../core/store/roster-store.ts'
import { type AlertWorld, alertWorld, type Person } from '../support/alert-world.ts'
import { at } from '../support/builders.ts'
import { addProvider, setContacts } from '../support/channel-scene.ts'

/** A Tuesday, in the day shift. */
const T = at('2026-06-02 10:00')
const MANAGER = { role: 'duty_manager', regionCode: '32' } as const
const ALL = { mobile: '13900000001', wecom: 'member1' }

let world: AlertWorld
let day: Person
let night: Person
let late: Person
beforeEach(async () => {
  world = await alertWorld(T)
  await world.pool.query("update config_version set body = $1 where kind = 'ladders'", [JSON.stringify(DEFAULT_LADDERS)])
  day = await world.user('duty_manager', '32', 'day')
  night = await world.user('duty_manager', '32', 'night')
  late = await world.user('duty_manager', '32', 'late')
})

/** Day and night of June 1st and 2nd, then `late` from the day of the 4th on: two days each. */
async function write(): Promise<void> {
  const { calendar } = await world.engine.settings(T)
  const crew = (person: Person) => ({ primary: person.userId, deputy: null })
  const body = {
    ...DEFAULT_TIMES.day_night,
    rotations: [
      { kinds: ['day' as const], crews: [crew(day), crew(late)], anchor: '2026-06-02', turnDays: 2 },
      { kinds: ['night' as const], crews: [crew(night)], anchor: '2026-06-01', turnDays: 1 },
    ],
  }
  const entry = { author: 'admin', reason: 'plan', now: T }
  const made = await inTransaction(world.pool, (tx) =>
    putRoster({ tx, scope: ENGINE_SCOPE, tree: world.engine.tree, terms: { zone: world.engine.zone, calendar: calendar.body }, position: MANAGER, entry }, { basedOn: 0, roster: body, reason: 'plan' }))
  expect(made).toMatchObject({ outcome: 'done' })
}
const look = async (now: Instant) => {
  await touchAllRosters(world.pool, now)
  await checkRosters(world.engine, now)
  return standing()
}
const names = () => new Map([[day.userId, 'day'], [night.userId, 'night'], [late.userId, 'late']])
const standing = async () => (await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)).map(({ code }) => {
  const user = code.split(':').at(-1) ?? ''
  return code.replace(user, names().get(user) ?? user)
}).toSorted()
const told = (name: string) => `duty_unreachable:duty_manager@32:${name}`
const gateways = async () => {
  for (const kind of ['sms_gateway', 'voice_gateway', 'wecom_robot'] as const) await addProvider(world, kind, 'https://gateway.example')
}

describe('somebody who is on and cannot be reached', () => {
  test('is told of 24 hours before his shift and while it lasts, once, and no more when he has registered something', async () => {
    await gateways()
    await setContacts(world, night.userId, ALL)
    await write()
    expect(await look(T)).toEqual([told('day')])
    const raised = await world.rows('select raised_at from configuration_alert')
    expect(await look(T + HOUR)).toEqual([told('day')])
    expect(await world.rows('select raised_at from configuration_alert')).toEqual(raised)
    const [alert] = await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)
    expect([alert?.regionCode, alert?.textZh]).toEqual(['32', '江苏值班经理：在岗人员收不到蓝色、黄色、橙色、红色预警的站外通知（即时通讯、短信、电话未登记）；请本人登记联系方式，或由管理员启用通道'])
    // One channel is enough to be no longer unreachable: what is missing is told by his readiness.
    await setContacts(world, day.userId, { wecom: 'member2' })
    expect(await look(T + 2 * HOUR)).toEqual([])
  })

  test('is looked at when his shift comes within 24 hours, at that instant and not before', async () => {
    await gateways()
    for (const person of [day, night]) await setContacts(world, person.userId, ALL)
    await write()
    await look(T)
    const begins = at('2026-06-04 08:00')
    const steps: unknown[] = []
    for (const now of [begins - DAY - SECOND, begins - DAY, begins - DAY + SECOND, begins]) steps.push([await checkRosters(world.engine, now), await standing()])
    // The shifts of those who can be reached fell due before.
    expect(steps).toEqual([[1, []], [1, [told('late')]], [0, [told('late')]], [1, [told('late')]]])
    expect((await loadConfigurationAlerts(world.pool, ENGINE_SCOPE))[0]?.textZh).toContain('06-04 08:00 上岗的人员')
  })

  test('is told of by region, or for the whole deployment, where nothing goes out at all', async () => {
    await write()
    expect(await look(T)).toEqual(['channels_none:all'])
    expect((await loadConfigurationAlerts(world.pool, ENGINE_SCOPE))[0]).toMatchObject({ regionCode: null })
    await addProvider(world, 'sms_gateway', 'https://gateway.example', { regionCode: '33' })
    expect(await look(T)).toEqual(['channels_none:32'])
    await addProvider(world, 'sms_gateway', 'https://gateway.example', { regionCode: '32' })
    expect(await look(T)).toEqual([told('day'), told('night')])
  })

  test('is nobody where the ladders use the application alone', async () => {
    const quiet = await alertWorld(T)
    world = quiet
    day = await world.user('duty_manager', '32', 'day')
    night = await world.user('duty_manager', '32', 'night')
    late = await world.user('duty_manager', '32', 'late')
    await write()
    expect(await look(T)).toEqual([])
  })
})

describe('readiness as it is stored', () => {
  const of = async (person: Person, now = T) =>
    (await loadReadiness(await readinessTerms(world.engine, now), [{ ...MANAGER, userId: person.userId, isOn: false }]))[0]

  test('follows the providers of his region and those above, switched on', async () => {
    await setContacts(world, day.userId, ALL)
    await addProvider(world, 'sms_gateway', 'https://gateway.example')
    await addProvider(world, 'voice_gateway', 'https://gateway.example', { regionCode: '33' })
    expect((await of(day))?.colours.map(({ state, missing }) => [state, missing])).toEqual([['partly', ['im']], ['partly', ['im', 'voice']], ['partly', ['im', 'voice']], ['partly', ['im', 'voice']]])
    await world.pool.query('update provider set is_enabled = false')
    expect((await of(day))?.state).toBe('unreachable')
  })

  test('is none on leave; the leave is over at its end', async () => {
    await gateways()
    await setContacts(world, day.userId, ALL)
    await write()
    const body = { kind: 'leave', userId: day.userId, from: T, to: T + HOUR }
    await world.pool.query("insert into roster_change (role, region_code, kind, body, from_at, to_at, leave_of, author, reason, created_at) values ('duty_manager', '32', 'leave', $1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000), $4, 'a', 'b', to_timestamp($2::float8 / 1000))", [JSON.stringify(body), T, T + HOUR, day.userId])
    expect([(await of(day))?.why, (await of(day, T + HOUR))?.why]).toEqual(['on_leave', null])
  })

  test('knows the latest that came by each channel: receipts, answers, tests', async () => {
    await gateways()
    await setContacts(world, day.userId, ALL)
    await world.pool.query("update user_contact set updated_at = '2026-01-01'")
    const alert = await world.raise()
    const run = (await world.rows<{ id: string }>('select id::text from escalation where alert_id = $1', [alert.id]))[0]?.id
    await world.pool.query("insert into escalation_step (escalation_id, step, due_at, fired_at, targets) values ($1, 0, now(), now(), '{}')", [run])
    const page = (channel: string, came: Instant | null, read: Instant | null) => world.pool.query(
      `insert into outbox (delivery_id, alert_id, escalation_id, step, channel, target, payload, state, due_at, created_at, delivered_at, read_at)
       values (gen_random_uuid(), $1, $2, 0, $3, $4, '{}', 'delivered', now(), now(), to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000))`, [alert.id, run, channel, day.userId, came, read])
    await page('sms', T - DAY, null)
    await page('voice', T - 40 * DAY, T - 40 * DAY)
    await page('wecom', null, null)
    const test = (channel: string, asked: Instant, ok: boolean) => world.pool.query(
      `insert into contact_test (id, user_id, channel, asked_at, taken_at, done_at, ok) values (gen_random_uuid(), $1, $2, to_timestamp($3::float8 / 1000), to_timestamp($3::float8 / 1000), to_timestamp($3::float8 / 1000), $4)`, [day.userId, channel, asked, ok])
    await test('sms', T - 2 * DAY, true)
    await test('wecom', T - HOUR, true)
    await test('wecom', T, false)
    expect((await of(day))?.channels.map(({ channel, proof, isOld }) => [channel, proof?.at ?? null, proof?.how ?? null, isOld])).toEqual([
      ['in_app', null, null, false], ['im', T - HOUR, 'test', false], ['sms', T - DAY, 'delivered', false], ['voice', T - 40 * DAY, 'answered', true],
    ])
  })
})
