import { onTestFinished } from 'vitest'
import { SECOND } from '../../core/domain/time.ts'
import { runCanary } from '../../core/engine/canary.ts'
import type { Engine } from '../../core/engine/context.ts'
import type { ManualClock } from '../../core/platform/clock.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { startFarSide } from '../../workers/far-side.ts'
import { runNotify } from '../../workers/notify.ts'

/** The duties by which a canary lives. */
export type Duty = 'sweep' | 'escalate' | 'notify'

/** The duties of a worker process at the clock's time, as often as a test asks, with a far side of their own. */
export interface CanaryScene {
  /** Where pages go from now on; {@link farSide} at first. */
  url: string
  readonly farSide: string
  /** Where webhooks may go. */
  webhookAllow: readonly string[]
  /** Which duties run from now on. */
  running: ReadonlySet<Duty>
  /** Second by second until `at`, the end included, or in other steps. */
  readonly runUntil: (at: number, every?: number) => Promise<void>
  /** Until every page that was received has been answered. */
  readonly settle: () => Promise<void>
}

export const ALL_DUTIES: ReadonlySet<Duty> = new Set(['sweep', 'escalate', 'notify'])

export async function canaryScene(engine: Engine, clock: ManualClock): Promise<CanaryScene> {
  const far = await startFarSide(engine, clock)
  onTestFinished(() => far.close())
  const answered = async () => {
    const { rows } = await engine.pool.query<{ n: number }>(
      `select count(*)::int as n from outbox o join alert a on a.id = o.alert_id where o.channel = 'canary' and o.step = 1 and o.state = 'delivered' and a.acked_at is null and a.ended_at is null`,
    )
    return rows[0]?.n === 0
  }
  const scene: CanaryScene = {
    url: far.url,
    farSide: far.url,
    webhookAllow: [],
    running: ALL_DUTIES,
    async settle() {
      for (let tries = 0; tries < 200 && scene.url === far.url && !(await answered()); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10))
    },
    async runUntil(at, every = SECOND) {
      for (let now = clock.now(); ; now += every) {
        clock.set(Math.min(now, at))
        if (scene.running.has('sweep')) await runCanary(engine, clock.now())
        if (scene.running.has('escalate')) await runEscalate(engine, clock.now())
        if (scene.running.has('notify')) {
          await runNotify(engine, clock.now(), { channels: { webhookAllow: scene.webhookAllow, canaryUrl: scene.url }, clock })
          await scene.settle()
        }
        if (now >= at) return
      }
    },
  }
  return scene
}
