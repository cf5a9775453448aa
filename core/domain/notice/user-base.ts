import type { Instant } from '../time.ts'
import { type Notice, regionOfPayload } from './notice.ts'
import { countOf, textOf } from './reading.ts'

/** A subscriber base: one month, region and product line (domain.md 2.2-6). */
export interface UserBase {
  readonly provinceCode: string
  readonly regionCode: string
  /** `YYYY-MM`: the month whose rates have it as denominator; it was counted at the end of the month before. */
  readonly month: string
  readonly productLine: string
  readonly subscribers: number
  /** When the report that counts was made, and by which system. */
  readonly reportedAt: Instant
  readonly sourceSystem: string
}

/**
 * The base by its standing reports, in order: the newest counts, the others stay as events.
 * @throws RangeError without notices.
 */
export function foldUserBase(notices: readonly Notice[]): UserBase {
  const newest = notices.at(-1)
  if (newest === undefined) throw new RangeError('a user base without notices')
  const { payload, provinceCode, occurredAt: reportedAt, sourceSystem } = newest
  return {
    provinceCode,
    regionCode: regionOfPayload(payload) ?? provinceCode,
    month: textOf(payload, 'month') ?? '',
    productLine: textOf(payload, 'product_line') ?? '',
    subscribers: countOf(payload, 'subscribers') ?? 0,
    reportedAt,
    sourceSystem,
  }
}
