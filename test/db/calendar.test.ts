import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import { HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { putCalendarYear } from '../../core/engine/calendar-year.ts'
import { loadSettings, saveSettings } from '../../core/engine/settings.ts'
import { limitsByAcceptance } from '../../core/engine/ticket-limits.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertNextConfig } from '../../core/store/config-store.ts'
import { loadConfigurationAlerts, raiseConfigurationAlerts } from '../../core/store/configuration-alert-store.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: EngineWorld
beforeEach(async () => {
  world = await engineWorld({ now: () => at('2026-01-01 00:00') })
})

const yearOf = (year: number) => ({
  year,
  off: [{ from: `${year}-01-01`, to: `${year}-01-03`, nameZh: '元旦', nameEn: 'New Year' }],
  worked: [],
})
const put = (year: number, now: Instant) =>
  inTransaction(world.pool, (tx) => putCalendarYear(tx, world.engine.zone, yearOf(year), { author: 'steward', reason: 'notice', now }))
const codes = async () => (await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)).map(({ code }) => code)

describe('a calendar year that nobody has loaded', () => {
  test('is told of from 60 days before, once, and no longer once it is there', async () => {
    const due = at('2026-11-02 00:00')
    await runSweep(world.engine, due - MINUTE)
    expect(await codes()).toEqual([])
    await runSweep(world.engine, due)
    await runSweep(world.engine, due + MINUTE)
    const [alert, ...more] = await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)
    expect(more).toEqual([])
    expect(alert).toMatchObject({ code: 'calendar_missing:2027', raisedAt: due })
    expect(alert?.textZh).toContain('2027 年')
    await put(2027, due + 5 * MINUTE)
    expect(await codes()).toEqual([])
    await runSweep(world.engine, due + 10 * MINUTE)
    expect(await codes()).toEqual([])
  })

  test('is told of again when its turn has come and it is still missing, beside the next', async () => {
    await runSweep(world.engine, at('2027-12-01 00:00'))
    expect(await codes()).toEqual(['calendar_missing:2027', 'calendar_missing:2028'])
    await put(2027, at('2027-12-01 00:00') + SECOND)
    expect(await codes()).toEqual(['calendar_missing:2028'])
  })

  test('raised by two sweeps at once keeps the instant of the first', async () => {
    const alert = { code: 'calendar_missing:2027', textZh: '缺', textEn: 'missing', regionCode: null }
    for (const now of [1_000, 2_000]) await raiseConfigurationAlerts(world.pool, [alert], now)
    expect(await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)).toEqual([{ ...alert, raisedAt: 1_000 }])
  })

  test('raised once more after it was cleared begins anew', async () => {
    const first = at('2026-11-02 00:00')
    await runSweep(world.engine, first)
    await put(2027, first + MINUTE)
    const without = { kind: 'calendar', body: DEFAULT_CALENDAR, author: 'x', reason: 'x', effectiveFrom: first + 2 * MINUTE, now: first } as const
    await inTransaction(world.pool, (tx) => saveSettings(tx, without))
    await runSweep(world.engine, first + HOUR)
    expect(await loadConfigurationAlerts(world.pool, ENGINE_SCOPE)).toMatchObject([{ code: 'calendar_missing:2027', raisedAt: first + HOUR }])
  })
})

describe('putting a year in', () => {
  const now = at('2026-12-01 10:00')

  test('is a new version, in force from then on; the version before stays what it was', async () => {
    expect(await put(2027, now)).toMatchObject({ version: 2 })
    const [before, after] = [await loadSettings(world.pool, now - 1), await loadSettings(world.pool, now)]
    expect(before.calendar.version).toBe(1)
    expect(calendarFrom(before.calendar.body).isWorkday('2027-01-01')).toBeNull()
    expect(calendarFrom(after.calendar.body).isWorkday('2027-01-01')).toBe(false)
    expect(calendarFrom(after.calendar.body).isWorkday('2026-10-10')).toBe(true)
  })

  test('by a process whose clock is behind is in force with what it continues', async () => {
    await put(2027, now)
    await put(2028, now - HOUR)
    const { calendar } = await loadSettings(world.pool, now)
    expect(calendar.body.years.map(({ year }) => year)).toEqual([2026, 2027, 2028])
  })

  test('by several at once loses none', async () => {
    await Promise.all([put(2027, now), put(2028, now), put(2029, now)])
    const { calendar } = await loadSettings(world.pool, now)
    expect(calendar.body.years.map(({ year }) => year)).toEqual([2026, 2027, 2028, 2029])
  })

  test('that is not sound changes nothing', async () => {
    const bad = { ...yearOf(2027), worked: ['2027-01-02'] }
    const given = await inTransaction(world.pool, (tx) => putCalendarYear(tx, world.engine.zone, bad, { author: 'x', reason: 'x', now }))
    expect(given).toMatchObject({ field: 'worked[0]' })
    expect((await loadSettings(world.pool, now)).calendar.version).toBe(1)
    const body = { years: [bad], tags: {} }
    const save = { kind: 'calendar', body, author: 'x', reason: 'x', effectiveFrom: now, now } as const
    await expect(inTransaction(world.pool, (tx) => saveSettings(tx, save))).rejects.toThrow('calendar refused: years[0].worked[0]')
  })
})

test('a year put in has open tickets judged again once every process has it, and leaves closed ones', async () => {
  const tickets = await ingestWorld('2026-12-30 09:00')
  const received = { kind: 'appeal', channel: 'miit_forward', source_category: 'group_appeal', regulator_case_no: 'A1', appeal_stage: 'first' }
  await tickets.send('2026-12-30 09:00', anItemAt('created', '12-30 09:00', received), anItemAt('created', '12-30 08:00', {}, { ticket_id: 'T2' }))
  await tickets.send('2026-12-30 10:00', anItemAt('cancelled', '12-30 10:00', { reason: 'duplicate' }, { ticket_id: 'T2' }))
  const judged = async () => (await tickets.pool.query('select updated_at as at from ticket order by ticket_key')).rows.map(({ at }) => at)
  const now = at('2027-01-10 12:00')
  await tickets.timers('2027-01-10 11:59')
  const [open, closed] = await judged()
  await inTransaction(tickets.pool, (tx) => putCalendarYear(tx, tickets.engine.zone, yearOf(2027), { author: 'steward', reason: 'notice', now }))
  await tickets.timers('2027-01-10 12:00:01.999')
  expect(await judged()).toEqual([open, closed])
  await tickets.timers('2027-01-10 12:00:02')
  expect(await judged()).toEqual([now + 2 * SECOND, closed])
})

describe('limits written by an older version', () => {
  test('are completed by the defaults wherever they are read', async () => {
    const now = at('2026-05-01 00:00')
    const old = { kind: 'limits', author: 'x', reason: 'x', effectiveFrom: now, body: { handleMinutes: 600, suspendMaxHours: 10 } }
    await inTransaction(world.pool, (tx) => insertNextConfig(tx, old, now))
    const expected = { ...DEFAULT_CLOCK_LIMITS, handleMinutes: 600, suspendMaxHours: 10 }
    expect((await loadSettings(world.pool, now)).limits.body).toEqual(expected)
    const byAcceptance = await inTransaction(world.pool, (tx) => limitsByAcceptance(tx, null))
    expect(byAcceptance(now)).toEqual(expected)
    expect(byAcceptance(now - 1)).toEqual(DEFAULT_CLOCK_LIMITS)
  })
})
