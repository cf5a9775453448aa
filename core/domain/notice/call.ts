import { HOUR, type Instant, SECOND } from '../time.ts'
import { type Notice, regionOfPayload } from './notice.ts'
import { instantIn, textOf } from './reading.ts'

/** A call that entered the human queue (domain.md 3.4, 6.8). At most one of `answeredAt` and `abandonedAt` is set. */
export interface Call {
  readonly subjectKey: string
  readonly provinceCode: string
  /** The province where the source names no finer node. */
  readonly regionCode: string
  readonly agentGroup: string
  readonly queueAt: Instant
  readonly answeredAt: Instant | null
  readonly abandonedAt: Instant | null
  /** Keyed hashes of whoever called; none where the number was withheld. */
  readonly callerKeys: readonly string[]
  readonly ticketId: string | null
}

/** Fields that say who calls; the number that was called, and the line that the call is about, do not. */
const CALLER_FIELDS = ['caller_no', 'caller_number', 'calling_no', 'calling_number', 'contact_no', 'contact_number']
const CALLER_KEYS = [...CALLER_FIELDS.map((field) => `${field}_key`), 'customer_key']

function callerKeysOf(payload: Readonly<Record<string, unknown>>): string[] {
  const keys = CALLER_KEYS.flatMap((name) => payload[name]).filter((key): key is string => typeof key === 'string' && key !== '')
  return [...new Set(keys)].sort()
}

/**
 * The call that its standing notices, in order, tell of: the last one counts.
 * @throws RangeError without notices.
 */
export function foldCall(notices: readonly Notice[]): Call {
  const last = notices.at(-1)
  if (last === undefined) throw new RangeError('a call without notices')
  const { subjectKey, provinceCode, payload, occurredAt } = last
  return {
    subjectKey,
    provinceCode,
    regionCode: regionOfPayload(payload) ?? provinceCode,
    agentGroup: textOf(payload, 'agent_group') ?? '',
    queueAt: instantIn(payload, 'queue_at') ?? occurredAt,
    answeredAt: instantIn(payload, 'answered_at'),
    abandonedAt: instantIn(payload, 'abandoned_at'),
    callerKeys: callerKeysOf(payload),
    ticketId: textOf(payload, 'ticket_id'),
  }
}

/** Calls given up sooner than this are not calls (domain.md K-59, K-61). */
export const SHORT_ABANDON = 5 * SECOND

/** Abandoned in less than 5 s: left out of CALL. */
export const isShortAbandon = ({ abandonedAt, queueAt }: Pick<Call, 'abandonedAt' | 'queueAt'>): boolean =>
  abandonedAt !== null && abandonedAt - queueAt < SHORT_ABANDON

/** Within this time after a call the same caller's next one repeats it (domain.md 3.7-5, K-63). */
export const REPEAT_WINDOW = 2 * HOUR

/** What tells whether one call repeats another. */
export type CallTrace = Pick<Call, 'subjectKey' | 'queueAt' | 'abandonedAt' | 'callerKeys'>

/** Calls of one instant are in the order of their keys. */
const isAfter = (a: CallTrace, b: CallTrace): boolean => (a.queueAt === b.queueAt ? a.subjectKey > b.subjectKey : a.queueAt > b.queueAt)

/**
 * Whether the same caller (any key in common) entered the queue again at most 2 h after this call (domain.md K-63: it is the first call that
 * counts, wherever midnight falls). Others may be any calls, this one among them.
 */
export function isRepeated(call: CallTrace, others: readonly CallTrace[]): boolean {
  const keys = new Set(call.callerKeys)
  return others.some(
    (other) =>
      isAfter(other, call) &&
      other.queueAt - call.queueAt <= REPEAT_WINDOW &&
      !isShortAbandon(other) &&
      other.callerKeys.some((key) => keys.has(key)),
  )
}
