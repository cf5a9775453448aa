import { isUnknown } from '../ticket/payload.ts'
import { type EventCheck, outcome, type TicketCheck } from './quality-check.ts'

const OF_CREATED = ['kind', 'channel', 'source_category', 'phenomenon_l1', 'content_text'] as const

/** Mandatory fields of the type are there (domain.md 3.4 "m", 8.1 "M"). What the engine cannot do without is refused at the door and counted there. */
export const MANDATORY_FIELDS: EventCheck & TicketCheck = {
  id: 'DQ-01',
  nameZh: '必填字段',
  nameEn: 'Mandatory fields',
  whatZh: '该类事件的必填字段齐全；回单有内容',
  whatEn: 'The mandatory fields of the type are there; a reply has a text',
  reaction: 'quarantine',
  weight: 15,
  judgeEvent: ({ type, payload }) => {
    if (type !== 'created') return [outcome('DQ-01', null)]
    const missing: string[] = OF_CREATED.filter((key) => isUnknown(payload[key]))
    // A number that the source had masked has no key, but was given.
    if (['product_no_key', 'product_no_mask', 'product_no'].every((key) => isUnknown(payload[key]))) missing.push('product_no')
    return [outcome('DQ-01', missing.length === 0 ? null : missing.join(', '))]
  },
  judgeTicket: ({ ticket }) => {
    const replied = ticket.legs.filter(({ replyLength }) => replyLength !== null)
    if (replied.length === 0) return []
    const empty = replied.find(({ replyLength }) => replyLength === 0)
    return [outcome('DQ-01', empty === undefined ? null : `leg ${empty.legId}`, 'reply_text')]
  },
}
