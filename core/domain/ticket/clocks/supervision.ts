import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import { dated, earliest, limited, type Scene } from './reading.ts'

/** C_SUPERVISION: each demand, supervised → answered; by the date that it names, else 12 h. Never suspended. */
export function readSupervisions({ ticket, at, context, endAt }: Scene, into: ClockReading[]): void {
  for (const [index, supervision] of ticket.supervisions.entries()) {
    const stoppedAt = earliest(supervision.answeredAt, endAt)
    const run = { clock: 'C_SUPERVISION', subject: String(index), startAt: supervision.at, stoppedAt } as const
    into.push(supervision.dueAt === null ? limited(at, run, context.limits.supervision * MINUTE) : dated(at, run, supervision.dueAt))
  }
}
