import type { Ticket } from '../ticket/ticket.ts'
import { outcome, SHORTEST_RECORD_SECONDS, type TicketCheck } from './quality-check.ts'

const ATTEMPTS_ENOUGH = 3

function hasReplyRecord(ticket: Ticket): boolean {
  const isValid = ({ recordNo, recordSeconds }: Ticket['customerReplies'][number]) =>
    recordNo !== null && (recordSeconds === null || recordSeconds >= SHORTEST_RECORD_SECONDS)
  return ticket.customerReplies.some(isValid) || (ticket.resultCode === 'unreachable' && ticket.contactFailures.length >= ATTEMPTS_ENOUGH)
}

/** A completed complaint has a reply with its record. One solved at acceptance, that no unit ever had, was answered in that very call. */
export const REPLY_RECORD: TicketCheck = {
  id: 'DQ-07',
  nameZh: '办结有回复记录',
  nameEn: 'Reply on record',
  whatZh: '办结的投诉有回复客户的通话或消息记录（受理时直接解决的除外）',
  whatEn: 'A completed complaint has the record of a reply to the customer (unless solved at acceptance)',
  reaction: 'alert',
  weight: 10,
  judgeTicket: ({ ticket }) => {
    const isAnswerable = (ticket.kind === 'complaint' || ticket.kind === 'appeal') && ticket.completedAt !== null && ticket.legs.length > 0
    return isAnswerable ? [outcome('DQ-07', hasReplyRecord(ticket) ? null : '无回复记录 / no reply record')] : []
  },
}
