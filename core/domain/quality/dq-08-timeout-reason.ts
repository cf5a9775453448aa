import { outcome, type TicketCheck } from './quality-check.ts'

/** What was completed after its limit says why. */
export const TIMEOUT_REASON: TicketCheck = {
  id: 'DQ-08',
  nameZh: '超时原因',
  nameEn: 'Time-out reason',
  whatZh: '超时办结的工单填有超时原因',
  whatEn: 'A ticket completed after its limit gives the reason',
  reaction: 'list',
  weight: 5,
  judgeTicket: ({ ticket, isFinishedLate }) => {
    if (isFinishedLate !== true) return []
    return [outcome('DQ-08', ticket.qualification?.timeoutReason == null ? 'no timeout_reason' : null)]
  },
}
