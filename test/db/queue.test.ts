import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Instant } from '../../core/domain/time.ts'
import { createPool } from '../../core/platform/database.ts'
import { createQueues } from '../../core/queue/queues.ts'
import { testDatabase, testRedisUrl } from '../support/database.ts'
import { databaseAt } from '../support/database-url.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function openOnPostgres() {
  const { url, pool: control } = await testDatabase({ isEmpty: true })
  const pool = createPool(url, { max: 16, applicationName: 'tocsin-queue', statementTimeoutMs: 0 })
  const lines: string[] = []
  const log = {
    error: (_fields: object, text?: string) => lines.push(`error ${text}`),
    info: (_fields: object, text?: string) => lines.push(`info ${text}`),
  }
  const queues = await createQueues({ pool, log: log as never })
  opened.push(
    () => pool.end(),
    () => queues.close(),
  )
  return { queues, pool, url, control, lines }
}

function createGate(): { promise: Promise<void>; resolve: () => void } {
  const gate = { resolve: () => {} }
  const promise = new Promise<void>((resolve) => Object.assign(gate, { resolve }))
  return { promise, resolve: () => gate.resolve() }
}

const until = (met: () => boolean, timeout = 20_000) =>
  vi.waitFor(
    () => {
      if (!met()) throw new Error('not yet')
    },
    { timeout, interval: 5 },
  )

describe('the queue on PostgreSQL', () => {
  it('calls a duty when it is rung for, with the time of the ring', async () => {
    const { queues } = await openOnPostgres()
    const slots: Instant[] = []
    await queues.work('notify', async ({ slot }) => void slots.push(slot))
    const before = Date.now()
    expect(await queues.ring('notify')).toBe(true)
    await until(() => slots.length === 1)
    expect(slots[0]).toBeGreaterThanOrEqual(before)
    expect(slots[0]).toBeLessThanOrEqual(Date.now())
  })

  it('keeps a ring from before any process answered', async () => {
    const { queues } = await openOnPostgres()
    await queues.ring('risk')
    let calls = 0
    await queues.work('risk', async () => {
      calls += 1
    })
    await until(() => calls === 1)
  })

  it('makes one call of a thousand rings that nobody has answered yet', async () => {
    const { queues, control } = await openOnPostgres()
    for (let i = 0; i < 50; i += 1) await Promise.all(Array.from({ length: 20 }, () => queues.ring('ingest')))
    expect((await control.query("select count(*) as jobs from bullmq.job where queue = 'ingest'")).rows[0]).toEqual({ jobs: 1 })
    let calls = 0
    await queues.work('ingest', async () => {
      calls += 1
    })
    await until(() => calls === 1)
    await sleep(200)
    expect(calls).toBe(1)
  })

  it('calls once more for what was rung while the duty ran, because it may have looked already', async () => {
    const { queues } = await openOnPostgres()
    let calls = 0
    const { promise: gate, resolve: release } = createGate()
    await queues.work('ingest', async () => {
      calls += 1
      if (calls === 1) await gate
    })
    await queues.ring('ingest')
    await until(() => calls === 1)
    for (let i = 0; i < 10; i += 1) {
      await queues.ring('ingest')
      await sleep(5)
    }
    expect(calls).toBe(1)
    release()
    await until(() => calls === 2)
    await sleep(200)
    expect(calls).toBe(2)
  })

  it('tells a schedule the slot that it was due at, once over two processes, on one grid', async () => {
    const first = await openOnPostgres()
    const pool = createPool(first.url, { max: 16 })
    const second = await createQueues({ pool, log: quiet })
    opened.push(
      () => pool.end(),
      () => second.close(),
    )
    const slots: Instant[] = []
    for (const queues of [first.queues, second]) {
      await queues.work('timers', async ({ slot }) => void slots.push(slot))
      await queues.every('timers', 200)
    }
    await until(() => slots.length >= 8)
    expect(new Set(slots).size).toBe(slots.length)
    const steps = slots.slice(2).map((slot, i) => slot - (slots[i + 1] ?? 0))
    expect(
      steps.every((step) => step > 0 && step % 200 === 0),
      steps.join(),
    ).toBe(true)
  })

  it('calls again after a duty failed, and says so once', async () => {
    const { queues, lines } = await openOnPostgres()
    let calls = 0
    await queues.work('escalate', async () => {
      calls += 1
      if (calls < 3) throw new Error('not today')
    })
    await queues.ring('escalate')
    await until(() => calls === 3)
    await until(() => lines.includes('info queue works again'))
    expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(1)
  })

  it('answers false while the database is away, logs it once, and rings again afterwards', async () => {
    const { queues, control, url, lines } = await openOnPostgres()
    let calls = 0
    await queues.work('notify', async () => {
      calls += 1
    })
    const name = new URL(url).pathname.slice(1)
    await control.end()
    const admin = createPool(databaseAt(url, 'postgres'), { max: 1 })
    opened.push(() => admin.end())
    await admin.query(`alter database ${name} allow_connections false`)
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    const ringFor = async (ms: number) => {
      for (const endAt = Date.now() + ms; Date.now() < endAt; await sleep(20)) expect(await queues.ring('notify')).toBe(false)
      return lines.filter((line) => line.startsWith('error')).length
    }
    const atFirst = await ringFor(1500)
    expect(atFirst).toBeGreaterThan(0)
    expect(atFirst).toBeLessThan(5)
    expect(await ringFor(2500)).toBe(atFirst)
    await admin.query(`alter database ${name} allow_connections true`)
    await vi.waitFor(async () => expect(await queues.ring('notify')).toBe(true), { timeout: 5_000 })
    await until(() => calls > 0)
    await until(() => lines.includes('info queue works again'))
  })

  it('sets its schedules up again within seconds after the queue was wiped', async () => {
    const { queues, control } = await openOnPostgres()
    let calls = 0
    await queues.work('sweep', async () => {
      calls += 1
    })
    await queues.every('sweep', 100)
    await until(() => calls > 2)
    await control.query('truncate bullmq.job, bullmq.scheduler, bullmq.dedup, bullmq.dedup_next, bullmq.event cascade')
    await sleep(300)
    const atWipe = calls
    await until(() => calls > atWipe + 2)
    await queues.ring('sweep')
  })

  it('lets a running call finish when it is closed, and takes no ring afterwards', async () => {
    const { queues } = await openOnPostgres()
    let state = 'idle'
    await queues.work('figures', async () => {
      state = 'begun'
      await sleep(300)
      state = 'done'
    })
    await queues.ring('figures')
    await until(() => state === 'begun')
    await queues.close()
    expect(state).toBe('done')
    expect(await queues.ring('figures')).toBe(false)
  })

  it('refuses a pool that somebody else already uses', async () => {
    const { pool } = await testDatabase({ isEmpty: true })
    await pool.query('select 1')
    await expect(createQueues({ pool, log: quiet })).rejects.toThrow('already in use')
  })
})

const quiet = { error: () => undefined, info: () => undefined } as never

describe('the queue on Redis', () => {
  it('says within seconds that there is no Redis, and lets the process end', async () => {
    const startedAt = performance.now()
    await expect(createQueues({ redisUrl: 'redis://127.0.0.1:1', log: quiet })).rejects.toMatchObject({
      code: 'queue',
      message: expect.stringContaining('REDIS_URL'),
    })
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })

  describe.skipIf(testRedisUrl() === null)('(needs TOCSIN_TEST_REDIS_URL)', () => {
    async function openOnRedis() {
      const control = new Redis(testRedisUrl() ?? '')
      await control.flushdb()
      const queues = await createQueues({ redisUrl: testRedisUrl() ?? '', log: quiet })
      opened.push(
        async () => control.disconnect(),
        () => queues.close(),
      )
      return { queues, control }
    }

    it('makes one call of a thousand rings, and one more for what was rung while the duty ran', async () => {
      const { queues } = await openOnRedis()
      for (let i = 0; i < 50; i += 1) await Promise.all(Array.from({ length: 20 }, () => queues.ring('ingest')))
      let calls = 0
      const { promise: gate, resolve: release } = createGate()
      await queues.work('ingest', async () => {
        calls += 1
        if (calls === 1) await gate
      })
      await until(() => calls === 1)
      for (let i = 0; i < 10; i += 1) await queues.ring('ingest')
      release()
      await until(() => calls === 2)
      await sleep(200)
      expect(calls).toBe(2)
    })

    it('tells a schedule its slots on one grid, and sets it up again within seconds after Redis was wiped', async () => {
      const { queues, control } = await openOnRedis()
      const slots: Instant[] = []
      await queues.work('timers', async ({ slot }) => void slots.push(slot))
      await queues.every('timers', 200)
      await until(() => slots.length >= 5)
      const steps = slots.slice(2).map((slot, i) => slot - (slots[i + 1] ?? 0))
      expect(
        steps.every((step) => step > 0 && step % 200 === 0),
        steps.join(),
      ).toBe(true)
      await control.flushall()
      await sleep(500)
      const atWipe = slots.length
      await until(() => slots.length > atWipe + 2)
      expect(await queues.ring('timers')).toBe(true)
    })
  })
})
