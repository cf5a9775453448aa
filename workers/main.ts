import { setTimeout as sleep } from 'node:timers/promises'
import { floorTo } from '../core/domain/time.ts'
import { runCanary } from '../core/engine/canary.ts'
import type { Engine } from '../core/engine/context.ts'
import { FIGURES_EVERY } from '../core/engine/figures.ts'
import { makeUnitLists } from '../core/engine/unit-lists.ts'
import type { Clock } from '../core/platform/clock.ts'
import type { Logger } from '../core/platform/log.ts'
import type { Queues } from '../core/queue/queues.ts'
import { nextDueWithin } from '../core/store/escalation-store.ts'
import type { ChannelContext } from './channels/channel.ts'
import { runBackTests } from '../core/engine/back-test-runs.ts'
import { runEscalate } from './escalate.ts'
import { runFigures } from './figures.ts'
import { drainIngest } from './ingest.ts'
import { runNotify } from './notify.ts'
import { runRetention } from './retention.ts'
import { runQuality } from './quality.ts'
import { runRisk } from './risk.ts'
import { runSweep } from './sweep.ts'
import { tallyDuty } from './tally.ts'
import { runTexts } from './texts.ts'
import { runTimers } from './timers.ts'

export interface WorkerDeps {
  readonly engine: Engine
  readonly queues: Queues
  readonly clock: Clock
  readonly log: Logger
  readonly channels: ChannelContext
  readonly ingestWorkers: number
  /** True while history is being filled in: risk rules would judge against a baseline that is only half there, and lists of units would hold what is long done. */
  readonly holdsRisk?: () => boolean
}

const SECOND = 1_000

/**
 * What falls due before the next beat of the schedule is rung for at its instant: a step is not late by up to a beat (design.md section 6). The timer is a bell and no memory: one
 * that dies with its process costs that beat.
 */
async function ringWhenDue({ engine, queues, clock }: WorkerDeps): Promise<void> {
  const now = clock.now()
  const at = await nextDueWithin(engine.pool, now, now + SECOND)
  if (at !== null) setTimeout(() => void queues.ring('escalate'), at - now + 1).unref()
}

/** Raises the canary of each minute where this process has a far side for it. It is not waited for: held up by a lock it must not hold up the beat. */
function canaryDuty({ engine, clock, log, channels }: WorkerDeps): () => void {
  let isAtIt = false
  return () => {
    if (channels.canaryUrl === undefined || isAtIt) return
    isAtIt = true
    void runCanary(engine, clock.now())
      .catch((error: unknown) => log.error({ err: error }, 'no canary was raised'))
      .finally(() => {
        isAtIt = false
      })
  }
}

/**
 * Starts every background duty on its queue. The queue is only the bell: each duty asks the database what is due, and each also has
 * a schedule, so that a lost bell costs at most one period.
 */
export async function startWorkers(deps: WorkerDeps): Promise<void> {
  const { engine, queues, clock } = deps
  await queues.work('ingest', async () => void (await drainIngest(engine, clock)), { concurrency: deps.ingestWorkers })
  const tally = tallyDuty(engine, clock)
  await queues.work('tally', async () => void (await tally()), { concurrency: 1 })
  await queues.work('timers', async () => void (await runTimers(engine, clock.now())), { concurrency: 1 })
  await queues.work('risk', async () => {
    if (deps.holdsRisk?.() !== true) await runRisk(engine, clock.now())
  }, { concurrency: 1 })
  await queues.work('escalate', async () => {
    await runEscalate(engine, clock.now())
    await ringWhenDue(deps)
  }, { concurrency: 1 })
  await queues.work('notify', async () => void (await runNotify(engine, clock.now(), { channels: deps.channels, clock })), { concurrency: 2 })
  let figuresAt = 0
  await queues.work('figures', async () => {
    // Rung again within the period of the last run: waits for the next, or what changed meanwhile would wait for the schedule.
    const wait = figuresAt + FIGURES_EVERY - clock.now()
    if (wait > 0 && wait <= FIGURES_EVERY) await sleep(wait)
    figuresAt = floorTo(clock.now(), FIGURES_EVERY)
    await runFigures(engine, clock.now())
  }, { concurrency: 1 })
  await queues.work('quality', async () => {
    await runQuality(engine, clock.now())
    if (deps.holdsRisk?.() !== true) await makeUnitLists(engine, clock.now())
  }, { concurrency: 1 })
  await queues.work('texts', async () => void (await runTexts(engine, clock.now())), { concurrency: 1 })
  await queues.work('back-tests', async () => void (await runBackTests(engine, clock)), { concurrency: 1 })
  const raise = canaryDuty(deps)
  await queues.work('sweep', async () => {
    raise()
    await runSweep(engine, clock.now())
    // After the beat, which must not wait for it; a step is short, and the next comes with the next beat.
    await runRetention(engine, clock)
  }, { concurrency: 1 })
  await queues.every('sweep', SECOND)
  await queues.every('ingest', SECOND)
  await queues.every('tally', SECOND)
  await queues.every('timers', SECOND)
  await queues.every('risk', 2 * SECOND)
  await queues.every('escalate', SECOND)
  await queues.every('notify', SECOND)
  await queues.every('figures', SECOND)
  await queues.every('quality', 2 * SECOND)
  await queues.every('texts', 2 * SECOND)
  await queues.every('back-tests', 5 * SECOND)
}
