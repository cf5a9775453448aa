import { type Instant, MINUTE, SECOND } from '../time.ts'
import type { Ladder } from './ladder.ts'

/** The rule by which a canary is raised: nothing has to be true. */
export const CANARY_RULE = 'CN-01'
/** Outside the tree: no path of a person, nor the engine's own, is the beginning of this one. */
export const CANARY_PLACE = { code: '~', path: '~/' } as const
/** One is raised each minute. */
export const CANARY_EVERY = MINUTE
/** Longer than this without one that came through is told outside (research: F15). */
export const CANARY_LATE = 90 * SECOND
/** A canary is kept this long. */
export const CANARY_KEPT = 24 * 60 * MINUTE
/** Its second step comes by the timer, so long after T. */
const TIMER = 10 * SECOND
/** One that is younger than this and not through yet may well be on its way. */
const PATIENCE = TIMER + 10 * SECOND

const step = (after: number) => ({ afterMinutes: after / MINUTE, targets: [], channels: [] })

/** The ladder of every canary, whatever ladders are in force: two steps that call nobody, the second by the timer. Its pages go by a channel of their own. */
export const CANARY_LADDER: Ladder = {
  ackMinutes: null,
  handleMinutes: 60,
  steps: [step(0), step(TIMER)],
  reminder: null,
  handlingOver: { kind: 'stalled' },
}

/** The step whose page is answered; the first is not, so that the timer has to come. */
export const ANSWERED_STEP = CANARY_LADDER.steps.length - 1

/** What is written down of one step of a canary. */
export interface CanaryStep {
  readonly step: number
  readonly firedAt: Instant
  /** A worker has begun its call. */
  readonly isCalled: boolean
  readonly receivedAt: Instant | null
}

/** What is written down of a canary. */
export interface CanaryTrace {
  readonly openedAt: Instant
  readonly acknowledgedAt: Instant | null
  /** The steps that have fired, in their order. */
  readonly steps: readonly CanaryStep[]
}

/** Where a canary can be stuck, in the order of its path. `database`: nothing can be known. */
export const CANARY_STAGES = ['database', 'not_opened', 'step_not_fired', 'not_called', 'not_received', 'not_acknowledged'] as const
export type CanaryStage = (typeof CANARY_STAGES)[number]

/** A place of the path; `step` counts from 1 and is null where the place belongs to none. */
export interface StuckAt {
  readonly stage: CanaryStage
  readonly step: number | null
}

/** How long after T each place was passed, in milliseconds; null where it was not. */
export interface CanaryTimes {
  readonly firstFired: number | null
  readonly firstReceived: number | null
  readonly secondFired: number | null
  readonly secondReceived: number | null
  readonly acknowledged: number | null
}

/** What an outside watcher is told. */
export interface CanaryVerdict {
  readonly isAlive: boolean
  readonly lastCompletedAt: Instant | null
  readonly ageSeconds: number | null
  readonly tookMs: number | null
  readonly times: CanaryTimes
  /** Null while alive. */
  readonly stuckAt: StuckAt | null
}

/** The first place of the path that a canary has not passed; null when it came through. */
export function stuckPlace(trace: CanaryTrace): StuckAt | null {
  if (trace.acknowledgedAt !== null) return null
  for (const index of CANARY_LADDER.steps.keys()) {
    const fired = trace.steps.find((one) => one.step === index)
    if (fired === undefined) return { stage: 'step_not_fired', step: index + 1 }
    if (fired.receivedAt === null) return { stage: fired.isCalled ? 'not_received' : 'not_called', step: index + 1 }
  }
  return { stage: 'not_acknowledged', step: null }
}

function timesOf(trace: CanaryTrace | undefined): CanaryTimes {
  const after = (at: Instant | null | undefined) => (trace === undefined || at === null || at === undefined ? null : at - trace.openedAt)
  const [first, second] = [0, 1].map((index) => trace?.steps.find((one) => one.step === index))
  return {
    firstFired: after(first?.firedAt),
    firstReceived: after(first?.receivedAt),
    secondFired: after(second?.firedAt),
    secondReceived: after(second?.receivedAt),
    acknowledged: after(trace?.acknowledgedAt),
  }
}

/** Where the youngest one is stuck that has had time enough; the youngest of all where none has. */
function whereStuck(traces: readonly CanaryTrace[], now: Instant): StuckAt {
  const [youngest] = traces
  if (youngest === undefined || now - youngest.openedAt > CANARY_LATE) return { stage: 'not_opened', step: null }
  const waiting = traces.filter(({ acknowledgedAt }) => acknowledgedAt === null)
  const stuck = waiting.find(({ openedAt }) => now - openedAt >= PATIENCE) ?? waiting[0] ?? youngest
  return stuckPlace(stuck) ?? { stage: 'not_opened', step: null }
}

/** Whether the path to a page is alive at `now`: a canary came through within {@link CANARY_LATE}; else where it ends. Takes the youngest traces, and the last that came through among them. */
export function judgeCanaries(traces: readonly CanaryTrace[], now: Instant): CanaryVerdict {
  const ordered = [...traces].sort((a, b) => b.openedAt - a.openedAt)
  const through = ordered.filter(({ acknowledgedAt }) => acknowledgedAt !== null)
  const last = through.reduce<CanaryTrace | undefined>((best, one) => ((one.acknowledgedAt ?? 0) > (best?.acknowledgedAt ?? -1) ? one : best), undefined)
  const lastCompletedAt = last?.acknowledgedAt ?? null
  const age = lastCompletedAt === null ? null : Math.max(0, now - lastCompletedAt)
  const isAlive = age !== null && age <= CANARY_LATE
  return {
    isAlive,
    lastCompletedAt,
    ageSeconds: age === null ? null : Math.floor(age / SECOND),
    tookMs: last === undefined || lastCompletedAt === null ? null : lastCompletedAt - last.openedAt,
    times: timesOf(last),
    stuckAt: isAlive ? null : whereStuck(ordered, now),
  }
}

/** What is said when nothing can be known: the database does not answer. */
export const UNKNOWABLE: CanaryVerdict = {
  isAlive: false,
  lastCompletedAt: null,
  ageSeconds: null,
  tookMs: null,
  times: timesOf(undefined),
  stuckAt: { stage: 'database', step: null },
}

const WORDS: Readonly<Record<CanaryStage, (step: number | null) => { readonly zh: string; readonly en: string }>> = {
  database: () => ({ zh: '数据库没有应答', en: 'the database does not answer' }),
  not_opened: () => ({ zh: '没有新的演练告警：检查后台进程的 sweep', en: 'no canary is being raised: look at sweep of the workers' }),
  step_not_fired: (step) => ({ zh: `第 ${step} 步到时未触发：检查后台进程的 escalate`, en: `step ${step} has not fired: look at escalate of the workers` }),
  not_called: (step) => ({ zh: `第 ${step} 步的通知无人送出：检查后台进程的 notify`, en: `nobody has sent the page of step ${step}: look at notify of the workers` }),
  not_received: (step) => ({ zh: `第 ${step} 步的通知已送出，未收到回执`, en: `the page of step ${step} was sent and not received` }),
  not_acknowledged: () => ({ zh: '通知已送达，确认未写入', en: 'the pages were received and the acknowledgement was not written' }),
}

/** The verdict in a sentence, in both languages. */
export function verdictInWords({ ageSeconds, stuckAt }: CanaryVerdict): { readonly zh: string; readonly en: string } {
  if (stuckAt === null) return { zh: `通知链路正常，${ageSeconds ?? 0} 秒前走通一次`, en: `the path to a page is alive; it was passed ${ageSeconds ?? 0} s ago` }
  const { zh, en } = WORDS[stuckAt.stage](stuckAt.step)
  const since = ageSeconds === null ? { zh: '尚无一次走通', en: 'never passed yet' } : { zh: `${ageSeconds} 秒未走通`, en: `not passed for ${ageSeconds} s` }
  return stuckAt.stage === 'database' ? { zh, en } : { zh: `通知链路${since.zh}：${zh}`, en: `the path to a page was ${since.en}: ${en}` }
}
