import { CLOCK_SLACK } from '../quality/quality-check.ts'
import type { QualityFlag } from '../ticket/parts.ts'
import { type Instant, SECOND } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { bySpells, type Spell } from './spells.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'openLegs', unit: 'count', default: 1, least: 1, most: 10, stricter: 'lower', zh: '主办环节至多未结数', en: 'Open main legs at most' },
]

/** No end but the correction, which takes the finding itself away: closing a ticket mends no record. */
const found = (cause: string, from: Instant, zh: string, en: string): Spell => {
  return { cause, rungs: [{ level: 1, from }], endedAt: null, words: { zh, en } }
}

/** What a `corrected` event may have supplied since. */
const SUPPLIED: Readonly<Record<string, 'channel' | 'phenomenonL1'>> = { channel: 'channel', phenomenon_l1: 'phenomenonL1' }

/** One flag of the fold as a finding; what is only out of order waits for what may still arrive (domain.md 3.5). */
function ofFlag({ flag, eventId, receivedAt }: QualityFlag, { ticket, context }: TicketView): readonly Spell[] {
  const cause = `${flag}@${eventId}`
  const [name = '', field = ''] = flag.split(':')
  if (name === 'illegal_transition') {
    return [found(cause, receivedAt + context.limits.reorderDelaySeconds * SECOND, '流转不合法', 'illegal transition')]
  }
  if (name === 'unmapped') return [found(cause, receivedAt, `${field} 的代码未映射`, `code of ${field} not mapped`)]
  const place = SUPPLIED[field]
  if (name !== 'missing_field' || (place !== undefined && ticket[place] !== '')) return []
  return [found(cause, receivedAt, `缺少必填字段 ${field}`, `mandatory field ${field} missing`)]
}

/** What the course of the ticket shows without a flag. */
function ofCourse({ ticket, acceptedAt }: TicketView, values: ParameterValues): readonly Spell[] {
  const { completedAt, legs } = ticket
  const findings: Spell[] = []
  if (completedAt !== null && completedAt < acceptedAt - CLOCK_SLACK) {
    findings.push(found(`completed:${completedAt}`, acceptedAt, '办结早于受理', 'completed before it was accepted'))
  }
  for (const { legId, replyLength, finishedAt } of legs) {
    if (replyLength === 0 && finishedAt !== null) findings.push(found(`empty_reply:${legId}`, finishedAt, '回单无内容', 'reply without text'))
  }
  const open = legs.filter(({ isAssist, finishedAt }) => !isAssist && finishedAt === null).map(({ receivedAt }) => receivedAt)
  const most = values['openLegs'] ?? Number.POSITIVE_INFINITY
  const from = open.sort((a, b) => a - b)[most]
  if (from !== undefined) findings.push(found(`open_legs:${open.length}`, from, `主办环节未结 ${open.length} 个`, `${open.length} main legs open`))
  return findings
}

const judge = bySpells((view, values) => [...view.ticket.qualityFlags.flatMap((flag) => ofFlag(flag, view)), ...ofCourse(view, values)])

/**
 * A record that cannot be right, also of a completed ticket: a mandatory field missing, a code not mapped (8.2 DQ-02), an illegal transition,
 * completed before created, a reply without text, several main legs open (domain.md 4.3). The share per province needs other tickets and is left out.
 */
export const DATA_QUALITY: AbnormalRule = {
  id: 'AT-23',
  nameZh: '数据异常',
  nameEn: 'Data quality',
  meaningZh: '工单记录有误：缺字段、代码未映射、流转不合法、办结早于受理、回单无内容或多个主办环节未结。',
  meaningEn: 'The record is wrong: a field missing, a code unknown, an illegal step, completed too early, an empty reply, or several main legs open.',
  clearsZh: '来源更正该事件（预警撤回）。',
  clearsEn: 'The source corrects the event (the alert is withdrawn).',
  source: '[S2 error sheets]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
}
