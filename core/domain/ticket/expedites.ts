import { dayStart, HOUR, type Instant, MINUTE, timeOfDay, type Zone } from '../time.ts'
import type { TicketState } from '../vocabulary.ts'
import type { ClockLimits } from './limits.ts'
import type { Expedite } from './parts.ts'
import type { Ticket } from './ticket.ts'

/** Appendix A `expedite`. */
const FIRST_AFTER = 4 * HOUR
const NEXT_AFTER = 2 * HOUR
const NIGHT_COUNT = 5
const MOST_VALID = 5

/** Channels in which the customer presses a button himself (domain.md B.1). */
const SELF_SERVICE: ReadonlySet<string> = new Set(['app', 'web', 'mini', 'wechat', 'hotline_smart'])

/** Why an expedite counts or does not (domain.md 3.7-1). */
export type ExpediteReason =
  /** By staff or the group: always valid on an open ticket. */
  | 'official'
  | 'valid'
  | 'fifth_of_night'
  | 'closed'
  | 'in_survey'
  | 'suspended'
  | 'regulator_case'
  | 'self_service_repeat'
  | 'night'
  | 'too_soon'
  | 'too_close'
  | 'enough'

export interface JudgedExpedite {
  readonly at: Instant
  readonly isValid: boolean
  readonly why: ExpediteReason
}

const STATE_REASONS: Readonly<Partial<Record<TicketState, ExpediteReason>>> = {
  surveying: 'in_survey',
  completed: 'closed',
  repairing: 'closed',
  archived: 'closed',
  cancelled: 'closed',
  voided: 'closed',
  merged: 'closed',
}

const VALID: ReadonlySet<ExpediteReason> = new Set(['official', 'valid', 'fifth_of_night'])
const MERGED_BY_REGULATOR = 1

/** A case that the regulator has closed and filed, from then on, or has merged into another. */
const isFiled = ({ appeal }: Ticket, at: Instant): boolean =>
  appeal !== null && (appeal.status === MERGED_BY_REGULATOR || (appeal.closedAt !== null && appeal.closedAt <= at))

/** What the judgement of one expedite takes from those before it. */
interface Memory {
  validCount: number
  lastValidAt: Instant
  lastSelfServiceAt: Instant
  /** Start of the day whose night was last chased in, and how often. */
  night: Instant
  nightCount: number
}

/** The start of the local day whose evening the night began in, or null by day. */
function nightOf(at: Instant, { dayShiftStart, dayShiftEnd }: ClockLimits, zone: Zone): Instant | null {
  const reading = timeOfDay(at, zone)
  if (reading >= dayShiftStart * MINUTE && reading < dayShiftEnd * MINUTE) return null
  return dayStart(at - dayShiftStart * MINUTE, zone)
}

function judgeByNight(night: Instant, memory: Memory): ExpediteReason {
  memory.nightCount = night === memory.night ? memory.nightCount + 1 : 1
  memory.night = night
  if (memory.nightCount !== NIGHT_COUNT) return 'night'
  return memory.validCount >= MOST_VALID ? 'enough' : 'fifth_of_night'
}

function judgeByCustomer({ at, channel }: Expedite, acceptedAt: Instant, night: Instant | null, memory: Memory): ExpediteReason {
  if (SELF_SERVICE.has(channel)) {
    // One that was refused does not put off the next.
    if (at - memory.lastSelfServiceAt < NEXT_AFTER) return 'self_service_repeat'
    memory.lastSelfServiceAt = at
  }
  if (night !== null) return judgeByNight(night, memory)
  if (memory.validCount >= MOST_VALID) return 'enough'
  if (at - acceptedAt < FIRST_AFTER) return 'too_soon'
  return at - memory.lastValidAt < NEXT_AFTER ? 'too_close' : 'valid'
}

/**
 * Every expedite of a ticket with whether it counts (domain.md 3.7-1, S-4). Staff and the group chase validly whenever the ticket is open,
 * at any hour and beyond the cap, and theirs are among those that a customer's is measured by.
 */
export function judgeExpedites(ticket: Ticket, limits: ClockLimits, zone: Zone): readonly JudgedExpedite[] {
  const { acceptedAt } = ticket
  if (acceptedAt === null) return []
  const never = Number.NEGATIVE_INFINITY
  const memory: Memory = { validCount: 0, lastValidAt: never, lastSelfServiceAt: never, night: never, nightCount: 0 }
  return ticket.expedites.map((expedite) => {
    const { at, by, status } = expedite
    const why = (): ExpediteReason => {
      const ended = STATE_REASONS[status]
      if (ended !== undefined) return ended
      if (by === 'staff' || by === 'group') return 'official'
      if (status === 'suspended') return 'suspended'
      if (isFiled(ticket, at)) return 'regulator_case'
      return judgeByCustomer(expedite, acceptedAt, nightOf(at, limits, zone), memory)
    }
    const reason = why()
    const isValid = VALID.has(reason)
    if (isValid) {
      memory.validCount += 1
      memory.lastValidAt = at
    }
    return { at, isValid, why: reason }
  })
}

/** Whether any expedite of the ticket counts (K-43). */
export const isExpedited = (ticket: Ticket, limits: ClockLimits, zone: Zone): boolean =>
  ticket.expedites.length > 0 && judgeExpedites(ticket, limits, zone).some(({ isValid }) => isValid)
