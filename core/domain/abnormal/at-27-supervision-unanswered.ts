import type { ClockReading } from '../ticket/clock-reading.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { levelBounds } from './course.ts'
import { lengthInWords } from './words.ts'
import { bySpells, type Spell } from './spells.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'percent', default: 75, least: 1, most: 100, stricter: 'lower', zh: '黄：已用时限达到', en: 'Yellow: of the limit, reached' },
  { name: 'A4', unit: 'percent', default: 100, least: 1, most: 500, stricter: 'lower', zh: '红：已用时限超过', en: 'Red: of the limit, exceeded' },
]

function spellOf({ subject, startAt, stoppedAt, deadlineAt }: ClockReading, { ticket, at }: TicketView, values: ParameterValues): Spell {
  // A date that had passed when the demand was made leaves no time at all.
  const limitMs = Math.max(0, deadlineAt - startAt)
  const end = stoppedAt ?? at
  const [limit, used] = [lengthInWords(limitMs), lengthInWords(Math.max(0, end - startAt))]
  const rungs = levelBounds(PARAMETERS, values).map(({ level, bound }) => {
    const spent = startAt + Math.ceil((limitMs * bound) / 100)
    return { level, from: level === 4 ? spent + 1 : spent }
  })
  return {
    cause: `supervision:${ticket.supervisions[Number(subject)]?.level ?? ''}:${startAt}`,
    rungs,
    endedAt: stoppedAt,
    words: { zh: `督办限 ${limit.zh}回复，已过 ${used.zh}`, en: `answer demanded within ${limit.en}, ${used.en} have passed` },
    facts: { deadlineAt, limitMs, leftMs: deadlineAt - end },
  }
}

const judge = bySpells((view, values) => view.readingsOf('C_SUPERVISION').map((reading) => spellOf(reading, view, values)))

/** A demand of the province or the group that is not answered (domain.md 4.3): by its date where it names one, else by the limit of C_SUPERVISION. */
export const SUPERVISION_UNANSWERED: AbnormalRule = {
  id: 'AT-27',
  nameZh: '督办未回',
  nameEn: 'Supervision unanswered',
  meaningZh: '督办已用去大半时限或已超时，仍未回复。',
  meaningEn: 'Most of the time for the answer to a supervision is used up, or it is over, and there is no answer.',
  clearsZh: '督办已回复，或工单办结（自动）。',
  clearsEn: 'The supervision answered, or the ticket completed (by itself).',
  source: '[S3]/numbers assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['supervisions'] }],
}
