import type { EventCheck, TicketCheck } from './quality-check.ts'

/** No event twice: by its id (counted at the door, where it is dropped) and by its content under another id (flagged by the fold). */
export const DUPLICATES: EventCheck & TicketCheck = {
  id: 'DQ-05',
  nameZh: '重复',
  nameEn: 'Duplicates',
  whatZh: '同一 event_id 或同一内容只来一次；重复的忽略并计数',
  whatEn: 'The same event_id, or the same content, comes once; repetitions are ignored and counted',
  reaction: 'ignore',
  weight: 5,
  judgeEvent: () => [{ checkId: 'DQ-05', dimension: 'event_id', checked: 1, failed: 0, detail: '' }],
  // The events themselves have been counted as checked at the door.
  judgeTicket: ({ ticket }) => {
    const repeated = ticket.qualityFlags.filter(({ flag }) => flag === 'suspected_duplicate')
    if (repeated.length === 0) return []
    return [
      { checkId: 'DQ-05', dimension: 'content', checked: 0, failed: repeated.length, detail: repeated.map(({ eventId }) => eventId).join(', ') },
    ]
  },
}
