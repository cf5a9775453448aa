import { expect, test } from 'vitest'
import { finishRetention } from '../../core/engine/retention.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

// On 2026-06-15 texts of tickets go whose last event is before 2024-06-15.
const item = (ticketId: string, type: string, local: string, payload: Record<string, unknown>) => {
  const one = anItemAt(type, '06-01 00:00', payload, { ticket_id: ticketId })
  return { ...one, event_id: `${ticketId}-${type}-${local}`, occurred_at: `${local.replace(' ', 'T')}:00+08:00` }
}
const replied = (n: number) => [
  item(`R${n}`, 'created', '2024-06-14 08:00', {}),
  item(`R${n}`, 'dispatched', '2024-06-14 08:10', { leg_id: 'L1', to_unit: 'net' }),
  item(`R${n}`, 'claimed', '2024-06-14 08:20', { leg_id: 'L1', handler_id: 'h1' }),
  item(`R${n}`, 'replied', `2024-06-14 10:0${n}`, { leg_id: 'L1', unit_id: 'net', text: '已处理，请知悉。' }),
]

test('by what equal replies are found goes with their texts; what was made of them stays, and a recount finds nothing wrong', async () => {
  const world = await ingestWorld('2026-06-15 10:00')
  await setRules(world.pool, onlyRules('AT-17'))
  const rows = async (text: string) => (await world.pool.query(text)).rows
  // The sixth lives on: of its day only the others are past their time.
  await world.send('2026-06-15 10:00', ...[1, 2, 3, 4, 5, 6].flatMap(replied), item('R6', 'expedited', '2026-06-01 09:00', { by: 'customer', channel: 'hotline' }))
  expect(await world.alerts('32:crm:R6')).toMatchObject([{ severity: 1, state: 'open' }])
  const [{ digest }] = await rows('select digest from peer_fact limit 1')
  const made = () => rows('select ticket_key, made from peer_fact order by ticket_key')
  const before = await made()

  await finishRetention(world.engine, world.clock)
  expect(await rows('select ticket_key, digest from peer_fact where digest is not null')).toEqual([{ ticket_key: '32:crm:R6', digest }])
  expect(await rows(`select ticket_key from ticket where fold::text like '%${digest}%'`)).toEqual([{ ticket_key: '32:crm:R6' }])
  const legs = await rows(`select jsonb_array_length(fold::jsonb -> 'legs') as n, fold::jsonb #>> '{legs,0,finish}' as finish from ticket`)
  expect(legs).toEqual(Array.from({ length: 6 }, () => ({ n: 1, finish: 'replied' })))
  expect(await made()).toEqual(before)
  await world.expectExact()

  await world.send('2026-06-15 11:00', item('R6', 'expedited', '2026-06-15 10:30', { by: 'customer', channel: 'hotline' }))
  expect(await world.alerts('32:crm:R6')).toMatchObject([{ severity: 1, state: 'open' }])
  await world.expectExact()
})
