import { afterAll, beforeAll, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-01 12:00'))
let world: ServerWorld
let [jiangsu, zhejiang, boss]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  const key = await world.addKey('32')
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['zj', 'duty_manager', '33'], ['boss', 'exec', '00']] as const) await world.addUser(login, role, code)
  expect((await world.call(key, 'POST', '/api/v1/events', [anItemAt('created', '06-01 09:00', { region_code: '320500' })])).body).toMatchObject({ accepted: 1 })
  await runIngest(world.engine, clock.now())
  ;[jiangsu, zhejiang, boss] = [await world.signIn('js'), await world.signIn('zj'), await world.signIn('boss')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const ask = (caller: Caller | undefined, query: string) => world.call(caller as Caller, 'GET', `/api/v1/explain?${query}`)
const TICKET = encodeURIComponent('ticket:32:crm:T1')

test('answers for a place and for a ticket, as of now where no instant is given', async () => {
  expect((await ask(jiangsu, 'rule=MR-01&matter=x')).body).toMatchObject({ ruleId: 'MR-01', scope: '32', at: at('2026-06-01 12:00'), items: [{ level: 0, value: 0 }], parameters: { batch: expect.any(Object) } })
  expect((await ask(jiangsu, `rule=AT-02&scope=${TICKET}&at=2026-06-01T09:01:00%2B08:00`)).body).toMatchObject({ ruleId: 'AT-02', at: at('2026-06-01 09:01'), items: [{ level: 0 }] })
  // Nobody looks ahead.
  expect((await ask(jiangsu, 'rule=MR-01&at=2027-01-01T00:00:00Z')).body.at).toBe(at('2026-06-01 12:00'))
})

test.each([
  ['rule=XX-01', 400, 'rule'],
  ['rule=MR-99', 400, 'rule'],
  ['rule=AT-99&scope=ticket:x', 400, 'rule'],
  ['scope=32', 400, 'rule'],
  ['rule=AT-01', 400, 'scope'],
  ['rule=AT-01&scope=32', 400, 'scope'],
  ['rule=MR-01&scope=ticket:x', 400, 'scope'],
  ['rule=MR-01&at=yesterday-at-some-time', 400, 'at'],
  ['rule=MR-01&scope=999999', 404, ''],
  ['rule=AT-01&scope=ticket:none', 404, ''],
])('%s: %i, naming the field', async (query, status, field) => {
  const answer = await ask(jiangsu, query)
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(field)])
})

test('tells a reader nothing of another province, nor executives anything', async () => {
  expect((await ask(zhejiang, `rule=AT-08&scope=${TICKET}`)).status).toBe(404)
  expect((await ask(zhejiang, 'rule=MR-01&scope=32')).status).toBe(404)
  expect((await ask(boss, 'rule=MR-01')).status).toBe(403)
})
