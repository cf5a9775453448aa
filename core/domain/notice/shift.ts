import type { Instant } from '../time.ts'
import { namedSubject, type Notice, regionOfPayload } from './notice.ts'
import { textOf } from './reading.ts'

/** A shift of a monitoring centre as it went (domain.md 2.5, 7.6). */
export interface Shift {
  readonly shiftId: string
  readonly provinceCode: string
  readonly sourceSystem: string
  readonly regionCode: string
  readonly unitId: string | null
  readonly startedAt: Instant | null
  readonly handedOverAt: Instant | null
  /** The shift that took over, by its id. */
  readonly handedTo: string | null
  readonly endedAt: Instant | null
}

const FIELDS = { 'shift.started': 'startedAt', 'shift.handover': 'handedOverAt', 'shift.ended': 'endedAt' } as const

/**
 * The shift that its standing notices, in order, tell of: of each step the last one counts.
 * @throws RangeError without notices.
 */
export function foldShift(notices: readonly Notice[]): Shift {
  const [first] = notices
  if (first === undefined) throw new RangeError('a shift without notices')
  const shift: { -readonly [K in keyof Shift]: Shift[K] } = {
    shiftId: namedSubject(first.type, first.payload)?.id ?? first.eventId,
    provinceCode: first.provinceCode,
    sourceSystem: first.sourceSystem,
    regionCode: first.provinceCode,
    unitId: null,
    startedAt: null,
    handedOverAt: null,
    handedTo: null,
    endedAt: null,
  }
  for (const { type, payload, occurredAt, unitId } of notices) {
    if (type in FIELDS) shift[FIELDS[type as keyof typeof FIELDS]] = occurredAt
    shift.regionCode = regionOfPayload(payload) ?? shift.regionCode
    shift.unitId = textOf(payload, 'unit_id') ?? unitId ?? shift.unitId
    shift.handedTo = textOf(payload, 'to_shift_id') ?? shift.handedTo
  }
  return shift
}
