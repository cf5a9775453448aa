import { afterPauses, pausesOf } from '../ticket/clocks/pauses.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { endsWithAnswer } from './answered.ts'
import { byCourse, causeOf, levelBounds, NEVER, type Rung } from './course.ts'
import { inWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  {
    name: 'A3',
    unit: 'hours',
    default: 24,
    least: 1,
    most: 720,
    stricter: 'lower',
    zh: '橙：受理后未办结小时',
    en: 'Orange: hours since acceptance, not completed',
  },
  {
    name: 'A4',
    unit: 'hours',
    default: 48,
    least: 1,
    most: 720,
    stricter: 'lower',
    zh: '红：受理后未办结小时',
    en: 'Red: hours since acceptance, not completed',
  },
]

/** As the group counts: a suspension hides no such ticket, but while it was completed it was not "not completed". */
function rungsOf({ ticket, acceptedAt }: TicketView, values: ParameterValues): readonly Rung[] {
  const { gaps } = pausesOf(ticket, acceptedAt, 0)
  const later = levelBounds(PARAMETERS, values).flatMap(({ level, bound }): Rung[] => {
    const from = afterPauses(acceptedAt, bound + 1, gaps)
    return from === null ? [] : [{ level, from }]
  })
  return [{ level: 2, from: acceptedAt }, ...later]
}

const judge = byCourse((view, values) => {
  const { ticket } = view
  const scene = ticket.marks.strictestScene
  if (scene < 0) return NEVER
  return {
    rungs: rungsOf(view, values),
    ends: endsWithAnswer(view),
    facts: { cause: causeOf(ticket, `scene:${scene}`), words: inWords(`最严场景 ${scene}`, `strictest scene ${scene}`) },
  }
})

/**
 * Strictest scene (domain.md 4.3): at once, and higher the longer the ticket is not completed, natural time with whatever suspension. A ticket
 * keeps that it was marked, not when: from its acceptance on.
 */
export const STRICTEST_SCENE: AbnormalRule = {
  id: 'AT-12',
  nameZh: '最严工单',
  nameEn: 'Strictest scene',
  meaningZh: '工单属最严场景，须由省中心专席盯办。',
  meaningEn: 'The ticket is of a strictest scene, which the centre’s special desk watches.',
  clearsZh: '办结且已有效回复客户（自动）；仅办结为缓解。',
  clearsEn: 'Completed with a valid reply to the customer (by itself); completed without one: mitigated.',
  source: 'scenes [S1][S9], forced take-over after N hours [S2]/N assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['marks'] }],
}
