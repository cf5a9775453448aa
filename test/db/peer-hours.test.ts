import { beforeEach, describe, expect, test } from 'vitest'
import { backTest } from '../../core/engine/back-test-report.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { takeHistory } from '../../core/engine/take-history.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { recount } from '../../bin/recount.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runQuality } from '../../workers/quality.ts'
import { runTimers } from '../../workers/timers.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 00:00')
  await setRules(world.pool, onlyRules('AT-23'))
})

const MAPPED = { source_category: 'province_complaint' }
const minute = (n: number) => `06-01 14:${String(n % 60).padStart(2, '0')}:${String(Math.floor(n / 60) % 60).padStart(2, '0')}`
const sound = (from: number, to: number, more: Record<string, unknown> = {}) =>
  Array.from({ length: to - from }, (_, index) => anItemAt('created', minute(from + index), MAPPED, { ticket_id: `S${from + index}`, ...more }))
const flawed = (id: string, local: string, more: Record<string, unknown> = {}) => anItemAt('created', local, { ...MAPPED, channel: 'kiosk' }, { ticket_id: id, ...more })
const of = (id: string) => world.alerts(`32:crm:${id}`)
/** What the workers do at a Shanghai reading. */
async function look(local: string): Promise<void> {
  world.clock.set(at(local))
  const now = world.clock.now()
  await runTimers(world.engine, now)
  await runQuality(world.engine, now)
  await runIngest(world.engine, now)
}

const testedBack = (to: string) => backTest(world.engine, { ruleId: 'AT-23', parameters: onlyRules('AT-23'), path: '/00/', from: at('2026-06-01 00:00'), to: at(to) })

describe('the share of a province’s hour that is flawed (AT-23)', () => {
  test('one of 101 events is below 1 %: its ticket stays on the list; one of 100 is at it, and pages the data steward', async () => {
    await world.send('2026-06-01 14:59', flawed('X', '06-01 14:30'), ...sound(0, 100))
    await look('2026-06-01 15:02')
    expect(await of('X')).toMatchObject([{ rule: 'AT-23', severity: 1, state: 'open' }])
    await world.expectExact()
    await world.send('2026-06-01 15:59', flawed('Y', '06-01 15:30'), ...sound(0, 99).map((item) => ({ ...item, ticket_id: `${String(item['ticket_id'])}b`, event_id: `${String(item['event_id'])}b`, occurred_at: String(item['occurred_at']).replace('T14', 'T15') })))
    await look('2026-06-01 16:02')
    expect(await of('Y')).toMatchObject([{ rule: 'AT-23', severity: 3, state: 'open' }])
    await world.expectExact()
  })

  test('is judged when the hour and the delay for what is out of order are over, not before; the first flawed event’s ticket carries it, in words', async () => {
    await world.send('2026-06-01 14:59', flawed('X2', '06-01 14:40'), flawed('X1', '06-01 14:39'), ...sound(0, 148))
    await look('2026-06-01 15:01')
    expect([await of('X1'), await of('X2')]).toMatchObject([[{ severity: 1 }], [{ severity: 1 }]])
    await look('2026-06-01 15:02')
    expect([await of('X1'), await of('X2')]).toMatchObject([[{ severity: 3 }], [{ severity: 1 }]])
    const { rows } = await world.pool.query("select t.reason from alert a join alert_transition t on t.alert_id = a.id where a.ticket_key = '32:crm:X1' and t.move = 'upgrade'")
    expect(rows[0].reason).toBe('channel 的代码未映射；本省 06-01 14:00 起一小时内 150 件事件中 2 件有误（1.3%） / code of channel not mapped; 2 of the province’s 150 events in the hour from 06-01 14:00 are flawed (1.3%)')
  })

  test('a back-test reads what the other events of the hour make of its ticket, too', async () => {
    await world.send('2026-06-01 14:59', flawed('X', '06-01 14:30'), ...sound(0, 99))
    await look('2026-06-01 15:02')
    const { would, did, onlyWould } = await testedBack('2026-06-02 00:00')
    expect([would.byColour, did.byColour, onlyWould]).toEqual([[0, 0, 1, 0], [0, 0, 1, 0], 0])
  })

  test('in a back-test what was mended after the span was flawed in it', async () => {
    await world.send('2026-06-01 14:59', flawed('X', '06-01 14:30'))
    await look('2026-06-01 15:02')
    await world.send('2026-06-02 10:00', anItemAt('created', '06-02 10:00', MAPPED, { ticket_id: 'X', event_id: 'X-mended', corrects_event_id: 'X-created-06-01 14:30' }))
    await look('2026-06-02 10:03')
    expect(await of('X')).toMatchObject([{ state: 'retracted' }])
    expect([(await testedBack('2026-06-02 00:00')).would.cases, (await testedBack('2026-06-03 00:00')).would.cases]).toEqual([1, 0])
  })

  test('fewer events than a hundred have no share', async () => {
    await world.send('2026-06-01 14:59', flawed('X', '06-01 14:30'), ...sound(0, 98))
    await look('2026-06-01 15:02')
    expect(await of('X')).toMatchObject([{ severity: 1 }])
  })

  test('a correction takes it back, and hands it on to the next where the share still holds', async () => {
    await world.send('2026-06-01 14:59', flawed('X1', '06-01 14:10'), flawed('X2', '06-01 14:20'), flawed('X3', '06-01 14:30'), ...sound(0, 97))
    await look('2026-06-01 15:02')
    expect((await Promise.all(['X1', 'X2', 'X3'].map(of))).map(([alert]) => alert?.severity)).toEqual([3, 1, 1])
    const mend = (id: string, local: string) => anItemAt('created', local, MAPPED, { ticket_id: id, event_id: `${id}-mended`, corrects_event_id: `${id}-created-${local}` })
    await world.send('2026-06-01 15:10', mend('X1', '06-01 14:10'))
    await look('2026-06-01 15:13')
    expect((await Promise.all(['X1', 'X2', 'X3'].map(of))).map(([alert]) => [alert?.severity, alert?.state])).toEqual([[3, 'retracted'], [3, 'open'], [1, 'open']])
    await world.send('2026-06-01 15:20', mend('X3', '06-01 14:30'), ...sound(100, 130))
    await look('2026-06-01 15:23')
    expect((await of('X2'))[0]).toMatchObject({ severity: 1, state: 'open' })
    await world.expectExact()
  })

  test('an earlier flawed event that comes late takes it over: one ticket carries an hour', async () => {
    await world.send('2026-06-01 14:59', flawed('X1', '06-01 14:39'), ...sound(0, 99))
    await look('2026-06-01 15:02')
    expect(await of('X1')).toMatchObject([{ severity: 3 }])
    await world.send('2026-06-01 15:10', flawed('X0', '06-01 14:10'))
    await look('2026-06-01 15:13')
    expect([await of('X0'), await of('X1')]).toMatchObject([[{ severity: 3, state: 'open' }], [{ severity: 1, state: 'open' }]])
    await world.expectExact()
  })

  test('late events change the share of an hour that is over', async () => {
    await world.send('2026-06-01 14:59', ...sound(0, 100))
    await look('2026-06-01 15:02')
    await world.send('2026-06-01 18:00', flawed('X', '06-01 14:30'), flawed('Y', '06-01 14:31'))
    await look('2026-06-01 18:01')
    expect(await of('X')).toMatchObject([{ severity: 3 }])
    await world.expectExact()
  })

  test('an illegal step counts once it can be put right no more', async () => {
    await world.send('2026-06-01 14:59:30', ...sound(0, 99), anItemAt('claimed', '06-01 14:59:30', { leg_id: 'L1', handler_id: 'h1' }, { ticket_id: 'S3' }), anItemAt('replied', '06-01 14:59:31', { leg_id: 'L1', unit_id: 'net', text: '好的' }, { ticket_id: 'S4' }))
    await look('2026-06-01 15:02')
    expect(await of('S4')).toMatchObject([{ severity: 1 }])
    await look('2026-06-01 15:04')
    expect((await of('S4')).at(-1)).toMatchObject({ severity: 1 })
    await world.expectExact()
  })

  test('another province’s events are no part of it', async () => {
    const elsewhere = sound(0, 200).map((item) => ({ ...item, province_code: '33', payload: { ...(item['payload'] as object), region_code: '330100' } }))
    await world.send('2026-06-01 14:59', flawed('X', '06-01 14:30'), ...sound(300, 399), ...elsewhere)
    await look('2026-06-01 15:02')
    expect(await of('X')).toMatchObject([{ severity: 3 }])
  })

  test('a history that is filled in, or comes after 72 hours, raises no alarm about hours long past', async () => {
    const context = { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-10 09:00') }
    world.clock.set(context.now)
    expect(await takeHistory(world.engine, [flawed('X', '06-01 14:30'), ...sound(0, 120)], context)).toBe(121)
    const late = sound(200, 340).map((item) => ({ ...item, occurred_at: String(item['occurred_at']).replace('06-01', '06-02') }))
    await acceptEvents(world.engine, [flawed('Y', '06-02 14:30'), ...late], context)
    await look('2026-06-10 09:01')
    await look('2026-06-10 09:05')
    expect([await of('X'), await of('Y')]).toMatchObject([[{ severity: 1 }], [{ severity: 1 }]])
    await world.expectExact()
  })
})

test('a recount finds what is wrong with what tickets are judged by, and puts it right', async () => {
  await world.send('2026-06-01 14:59', flawed('X', '06-01 14:30'), flawed('Y', '06-01 14:31'), ...sound(0, 98))
  await look('2026-06-01 15:02')
  expect(await of('X')).toMatchObject([{ severity: 3 }])
  await world.pool.query("update peer_fact set made = null where ticket_key = '32:crm:X'")
  expect(await recount(world.engine)).toMatchObject({ wrongPeers: 1 })
  await world.pool.query("delete from peer_fact where ticket_key = '32:crm:X'")
  await world.pool.query("insert into peer_fact (group_key, at, ticket_key, subject) values ('q32|1', '1970-01-01 01:10Z', '32:crm:none', 'x')")
  // One is missing, one is nobody's, and so the hour's share is carried by nobody, and that of the other by the wrong one.
  expect((await recount(world.engine)).wrongPeers).toBeGreaterThanOrEqual(3)
  await recount(world.engine, { repair: true })
  await look('2026-06-01 15:10')
  await world.expectExact()
  expect(await of('X')).toMatchObject([{ severity: 3, state: 'open' }])
})
