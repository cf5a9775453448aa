import { beforeEach, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { type HashKeys, hashKeysOf } from '../../core/engine/protect-keys.ts'
import { runIngest } from '../../workers/ingest.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 20:00')
  await setRules(world.pool, onlyRules('AT-21'))
})

const AGENT = 'agent-zhang-007'
const SECOND = { id: 'k2', secret: 'second-secret-of-thirty-two-characters-and-more' }
const refund = (n: number, more: Record<string, unknown> = {}, payload: Record<string, unknown> = {}) => [
  anItemAt('created', '06-01 08:10', {}, { ticket_id: `F${n}` }),
  anItemAt('refund_requested', `06-01 1${n}:00`, { type: 'refund', amount_cents: 3_000, calculated_cents: 3_000, refund_no: 'N1', ...payload }, { ticket_id: `F${n}`, actor_id: AGENT, ...more }),
]
async function take(hashKeys: HashKeys, ...items: readonly unknown[]): Promise<void> {
  const engine = { ...world.engine, hashKeys }
  const answer = await acceptEvents(engine, items, { source: 'test', scope: ENGINE_SCOPE, now: at('2026-06-01 20:00') })
  expect(answer.refused).toBe(0)
  await runIngest(engine, at('2026-06-01 20:00'))
}
const keyOf = async (n: number) => (await world.pool.query("select payload ->> 'agent_key' as key from event where ticket_key = $1 and event_type = 'refund_requested'", [`32:crm:F${n}`])).rows[0].key as string | null
const groups = async () => (await world.pool.query('select split_part(group_key, $1, 3) as key, count(*)::int as n from peer_fact where group_key like $2 group by 1 order by 2 desc', ['|', 'a%'])).rows.map(({ n }) => n)

test('who did it is a keyed hash: what the payload says of him goes before the envelope, machines and nobody have none', async () => {
  const first = world.engine.hashKeys
  await take(first, ...refund(1), ...refund(2, { actor_id: 'desk' }, { agent_id: AGENT }), ...refund(3, { actor_type: 'robot' }), ...refund(4, { actor_id: null }), ...refund(5, {}, { agent_id: 'other' }))
  const [one, two, three, four, five] = await Promise.all([1, 2, 3, 4, 5].map(keyOf))
  expect(one).toMatch(/^[\w-]{43}$/u)
  expect([two, three, four]).toEqual([one, null, null])
  expect(five).not.toBe(one)
  // The envelope's name stands where it always stood; what the payload names stands nowhere.
  const { rows } = await world.pool.query("select payload::text as text from event where ticket_key = '32:crm:F2'")
  expect(JSON.stringify(rows)).not.toContain(AGENT)
  expect((await world.pool.query('select from peer_fact f where f::text like $1', [`%${AGENT}%`])).rowCount).toBe(0)
  expect((await world.pool.query('select from ticket t where t.fold::text like $1', [`%${AGENT}%`])).rowCount).toBe(0)
})

test('a day on which keys are changed over is one day: the fifth refund is the fifth, under whichever key', async () => {
  const during = hashKeysOf(world.engine.secret, [{ id: 'k1', secret: null }, SECOND])
  await take(world.engine.hashKeys, ...refund(1), ...refund(2), ...refund(3))
  await take(during, ...refund(4))
  expect(await groups()).toEqual([4, 1])
  expect(await world.alerts('32:crm:F4')).toEqual([])
  await take(during, ...refund(5))
  expect(await groups()).toEqual([5, 2])
  expect(await world.alerts('32:crm:F5')).toMatchObject([{ rule: 'AT-21', severity: 3, state: 'open' }])
  await world.expectExact()
})
