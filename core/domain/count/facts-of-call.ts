import { type Call, isShortAbandon } from '../notice/call.ts'
import { SECOND } from '../time.ts'
import type { Fact } from './fact.ts'

/** The kind that calls are counted under. */
const CALL_KIND = 'call'
/** Answered within this time (domain.md K-60). */
const PROMPT_ANSWER = 20 * SECOND

/**
 * What a call adds to CALL, by its entry into the queue (domain.md K-59 to K-63); `repeated` says that its caller came again within 2 h, which
 * counts on answered calls only: K-63 is a share of these. A call given up within 5 s is no call, and counts as `abandoned_short` alone.
 */
export function factsOfCall(call: Call, repeated: boolean): readonly Fact<'CALL'>[] {
  const { queueAt, answeredAt, abandonedAt, regionCode, agentGroup } = call
  const measures: Fact<'CALL'>['measures'] = isShortAbandon(call)
    ? { abandoned_short: 1 }
    : {
        calls: 1,
        ...(answeredAt === null ? {} : answeredMeasures(answeredAt - queueAt, repeated)),
        ...(abandonedAt === null ? {} : { abandoned: 1 }),
      }
  return [{ base: 'CALL', at: queueAt, regionCode, kind: CALL_KIND, by: agentGroup === '' ? {} : { agent_group: agentGroup }, measures }]
}

function answeredMeasures(wait: number, repeated: boolean): Fact<'CALL'>['measures'] {
  const seconds = Math.round(wait / SECOND)
  return {
    answered: 1,
    ...(wait <= PROMPT_ANSWER ? { answered_20s: 1 } : {}),
    ...(seconds > 0 ? { wait_seconds: seconds } : {}),
    ...(repeated ? { repeated_2h: 1 } : {}),
  }
}
