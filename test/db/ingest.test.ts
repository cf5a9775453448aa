import { describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { engineWorld } from '../support/engine-world.ts'
import { at } from '../support/builders.ts'

describe('smoke', () => {
  test('goes in', async () => {
    const clock = new ManualClock(at('2026-06-01 10:00'))
    const { engine, pool } = await engineWorld(clock)
    const answer = await acceptEvents(engine, [{ event_id: 'e1', event_type: 'created', ticket_id: 'T1', occurred_at: '2026-06-01T09:00:00+08:00', source_system: 'crm', province_code: '32',
      payload: { kind: 'complaint', channel: 'hotline', region_code: '320500', phenomenon_l1: '网络使用', content_text: '我的手机13800001111身份证320500199001011234', product_no: '13800001111' } }], { source: 't', scope: ENGINE_SCOPE, now: clock.now() })
    console.log(answer)
    console.log(await runIngest(engine, clock.now()))
    console.log((await pool.query('select * from ticket')).rows, (await pool.query('select * from cell')).rows, (await pool.query('select * from gauge')).rows, (await pool.query('select * from event')).rows)
    expect(1).toBe(1)
  })
})
