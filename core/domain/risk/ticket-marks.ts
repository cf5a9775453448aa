import { judgeExpedites } from '../ticket/expedites.ts'
import type { ClockContext } from '../ticket/clock-reading.ts'
import { isSkipLevel, type Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'

/** Of a ticket of an important customer what MR-05 goes by (domain.md 5.2). */
export interface KeyCustomerMarks {
  /** Valid expedites (3.7-1), in their order. */
  readonly expeditesAt: readonly Instant[]
  /** Which skip-level contact of the customer within 30 days this ticket is; 0 for one that is none. */
  readonly skipLevelContact: number
}

/** "VIP/key person/star 7" (domain.md MR-05); AT-14 begins at a lower star. */
const KEY_STAR = 7

/** Null for customers that MR-05 does not watch. */
export function keyCustomerMarks(ticket: Ticket, { limits, zone, customer }: Pick<ClockContext, 'limits' | 'zone' | 'customer'>): KeyCustomerMarks | null {
  if (!ticket.isVip && !ticket.isKeyPerson && ticket.star < KEY_STAR) return null
  const expeditesAt = judgeExpedites(ticket, limits, zone).flatMap(({ at, isValid }) => (isValid ? [at] : []))
  return { expeditesAt, skipLevelContact: isSkipLevel(ticket) ? customer.skipLevelCount30d + 1 : 0 }
}

export type AgeGroup = 'minor' | 'elderly'

const ADULT = 18
const ELDERLY = 65

/** The ages that a band admits, both ends included; null where it says none. */
function agesOf(band: string): readonly [number, number] | null {
  const [first, second] = (band.match(/\d+/gu) ?? []).map(Number)
  if (first === undefined) return null
  if (second !== undefined) return [first, second]
  // "18 岁以下" is who has not come of age, as the law counts.
  if (/[<＜]\s*\d|以下|under|below/iu.test(band)) return [0, first - 1]
  if (/[≤]\s*\d|<=/u.test(band)) return [0, first]
  if (/[>＞]\s*\d/u.test(band)) return [first + 1, Number.POSITIVE_INFINITY]
  if (/[≥+]|>=|以上|over|above/iu.test(band)) return [first, Number.POSITIVE_INFINITY]
  return [first, first]
}

/** Whether everybody in an age band as sources write it ("0-17", "<18", "65+", "70", "65岁以上") is under 18, or 65 or older; null where it says neither (domain.md MR-15). */
export function ageGroupOf(band: string): AgeGroup | null {
  if (/未成年/u.test(band)) return 'minor'
  const ages = agesOf(band)
  if (ages === null) return null
  const [youngest, oldest] = ages
  if (oldest < ADULT) return 'minor'
  return youngest >= ELDERLY ? 'elderly' : null
}
