import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 08:00')
  await setRules(world.pool, onlyRules('AT-17', 'AT-21'))
})

const two = (n: number) => String(n).padStart(2, '0')
const of = (ticketId: string) => world.alerts(`32:crm:${ticketId}`)
const levels = async (...ids: string[]) => Promise.all(ids.map(async (id) => (await of(id)).filter(({ state }) => state !== 'retracted').map(({ severity }) => severity)))
const made = async () => (await world.pool.query('select ticket_key, made from peer_fact where made is not null order by at, ticket_key')).rows as { ticket_key: string; made: unknown }[]

interface Reply {
  readonly id: string
  /** Shanghai time of day of the reply; the claim is three hours before. */
  readonly at: string
  readonly by?: string
  readonly text?: string
  readonly kind?: string
  readonly tookMinutes?: number
}

function replied({ id, at: time, by = 'h1', text = '已处理，请知悉。', kind = 'complaint', tookMinutes = 180 }: Reply): unknown[] {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  const claimed = hours * 60 + minutes - tookMinutes
  const more = { ticket_id: id }
  return [
    anItemAt('created', '06-01 00:10', { kind }, more),
    anItemAt('dispatched', '06-01 00:20', { leg_id: 'L1', to_unit: 'net' }, more),
    anItemAt('claimed', `06-01 ${two(Math.floor(claimed / 60))}:${two(claimed % 60)}`, { leg_id: 'L1', handler_id: by }, more),
    anItemAt('replied', `06-01 ${time}`, { leg_id: 'L1', unit_id: 'net', text }, more),
  ]
}

const sixth = (n: number, more: Partial<Reply> = {}): Reply => ({ id: `R${n}`, at: `${two(9 + n)}:00`, ...more })
const send = (local: string, ...replies: Reply[]) => world.send(`2026-06-01 ${local}`, ...replies.flatMap(replied))

describe('replies of one handler and day that are worded alike (AT-17)', () => {
  test('five are nothing; the sixth and the seventh are blue, from the eighth on it is yellow', async () => {
    for (let n = 1; n <= 5; n++) await send(`${two(9 + n)}:05`, sixth(n))
    expect(await levels('R1', 'R2', 'R3', 'R4', 'R5')).toEqual([[], [], [], [], []])
    await send('15:05', sixth(6))
    expect(await of('R6')).toMatchObject([{ rule: 'AT-17', severity: 1, state: 'open' }])
    await send('16:05', sixth(7))
    await send('17:05', sixth(8))
    await send('18:05', sixth(9))
    expect(await levels('R5', 'R6', 'R7', 'R8', 'R9')).toEqual([[], [1], [1], [2], [2]])
    await world.expectExact()
  })

  test('says how many, in one sentence of two languages', async () => {
    await send('19:00', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => sixth(n)))
    const { rows } = await world.pool.query("select ticket_key, facts ->> 'words' as words from alert order by 1")
    expect(rows).toEqual([
      { ticket_key: '32:crm:R6', words: '与该处理人当日此前 5 条回单雷同 / worded as 5 earlier replies of its handler that day' },
      { ticket_key: '32:crm:R7', words: '与该处理人当日此前 6 条回单雷同；该处理人当日此类回单 2 次 / worded as 6 earlier replies of its handler that day; 2 such replies of its handler that day' },
      { ticket_key: '32:crm:R8', words: '与该处理人当日此前 7 条回单雷同；该处理人当日此类回单 3 次 / worded as 7 earlier replies of its handler that day; 3 such replies of its handler that day' },
    ])
  })

  test.each([
    ['by another handler', { by: 'h2' }],
    ['in other words', { text: '线路已更换，测试正常' }],
  ])('not %s', async (_, more) => {
    await send('16:00', ...[1, 2, 3, 4, 5].map((n) => sixth(n)), sixth(6, more))
    expect(await levels('R6')).toEqual([[]])
  })

  test('case, width, numbers and punctuation make no difference, nor does the kind of ticket', async () => {
    const texts = ['已处理 A1', '已处理，a2！', '已处理Ａ３', '已处理 (a) 44', '已 处理 a5', '已处理a6。']
    await send('16:00', ...texts.map((text, n) => sixth(n + 1, { text, kind: 'enquiry' })))
    expect(await levels('R6')).toEqual([[1]])
  })

  test('the day is the deployment’s: a reply after midnight begins another one', async () => {
    await world.send('2026-06-02 01:00', ...[1, 2, 3, 4, 5].flatMap((n) => replied(sixth(n))), ...replied(sixth(6)).slice(0, 3), anItemAt('replied', '06-02 00:00', { leg_id: 'L1', unit_id: 'net', text: '已处理，请知悉。' }, { ticket_id: 'R6' }))
    expect(await levels('R6')).toEqual([[]])
  })

  test('a reply that arrives late makes the later ones what they are, and the alert moves with it', async () => {
    await send('19:00', ...[2, 3, 4, 5, 6].map((n) => sixth(n)))
    expect(await levels('R6')).toEqual([[]])
    await send('19:10', sixth(1))
    expect(await levels('R5', 'R6')).toEqual([[], [1]])
    await world.expectExact()
    await world.send('2026-06-01 19:20', anItemAt('voided', '06-01 19:20', {}, { ticket_id: 'R3' }))
    expect(await of('R6')).toMatchObject([{ state: 'retracted' }])
    await world.expectExact()
  })

  test('a corrected text or handler takes it back', async () => {
    await send('19:00', ...[1, 2, 3, 4, 5, 6].map((n) => sixth(n)))
    expect(await levels('R6')).toEqual([[1]])
    await world.send('2026-06-01 19:10', anItemAt('replied', '06-01 11:00', { leg_id: 'L1', unit_id: 'net', text: '换了光猫，客户认可' }, { ticket_id: 'R2', event_id: 'mend', corrects_event_id: 'R2-replied-06-01 11:00' }))
    expect(await of('R6')).toMatchObject([{ state: 'retracted' }])
    await world.send('2026-06-01 19:20', ...replied(sixth(7)))
    expect(await levels('R7')).toEqual([[1]])
    await world.send('2026-06-01 19:30', anItemAt('claimed', '06-01 09:00', { leg_id: 'L1', handler_id: 'h9' }, { ticket_id: 'R3', event_id: 'mend-2', corrects_event_id: 'R3-claimed-06-01 09:00' }))
    expect(await of('R7')).toMatchObject([{ state: 'retracted' }])
    await world.expectExact()
  })

  test('three too fast replies of one handler and day are yellow, copied ones counted with them; another day begins anew', async () => {
    const fast = (n: number, more: Partial<Reply> = {}) => sixth(n, { tookMinutes: 2, text: `第${'一二三四五六七八'.charAt(n)}种说法`, ...more })
    await send('19:00', fast(1), fast(2), fast(3), fast(4, { by: 'h2' }))
    expect(await levels('R1', 'R2', 'R3', 'R4')).toEqual([[1], [1], [2], [1]])
    await world.expectExact()
  })

  test('keeps nothing of ordinary replies on tickets, and asks for no judgement of them', async () => {
    await send('19:00', ...[1, 2, 3].map((n) => sixth(n, { tookMinutes: 121, text: `第${'一二三四'.charAt(n)}种说法` })))
    expect(await made()).toEqual([])
    const { rows } = await world.pool.query("select group_key, digest from peer_fact where group_key like 'h%'")
    expect(rows).toHaveLength(3)
    expect(JSON.stringify(rows)).not.toContain('h1"')
    for (const { group_key: key } of rows) expect(key).toMatch(/^h32\|2026-06-01\|[\w-]{43}$/u)
  })
})

const REFUND = { type: 'refund', amount_cents: 3_000, calculated_cents: 3_000 }
const refund = (n: number, local: string, more: Record<string, unknown> = {}) => [
  anItemAt('created', '06-01 00:10', {}, { ticket_id: `F${n}` }),
  anItemAt('refund_requested', `06-01 ${local}`, { ...REFUND, refund_no: 'N1' }, { ticket_id: `F${n}`, actor_id: 'agent-7', ...more }),
]

describe('refunds of one agent and day (AT-21)', () => {
  const four = [1, 2, 3, 4].flatMap((n) => refund(n, `1${n}:00`))

  test('four are nothing; the fifth and each further one is orange', async () => {
    await world.send('2026-06-01 14:30', ...four)
    expect(await levels('F1', 'F2', 'F3', 'F4')).toEqual([[], [], [], []])
    await world.send('2026-06-01 15:30', ...refund(5, '15:00'))
    expect(await of('F5')).toMatchObject([{ rule: 'AT-21', severity: 3, state: 'open' }])
    await world.send('2026-06-01 16:30', ...refund(6, '16:00'))
    expect(await levels('F4', 'F5', 'F6')).toEqual([[], [3], [3]])
    await world.expectExact()
  })

  test.each([
    ['of another agent', { actor_id: 'agent-8' }],
    ['of a machine', { actor_type: 'system' }],
    ['of nobody', { actor_id: null }],
    ['of another province', { province_code: '33' }],
  ])('not %s', async (_, more) => {
    const other = refund(5, '15:00', more).map((item) => ({ ...(item as object), ...('province_code' in more ? more : {}) }))
    if ('province_code' in more) (other[0] as { payload: Record<string, unknown> }).payload['region_code'] = '330100'
    await world.send('2026-06-01 15:30', ...four, ...other)
    expect((await world.pool.query('select 1 from alert')).rows).toEqual([])
  })

  test('is answered when the refund is paid, refused or passes the audit', async () => {
    for (const [n, type, payload] of [[5, 'refund_paid', {}], [6, 'refund_rejected', {}], [7, 'refund_approved', { audit_result: 'passed' }]] as const) {
      await world.send('2026-06-01 16:30', ...(n === 5 ? four : []), ...refund(n, `16:0${n}`))
      expect(await levels(`F${n}`)).toEqual([[3]])
      await world.send('2026-06-01 17:30', anItemAt(type, '06-01 17:00', { ...REFUND, refund_no: 'N1', ...payload }, { ticket_id: `F${n}` }))
      expect(await of(`F${n}`)).toMatchObject([{ state: 'resolved' }])
    }
    await world.expectExact()
  })

  test('one that is found late, moved to another day or voided moves the count', async () => {
    await world.send('2026-06-01 16:30', ...[2, 3, 4, 5].flatMap((n) => refund(n, `1${n}:00`)))
    expect(await levels('F5')).toEqual([[]])
    await world.send('2026-06-01 16:40', ...refund(1, '11:00'))
    expect(await levels('F4', 'F5')).toEqual([[], [3]])
    await world.send('2026-06-01 16:50', anItemAt('voided', '06-01 16:45', {}, { ticket_id: 'F2' }))
    expect(await of('F5')).toMatchObject([{ state: 'retracted' }])
    await world.send('2026-06-01 17:00', ...refund(6, '10:00'))
    expect(await levels('F5')).toEqual([[3]])
    await world.send('2026-06-01 17:10', anItemAt('refund_requested', '05-31 11:00', { ...REFUND, refund_no: 'N1' }, { ticket_id: 'F1', actor_id: 'agent-7', event_id: 'earlier' }))
    expect((await of('F5')).at(-1)).toMatchObject({ state: 'retracted' })
    await world.expectExact()
  })

  test('an approval in the name of another is still the refund of who asked for it', async () => {
    await world.send('2026-06-01 15:30', ...four, ...refund(5, '15:00'), anItemAt('refund_approved', '06-01 15:10', { ...REFUND, refund_no: 'N1' }, { ticket_id: 'F5', actor_id: 'boss' }))
    expect(await levels('F5')).toEqual([[3]])
  })

  test('comes out the same by two workers at the same time', async () => {
    const context = { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-01 19:00') }
    for (let n = 1; n <= 8; n++) await acceptEvents(world.engine, refund(n, `1${n % 10}:0${n}`), context)
    await Promise.all([1, 2, 3].map(() => runIngest(world.engine, context.now, { batch: 1 })))
    world.clock.set(context.now)
    await Promise.all([drainIngest(world.engine, world.clock, { batch: 2 }), drainIngest(world.engine, world.clock, { batch: 3 })])
    await drainIngest(world.engine, world.clock)
    expect(await levels('F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8')).toEqual([[], [], [], [], [3], [3], [3], [3]])
    await world.expectExact()
  })
})
