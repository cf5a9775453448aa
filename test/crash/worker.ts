// A worker process of the crash matrix: the real duties `escalate` and `notify` on a real queue, hurt at a fail-point when its parent says so.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../core/engine/context.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import { hashKeysOf } from '../../core/engine/protect-keys.ts'
import { settingsCache } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { createPool } from '../../core/platform/database.ts'
import { armFailPoints } from '../../core/platform/fail-point.ts'
import { createLogger } from '../../core/platform/log.ts'
import { createQueues } from '../../core/queue/queues.ts'
import { loadRegionTree } from '../../core/store/region-store.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { runNotify } from '../../workers/notify.ts'
import { fastClock } from './clock.ts'
import type { Ask, Go, Word } from './messages.ts'
import { type CrashPlan, DELAY_MS } from './plan.ts'

const SECOND = 1_000

const say = (word: Word) =>
  new Promise<void>((resolve) => {
    process.send?.(word, undefined, undefined, () => resolve())
  })

let plan: CrashPlan | null = null
let left = 0

armFailPoints(async (name) => {
  if (plan?.point !== name) return
  left -= 1
  if (left > 0) return
  const { fault } = plan
  plan = null
  await say({ kind: 'hit' })
  if (fault === 'kill') process.kill(process.pid, 'SIGKILL')
  if (fault === 'stop') process.kill(process.pid, 'SIGSTOP')
  // A signal to oneself comes at the next turn; nothing of the path may run before it.
  if (fault === 'kill' || fault === 'stop') await sleep(30)
  if (fault === 'delay') await sleep(DELAY_MS)
  if (fault === 'throw') throw new Error(`planted at ${name}`)
})

async function begin({ url, redisUrl, origin, secret }: Go) {
  const clock = fastClock(origin)
  const pool = createPool(url, { max: 8, applicationName: 'tocsin-crash-worker' })
  const log = createLogger('silent')
  const queues = await createQueues(redisUrl === null ? { pool: createPool(url, { max: 8 }), log } : { redisUrl, log })
  const engine: Engine = {
    pool,
    tree: await loadRegionTree(pool),
    zone: 'Asia/Shanghai',
    secret,
    hashKeys: hashKeysOf(secret, null),
    log,
    settings: settingsCache(pool),
    ring: (bell) => void queues.ring(bell),
  }
  const channels = { webhookAllow: ['127.0.0.0/8'], publicUrl: null }
  await queues.work('escalate', async () => void (await runEscalate(engine, clock.now())), { concurrency: 1 })
  await queues.work('notify', async () => void (await runNotify(engine, clock.now(), { channels, clock })), { concurrency: 2 })
  await queues.every('escalate', SECOND)
  await queues.every('notify', SECOND)
  return { engine, clock }
}

type Begun = Awaited<ReturnType<typeof begin>>

async function answer({ engine, clock }: Begun, ask: Ask): Promise<boolean> {
  if (ask.kind === 'open') {
    const { spec } = ask
    await inEngineTransaction(engine, clock.now(), async (etx) => {
      // Who asks again because nobody answered must not put in a second breach beside the first.
      await etx.tx.query('select pg_advisory_xact_lock(hashtext($1))', [spec.ruleId])
      const { rowCount } = await etx.tx.query('select from alert where rule_id = $1', [spec.ruleId])
      if (rowCount === 0) await openAlert(etx, spec)
    })
    return true
  }
  const request = { move: 'ack', reason: '已确认 seen' } as const
  const result = await inEngineTransaction(engine, clock.now(), (etx) => moveAlert(etx, ask.alertId, request, ask.actor, 'test'))
  return result.ok || result.code === 'already_acknowledged'
}

let begun: Promise<Begun> | null = null
process.on('disconnect', () => process.exit(0))
process.on('message', (message: Go | Ask | { kind: 'arm'; plan: CrashPlan | null }) => {
  if (message.kind === 'arm') {
    plan = message.plan
    left = message.plan?.nth ?? 0
  } else if (message.kind === 'go') {
    begun = begin(message)
    void begun.then(() => say({ kind: 'ready' }))
  } else {
    const { no } = message
    const done = (begun ?? Promise.reject(new Error('not begun'))).then((it) => answer(it, message))
    void done.then((isOk) => say({ kind: 'answer', no, isOk, error: '' }), (error: unknown) => say({ kind: 'answer', no, isOk: false, error: String(error) }))
  }
})
await say({ kind: 'warm' })
