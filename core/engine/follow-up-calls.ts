import { factsOfCall } from '../domain/count/facts-of-call.ts'
import { type CallTrace, isRepeated, REPEAT_WINDOW } from '../domain/notice/call.ts'
import type { Instant } from '../domain/time.ts'
import { type CallRow, claimCallFollowUps, loadCalls, lockCalls, setCallsRepeated } from '../store/call-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { linesOf, writeFacts } from './counted.ts'
import { isPassing } from './put-aside.ts'
import { recordFacts } from './record-facts.ts'
import { inEngineTransaction } from './transaction.ts'

/** Follow-ups of one transaction. */
const FOLLOW_UPS = 500

/** The calls that share a caller with each key. */
function byCaller(calls: readonly CallTrace[]): ReadonlyMap<string, readonly CallTrace[]> {
  const sorted = new Map<string, CallTrace[]>()
  for (const call of calls) {
    for (const key of call.callerKeys) {
      const list = sorted.get(key)
      if (list === undefined) sorted.set(key, [call])
      else list.push(call)
    }
  }
  return sorted
}

async function judge(etx: EngineTx, calls: readonly CallRow[]): Promise<void> {
  const stretches = calls.flatMap(({ callerKeys, queueAt }) =>
    callerKeys.map((callerKey) => ({ callerKey, from: queueAt, to: queueAt + REPEAT_WINDOW })),
  )
  const neighbours = byCaller(await loadCalls(etx.tx, stretches))
  const changed = calls.flatMap((call) => {
    const repeated = isRepeated(
      call,
      call.callerKeys.flatMap((key) => neighbours.get(key) ?? []),
    )
    return repeated === call.isRepeated
      ? []
      : [{ before: call, after: { ...call, isRepeated: repeated, counted: writeFacts(factsOfCall(call, repeated)) } }]
  })
  await setCallsRepeated(
    etx.tx,
    changed.map(({ after }) => after),
  )
  const recounted = changed.filter(({ before, after }) => before.counted !== after.counted)
  const linesIn = (pick: 'before' | 'after') => recounted.flatMap((change) => linesOf(change[pick].counted))
  await recordFacts(etx, linesIn('before'), linesIn('after'))
}

/** Judges one lot of follow-ups; returns how many it was. */
async function followUpOnce(engine: Engine, now: Instant): Promise<number> {
  return inEngineTransaction(engine, now, async (etx) => {
    const followUps = await claimCallFollowUps(etx.tx, FOLLOW_UPS)
    const stretches = followUps.map(({ callerKey, queueAt }) => ({ callerKey, from: queueAt - REPEAT_WINDOW, to: queueAt }))
    const calls = await lockCalls(etx.tx, stretches)
    if (calls.length > 0) await judge(etx, calls)
    return followUps.length
  })
}

/**
 * Judges again whether calls were repeated (K-63), around every call that came, changed or went. This runs after the commit that wrote them: two
 * workers that take two calls of one caller at the same time do not see each other's, but the follow-up of whoever commits last sees both.
 * A follow-up that fails stays in line for the next time, and stops nobody.
 */
export async function followUpCalls(engine: Engine, now: Instant): Promise<void> {
  try {
    while ((await followUpOnce(engine, now)) === FOLLOW_UPS);
  } catch (error) {
    if (isPassing(error)) throw error
    engine.log.error({ err: error instanceof Error ? error.stack : String(error) }, 'calls could not be followed up')
  }
}
