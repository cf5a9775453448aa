import { REORDER_DELAY } from '../quality/quality-check.ts'
import { type Flaw, flawsOf } from '../ticket/flaws.ts'
import { clockTime, HOUR, SECOND } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { bySpells, type Spell } from './spells.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'openLegs', unit: 'count', default: 1, least: 1, most: 10, stricter: 'lower', zh: '主办环节至多未结数', en: 'Open main legs at most' },
  { name: 'share', unit: 'percent', default: 1, least: 1, most: 100, stricter: 'lower', zh: '橙：本省一小时内有误事件占比', en: 'Orange: flawed events of the province’s hour' },
  { name: 'shareEvents', unit: 'count', default: 100, least: 1, most: 1_000_000, stricter: 'lower', zh: '橙：该小时事件至少', en: 'Orange: events of that hour at least' },
]

/** No end but the correction, which takes the finding itself away: closing a ticket mends no record. */
const found = ({ cause, from, zh, en }: Flaw): Spell => ({ cause, rungs: [{ level: 1, from }], endedAt: null, words: { zh, en } })

/** The hours of its province of which this ticket carries the share: those whose first flawed event is one of its own. They are judged when they are over. */
function shareSpells({ context }: TicketView, values: ParameterValues): readonly Spell[] {
  const [share, least] = [values['share'] ?? Number.POSITIVE_INFINITY, values['shareEvents'] ?? Number.POSITIVE_INFINITY]
  return (context.peers?.hours ?? []).flatMap(({ hourAt, events, flawed }) => {
    if (events < least || flawed * 100 < events * share) return []
    const hour = clockTime(hourAt, context.zone)
    const percent = (Math.floor((flawed * 1_000) / events) / 10).toFixed(1)
    return [
      {
        cause: `share:${hourAt}`,
        rungs: [{ level: 3, from: hourAt + HOUR + REORDER_DELAY }],
        endedAt: null,
        words: {
          zh: `本省 ${hour} 起一小时内 ${events} 件事件中 ${flawed} 件有误（${percent}%）`,
          en: `${flawed} of the province’s ${events} events in the hour from ${hour} are flawed (${percent}%)`,
        },
      },
    ]
  })
}

const judge = bySpells((view, values) => {
  const bounds = { reorderDelay: view.context.limits.reorderDelaySeconds * SECOND, openLegs: values['openLegs'] ?? Number.POSITIVE_INFINITY }
  return [...flawsOf(view.ticket, view.acceptedAt, bounds).map(found), ...shareSpells(view, values)]
})

/**
 * A record that cannot be right, also of a completed ticket: a mandatory field missing, a code not mapped (8.2 DQ-02), an illegal transition,
 * completed before created, a reply without text, several main legs open (domain.md 4.3). Where one per cent and more of all events that occurred in a
 * province in an hour are flawed, one ticket carries that for all: the one whose flawed event was the first (docs/adr/0040).
 */
export const DATA_QUALITY: AbnormalRule = {
  id: 'AT-23',
  nameZh: '数据异常',
  nameEn: 'Data quality',
  meaningZh: '工单记录有误：缺字段、代码未映射、流转不合法、办结早于受理、回单无内容或多个主办环节未结；本省一小时内有误过多时升级。',
  meaningEn: 'The record is wrong: a field missing, a code unknown, an illegal step, completed too early, an empty reply, or several main legs open; raised where too many of a province’s hour are.',
  clearsZh: '来源更正该事件；占比降到界限以下（预警撤回或降级）。',
  clearsEn: 'The source corrects the event, or enough of the hour’s (the alert is withdrawn or lowered).',
  source: '[S2 error sheets]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  reads: ['peers'],
  // A completion before the acceptance leaves its mark, too: that the ticket did not begin with its acceptance.
  signs: () => [{ shows: ['qualityFlags'] }, { legs: 2 }, { hasEmptyReply: true }],
}
