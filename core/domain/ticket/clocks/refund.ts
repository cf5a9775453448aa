import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import { earliest, limited, type Scene } from './reading.ts'

/** C_REFUND: each refund, approved → paid; goes on after the completion of the ticket, which pays nobody. */
export function readRefunds({ ticket, at, context }: Scene, into: ClockReading[]): void {
  for (const [index, refund] of ticket.refunds.entries()) {
    if (refund.approvedAt === null) continue
    const stoppedAt = earliest(refund.paidAt, refund.rejectedAt, ticket.cancelledAt, ticket.mergedAt)
    const run = { clock: 'C_REFUND', subject: String(index), startAt: refund.approvedAt, stoppedAt } as const
    into.push(limited(at, run, context.limits.refundPay * MINUTE))
  }
}

const RECONNECTION = 'reconnection'
const PAYMENT_SEEN = 'reconnect'

/**
 * C_RECONNECT: payment → service restored, on tickets about a reconnection. The payment is the entry into the stage `reconnect`; where the source
 * reports none, the acceptance, for the order to reconnect is made by the payment.
 */
export function readReconnect({ ticket, acceptedAt, at, context, endAt }: Scene, into: ClockReading[]): void {
  const paid = ticket.stages.find((stage) => stage.stage === PAYMENT_SEEN)
  if (paid === undefined && ticket.serviceRestoredAt === null && ticket.phenomenonL2 !== RECONNECTION) return
  const run = { clock: 'C_RECONNECT', startAt: paid?.enteredAt ?? acceptedAt, stoppedAt: earliest(ticket.serviceRestoredAt, endAt) } as const
  into.push(limited(at, run, context.limits.reconnect * MINUTE))
}
