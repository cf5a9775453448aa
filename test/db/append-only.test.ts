import { describe, expect, test } from 'vitest'
import { finishRetention, stepRetention } from '../../core/engine/retention.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { ALERT_RECORD } from '../../core/store/retention-store.ts'
import { keepingWorld } from '../support/keeping-world.ts'

describe('append-only tables', () => {
  test('give nothing away but to an unfinished run that names itself, and of that only what is older than its cutoff', async () => {
    const world = await keepingWorld()
    await world.anAlert({ ended: '2020-01-01 00:00' })
    const old = await world.anAuditLine('2020-01-01 00:00', 'x')
    const young = await world.anAuditLine('2026-01-01 00:00', 'x')
    const attempt = (day: string | null, text: string) =>
      inTransaction(world.pool, async (tx) => {
        if (day !== null) await tx.query(`select set_config('tocsin.retention_day', $1, true)`, [day])
        return (await tx.query(text)).rowCount
      })
    const gone = `delete from audit_log where id = ${old}`
    await expect(attempt(null, gone)).rejects.toThrow('append-only')
    await expect(attempt('2026-06-15', gone), 'no such run').rejects.toThrow('append-only')
    await stepRetention(world.engine, world.clock)
    await expect(attempt(null, gone), 'unnamed').rejects.toThrow('append-only')
    await expect(attempt('2026-06-15', `delete from audit_log where id = ${young}`)).rejects.toThrow('append-only')
    await expect(attempt('2026-06-15', `update audit_log set subject = 'y' where id = ${old}`)).rejects.toThrow('append-only')
    await expect(attempt('2026-06-15', `update alert_transition set reason = 'y'`)).rejects.toThrow('append-only')
    await finishRetention(world.engine, world.clock)
    const next = await world.anAuditLine('2020-01-01 00:00', 'x')
    await expect(attempt('2026-06-15', `delete from audit_log where id = ${next}`), 'finished').rejects.toThrow('append-only')
    // What one transaction was allowed is over with it.
    await expect(world.pool.query(`delete from audit_log where id = ${next}`)).rejects.toThrow('append-only')
  })
})

describe('the record of an alert that is deleted', () => {
  test('is every table that refers to an alert, directly or through another', async () => {
    const world = await keepingWorld()
    const { rows } = await world.pool.query<{ name: string }>(
      `with recursive record as (
         select 'alert'::regclass::oid as oid
         union select c.conrelid from pg_constraint c join record r on c.confrelid = r.oid where c.contype = 'f')
       select oid::regclass::text as name from record`,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual(ALERT_RECORD.map(([table]) => table).sort())
  })
})
