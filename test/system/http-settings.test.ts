import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_DICTIONARY } from '../../core/domain/dictionary/default-dictionary.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import { limitsByAcceptance } from '../../core/engine/ticket-limits.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 12:00'))
let world: ServerWorld
let [keeper, province, manager]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['keeper', 'admin', '00'], ['kf', 'province_cs_dept', '32'], ['js', 'duty_manager', '32']] as const) await world.addUser(login, role, code)
  ;[keeper, province, manager] = [await world.signIn('keeper'), await world.signIn('kf'), await world.signIn('js')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, path: string) => world.call(caller as Caller, 'GET', `/api/v1/settings/${path}`)
const put = (caller: Caller | undefined, kind: string, body: unknown) => world.call(caller as Caller, 'PUT', `/api/v1/settings/${kind}`, body)
const inForce = async () => world.engine.settings(clock.now())

test('everybody signed in reads them beside their defaults; only administrators of the group change them', async () => {
  const defaults = { rawEvents: 36, text: 24, aggregates: 120, alerts: 60, logs: 36 }
  const { fields, ...shown } = (await get(manager, 'retention')).body
  expect(shown).toEqual({ kind: 'retention', version: 1, mayChange: false, values: defaults, defaults, changed: null })
  expect(fields.map(({ name, unit, least, most }: Record<string, unknown>) => [name, unit, least, most])).toEqual([...['rawEvents', 'text', 'aggregates', 'alerts'].map((name) => [name, 'months', 1, 1200]), ['logs', 'months', 6, 1200]])
  expect((await get(manager, 'restatement')).body.values).toEqual({ watermarkHours: 72, freezeWorkday: 5 })
  expect((await get(keeper, 'dictionary')).body).toMatchObject({ mayChange: true, values: { strict: expect.any(Boolean), urgency: DEFAULT_DICTIONARY.fields.urgency } })
  const change = { basedOn: 1, values: { logs: 48 }, reason: '审计要求' }
  expect(await put(province, 'retention', change)).toMatchObject({ status: 403, body: { error: { code: 'whole_tree_only' } } })
  expect((await put(manager, 'retention', change)).status).toBe(403)
  expect((await get(keeper, 'ladders')).status).toBe(400)
  expect((await get(keeper, 'retention')).body.version).toBe(1)
})

test('a change is the next version, in force at once, with its reason, its history and an audit line', async () => {
  clock.set(clock.now() + 60_000)
  const first = await put(keeper, 'retention', { basedOn: 1, values: { logs: 48, text: 12 }, reason: '审计要求，联系13800001111' })
  expect(first).toMatchObject({ status: 200, body: { version: 2, values: { logs: 48, text: 12, rawEvents: 36 }, changed: { version: 2, author: 'keeper', reason: '审计要求，联系138****1111' } } })
  expect((await inForce()).retention).toEqual({ version: 2, body: { rawEvents: 36, text: 12, aggregates: 120, alerts: 60, logs: 48 } })
  expect((await put(keeper, 'retention', { basedOn: 2, values: { text: null }, reason: '恢复默认' })).body).toMatchObject({ version: 3, values: { text: 24, logs: 48 } })
  // What changes nothing makes no version.
  expect((await put(keeper, 'retention', { basedOn: 3, values: { text: 24 }, reason: '恢复默认' })).body.version).toBe(3)
  expect((await get(manager, 'retention/history')).body.items).toEqual([
    { version: 3, at: clock.now(), author: 'keeper', reason: '恢复默认', changes: [{ path: 'text', from: 12, to: 24 }] },
    { version: 2, at: clock.now(), author: 'keeper', reason: '审计要求，联系138****1111', changes: [{ path: 'text', from: 24, to: 12 }, { path: 'logs', from: 36, to: 48 }] },
  ])
  expect((await put(keeper, 'restatement', { basedOn: 1, values: { freezeWorkday: 3 }, reason: '提前冻结' })).body).toMatchObject({ version: 2 })
  expect((await inForce()).restatement.body).toEqual({ watermarkHours: 72, freezeWorkday: 3 })
  const { rows } = await world.pool.query("select subject, detail ->> 'version' as version from audit_log where action = 'settings_changed' order by id")
  expect(rows).toEqual([{ subject: 'retention', version: '2' }, { subject: 'retention', version: '3' }, { subject: 'restatement', version: '2' }])
})

test('limits of clocks are changed by name; what was accepted before keeps its own (S-14-9)', async () => {
  const before = (await inForce()).limits.body
  // What no clock goes by yet is not offered.
  const { outageRestore: _, opinionFirst: __, suspendMinFailedContacts: ___, ...offered } = DEFAULT_CLOCK_LIMITS
  const limitsAt = await inTransaction(world.pool, (tx) => limitsByAcceptance(tx, null))
  expect((await get(province, 'limits')).body).toMatchObject({ mayChange: false, version: 1, values: offered, defaults: offered })
  clock.set(clock.now() + 60_000)
  const changed = await put(keeper, 'limits', { basedOn: 1, values: { handleMinutes: 1_440, goldenUnits: ['320500-1'] }, reason: '新服务承诺' })
  expect(changed).toMatchObject({ status: 200, body: { version: 2, values: { ...offered, handleMinutes: 1_440, goldenUnits: ['320500-1'] } } })
  expect((await inForce()).limits.body).toEqual({ ...DEFAULT_CLOCK_LIMITS, handleMinutes: 1_440, goldenUnits: ['320500-1'] })
  const after = await inTransaction(world.pool, (tx) => limitsByAcceptance(tx, null))
  expect([limitsAt(clock.now()), after(clock.now() - 1), after(clock.now())].map(({ handleMinutes }) => handleMinutes)).toEqual([before.handleMinutes, 2_880, 1_440])
  expect((await get(manager, 'limits/history')).body.items).toMatchObject([{ version: 2, author: 'keeper', changes: [{ path: 'goldenUnits', from: [], to: ['320500-1'] }, { path: 'handleMinutes', from: 2_880, to: 1_440 }] }])
  expect((await put(keeper, 'limits', { basedOn: 2, values: { handleMinutes: null, goldenUnits: null }, reason: '恢复默认' })).body).toMatchObject({ version: 3, values: offered })
})

test('a change made on an older version is refused, and says which to read', async () => {
  const { status, body } = await put(keeper, 'retention', { basedOn: 1, values: { logs: 60 }, reason: '未见新版' })
  expect([status, body.error]).toMatchObject([409, { code: 'stale_version', field: 'basedOn', expected: '3' }])
  const both = await Promise.all([60, 72].map((logs) => put(keeper, 'retention', { basedOn: 3, values: { logs }, reason: '同时更改' })))
  expect(both.map(({ status: each }) => each).sort()).toEqual([200, 409])
})

test('a field of a dictionary is given as a whole, and its history names single codes', async () => {
  const emotion = [...DEFAULT_DICTIONARY.fields.emotion, { code: 'anxious', zh: '焦虑', en: 'Anxious' }]
  expect((await put(keeper, 'dictionary', { basedOn: 1, values: { emotion }, reason: '新增情绪代码' })).body).toMatchObject({ version: 2, values: { emotion } })
  expect((await get(keeper, 'dictionary/history')).body.items).toMatchObject([{ version: 2, changes: [{ path: 'emotion/anxious', from: null, to: { code: 'anxious', zh: '焦虑', en: 'Anxious' } }] }])
  const { body } = await world.call(manager as Caller, 'GET', '/api/v1/dictionary')
  expect(body).toMatchObject({ version: 2, fields: { emotion: expect.arrayContaining([{ code: 'anxious', zh: '焦虑', en: 'Anxious' }]) } })
})

test('a code that a mapping leads to is ended, not removed', async () => {
  await world.addUser('steward', 'data_steward', '32')
  const mapping = { sourceSystem: 'crm', field: 'emotion', sourceCode: '7', code: 'anxious', reason: '省内编码' }
  expect((await world.call(await world.signIn('steward'), 'POST', '/api/v1/mappings', mapping)).status).toBe(201)
  const refused = await put(keeper, 'dictionary', { basedOn: 2, values: { emotion: null }, reason: '恢复默认' })
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'bad_setting', field: 'emotion', expected: expect.stringContaining('7 → anxious') } } })
  const ended = [...DEFAULT_DICTIONARY.fields.emotion, { code: 'anxious', zh: '焦虑', en: 'Anxious', validTo: clock.now() }]
  expect((await put(keeper, 'dictionary', { basedOn: 2, values: { emotion: ended }, reason: '停用' })).body).toMatchObject({ version: 3 })
})

test.each<[string, Record<string, unknown>, string]>([
  ['retention', { logs: 5 }, 'logs'],
  ['retention', { logs: '40' }, 'logs'],
  ['retention', { text: 37 }, 'text'],
  ['retention', { aggregates: 35 }, 'aggregates'],
  ['retention', { alerts: 0 }, 'alerts'],
  ['retention', { nothing: 1 }, 'nothing'],
  ['retention', { constructor: 1 }, 'constructor'],
  ['restatement', { watermarkHours: 0 }, 'watermarkHours'],
  ['restatement', { watermarkHours: 745 }, 'watermarkHours'],
  ['restatement', { freezeWorkday: 5.5 }, 'freezeWorkday'],
  ['restatement', { freezeWorkday: { a: 1 } }, 'freezeWorkday'],
  ['nearDuplicate', { similarity: 0.4 }, 'similarity'],
  ['nearDuplicate', { bands: 33 }, 'bands'],
  ['nearDuplicate', { templatePhrases: [] }, 'templatePhrases'],
  ['limits', { handleMinutes: 0 }, 'handleMinutes'],
  ['limits', { handleMinutes: 1_000 }, 'handleHighValueMinutes'],
  ['limits', { reconnect: 1_441 }, 'reconnect'],
  ['limits', { dayShiftEnd: 480 }, 'dayShiftEnd'],
  ['limits', { reviewNightEnd: 470 }, 'dayShiftStart'],
  ['limits', { goldenUnits: [''] }, 'goldenUnits'],
  ['limits', { rollForwardIfHoliday: 1 }, 'rollForwardIfHoliday'],
  ['limits', { handle: 60 }, 'handle'],
  ['limits', { opinionFirst: 60 }, 'opinionFirst'],
  ['dictionary', { strict: 'yes' }, 'strict'],
  ['dictionary', { emotion: 'calm' }, 'emotion'],
  ['dictionary', { emotion: [{ code: 'x' }] }, 'emotion[0].zh'],
  ['dictionary', { phenomenon_l1: DEFAULT_DICTIONARY.fields.phenomenon_l1.slice(1) }, 'phenomenon_l2[0].parent'],
])('%s %j is refused by its field with the mend in both languages, and nothing changes', async (kind, values, field) => {
  const { version } = (await get(keeper, kind)).body
  const { status, body } = await put(keeper, kind, { basedOn: version, values, reason: '试一试' })
  expect([status, body.error.code, body.error.field]).toEqual([400, 'bad_setting', field])
  expect(body.error.expected).toMatch(/\p{Script=Han}.* \/ .*[a-z]/su)
  expect((await get(keeper, kind)).body.version).toBe(version)
})

test.each([
  [{ basedOn: 1, values: { logs: 40 } }],
  [{ basedOn: 1, values: { logs: 40 }, reason: '  ' }],
  [{ values: { logs: 40 }, reason: '试一试' }],
  [{ basedOn: 1, values: {}, reason: '试一试' }],
  [{ basedOn: 1, values: { logs: 40 }, reason: '试一试', more: 1 }],
])('%j is no change', async (body) => {
  expect((await put(keeper, 'retention', body)).status).toBe(400)
})
