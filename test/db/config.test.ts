import { describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { DEFAULT_RETENTION, type RetentionMonths } from '../../core/domain/protect/retention.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { HOUR, SECOND } from '../../core/domain/time.ts'
import { loadSettings, saveSettings, seedSettings, settingsCache } from '../../core/engine/settings.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { inTransaction, type Pool } from '../../core/platform/database.ts'
import { CONFIG_KINDS, listConfigVersions } from '../../core/store/config-store.ts'
import { T } from '../support/alert-builders.ts'
import { testDatabase } from '../support/database.ts'

const by = { author: 'test', reason: 'because' }
const withTick = (tickSeconds: number) => ({ ...DEFAULT_RISK_PARAMETERS, tickSeconds })
const saveRisk = (pool: Pool, tickSeconds: number, effectiveFrom: number, now = T) =>
  inTransaction(pool, (tx) => saveSettings(tx, { kind: 'risk', body: withTick(tickSeconds), ...by, effectiveFrom, now }))

async function seeded(): Promise<Pool> {
  const { pool } = await testDatabase()
  await inTransaction(pool, (tx) => seedSettings(tx, T))
  return pool
}

// First, because for two seconds after a save of this process the cache keeps nothing.
describe('the settings cache', () => {
  test('asks the database once for many questions, and sees another process’s version after two seconds', async () => {
    const pool = await seeded()
    const clock = new ManualClock(T)
    let queries = 0
    const counted = new Proxy(pool, {
      get: (held, name) =>
        name === 'query'
          ? (...args: [string]) => {
              queries += 1
              return held.query(...args)
            }
          : Reflect.get(held, name),
    })
    const settings = settingsCache(counted, clock)
    const [first, ...rest] = await Promise.all(Array.from({ length: 50 }, () => settings(T)))
    for (const one of rest) expect(one).toBe(first)
    expect(queries).toBe(CONFIG_KINDS.length + 1)
    await pool.query(
      `insert into config_version select kind, 2, effective_from, author, reason, body, created_at from config_version where kind = 'risk'`,
    )
    clock.advance(2 * SECOND - 1)
    expect((await settings(T)).risk.version).toBe(1)
    clock.advance(1)
    expect((await settings(T)).risk.version).toBe(2)
    expect((await settings(T)).limits).toBe((await settings(T)).limits)
  })

  test('sees this process’s own version at once', async () => {
    const pool = await seeded()
    const settings = settingsCache(pool)
    expect((await settings(T)).risk.version).toBe(1)
    await saveRisk(pool, 60, T)
    expect((await settings(T)).risk.version).toBe(2)
  })

  test('forgets a failed read', async () => {
    const pool = await seeded()
    let isDown = true
    const flaky = new Proxy(pool, {
      get: (held, name) => (name === 'query' && isDown ? () => Promise.reject(new Error('down')) : Reflect.get(held, name)),
    })
    const settings = settingsCache(flaky, new ManualClock(T))
    await expect(settings(T)).rejects.toThrow('down')
    isDown = false
    expect((await settings(T)).limits.version).toBe(1)
  })
})

describe('settings', () => {
  test('are seeded once, and are in force for the past too', async () => {
    const pool = await seeded()
    await inTransaction(pool, (tx) => seedSettings(tx, T + HOUR))
    expect((await listConfigVersions(pool)).map((row) => `${row.kind} ${row.version}`)).toEqual([
      'abnormal 1',
      'calendar 1',
      'dictionary 1',
      'keywords 1',
      'ladders 1',
      'limits 1',
      'nearDuplicate 1',
      'restatement 1',
      'retention 1',
      'risk 1',
    ])
    const settings = await loadSettings(pool, T - 3650 * 24 * HOUR)
    expect(settings.ladders).toEqual({ version: 1, body: DEFAULT_LADDERS })
    expect(settings.risk.body).toEqual(DEFAULT_RISK_PARAMETERS)
  })

  test('of 11:00 stay those of 11:00 when a threshold changes at 12:00 (S-14-9)', async () => {
    const pool = await seeded()
    expect(await saveRisk(pool, 60, T + HOUR)).toBe(2)
    expect((await loadSettings(pool, T + HOUR - 1)).risk).toMatchObject({ version: 1, body: { tickSeconds: 300 } })
    expect((await loadSettings(pool, T + HOUR)).risk).toMatchObject({ version: 2, body: { tickSeconds: 60 } })
  })

  test('that came into force last hold, whatever was entered last; of two at one instant the higher version', async () => {
    const pool = await seeded()
    await saveRisk(pool, 60, T + 2 * HOUR)
    await saveRisk(pool, 30, T + HOUR)
    expect((await loadSettings(pool, T + HOUR)).risk.version).toBe(3)
    expect((await loadSettings(pool, T + 2 * HOUR)).risk.version).toBe(2)
    await saveRisk(pool, 10, T + 2 * HOUR)
    expect((await loadSettings(pool, T + 2 * HOUR)).risk.version).toBe(4)
  })

  test('saved by ten at once get ten versions', async () => {
    const pool = await seeded()
    const versions = await Promise.all(Array.from({ length: 10 }, (_, index) => saveRisk(pool, index + 1, T)))
    expect(versions.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  test('whose ladders call nobody are refused', async () => {
    const pool = await seeded()
    const body = { ...DEFAULT_LADDERS, risk: { ...DEFAULT_LADDERS.risk, 4: { ...DEFAULT_LADDERS.risk[4], steps: [] } } }
    await expect(inTransaction(pool, (tx) => saveSettings(tx, { kind: 'ladders', body, ...by, effectiveFrom: T, now: T }))).rejects.toThrow(
      'risk 4: 至少要有一步 / at least one step is needed',
    )
    expect(await listConfigVersions(pool)).toHaveLength(10)
  })

  test('whose keeping times cannot be kept are refused', async () => {
    const pool = await seeded()
    const save = (body: RetentionMonths) =>
      inTransaction(pool, (tx) => saveSettings(tx, { kind: 'retention', body, ...by, effectiveFrom: T, now: T }))
    await expect(save({ ...DEFAULT_RETENTION, logs: 5 })).rejects.toThrow('retention refused: logs: 法定至少 6 个月')
    expect(await save({ ...DEFAULT_RETENTION, logs: 6 })).toBe(2)
    expect((await loadSettings(pool, T)).retention).toEqual({ version: 2, body: { ...DEFAULT_RETENTION, logs: 6 } })
  })

  test('that were never seeded are told as such', async () => {
    const { pool } = await testDatabase()
    await expect(loadSettings(pool, T)).rejects.toThrow('seedSettings')
  })
})
