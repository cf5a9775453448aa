import { scopeOf } from '../../core/domain/access.ts'
import { SIDES } from '../../core/domain/oncall/handover.ts'
import { dayNumber, HOUR, type Instant, MINUTE, startOfDay } from '../../core/domain/time.ts'
import type { Role } from '../../core/domain/vocabulary.ts'
import type { Engine } from '../../core/engine/context.ts'
import { sign, viewHandovers } from '../../core/engine/handover-record.ts'
import { insertHandover } from '../../core/store/handover-store.ts'

/** The province whose visitors sign for themselves. */
const VISITED = '32'
const NOTES = '演示：在办案件见清单，均有人跟进 / demo: the open cases are listed, each has somebody on it'

/** When the shift at `now` began: the demo's shifts change at 08:00 and 20:00 (rosters.ts). */
function shiftStart(engine: Engine, now: Instant): Instant {
  const day = startOfDay(dayNumber(now, engine.zone), engine.zone)
  if (now >= day + 20 * HOUR) return day + 20 * HOUR
  return now >= day + 8 * HOUR ? day + 8 * HOUR : day - 4 * HOUR
}

/** Gives every province of a demo the record of the change before it was started. */
export async function ensureDemoHandovers(engine: Engine, now: Instant): Promise<void> {
  const at = shiftStart(engine, now)
  for (const { code, path } of engine.tree.all().filter(({ level }) => level === 'province')) await insertHandover(engine.pool, { regionCode: code, regionPath: path, at, until: at + 12 * HOUR }, now)
}

/** Lets the invented people of a demo sign their handovers; of changes after `startedAt` those of the province that visitors work in are theirs: what nobody signs there is told half an hour later. */
async function signDemoHandovers(engine: Engine, startedAt: Instant, now: Instant): Promise<void> {
  const due = (await viewHandovers(engine, scopeOf(engine.tree.root), now)).filter(({ regionCode, at }) => at <= now && at > now - 12 * HOUR && (regionCode !== VISITED || at < startedAt))
  for (const one of due) {
    for (const side of SIDES) {
      const [person] = one[side]
      const scope = scopeOf(engine.tree.get(one.regionCode) ?? engine.tree.root)
      if (one.signed[side] === null && person !== undefined) await sign(engine, { userId: person.userId, role: person.role as Role, scope }, one.id, { side, notes: NOTES }, now)
    }
  }
}

/** Signs once a minute until it is stopped. */
export function startDemoSigning(engine: Engine, clock: { now(): Instant }): { stop(): void } {
  const startedAt = clock.now()
  const look = () => void signDemoHandovers(engine, startedAt, clock.now()).catch((error: unknown) => engine.log.warn({ err: error }, 'the demo could not sign its handovers'))
  const first = setTimeout(look, 5_000)
  const timer = setInterval(look, MINUTE)
  return {
    stop() {
      clearTimeout(first)
      clearInterval(timer)
    },
  }
}
