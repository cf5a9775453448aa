import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { recount } from '../../bin/recount.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { readCustomers } from '../../core/engine/kin.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-20 00:00')
})

const PHONE = { product_no: '19912345678', contact_no: '18812340000' }
const created = (ticketId: string, local: string, payload: Record<string, unknown> = PHONE) => anItemAt('created', local, payload, { ticket_id: ticketId })
const customerOf = async (ticketId: string) => (await world.ticket(`32:crm:${ticketId}`))['customer_history'] as Record<string, unknown> | null
const send = (...items: unknown[]) => world.send('2026-06-20 00:00', ...items)

describe('an earlier ticket of the same customer', () => {
  test('makes a complaint a repeat one, by product or by contact number, in one region and within 30 days', async () => {
    await send(
      created('A', '05-20 09:00'),
      created('B', '06-01 09:00', { product_no: '19912345678' }),
      created('C', '06-02 09:00', { contact_no: '18812340000' }),
      created('D', '06-03 09:00', { ...PHONE, region_code: '320100' }),
      created('E', '06-19 09:00:01', { product_no: '19912345678' }),
    )
    expect(await customerOf('A')).toBeNull()
    expect(await customerOf('B')).toMatchObject({ repeatCount30d: 1 })
    expect(await customerOf('C')).toMatchObject({ repeatCount30d: 1 })
    expect(await customerOf('D')).toBeNull()
    // A is 30 days and a second before it; C shares no number with it.
    expect(await customerOf('E')).toMatchObject({ repeatCount30d: 1 })
  })

  test('that arrives late makes it one too, and one that is voided no longer', async () => {
    await send(created('B', '06-10 09:00'))
    expect(await customerOf('B')).toBeNull()
    await send(created('A', '06-01 09:00'))
    expect(await customerOf('B')).toMatchObject({ repeatCount30d: 1 })
    await send(anItemAt('voided', '06-11 09:00', {}, { ticket_id: 'A' }))
    expect(await customerOf('B')).toBeNull()
    await world.expectExact()
  })

  test('shortens the limit of the later one (24 h), so that it is overdue at once when that is over', async () => {
    await send(created('B', '06-18 09:00'))
    expect(await world.alerts('32:crm:B')).toEqual([])
    await send(created('A', '06-01 09:00'))
    expect(await world.alerts('32:crm:B')).toMatchObject([{ rule: 'AT-02' }])
  })

  test('is looked at again when its number is corrected away', async () => {
    await send(created('A', '06-01 09:00'), created('B', '06-10 09:00'))
    expect(await customerOf('B')).toMatchObject({ repeatCount30d: 1 })
    await send(
      anItemAt('created', '06-01 09:00', { product_no: '17700000001', contact_no: '17700000002' }, { ticket_id: 'A', event_id: 'A2', corrects_event_id: 'A-created-06-01 09:00' }),
    )
    expect(await customerOf('B')).toBeNull()
  })
})

describe('a number that is corrected', () => {
  const OTHER = { product_no: '17700000001', contact_no: '17700000002' }
  const corrected = (ticketId: string, local: string, payload: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    anItemAt('corrected', local, payload, { ticket_id: ticketId, ...more })
  const repeats = async (...tickets: string[]) => Promise.all(tickets.map(async (ticket) => (await customerOf(ticket))?.['repeatCount30d'] ?? 0))

  test('joins the tickets of the new number and leaves those of the old one, both ways and back again', async () => {
    await send(created('A', '06-01 09:00', { product_no: PHONE.product_no }), created('O', '06-02 09:00', { product_no: OTHER.product_no }))
    await send(created('B', '06-10 09:00', { product_no: PHONE.product_no }), created('P', '06-11 09:00', { product_no: OTHER.product_no }))
    expect(await repeats('B', 'P')).toEqual([1, 1])
    await send(corrected('A', '06-12 09:00', { field: 'product_no', old: PHONE.product_no, new: OTHER.product_no }))
    expect(await repeats('A', 'O', 'B', 'P')).toEqual([0, 1, 0, 2])
    await world.expectExact()
    await send(corrected('A', '06-13 09:00', { field: 'product_no', old: OTHER.product_no, new: PHONE.product_no }))
    expect(await repeats('A', 'O', 'B', 'P')).toEqual([0, 0, 1, 1])
    // Late, and earlier than the one that stands.
    await send(corrected('A', '06-12 10:00', { field: 'product_no', new: '17700000009' }))
    expect(await repeats('A', 'O', 'B', 'P')).toEqual([0, 0, 1, 1])
    await world.expectExact()
  })

  test('shortens the limit of the ticket that it makes a repeat (24 h), and gives it back', async () => {
    await send(created('A', '06-01 09:00', OTHER), created('B', '06-18 09:00'))
    expect(await world.alerts('32:crm:B')).toEqual([])
    await send(corrected('B', '06-18 10:00', { field: 'contact_no', old: PHONE.contact_no, new: '+86 177-0000-0002' }))
    expect(await world.alerts('32:crm:B')).toMatchObject([{ rule: 'AT-02', state: 'open' }])
    await send(corrected('B', '06-18 11:00', { field: 'contact_no', new: null }))
    expect(await customerOf('B')).toBeNull()
    expect(await world.alerts('32:crm:B')).toMatchObject([{ rule: 'AT-02', state: 'retracted' }])
  })

  test('by an event that stands in the place of the acceptance: a new number, a mask, none', async () => {
    await send(created('A', '06-01 09:00'), created('O', '06-01 10:00', OTHER), created('B', '06-10 09:00'))
    const of = { corrects_event_id: 'B-created-06-10 09:00' }
    expect(await repeats('B')).toEqual([1])
    await send(corrected('B', '06-11 09:00', { product_no: '17700000009', contact_no: '17700000008' }, of))
    expect(await repeats('B')).toEqual([0])
    await send(corrected('B', '06-11 10:00', { product_no: OTHER.product_no, contact_no: '188****0000' }, of))
    expect(await repeats('B')).toEqual([1])
    expect((await world.ticket('32:crm:B'))['fold']).toMatchObject({ customerKeys: { contact: [] } })
    await send(corrected('B', '06-11 11:00', { product_no: null, contact_no: PHONE.contact_no }, of))
    expect((await world.ticket('32:crm:B'))['fold']).toMatchObject({ customerKeys: { product: [], contact: [expect.stringMatching(/^[\w-]{43}$/u)] } })
    expect(await repeats('B')).toEqual([1])
    await world.expectExact()
  })

  test('by an event that stands in the place of another correction', async () => {
    await send(created('A', '06-01 09:00', { product_no: PHONE.product_no }), created('O', '06-02 09:00', { product_no: OTHER.product_no }))
    await send(created('B', '06-10 09:00', { product_no: '17700000009' }), corrected('B', '06-11 09:00', { field: 'product_no', new: PHONE.product_no }))
    await send(created('C', '06-12 09:00', { product_no: OTHER.product_no }))
    expect(await repeats('B', 'C')).toEqual([1, 1])
    const inItsPlace = { corrects_event_id: 'B-corrected-06-11 09:00' }
    await send(corrected('B', '06-12 09:00', { field: 'product_no', old: PHONE.product_no, new: OTHER.product_no }, inItsPlace))
    expect(await repeats('B', 'C')).toEqual([1, 2])
    await world.expectExact()
  })
})

test('two tickets of one customer that are folded at the same time by two workers find each other, whoever commits first', async () => {
  for (let round = 0; round < 12; round++) {
    const number = { product_no: `1991234${String(1000 + round)}`, contact_no: `1881234${String(1000 + round)}` }
    const context = { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-20 00:00') }
    await acceptEvents(world.engine, [created(`X${round}`, '06-01 09:00', number)], context)
    await acceptEvents(world.engine, [created(`Y${round}`, '06-02 09:00', number)], context)
    await Promise.all([runIngest(world.engine, context.now, { batch: 1 }), runIngest(world.engine, context.now, { batch: 1 })])
    await drainIngest(world.engine, world.clock)
    expect(await customerOf(`Y${round}`)).toMatchObject({ repeatCount30d: 1 })
  }
})

test('what is stored is what a fresh look gives, whatever the order of arrival', async () => {
  const items = Array.from({ length: 60 }, (_, index) => {
    const day = String(1 + ((index * 7) % 19)).padStart(2, '0')
    return created(`R${index}`, `06-${day} ${String(index % 24).padStart(2, '0')}:00`, { product_no: `1991234567${index % 5}`, contact_no: `1881234567${index % 7}` })
  })
  for (let from = 0; from < items.length; from += 9) await send(...items.slice(from, from + 9))
  const { rows } = await world.pool.query('select ticket_key, customer_history from ticket')
  const fresh = await inTransaction(world.pool, (tx) => readCustomers(tx, rows.map(({ ticket_key }) => ticket_key)))
  expect(rows.filter(({ customer_history }) => customer_history !== null).length).toBeGreaterThan(20)
  for (const { ticket_key, customer_history } of rows) if (customer_history !== null) expect(customer_history).toEqual(fresh.get(ticket_key))
  await world.expectExact()
})

describe('a number that more than 200 tickets of 30 days name', () => {
  const PLACEHOLDER = '19900000000'
  // One stretch of 30 days from the epoch on: 2026-06-06 to 07-05 UTC.
  const crowd = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => {
      const no = from + index
      return created(`N${no}`, `06-${String(7 + (no % 12)).padStart(2, '0')} ${String(no % 24).padStart(2, '0')}:${String(no % 60).padStart(2, '0')}`, { product_no: PLACEHOLDER, contact_no: `1881${String(1_000_000 + no)}` })
    })
  const repeating = async () =>
    Number((await world.pool.query("select count(*) as n from ticket where (customer_history ->> 'repeatCount30d')::int > 0 and ticket_key like '32:crm:N%'")).rows[0].n)
  const crowds = async () => (await world.pool.query('select kin_key from kin_crowd')).rows.length

  test('is nobody’s: with the 201st its tickets are no repeats any more, and with one less they are again', async () => {
    await send(...crowd(0, 200))
    expect(await repeating()).toBeGreaterThan(190)
    expect(await crowds()).toBe(0)
    await send(...crowd(200, 201))
    expect(await repeating()).toBe(0)
    expect(await crowds()).toBe(1)
    await send(...crowd(201, 205))
    expect(await repeating()).toBe(0)
    await world.expectExact()
    for (const no of [3, 200, 201, 202]) await send(anItemAt('corrected', '06-19 09:00', { field: 'product_no', new: '19911111111' }, { ticket_id: `N${no}` }))
    expect(await crowds()).toBe(1)
    await send(anItemAt('corrected', '06-19 09:00', { field: 'product_no', new: '19922222222' }, { ticket_id: 'N203' }))
    expect(await crowds()).toBe(0)
    expect(await repeating()).toBeGreaterThan(190)
    await world.expectExact()
  })

  test('leaves what the same tickets share by another key, and the same number in another stretch', async () => {
    await send(...crowd(0, 205), created('E', '06-01 09:00', { product_no: PLACEHOLDER }), created('F', '06-02 09:00', { product_no: PLACEHOLDER }))
    await send(created('G', '06-16 09:00', { product_no: PLACEHOLDER, contact_no: '18811000007' }))
    expect(await customerOf('F')).toMatchObject({ repeatCount30d: 1 })
    expect(await customerOf('G')).toMatchObject({ repeatCount30d: 1 })
    await world.expectExact()
  })

  test('is found by a recount where it is noted wrongly, and put right', async () => {
    await send(...crowd(0, 202))
    await world.pool.query('delete from kin_crowd')
    await world.pool.query("insert into kin_crowd select kin_key, span from ticket_kin where kin_key not in (select kin_key from ticket_kin group by 1 having count(*) > 1) limit 1")
    await world.pool.query("insert into kin_crowd values ('pnobody', 1)")
    expect(await recount(world.engine, { repair: true })).toMatchObject({ wrongCrowds: 3, repaired: true })
    await drainIngest(world.engine, world.clock)
    expect(await crowds()).toBe(1)
    await world.expectExact()
  })

  test('comes out the same however its tickets arrive', async () => {
    const items = crowd(0, 230)
    const late = [...items].reverse()
    for (let from = 0; from < late.length; from += 60) await send(...late.slice(from, from + 60))
    expect([await repeating(), await crowds()]).toEqual([0, 1])
    await world.expectExact()
  })
})
