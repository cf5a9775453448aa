import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { saveUnitTable } from '../../core/engine/units.ts'
import { inTransaction } from '../../core/platform/database.ts'
import type { Unit } from '../../core/store/unit-store.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 08:00')
  await setRules(world.pool, onlyRules('AT-20', 'AT-28'))
})

const of = (ticketId: string) => world.alerts(`32:crm:${ticketId}`)

describe('a ticket sent to a unit (AT-20)', () => {
  const unit = (code: string, more: Partial<Unit> = {}): Unit => ({ code, name: code, regionCode: '320500', unitType: 'dept', deptCode: null, validFrom: null, validTo: null, ...more })
  const enter = (...units: Unit[]) => inTransaction(world.pool, (tx) => saveUnitTable(tx, world.tree, ENGINE_SCOPE, units, world.clock.now()))
  const sent = (ticketId: string, to: string) => [
    anItemAt('created', '06-01 09:00', {}, { ticket_id: ticketId }),
    anItemAt('dispatched', '06-01 09:10', { to_unit: to, leg_id: 'L1' }, { ticket_id: ticketId }),
  ]

  test('that is in no table is an orphan after 15 min, once its province has a table; entered, it was none', async () => {
    await world.send('2026-06-01 09:10', ...sent('A', 'lost'))
    await world.timers('2026-06-01 12:00')
    expect(await of('A')).toEqual([])
    await enter(unit('net'))
    await world.timers('2026-06-01 12:01')
    expect(await of('A')).toMatchObject([{ rule: 'AT-20', severity: 3, state: 'open' }])
    await enter(unit('lost'))
    await world.timers('2026-06-01 12:02')
    expect(await of('A')).toMatchObject([{ state: 'retracted' }])
    await world.expectExact()
  })

  test('that closes is an orphan 15 min and 2 h after its closing, by the timers, to the millisecond; moved on it is none', async () => {
    await enter(unit('net'), unit('old', { validTo: at('2026-06-01 10:00') }))
    await world.send('2026-06-01 09:10', ...sent('A', 'old'))
    await world.timers('2026-06-01 10:15')
    expect(await of('A')).toEqual([])
    await world.timers('2026-06-01 10:16')
    expect(await of('A')).toMatchObject([{ severity: 2, state: 'open', openedAt: at('2026-06-01 10:15') + 1 }])
    await world.timers('2026-06-01 12:01')
    expect(await of('A')).toMatchObject([{ severity: 3 }])
    await world.send('2026-06-01 12:30', anItemAt('transferred', '06-01 12:30', { from_unit: 'old', to_unit: 'net', leg_id: 'L1', new_leg_id: 'L2', reason_code: 'x' }, { ticket_id: 'A' }))
    expect(await of('A')).toMatchObject([{ state: 'resolved' }])
  })

  test('of another province’s table is left alone', async () => {
    await enter(unit('there', { regionCode: '330100' }))
    await world.send('2026-06-01 09:10', ...sent('A', 'lost'))
    await world.timers('2026-06-01 15:00')
    expect(await of('A')).toEqual([])
  })
})

describe('two tickets of one number and matter within 2 h (AT-28)', () => {
  const PHONE = { product_no: '19912345678' }
  const created = (ticketId: string, local: string, more: Record<string, unknown> = {}) => anItemAt('created', local, { ...PHONE, ...more }, { ticket_id: ticketId })
  const [first, second] = [created('A', '06-01 09:00'), created('B', '06-01 10:30')]

  test('the later one carries the alert, in whatever order they arrive', async () => {
    await world.send('2026-06-01 10:40', first)
    await world.send('2026-06-01 10:41', second)
    expect([await of('A'), await of('B')]).toMatchObject([[], [{ rule: 'AT-28', severity: 1, state: 'open' }]])
    await world.expectExact()
  })

  test('also when the earlier one arrives late; and it goes with what made it one', async () => {
    await world.send('2026-06-01 10:41', second)
    expect(await of('B')).toEqual([])
    await world.send('2026-06-01 10:45', first)
    expect([await of('A'), await of('B')]).toMatchObject([[], [{ rule: 'AT-28', state: 'open' }]])
    await world.send('2026-06-01 10:50', anItemAt('voided', '06-01 10:50', {}, { ticket_id: 'A' }))
    expect(await of('B')).toMatchObject([{ state: 'retracted' }])
    await world.expectExact()
  })

  test.each([
    ['the earlier one is merged into it', anItemAt('merged', '06-01 11:00', { parent_ticket_id: 'B' }, { ticket_id: 'A' })],
    ['it is merged', anItemAt('merged', '06-01 11:00', { parent_ticket_id: 'A' }, { ticket_id: 'B' })],
    ['it is marked as different', anItemAt('marked', '06-01 11:00', { duplicate: false }, { ticket_id: 'B' })],
  ])('is resolved when %s', async (_, item) => {
    await world.send('2026-06-01 10:41', first, second)
    expect(await of('B')).toMatchObject([{ state: 'open' }])
    await world.send('2026-06-01 11:01', item)
    expect(await of('B')).toMatchObject([{ rule: 'AT-28', state: 'resolved' }])
    await world.expectExact()
  })

  test('not of another matter, and not where the earlier one had been completed', async () => {
    await world.send('2026-06-01 10:45', first, created('B', '06-01 10:30', { phenomenon_l1: 'billing', phenomenon_l2: 'charging' }))
    await world.send('2026-06-01 10:46', anItemAt('completed', '06-01 10:10', { result_code: 'solved' }, { ticket_id: 'A' }), created('C', '06-01 10:20'))
    expect([await of('A'), await of('B'), await of('C')]).toEqual([[], [], []])
  })
})
