import { type EventCheck, LATENESS_LIMIT, outcome } from './quality-check.ts'
import { HOUR } from '../time.ts'

/** Received within 72 h of occurring. What lies in the future is refused at the door and counted there. */
export const LATENESS: EventCheck = {
  id: 'DQ-04',
  nameZh: '时间合理与及时到达',
  nameEn: 'Time sound, arrival in time',
  whatZh: '发生时间不超前 5 分钟以上；72 小时内到达',
  whatEn: 'Not more than 5 min in the future; received within 72 h',
  reaction: 'restatement',
  weight: 10,
  judgeEvent: ({ occurredAt, receivedAt }) => {
    const late = receivedAt - occurredAt
    return [outcome('DQ-04', late >= LATENESS_LIMIT ? `迟到 ${Math.floor(late / HOUR)} 小时 / ${Math.floor(late / HOUR)} h late` : null)]
  },
}
