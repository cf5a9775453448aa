import { beforeAll, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { NOTICE_TYPES, type NoticeType } from '../../core/domain/vocabulary.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { replayQuarantine } from '../../core/engine/intake-replay.ts'
import { keyedHash } from '../../core/engine/protect-keys.ts'
import { takeHistory } from '../../core/engine/take-history.ts'
import { importRegions } from '../../core/store/region-store.ts'
import { loadRegionTree } from '../../core/store/region-store.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { anItem } from '../support/items.ts'
import { aNoticeItem } from '../support/notices.ts'

const NOW = at('2026-06-01 10:00')
let world: EngineWorld

beforeAll(async () => {
  world = await engineWorld()
})

const take = (...items: readonly unknown[]) => acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: NOW })
const stored = async (eventId: string) => (await world.pool.query('select * from event where event_id = $1', [eventId])).rows[0]

describe('a notice that cannot be taken', () => {
  const without = (type: NoticeType, field: string) => aNoticeItem(type, { [field]: undefined })
  const [tooLate, tooEarly] = ['2026-06-01T09:05:01+08:00', '2026-06-01T08:49:59+08:00']
  test.each<[what: string, item: unknown, code: string, field: string]>([
    ['an incident without an id', without('incident.opened', 'incident_id'), 'missing_payload_field', 'payload.incident_id'],
    ['an incident without a product', without('incident.opened', 'product'), 'missing_payload_field', 'payload.product'],
    ['an incident without regions', without('incident.opened', 'regions'), 'missing_payload_field', 'payload.regions'],
    ['an incident in no region', aNoticeItem('incident.opened', { regions: [] }), 'bad_payload_field', 'payload.regions'],
    ['an incident in an unknown region', aNoticeItem('incident.opened', { regions: ['320500', '329999'] }), 'unknown_region', 'payload.regions'],
    ['an incident in another province', aNoticeItem('incident.opened', { regions: ['330100'] }), 'region_outside_province', 'payload.regions'],
    ['an incident without a start', without('incident.opened', 'started_at'), 'missing_payload_field', 'payload.started_at'],
    ['an incident that begins after it was told', aNoticeItem('incident.opened', { started_at: tooLate }), 'bad_payload_field', 'payload.started_at'],
    ['a negative number of users', aNoticeItem('incident.updated', { users_affected: -1 }), 'bad_payload_field', 'payload.users_affected'],
    ['a closing without a restoration', without('incident.closed', 'restored_at'), 'missing_payload_field', 'payload.restored_at'],
    ['a restoration before the start', aNoticeItem('incident.closed', { started_at: '2026-06-01T08:59:01+08:00' }), 'bad_payload_field', 'payload.restored_at'],
    ['an incident with a telephone number for its id', aNoticeItem('incident.opened', { incident_id: 'I-13800001111' }), 'clear_number', 'payload.incident_id'],
    ['a call without its queueing', without('call.ended', 'queue_at'), 'missing_payload_field', 'payload.queue_at'],
    ['a call without its agent group', without('call.ended', 'agent_group'), 'missing_payload_field', 'payload.agent_group'],
    ['a call answered before it was queued', aNoticeItem('call.ended', { answered_at: tooEarly }), 'bad_payload_field', 'payload.answered_at'],
    ['a call abandoned before it was queued', aNoticeItem('call.ended', { answered_at: null, abandoned_at: tooEarly }), 'bad_payload_field', 'payload.abandoned_at'],
    ['a call both answered and abandoned', aNoticeItem('call.ended', { abandoned_at: '2026-06-01T08:51:00+08:00' }), 'bad_payload_field', 'payload.abandoned_at'],
    ['a call answered after its end', aNoticeItem('call.ended', { answered_at: tooLate }), 'bad_payload_field', 'payload.answered_at'],
    ['a call of last month', aNoticeItem('call.ended', { queue_at: '2026-05-01T08:50:00+08:00' }), 'bad_payload_field', 'payload.queue_at'],
    ['a call at a word', aNoticeItem('call.ended', { queue_at: 'soon' }), 'bad_payload_field', 'payload.queue_at'],
    ['a call about a telephone number', aNoticeItem('call.ended', { ticket_id: 'T-13800001111' }), 'clear_number', 'payload.ticket_id'],
    ['a base of month 13', aNoticeItem('user_base.reported', { month: '2026-13' }), 'bad_payload_field', 'payload.month'],
    ['a base of a day', aNoticeItem('user_base.reported', { month: '2026-06-01' }), 'bad_payload_field', 'payload.month'],
    ['a base of nowhere', without('user_base.reported', 'region'), 'missing_payload_field', 'payload.region_code|region'],
    ['a base of an unknown region', aNoticeItem('user_base.reported', { region: '329999' }), 'unknown_region', 'payload.region'],
    ['a base of no product line', without('user_base.reported', 'product_line'), 'missing_payload_field', 'payload.product_line'],
    ['a base of minus one', aNoticeItem('user_base.reported', { subscribers: -1 }), 'bad_payload_field', 'payload.subscribers'],
    ['a base of one and a half', aNoticeItem('user_base.reported', { subscribers: 1.5 }), 'bad_payload_field', 'payload.subscribers'],
    ['a base that is a telephone number', aNoticeItem('user_base.reported', { subscribers: 13_800_001_111 }), 'bad_payload_field', 'payload.subscribers'],
    ['a product line that is a telephone number', aNoticeItem('user_base.reported', { product_line: '13800001111' }), 'clear_number', 'payload.product_line'],
    ['an opinion of no medium', without('opinion.detected', 'source'), 'missing_payload_field', 'payload.source'],
    ['an opinion without reach', without('opinion.detected', 'reach'), 'missing_payload_field', 'payload.reach'],
    ['an opinion of an unknown spread', aNoticeItem('opinion.detected', { spread_level: 'galaxy' }), 'bad_payload_field', 'payload.spread_level'],
    ['an opinion without a topic', without('opinion.detected', 'topic'), 'missing_payload_field', 'payload.topic'],
    ['an update of no opinion', without('opinion.updated', 'opinion_id'), 'missing_payload_field', 'payload.opinion_id|repost_of'],
    ['a shift without an id', without('shift.started', 'shift_id'), 'missing_payload_field', 'payload.shift_id'],
    ['a calendar without a year', without('calendar.loaded', 'year'), 'missing_payload_field', 'payload.year'],
    ['a calendar with a day that does not exist', aNoticeItem('calendar.loaded', { off: ['2026-02-30'] }), 'bad_payload_field', 'payload.off'],
    ['a calendar with a day of another year', aNoticeItem('calendar.loaded', { worked: ['2027-01-03'] }), 'bad_payload_field', 'payload.worked'],
    ['a day both off and worked', aNoticeItem('calendar.loaded', { worked: ['2026-10-01'] }), 'bad_payload_field', 'payload.worked'],
    ['a change of nothing', without('config.changed', 'kind'), 'missing_payload_field', 'payload.kind'],
    ['an unknown notice', { ...aNoticeItem('call.ended'), event_type: 'call.begun' }, 'unknown_event_type', 'event_type'],
    ['a ticket event without a ticket', { ...anItem(), ticket_id: undefined }, 'missing_field', 'ticket_id'],
    ['a ticket event with ticket null', anItem({ ticket_id: null }), 'missing_field', 'ticket_id'],
  ])('%s is refused by name, and the rest of its batch goes in', async (what, item, code, field) => {
    const sound = (mark: string) => aNoticeItem('call.ended', { call_id: `${mark} ${what}` }, { event_id: `${mark} ${what}` })
    const { items } = await take(sound('before'), { ...(item as object), event_id: what }, sound('after'))
    expect(items.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused', 'accepted'])
    expect(items[1]).toMatchObject({ code, field })
    expect(items[1]?.expected).toMatch(/\S+ \/ \S+/)
    expect(items[1]?.mend).toMatch(/\S+ \/ \S+/)
    const { rows } = await world.pool.query('select code, region_path from quarantine where id = $1', [items[1]?.quarantine_id])
    expect(rows).toEqual([{ code, region_path: '/00/32/' }])
  })
})

describe('a notice that is taken', () => {
  test.each(NOTICE_TYPES)('%s goes in, twice is once, and waits under its subject', async (type) => {
    const item = aNoticeItem(type)
    expect((await take(item, item)).items.map(({ outcome }) => outcome)).toEqual(['accepted', 'duplicate'])
    const { ticket_key: key } = await stored(`n-${type}`)
    expect(key).toMatch(/^![a-z_]+:32:/)
    expect((await world.pool.query('select ticket_key from pending_event where ticket_key = $1', [key])).rowCount).toBeGreaterThan(0)
  })

  test('keeps its figures, however large, and its times and dates', async () => {
    await take(
      aNoticeItem('incident.opened', { users_affected: 23_000_000 }, { event_id: 'm1' }),
      aNoticeItem('user_base.reported', { subscribers: 1_234_567_890 }, { event_id: 'm2' }),
      aNoticeItem('opinion.detected', { reach: 9_876_543 }, { event_id: 'm3' }),
      aNoticeItem('calendar.loaded', {}, { event_id: 'm4' }),
      aNoticeItem('call.ended', { queue_at: '2026-06-01T08:50:00.123+08:00' }, { event_id: 'm5', ticket_id: 'T7' }),
    )
    expect((await stored('m1')).payload).toMatchObject({ users_affected: 23_000_000, started_at: '2026-06-01T08:50:00+08:00' })
    expect((await stored('m2')).payload).toMatchObject({ subscribers: 1_234_567_890, month: '2026-06' })
    expect((await stored('m3')).payload).toMatchObject({ reach: 9_876_543 })
    expect((await stored('m4')).payload).toMatchObject({ off: ['2026-10-01', '2026-10-02'], worked: ['2026-10-10'] })
    expect((await stored('m5')).payload).toMatchObject({ queue_at: '2026-06-01T08:50:00.123+08:00', ticket_id: 'T7' })
  })

  test('holds no clear number: the caller is hashed and masked, texts are masked', async () => {
    await take(
      aNoticeItem('call.ended', { caller_no: '13912345678', note: '回拨13912345678' }, { event_id: 'p1' }),
      aNoticeItem('opinion.detected', { topic: '网友13912345678爆料' }, { event_id: 'p2' }),
      aNoticeItem('call.ended', { caller_no: '13912345678', queue_at: 'never' }, { event_id: 'p3' }),
    )
    expect((await stored('p1')).payload).toMatchObject({ caller_no_key: keyedHash(world.engine.hashKeys.first, '32')('number', '13912345678'), caller_no_mask: '139****5678' })
    const kept = await world.pool.query(`select concat((select string_agg(e::text, '') from event e), (select string_agg(q::text, '') from quarantine q)) as text`)
    expect(kept.rows[0].text).not.toContain('13912345678')
  })

  test('of an unknown region goes in from the quarantine once the region is there, with all its figures', async () => {
    const { items } = await take(aNoticeItem('user_base.reported', { region: '320599', subscribers: 5_000_000 }, { event_id: 'q1' }))
    expect(items).toMatchObject([{ outcome: 'refused', code: 'unknown_region' }])
    const suzhou = world.tree.get('320500')!
    const node = { ...suzhou, code: '320599', parentCode: '320500', level: 'district' as const, path: `${suzhou.path}320599/`, tile: null }
    await inTransaction(world.pool, (tx) => importRegions(tx, [node]))
    const engine = { ...world.engine, tree: await loadRegionTree(world.pool) }
    const replayed = await replayQuarantine(engine, [items[0]!.quarantine_id!], { scope: ENGINE_SCOPE, now: NOW, by: 'steward' })
    expect(replayed.items).toMatchObject([{ outcome: 'accepted' }])
    expect((await stored('q1')).payload).toMatchObject({ subscribers: 5_000_000, region: '320599' })
  })

  test('does not go by the way of whole ticket histories', async () => {
    const context = { source: 'test', scope: ENGINE_SCOPE, now: NOW }
    expect(await takeHistory(world.engine, [anItem({ event_id: 'h1', ticket_id: 'H' }), aNoticeItem('call.ended', {}, { event_id: 'h2' })], context)).toBeNull()
    expect(await stored('h1')).toBeUndefined()
  })
})
