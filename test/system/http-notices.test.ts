import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { aNoticeItem } from '../support/notices.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 11:00'))
let world: ServerWorld
let [jiangsu, zhejiang, suzhou, executive]: Caller[] = []

const incident = (id: string, province: string, regions: string[]) =>
  aNoticeItem('incident.opened', { incident_id: id, regions }, { event_id: `i-${id}`, province_code: province })
const base = (region: string, province = '32') => aNoticeItem('user_base.reported', { region }, { event_id: `b-${region}`, province_code: province })

beforeAll(async () => {
  world = await serverWorld({ clock })
  const [key32, key33] = [await world.addKey('32'), await world.addKey('33')]
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['zj', 'duty_manager', '33'], ['sz', 'city_owner', '320500'], ['boss', 'exec', '00']] as const) await world.addUser(login, role, code)
  ;[jiangsu, zhejiang, suzhou, executive] = [await world.signIn('js'), await world.signIn('zj'), await world.signIn('sz'), await world.signIn('boss')]
  const sent = await world.call(key32, 'POST', '/api/v1/events', [
    incident('A', '32', ['320500', '320100']),
    incident('B', '32', ['320100']),
    aNoticeItem('incident.closed', { incident_id: 'B' }, { event_id: 'c-B' }),
    base('320500'),
    base('320100'),
    base('32'),
    aNoticeItem('call.ended', {}, { event_id: 'call', payload: { queue_at: 'never', agent_group: 'G' } }),
  ])
  expect([sent.status, sent.body.accepted, sent.body.refused]).toEqual([202, 6, 1])
  expect(sent.body.items[6]).toMatchObject({ outcome: 'refused', field: 'payload.queue_at', expected: expect.any(String), mend: expect.any(String) })
  expect((await world.call(key33, 'POST', '/api/v1/events', [incident('Z', '33', ['330100']), base('330100', '33')])).body.accepted).toBe(2)
  const lines = [aNoticeItem('shift.started', {}, { event_id: 's1' }), aNoticeItem('opinion.detected', {}, { event_id: 'o1' })].map((item) => JSON.stringify(item)).join('\n')
  expect((await world.call(key32, 'POST', '/api/v1/events', lines, { 'content-type': 'application/x-ndjson' })).body.accepted).toBe(2)
  await runIngest(world.engine, clock.now())
})
afterAll(async () => { await world?.stop() })

const get = (caller: Caller | undefined, path: string) => world.call(caller as Caller, 'GET', `/api/v1/${path}`)

describe('GET /incidents', () => {
  const idsOf = async (caller: Caller | undefined, path: string) => (await get(caller, path)).body.items.map(({ incidentId }: { incidentId: string }) => incidentId)

  test('shows the scope’s incidents, by state', async () => {
    expect(await idsOf(jiangsu, 'incidents')).toEqual(expect.arrayContaining(['A', 'B']))
    expect(await idsOf(jiangsu, 'incidents?state=open')).toEqual(['A'])
    expect(await idsOf(jiangsu, 'incidents?state=closed')).toEqual(['B'])
    expect(await idsOf(zhejiang, 'incidents')).toEqual(['Z'])
    expect((await idsOf(executive, 'incidents')).toSorted()).toEqual(['A', 'B', 'Z'])
    expect(await idsOf(jiangsu, 'incidents?limit=1')).toHaveLength(1)
  })

  test('shows a city its own regions of an incident only, and where its clock stands', async () => {
    const { body, text } = await get(suzhou, 'incidents')
    expect(body.items).toMatchObject([
      { incidentId: 'A', regionCodes: ['320500'], state: 'open', product: 'broadband', usersAffected: 23_000, startedAt: at('2026-06-01 08:50'), restoreDeadlineAt: at('2026-06-01 10:50'), isOverdue: true },
    ])
    expect(text).not.toContain('320100')
    expect((await get(jiangsu, 'incidents?state=closed')).body.items).toMatchObject([{ isOverdue: false, restoredAt: at('2026-06-01 08:59') }])
  })

  test.each(['incidents?state=burning', 'incidents?limit=0', 'incidents?limit=many'])('refuses %s', async (path) => {
    const { status, body } = await get(jiangsu, path)
    expect([status, body.error.messageZh]).toEqual([400, expect.any(String)])
  })
})

describe('GET /user-bases', () => {
  const regionsOf = async (caller: Caller | undefined, path: string) => (await get(caller, path)).body.items.map(({ regionCode }: { regionCode: string }) => regionCode)

  test('shows the bases of a month in the scope, or in a region of it', async () => {
    expect((await get(suzhou, 'user-bases?month=2026-06')).body.items).toEqual([
      { month: '2026-06', regionCode: '320500', productLine: 'broadband', subscribers: 4_500_000, reportedAt: at('2026-06-01 09:00'), sourceSystem: 'noc' },
    ])
    expect(await regionsOf(jiangsu, 'user-bases?month=2026-06')).toEqual(['32', '320100', '320500'])
    expect(await regionsOf(jiangsu, 'user-bases?month=2026-06&region=320100')).toEqual(['320100'])
    expect(await regionsOf(zhejiang, 'user-bases?month=2026-06')).toEqual(['330100'])
    expect(await regionsOf(jiangsu, 'user-bases?month=2026-05')).toEqual([])
  })

  test('refuses what is no month, and tells nothing of a region elsewhere', async () => {
    for (const path of ['user-bases', 'user-bases?month=2026-13', 'user-bases?month=June']) expect((await get(jiangsu, path)).status).toBe(400)
    const [elsewhere, nowhere] = [await get(jiangsu, 'user-bases?month=2026-06&region=330100'), await get(jiangsu, 'user-bases?month=2026-06&region=999')]
    expect([elsewhere.status, elsewhere.text]).toEqual([404, nowhere.text])
  })
})
