import { beforeAll, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../core/domain/time.ts'
import { runFigures } from '../../workers/figures.ts'
import { type CanaryScene, canaryScene } from '../support/canary-scene.ts'
import { ask, MATRIX, mayCall, ROUTES } from '../support/scope-matrix.ts'
import { clock, NOW, openScopeWorld, own, PEOPLE, world } from '../support/scope-world.ts'

beforeAll(openScopeWorld)

/** Every answer of the API to a read, to a person of the province and to one of the group who may ask. */
async function readAll(): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  for (const [route, row] of ROUTES) {
    if (!route.startsWith('GET ') || row.ok !== 200) continue
    const name = PEOPLE.find((person) => mayCall(row, person))
    for (const caller of name === undefined ? [] : [name, name.replace('-32', '-00')]) {
      const { status, text } = await ask(caller, route, own)
      answers.set(`${caller} ${route}`, `${status} ${text}`)
    }
  }
  return answers
}

/** What each table holds, in a digest of all its rows. */
async function readTables(): Promise<Map<string, string>> {
  const { rows } = await world.pool.query<{ name: string }>("select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
  const digests = new Map<string, string>()
  for (const { name } of rows) {
    const { rows: found } = await world.pool.query<{ digest: string }>(`select count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t`)
    digests.set(name, found[0]?.digest ?? '')
  }
  return digests
}

/** The tables through which a canary goes. */
const ITS_WAY = ['alert', 'alert_transition', 'escalation', 'escalation_step', 'outbox', 'tick_slot']

/** What is another thing each time it is asked, whatever happens: the token of a session, what reading itself writes down. */
const OF_THE_MOMENT = ['GET /api/v1/me', 'GET /api/v1/audit']

async function runCanaries(scene: CanaryScene): Promise<void> {
  // One that comes through, one that is late and taken back, one that is under way.
  await scene.runUntil(NOW + 12 * SECOND)
  scene.running = new Set(['sweep', 'escalate'])
  await scene.runUntil(NOW + 2 * MINUTE + 45 * SECOND)
  scene.running = new Set(['sweep', 'escalate', 'notify'])
  await scene.runUntil(NOW + 3 * MINUTE + 5 * SECOND)
  const { rows } = await world.pool.query<{ state: string }>("select distinct state from alert where kind = 'canary' order by 1")
  expect(rows.map(({ state }) => state)).toEqual(['open', 'resolved', 'retracted'])
}

test('canaries change no answer of the API to anybody, no row of any table but those of their way, and nothing of the feed', async () => {
  const scene = await canaryScene(world.engine, clock)
  // What the duties do by themselves in this time, without canaries; then everything is asked as of one instant.
  scene.running = new Set(['escalate', 'notify'])
  await scene.runUntil(NOW + 3 * MINUTE + 5 * SECOND)
  await runFigures(world.engine, clock.now())
  await readAll()
  const [before, again, tables] = [await readAll(), await readAll(), await readTables()]
  const moving = [...before.keys()].filter((key) => before.get(key) !== again.get(key) && !OF_THE_MOMENT.some((route) => key.endsWith(` ${route}`)))
  expect(moving, 'answers that never stand still prove nothing here').toEqual([])
  expect(before.size).toBeGreaterThan(80)

  clock.set(NOW)
  await runCanaries(scene)
  const changed = [...(await readTables())].filter(([name, digest]) => tables.get(name) !== digest).map(([name]) => name)
  expect(changed.filter((name) => name !== 'configuration_alert').sort()).toEqual(ITS_WAY)
  await world.pool.query("delete from configuration_alert where code = 'canary_late:pages'")
  await runFigures(world.engine, clock.now())
  const after = await readAll()
  const differing = [...before].filter(([key, text]) => after.get(key) !== text && !OF_THE_MOMENT.some((route) => key.endsWith(` ${route}`))).map(([key]) => key)
  expect(differing).toEqual([])
  for (const [key, text] of after) expect(text.includes('CN-01') || text.includes('"canary"'), key).toBe(false)
  expect(MATRIX['GET /api/v1/heartbeat']).toMatchObject({ anybody: true })
})
