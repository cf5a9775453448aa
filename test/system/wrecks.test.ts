import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/platform/clock.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { migrate } from '../../migrations/migrate.ts'
import { type Breach, delaysOf, wrongsOf } from '../crash/checker.ts'
import { fastClock } from '../crash/clock.ts'
import { arrived, makeScene, open, type Scene } from '../crash/lane.ts'
import { chance } from '../crash/plan.ts'
import { testDatabase, testRedisUrl } from '../support/database.ts'

/** What everything works again within, ms (research: a wiped queue). */
const AGAIN_WITHIN = 5_000
const BREACHES = 60
const EVERY_MS = 150

const ending: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of ending.reverse()) await end()
})

/** A breach put in whatever is broken just now: asked for until it is certainly committed. */
async function opened(scene: Scene, ruleId: string): Promise<Breach> {
  const openedAt = fastClock(scene.origin).now()
  for (;;) {
    const done = await open(scene, ruleId, openedAt).catch(() => null)
    if (done !== null) return { ruleId, dueAt: done.dueAt, ackedAt: null, ackAskedAt: null, heldMs: 0 }
    await sleep(50)
  }
}

/** Breaches that keep coming; in their midst something is broken. What went wrong, and how late the latest call was. */
async function while60Come(scene: Scene, wreck: () => Promise<void>) {
  const coming: Promise<Breach>[] = []
  let broken: Promise<number> = Promise.resolve(0)
  for (let no = 0; no < BREACHES; no += 1) {
    coming.push(opened(scene, `W-${no}`))
    if (no === BREACHES / 3) {
      const from = systemClock.now()
      broken = wreck().then(() => systemClock.now() - from)
    }
    await sleep(EVERY_MS)
  }
  const downMs = await broken
  const breaches = await Promise.all(coming)
  await arrived(scene.listener, breaches)
  const { arrivals } = scene.listener
  const wrongs = wrongsOf(breaches, arrivals, { lateMs: downMs + AGAIN_WITHIN, ackMs: 200 })
  const latest = Math.max(...delaysOf(breaches, arrivals))
  console.log(`${breaches.length} breaches, ${arrivals.length} calls, down for ${Math.round(downMs)} ms, the latest call ${Math.round(latest)} ms after it was due`)
  return { wrongs, fallen: scene.crew.fallen, calls: arrivals.length }
}

const whole = { wrongs: [], fallen: 0 }

async function sceneOf(redisUrl: string | null): Promise<Scene> {
  const { url } = await testDatabase()
  const scene = await makeScene(url, redisUrl, chance(1))
  ending.push(scene.end)
  return scene
}

describe('the queue is wiped while breaches keep coming', () => {
  test('on PostgreSQL: nothing is lost, and all works again within 5 s', async () => {
    const scene = await sceneOf(null)
    const wipe = () => scene.pool.query('truncate bullmq.job, bullmq.scheduler, bullmq.dedup, bullmq.dedup_next, bullmq.event cascade')
    expect(await while60Come(scene, async () => void (await wipe()))).toMatchObject(whole)
  })

  test.skipIf(testRedisUrl() === null)('on Redis (needs TOCSIN_TEST_REDIS_URL): nothing is lost, and all works again within 5 s', async () => {
    // A database of its own: other files use the first ones beside this one.
    const url = new URL(testRedisUrl() ?? '')
    url.pathname = '/9'
    const control = new Redis(url.href)
    ending.push(async () => control.disconnect())
    const scene = await sceneOf(url.href)
    expect(await while60Come(scene, async () => void (await control.flushdb()))).toMatchObject(whole)
  })
})

describe('the database goes down and comes back while breaches keep coming', () => {
  for (const [what, signal] of [['is restarted', 'SIGINT'], ['is killed', 'SIGKILL']] as const) {
    test(`${what}: nothing is lost, and the workers go on by themselves`, async () => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-wreck-'))
      const server = await startEmbeddedPostgres({ dataDir, durable: true })
      ending.push(async () => {
        await server.stop()
        await rm(dataDir, { recursive: true, force: true })
      })
      await migrate(server.url)
      const scene = await makeScene(server.url, null, chance(1))
      ending.push(scene.end)
      const pid = server.pid
      const done = await while60Come(scene, async () => {
        process.kill(pid, signal)
        while (server.pid === pid || !(await scene.pool.query('select').then(() => true, () => false))) await sleep(20)
      })
      expect(done).toMatchObject(whole)
    })
  }
})
