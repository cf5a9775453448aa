import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, Queue, Worker } from 'bullmq'
import type { Instant } from '../domain/time.ts'
import { systemClock } from '../platform/clock.ts'
import type { Pool } from '../platform/database.ts'
import { failPoint } from '../platform/fail-point.ts'
import type { Logger } from '../platform/log.ts'
import { StartupError } from '../platform/startup-error.ts'
import { openBackend } from './backend.ts'
import type { Backend } from './backend.ts'
import { createBell } from './bell.ts'
import type { Bell } from './bell.ts'

/** The duties that can be rung for; one queue each. */
export const QUEUE_NAMES = ['ingest', 'tally', 'timers', 'risk', 'escalate', 'notify', 'figures', 'quality', 'texts', 'back-tests', 'sweep'] as const
export type QueueName = (typeof QUEUE_NAMES)[number]

/** One call of a duty. */
export interface DutyCall {
  /** The logical present: the slot of a schedule, or the time of the ring. Two calls with one slot are the same call again. */
  slot: Instant
}

/**
 * The bell of every duty. It carries no facts: each duty asks the database what is due, so a lost or repeated call changes nothing
 * but the time (research: a job is a batch or a tick, never one event).
 */
export interface Queues {
  /** Rings for `name`; rings within 15 ms are one. False when the queue is away: the schedule picks up. Never rejects. */
  ring(name: QueueName): Promise<boolean>
  /** Calls `name` every `ms`, once over all processes; survives restarts, and a wiped queue within seconds. */
  every(name: QueueName, ms: number): Promise<void>
  /** Answers calls of `name` in this process. A call whose process died is given to another within 20 s, one of `escalate` and `notify` within 6 s. */
  work(name: QueueName, duty: (call: DutyCall) => Promise<void>, choice?: { concurrency?: number }): Promise<void>
  /** Lets running calls finish (2 s at most) and lets go of the connections. The pool stays open, it is the caller's. */
  close(): Promise<void>
}

const SECOND = 1_000
const COALESCE_MS = 15
const RING_WITHIN = 2 * SECOND
const LOCK_MS = 10 * SECOND
// Of the two that call people: a call whose process died is not waited for as long as one that computes.
const PRESSING: ReadonlySet<QueueName> = new Set(['escalate', 'notify'])
const PRESSING_LOCK_MS = 3 * SECOND
// Seconds that an idle worker waits to be woken: what wakes a process that has just been killed wakes nobody else.
const PRESSING_DRAIN = 1
const GUARD_MS = 2 * SECOND
const FINISH_WITHIN = 2 * SECOND
const ANSWER_WITHIN = 10 * SECOND
// By age, never by count: on PostgreSQL, counting deadlocks and marks succeeded jobs as failed (research B).
const KEEP = { removeOnComplete: true, removeOnFail: { age: 3600 } }
// One bell waits at most; one rung while the duty runs is kept and follows it, because the duty may have looked already.
const BELL = { ...KEEP, attempts: 5, backoff: { type: 'fixed', delay: SECOND }, deduplication: { id: 'bell', keepLastIfActive: true } }

/** Logs a trouble when it begins and when it ends, not each time it is met: once per source and wording. */
function createReporter(log: Pick<Logger, 'error' | 'info'>) {
  const known = new Map<string, Set<string>>()
  let isMuted = false
  return {
    // What breaks after an orderly end is the end itself.
    mute(): void {
      isMuted = true
    },
    bad(source: string, error: unknown): void {
      if (isMuted) return
      const text = error instanceof Error ? error.message || error.name : String(error)
      const texts = known.get(source) ?? new Set()
      if (texts.has(text)) return
      known.set(source, texts.add(text))
      log.error({ source, err: error }, 'queue trouble')
    },
    good(source: string): void {
      if (known.delete(source)) log.info({ source }, 'queue works again')
    },
  }
}
type Reporter = ReturnType<typeof createReporter>

// `repeat:<scheduler>:<ms>`: the slot is in the job's id; a bell's is the time when it was rung.
function slotOf(job: Job): Instant {
  const slot = job.id?.startsWith('repeat:') === true ? Number(job.id.slice(job.id.lastIndexOf(':') + 1)) : Number.NaN
  return Number.isSafeInteger(slot) ? slot : job.timestamp
}

function openQueues(backend: Backend, report: Reporter): Record<QueueName, Queue> {
  const made = QUEUE_NAMES.map((name) => {
    const queue = backend.queue(name, { defaultJobOptions: KEEP, streams: { events: { maxLen: 1000 } } })
    queue.on('error', (error) => report.bad('connection', error))
    return [name, queue] as const
  })
  return Object.fromEntries(made) as Record<QueueName, Queue>
}

function openWorker(backend: Backend, name: QueueName, duty: (call: DutyCall) => Promise<void>, concurrency: number, report: Reporter): Worker {
  const answer = async (job: Job) => {
    await failPoint('queue.duty_begun')
    await duty({ slot: slotOf(job) })
    await failPoint('queue.duty_done')
  }
  const lockMs = PRESSING.has(name) ? PRESSING_LOCK_MS : LOCK_MS
  const worker = backend.worker(name, answer, {
    concurrency,
    runRetryDelay: SECOND,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    ...(PRESSING.has(name) ? { drainDelay: PRESSING_DRAIN } : {}),
    // A bell that always met a dying process would be given up after this; its schedule would still ring.
    maxStalledCount: 10,
  })
  worker.on('error', (error) => report.bad('connection', error))
  worker.on('failed', (_job, error) => report.bad(`${name} duty`, error))
  worker.on('completed', () => {
    report.good(`${name} duty`)
    report.good('connection')
  })
  return worker
}

/** Wiping the queue loses its schedules, and a tick whose process died before it put the next in line would be the last: both are noticed here and set up again. */
function guardSchedules(queues: Record<QueueName, Queue>, schedules: Map<QueueName, number>, report: Reporter): NodeJS.Timeout {
  const check = async (name: QueueName, ms: number) => {
    const schedule = await queues[name].getJobScheduler('every')
    const isLate = schedule?.next !== undefined && schedule.next < systemClock.now() - 2 * ms - PRESSING_LOCK_MS
    if (schedule === undefined || isLate) await setSchedule(queues[name], ms)
    report.good('connection')
  }
  const guard = setInterval(() => {
    for (const [name, ms] of schedules) check(name, ms).catch((error: unknown) => report.bad('connection', error))
  }, GUARD_MS)
  return guard.unref()
}

async function setSchedule(queue: Queue, ms: number): Promise<void> {
  await queue.upsertJobScheduler('every', { every: ms }, { name: 'tick', opts: KEEP })
}

// Redis is waited for without end otherwise, and a start that hangs says nothing.
async function answering(queues: Record<QueueName, Queue>): Promise<void> {
  const limit = new AbortController()
  const late = sleep(ANSWER_WITHIN, 'late', { signal: limit.signal }).catch(() => 'done')
  const ready = Promise.all(Object.values(queues).map((queue) => queue.waitUntilReady())).then(() => 'done')
  const outcome = await Promise.race([ready, late]).finally(() => limit.abort())
  if (outcome === 'done') return
  ready.catch(() => undefined)
  await Promise.race([Promise.allSettled(Object.values(queues).map((queue) => queue.disconnect())), sleep(SECOND)])
  throw new StartupError(
    'queue',
    { zh: `队列 ${ANSWER_WITHIN / SECOND} 秒内没有应答。`, en: `The queue did not answer within ${ANSWER_WITHIN / SECOND} s.` },
    { zh: '请检查 REDIS_URL 所指的 Redis 是否在运行、可达。', en: 'Check that the Redis of REDIS_URL is running and reachable.' },
  )
}

/**
 * Opens the queues on Redis (`redisUrl`) or on PostgreSQL (`pool`: used for nothing else, not open yet, more than 7 connections).
 * @throws StartupError `queue` when Redis does not answer within 10 s; the driver's error when PostgreSQL does not
 */
export async function createQueues(choice: { pool?: Pool; redisUrl?: string; log: Pick<Logger, 'error' | 'info'> }): Promise<Queues> {
  const report = createReporter(choice.log)
  if (choice.redisUrl === undefined && choice.pool === undefined) throw new Error('a queue needs a pool or a Redis url')
  const backend = await openBackend(choice.redisUrl === undefined ? { pool: choice.pool as Pool } : { redisUrl: choice.redisUrl })
  const queues = openQueues(backend, report)
  await answering(queues)
  const workers: Worker[] = []
  const schedules = new Map<QueueName, number>()
  const guard = guardSchedules(queues, schedules, report)
  let isClosed = false

  async function strike(name: QueueName): Promise<boolean> {
    const limit = new AbortController()
    try {
      await failPoint('queue.before_ring')
      const added = queues[name].add('bell', {}, BELL).then(() => true)
      const late = sleep(RING_WITHIN, false, { signal: limit.signal }).catch(() => false)
      const isHeard = await Promise.race([added, late])
      await failPoint('queue.after_ring')
      if (isHeard) report.good('connection')
      else report.bad('connection', new Error(`no answer within ${RING_WITHIN} ms`))
      added.catch(() => undefined)
      return isHeard
    } catch (error) {
      report.bad('connection', error)
      return false
    } finally {
      limit.abort()
    }
  }
  const bells = Object.fromEntries(QUEUE_NAMES.map((name) => [name, createBell(() => strike(name), COALESCE_MS)])) as Record<QueueName, Bell>

  return {
    ring: (name) => (isClosed ? Promise.resolve(false) : bells[name].ring()),
    async every(name, ms) {
      schedules.set(name, ms)
      await setSchedule(queues[name], ms)
    },
    async work(name, duty, { concurrency = 1 } = {}) {
      const worker = openWorker(backend, name, duty, concurrency, report)
      workers.push(worker)
      await worker.waitUntilReady()
    },
    async close() {
      if (isClosed) return
      isClosed = true
      clearInterval(guard)
      await Promise.all(Object.values(bells).map((bell) => bell.close()))
      const finished = Promise.all(workers.map((worker) => worker.close()))
      await Promise.race([finished, sleep(FINISH_WITHIN, undefined, { ref: false })])
      await Promise.all(Object.values(queues).map((queue) => queue.close()))
      report.mute()
    },
  }
}
