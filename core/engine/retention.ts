import {
  addCounts,
  type Cutoffs,
  cutoffsAt,
  NO_COUNTS,
  type RetentionCounts,
} from '../domain/protect/retention.ts'
import { type Instant, localDate, SECOND } from '../domain/time.ts'
import type { Clock } from '../platform/clock.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { countDue, countHeld } from '../store/retention-count-store.ts'
import {
  claimAppendOnly,
  loadRetentionRun,
  lockRetention,
  openRetentionRun,
  type RetentionRun,
  saveRetentionRun,
} from '../store/retention-run-store.ts'
import {
  deleteAlerts,
  deleteAudit,
  deleteCells,
  deleteHandovers,
  deleteHistories,
  deleteNotifications,
  deleteQuarantined,
  deleteStrayEvents,
  deleteTexts,
  deleteTrials,
  dropEmptyChunks,
} from '../store/retention-store.ts'
import type { Engine } from './context.ts'

interface Batch {
  readonly counts: Partial<RetentionCounts>
  /** Whether there may be more of the kind. */
  readonly hasMore: boolean
}

type Step = (tx: Tx, cutoffs: Cutoffs) => Promise<Batch>

/** Rows of one transaction: small enough that the engine's beat, which waits for it, comes in time. */
const TICKETS = 200
const ALERTS = 100
const ROWS = 2_000

const NOTHING: Batch = { counts: {}, hasMore: false }
const batchOf = (counts: Partial<RetentionCounts>): Batch => ({ counts, hasMore: Object.values(counts).some((n) => n > 0) })

/** In this order: a history goes only after its text, a message with its alert rather than before it. */
const STEPS: readonly Step[] = [
  async (tx, { text }) => batchOf(await deleteTexts(tx, text, TICKETS)),
  async (tx, { rawEvents }) => {
    const { tickets, counts } = await deleteHistories(tx, rawEvents, TICKETS)
    return { counts, hasMore: tickets > 0 }
  },
  async (tx, { rawEvents }) => batchOf(await deleteStrayEvents(tx, rawEvents, ROWS)),
  async (tx, { aggregates }) => batchOf(await deleteCells(tx, aggregates, ROWS)),
  async (tx, { alerts }) => batchOf(await deleteAlerts(tx, alerts, ALERTS)),
  async (tx, { alerts }) => batchOf(await deleteTrials(tx, alerts, ALERTS)),
  async (tx, { alerts }) => ({ counts: {}, hasMore: (await deleteHandovers(tx, alerts, ALERTS)) > 0 }),
  async (tx, { logs }) => batchOf(await deleteNotifications(tx, logs, ROWS)),
  async (tx, { logs }) => batchOf(await deleteAudit(tx, logs, ROWS)),
  async (tx, { text, rawEvents }) => batchOf(await deleteQuarantined(tx, text, rawEvents, ROWS)),
  async (tx, { rawEvents, aggregates }) => {
    await dropEmptyChunks(tx, 'event', rawEvents)
    await dropEmptyChunks(tx, 'cell', aggregates)
    return NOTHING
  },
]

/**
 * One bounded step of the day's deletion (domain.md 8.3) as of `clock`, in one transaction with its report: what was deleted is counted exactly
 * once however often the work is broken off. The run of a day keeps the cutoffs that it began with, and once finished is not repeated.
 */
export async function stepRetention(engine: Engine, clock: Clock): Promise<RetentionRun> {
  const now = clock.now()
  const day = localDate(now, engine.zone)
  const known = await loadRetentionRun(engine.pool, day)
  if (known !== null && known.finishedAt !== null) return known
  const { retention } = await engine.settings(now)
  return inTransaction(engine.pool, async (tx) => {
    await lockRetention(tx)
    const run = await openRetentionRun(tx, day, cutoffsAt(now, retention.body, engine.zone), NO_COUNTS, now)
    if (run.finishedAt !== null) return run
    await claimAppendOnly(tx, day)
    const { counts, hasMore } = (await STEPS[run.step]?.(tx, run.cutoffs)) ?? NOTHING
    const step = hasMore ? run.step : run.step + 1
    const isDone = step >= STEPS.length
    const next = {
      ...run,
      step,
      deleted: addCounts(run.deleted, counts),
      held: isDone ? await countHeld(tx, run.cutoffs) : run.held,
      seconds: run.seconds + Math.max(0, clock.now() - now) / SECOND,
      finishedAt: isDone ? clock.now() : null,
    }
    await saveRetentionRun(tx, next)
    const { step: _, ...report } = next
    return report
  })
}

/** Steps until the day's deletion is done; returns its report. Done already: the report of then. */
export async function finishRetention(engine: Engine, clock: Clock): Promise<RetentionRun> {
  for (;;) {
    const run = await stepRetention(engine, clock)
    if (run.finishedAt !== null) return run
  }
}

/** What a run at `now` would report: everything counted, nothing deleted, nothing written down. */
export async function previewRetention(engine: Engine, now: Instant): Promise<Pick<RetentionRun, 'day' | 'cutoffs' | 'deleted' | 'held'>> {
  const { retention } = await engine.settings(now)
  const cutoffs = cutoffsAt(now, retention.body, engine.zone)
  return inTransaction(
    engine.pool,
    async (tx) => ({ day: localDate(now, engine.zone), cutoffs, deleted: await countDue(tx, cutoffs), held: await countHeld(tx, cutoffs) }),
    { isolation: 'repeatable read' },
  )
}
