import { TICKET_CHECKS } from '../domain/quality/catalogue.ts'
import { reorderedBy } from '../domain/quality/dq-03-order.ts'
import type { Outcome } from '../domain/quality/quality-check.ts'
import type { ClockContext } from '../domain/ticket/clock-reading.ts'
import { readClock } from '../domain/ticket/clocks/read.ts'
import { isValid, type Ticket } from '../domain/ticket/ticket.ts'
import type { UnitBook } from '../domain/ticket/unit-book.ts'
import { type Instant, localDate } from '../domain/time.ts'
import type { EngineTx } from './context.ts'
import { QualitySums } from './quality-sums.ts'

/** A ticket folded just now, and what it was counted as before. */
export interface Folded {
  readonly ticket: Ticket
  readonly context: ClockContext & { readonly units: UnitBook }
  readonly memory: { readonly quality: string } | null
}

/** What a ticket is counted as now, and when time alone changes that. */
export interface TicketQuality {
  readonly text: string
  readonly nextCheckAt: Instant | null
}

type Tuple = [checkId: string, dimension: string, day: string, checked: number, failed: number, detail: string]

function lateness(ticket: Ticket, context: ClockContext): boolean | null {
  return ticket.completedAt === null ? null : (readClock(ticket, context, ticket.completedAt, 'C_HANDLE')?.isOverdue ?? null)
}

/** Judges folded tickets by every ticket check, in their order; one that counts nowhere is checked for nothing (domain.md 8.2). */
export function judgeQuality(etx: EngineTx, folded: readonly Folded[]): readonly TicketQuality[] {
  const { engine, now } = etx
  return folded.map(({ ticket, context }) => {
    if (!isValid(ticket)) return { text: '[]', nextCheckAt: null }
    const day = localDate(ticket.acceptedAt ?? ticket.firstEventAt, engine.zone)
    const dictionary = etx.settings.dictionary.body
    const subject = { ticket, isFinishedLate: lateness(ticket, context), dictionary, units: context.units, now, zone: engine.zone }
    const outcomes = TICKET_CHECKS.flatMap((check) => check.judgeTicket(subject))
    const tuples = outcomes.map(({ checkId, dimension, checked, failed, detail }): Tuple => [checkId, dimension, day, checked, failed, detail])
    return { text: JSON.stringify(tuples), nextCheckAt: reorderedBy(ticket, now) }
  })
}

const readTuples = (text: string): readonly (readonly [string, Outcome])[] =>
  (JSON.parse(text) as Tuple[]).map(([checkId, dimension, day, checked, failed, detail]) => [day, { checkId, dimension, checked, failed, detail }])

/** Writes the difference between what tickets were counted as and what they count as now; the same again writes nothing. */
export async function countQuality(etx: EngineTx, folded: readonly Folded[], qualities: readonly TicketQuality[]): Promise<void> {
  const sums = new QualitySums()
  folded.forEach(({ ticket, memory }, index) => {
    const [before, after] = [memory?.quality ?? '[]', qualities[index]?.text ?? '[]']
    if (before === after) return
    const { provinceCode, ticketKey } = ticket
    for (const [day, one] of readTuples(before)) sums.add({ provinceCode, day, subject: ticketKey }, one, -1)
    for (const [day, one] of readTuples(after)) sums.add({ provinceCode, day, subject: ticketKey }, one)
  })
  await sums.write(etx.tx, etx.now)
}
