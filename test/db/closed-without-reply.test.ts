import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { runTimers } from '../../workers/timers.ts'
import { insertUser, type Person } from '../support/alert-world.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const T1 = '32:crm:T1'
const REPLY = { method: 'call', call_record_no: 'R1', record_seconds: 95, staff: 's1', agreed: true }
const FAILED = { method: 'call', reason: 'no_answer' }

let world: IngestWorld
let leader: Person
beforeEach(async () => {
  world = await ingestWorld('2026-05-18 09:00')
  await setRules(world.pool, onlyRules('AT-16'))
  leader = { kind: 'user', userId: randomUUID(), name: '值班长甲', role: 'duty_leader', regionPath: '/00/32/' }
  await insertUser(world.pool, leader, '32', at('2026-05-18 09:00'))
})

/** Up to the reply of the unit and its review. */
const handled = async () => {
  await world.send('2026-05-18 10:00', anItemAt('created', '05-18 10:00'))
  await world.send('2026-05-18 10:10', anItemAt('dispatched', '05-18 10:10', { to_unit: 'u1', leg_id: 'l1' }))
  await world.send('2026-05-18 10:40', anItemAt('claimed', '05-18 10:40', { leg_id: 'l1', handler_id: 'h1' }))
  await world.send('2026-05-18 16:00', anItemAt('replied', '05-18 16:00', { leg_id: 'l1', unit_id: 'u1', text: '已修复' }))
  await world.send('2026-05-18 16:20', anItemAt('review_passed', '05-18 16:20'))
}
/** The duty leader of the province takes the alert, or closes it. */
const take = async (move: 'ack' | 'resolve') => {
  const { id } = (await world.pool.query('select id::text from alert where ticket_key = $1', [T1])).rows[0] as { id: string }
  return inEngineTransaction(world.engine, world.clock.now(), (etx) => moveAlert(etx, id, { move, reason: '已核实 checked' }, leader, 'test'))
}
const limits = async () => (await world.pool.query(`select ack_due_at as ack, handle_due_at as handle from alert where ticket_key = $1`, [T1])).rows as { ack: number; handle: number }[]

describe('S-5: closed without a reply to the customer, as the engine tells it', () => {
  test('A3 at 16:32, to be acknowledged by 16:47 and handled by 20:32; a reply at 18:10 leaves it to a person', async () => {
    await handled()
    await world.send('2026-05-18 16:30', anItemAt('completed', '05-18 16:30', { result_code: 'solved' }))
    await world.timers('2026-05-18 16:31:59.999')
    expect(await world.alerts(T1)).toEqual([])
    await world.timers('2026-05-18 16:32')
    expect(await world.alerts(T1)).toEqual([{ rule: 'AT-16', severity: 3, state: 'open', openedAt: at('2026-05-18 16:32') }])
    expect(await limits()).toEqual([{ ack: at('2026-05-18 16:47'), handle: null }])
    // Four hours run from the acknowledgement (3.6 C_ALERT_HANDLE): taken at once they end at 20:32.
    await take('ack')
    expect(await limits()).toEqual([{ ack: at('2026-05-18 16:47'), handle: at('2026-05-18 20:32') }])
    await world.send('2026-05-18 18:10', anItemAt('customer_replied', '05-18 18:10', REPLY))
    expect(await world.alerts(T1)).toMatchObject([{ rule: 'AT-16', severity: 3, state: 'mitigated' }])
    // Time alone closes nothing: a person looks first.
    await world.timers('2026-05-25 16:32')
    expect(await world.alerts(T1)).toMatchObject([{ state: 'mitigated' }])
    expect(await take('resolve')).toMatchObject({ ok: true })
    expect(await world.alerts(T1)).toMatchObject([{ state: 'resolved' }])
    await world.expectExact()
  })

  const attempts = async (...times: readonly string[]) => {
    for (const time of times) await world.send(`2026-05-18 ${time}`, anItemAt('contact_failed', `05-18 ${time}`, FAILED))
    await world.send('2026-05-18 16:30', anItemAt('completed', '05-18 16:30', { result_code: 'unreachable' }))
    await world.timers('2026-05-18 16:32')
  }

  test('unreachable with three attempts on record raises nothing', async () => {
    await handled()
    await attempts('16:21', '16:22', '16:23')
    await runTimers(world.engine, at('2026-05-20 09:00'))
    expect(await world.alerts(T1)).toEqual([])
  })

  test('with two attempts it does, until the third is told late', async () => {
    await handled()
    await attempts('16:21', '16:22')
    expect(await world.alerts(T1)).toMatchObject([{ rule: 'AT-16', state: 'open' }])
    await world.send('2026-05-18 16:40', anItemAt('contact_failed', '05-18 16:23', FAILED))
    expect(await world.alerts(T1)).toMatchObject([{ rule: 'AT-16', state: 'retracted' }])
    await world.expectExact()
  })

  test('a reply of 16:25 that arrives at 16:31 is in time: no alert at all', async () => {
    await handled()
    await world.send('2026-05-18 16:30', anItemAt('completed', '05-18 16:30', { result_code: 'solved' }))
    await world.send('2026-05-18 16:31', anItemAt('customer_replied', '05-18 16:25', REPLY))
    await world.timers('2026-05-18 16:32')
    await runTimers(world.engine, at('2026-05-20 09:00'))
    expect(await world.alerts(T1)).toEqual([])
  })
})
