import { scopeOf } from '../../core/domain/access.ts'
import { SIDES } from '../../core/domain/oncall/handover.ts'
import { dayNumber, HOUR, type Instant, MINUTE, startOfDay } from '../../core/domain/time.ts'
import type { Engine, EngineTx } from '../../core/engine/context.ts'
import { signIn, viewHandovers } from '../../core/engine/handover-record.ts'
import { crewsAt } from '../../core/engine/handovers.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { type HandoverRow, insertHandover, markChanged } from '../../core/store/handover-store.ts'

/** The province whose visitors sign for themselves. */
const VISITED = '32'
const NOTES = '演示：在办案件见清单，均有人跟进 / demo: the open cases are listed, each has somebody on it'

/** When the shift at `now` began: the demo's shifts change at 08:00 and 20:00 (rosters.ts). */
function shiftStart(engine: Engine, now: Instant): Instant {
  const day = startOfDay(dayNumber(now, engine.zone), engine.zone)
  if (now >= day + 20 * HOUR) return day + 20 * HOUR
  return now >= day + 8 * HOUR ? day + 8 * HOUR : day - 4 * HOUR
}

/** Lets the people of a change of shift sign both sides of its record, whoever of them has not. */
async function signBoth(etx: EngineTx, one: Pick<HandoverRow, 'id' | 'regionCode'>, crews: Pick<HandoverRow, 'outgoing' | 'incoming'>): Promise<void> {
  const scope = scopeOf(etx.engine.tree.get(one.regionCode) ?? etx.engine.tree.root)
  for (const side of SIDES) {
    const [person] = crews[side]
    if (person !== undefined) await signIn(etx, { userId: person.userId, role: person.role, scope }, one.id, { side, notes: NOTES })
  }
}

/**
 * Gives every province of a demo the record of the last change before it was started, signed: in one transaction, so that nobody finds it unsigned. The rosters are as
 * young as the demo, so who was on is taken from the same change half a day later.
 */
async function ensureDemoHandovers(engine: Engine, now: Instant): Promise<void> {
  const at = shiftStart(engine, now)
  for (const { code, path } of engine.tree.all().filter(({ level }) => level === 'province')) {
    await inEngineTransaction(engine, now, async (etx) => {
      const id = await insertHandover(etx.tx, { regionCode: code, regionPath: path, at, until: at + 12 * HOUR }, now)
      if (id === null) return
      const { outgoing: incoming, incoming: outgoing } = await crewsAt(etx, { regionCode: code, at: at + 12 * HOUR })
      await markChanged(etx.tx, id, outgoing, incoming, now)
      await signBoth(etx, { id, regionCode: code }, { outgoing, incoming })
    })
  }
}

/** Signs what has come, but for the province that visitors work in: what nobody signs there is told half an hour after the change. */
async function signDemoHandovers(engine: Engine, now: Instant): Promise<void> {
  const due = (await viewHandovers(engine, scopeOf(engine.tree.root), now)).filter(({ regionCode, at, signed }) => regionCode !== VISITED && at <= now && at > now - 12 * HOUR && signed.incoming === null)
  for (const one of due) await inEngineTransaction(engine, now, async (etx) => signBoth(etx, one, await crewsAt(etx, one)))
}

/** Lets the invented people of a demo hand their shifts over, until it is stopped. */
export function startDemoSigning(engine: Engine, clock: { now(): Instant }): { stop(): void } {
  const tried = (work: Promise<void>) => void work.catch((error: unknown) => engine.log.warn({ err: error }, 'the demo could not sign its handovers'))
  tried(ensureDemoHandovers(engine, clock.now()))
  const timer = setInterval(() => tried(signDemoHandovers(engine, clock.now())), MINUTE)
  return { stop: () => clearInterval(timer) }
}
