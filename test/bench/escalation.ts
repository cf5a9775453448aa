import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { composeEngine, prepareDatabase } from '../../bin/compose.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { openAlerts } from '../../core/engine/alert-life.ts'
import type { AlertSpec } from '../../core/engine/new-alert.ts'
import type { Engine } from '../../core/engine/context.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { createLogger } from '../../core/platform/log.ts'
import { seal } from '../../core/platform/seal.ts'
import { createQueues } from '../../core/queue/queues.ts'
import { insertWebhook } from '../../core/store/webhook-store.ts'
import { startWorkers } from '../../workers/main.ts'
import { share } from './events.ts'

interface Choice {
  /** Escalations that stand open and are not due. */
  readonly open: number
  /** Breaches of the storm, within a minute. */
  readonly storm: number
  readonly samples: number
}

/** When the first call for each alert reached the provider, epoch ms. */
interface Provider {
  readonly url: string
  readonly first: Map<string, number>
  calls: number
  close: () => void
}

async function provider(): Promise<Provider> {
  const first = new Map<string, number>()
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { alertId } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { alertId: string }
      one.calls += 1
      if (!first.has(alertId)) first.set(alertId, systemClock.now())
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const one: Provider = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, first, calls: 0, close: () => server.close() }
  return one
}

const spec = (ruleId: string, openedAt: number): AlertSpec => ({
  kind: 'risk', ruleId, severity: 3, ticketKey: null, regionCode: '320500', facts: {}, parameters: {}, ruleVersion: 1, openedAt, suppressedBy: null,
})

/** Raises cases and says when they were committed. */
async function raise(engine: Engine, count: number): Promise<{ ids: string[]; committedAt: number }> {
  const now = systemClock.now()
  const alerts = await inEngineTransaction(engine, now, (etx) => openAlerts(etx, Array.from({ length: count }, (_, index) => spec(`MR-${String(index % 21 + 1).padStart(2, '0')}`, now))))
  return { ids: alerts.map(({ id }) => id), committedAt: systemClock.now() }
}

const figures = (took: readonly number[]) => {
  const sorted = [...took].sort((a, b) => a - b)
  return { samples: sorted.length, p50Ms: share(sorted, 0.5), p95Ms: share(sorted, 0.95), p99Ms: share(sorted, 0.99), mostMs: share(sorted, 1) }
}

/** Breach → first call, one case at a time, a little apart. */
async function callDelays(engine: Engine, to: Provider, samples: number): Promise<number[]> {
  const took: number[] = []
  for (let sample = 0; sample < samples; sample += 1) {
    const { ids: [id = ''], committedAt } = await raise(engine, 1)
    const deadline = committedAt + 20 * SECOND
    while (!to.first.has(id) && systemClock.now() < deadline) await sleep(2)
    took.push((to.first.get(id) ?? Number.POSITIVE_INFINITY) - committedAt)
    await sleep(37)
  }
  return took
}

/** Second steps put due at instants a second apart: due → fired. */
async function stepDelays(pool: Pool, samples: number): Promise<number[]> {
  const start = systemClock.now() + 2 * SECOND
  await pool.query(
    `with next as (select e.id, row_number() over (order by e.id) as n from escalation e where e.stopped_at is null and e.next_step = 1 order by e.id limit $1)
     update escalation e set started_at = to_timestamp($2::float8 / 1000) - interval '10 minutes' + next.n * interval '200 milliseconds',
            reminded_at = to_timestamp($2::float8 / 1000) + interval '1 hour', due_at = to_timestamp($2::float8 / 1000) + next.n * interval '200 milliseconds' from next where e.id = next.id`,
    [samples, start],
  )
  await sleep(2 * SECOND + samples * 200 + 3 * SECOND)
  const { rows } = await pool.query<{ late: number }>(
    `select extract(epoch from s.fired_at - s.due_at)::float8 * 1000 as late from escalation_step s where s.step = 1 and s.round = 0 and s.due_at > to_timestamp($1::float8 / 1000)`,
    [start],
  )
  return rows.map(({ late }) => late)
}

/** Open escalations that wait an hour for their next step. */
async function fill(engine: Engine, pool: Pool, count: number): Promise<void> {
  const now = systemClock.now()
  for (let made = 0; made < count; made += 2_000) {
    const specs = Array.from({ length: Math.min(2_000, count - made) }, (_, index) => spec(`MR-${String(index % 21 + 1).padStart(2, '0')}`, now))
    const alerts = await inEngineTransaction(engine, now, (etx) => openAlerts(etx, specs))
    await pool.query(
      `update escalation set next_step = 1, reminded_at = now() + interval '1 day', started_at = to_timestamp($2::float8 / 1000), due_at = to_timestamp($2::float8 / 1000) + interval '1 hour' where alert_id = any ($1::bigint[])`,
      [alerts.map(({ id }) => id), now + HOUR],
    )
  }
  await pool.query('analyze')
}

/** `storm` breaches spread over a minute: lost, and how long the last waited. */
async function stormPart(engine: Engine, to: Provider, storm: number) {
  const committed = new Map<string, number>()
  const began = systemClock.now()
  for (let second = 0; second < 60; second += 1) {
    const { ids, committedAt } = await raise(engine, Math.ceil(storm / 60))
    for (const id of ids) committed.set(id, committedAt)
    await sleep(Math.max(0, began + (second + 1) * SECOND - systemClock.now()))
  }
  const raised = systemClock.now() - began
  const deadline = systemClock.now() + 5 * MINUTE
  while ([...committed.keys()].some((id) => !to.first.has(id)) && systemClock.now() < deadline) await sleep(250)
  const took = [...committed].flatMap(([id, at]) => (to.first.has(id) ? [(to.first.get(id) ?? 0) - at] : []))
  return { breaches: committed.size, withinSeconds: Math.round(raised / SECOND), lost: committed.size - took.length, ...figures(took) }
}

/**
 * The path from a breach to a provider on a durable embedded database with all duties and the queue on PostgreSQL: breach → first call; a second step's due → fired with 1 k and `open`
 * escalations open; a storm within a minute.
 */
export async function benchEscalation(choice: Choice): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-bench-'))
  const postgres = await startEmbeddedPostgres({ dataDir, durable: true })
  const pool = createPool(postgres.poolConfig, { max: 16, statementTimeoutMs: 0 })
  const queuePool = createPool(postgres.poolConfig, { max: 12, statementTimeoutMs: 0 })
  const log = createLogger('error')
  const to = await provider()
  const queues = await createQueues({ pool: queuePool, log })
  try {
    const config = { ...loadConfig({}), dataDir }
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock })
    const engine = await composeEngine(pool, config, log, queues)
    const id = randomUUID()
    await insertWebhook(pool, { id, regionCode: '32', url: to.url, secretSealed: seal(engine.secret, id, 'bench'), createdBy: null }, systemClock.now())
    await startWorkers({ engine, queues, clock: systemClock, log, channels: { webhookAllow: ['127.0.0.0/8'], publicUrl: null }, ingestWorkers: 1, holdsRisk: () => true })
    const say = (what: string, more: object) => process.stdout.write(`${JSON.stringify({ bench: 'escalation', what, ...more })}\n`)
    await callDelays(engine, to, 20)
    say('breach committed → first call', figures(await callDelays(engine, to, choice.samples)))
    await fill(engine, pool, 1_000)
    say('due → fired, 1,000 open', figures(await stepDelays(pool, choice.samples)))
    await fill(engine, pool, choice.open - 1_000)
    say(`due → fired, ${choice.open} open`, figures(await stepDelays(pool, choice.samples)))
    say(`breach committed → first call, ${choice.open} open`, figures(await callDelays(engine, to, choice.samples)))
    say('storm', await stormPart(engine, to, choice.storm))
  } finally {
    await queues.close()
    to.close()
    await pool.end()
    await queuePool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
