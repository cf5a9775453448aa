import { afterPauses } from '../ticket/clocks/pauses.ts'
import { sceneOf } from '../ticket/clocks/reading.ts'
import type { AbnormalRule, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, type CourseEnd, levelBounds, NEVER } from './course.ts'
import { inWords, lengthInWords } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'percent', default: 50, least: 1, most: 100, stricter: 'lower', zh: '黄：已用时限达到', en: 'Yellow: of the limit, reached' },
  { name: 'A3', unit: 'percent', default: 90, least: 1, most: 100, stricter: 'lower', zh: '橙：已用时限达到', en: 'Orange: of the limit, reached' },
  { name: 'A4', unit: 'percent', default: 100, least: 1, most: 500, stricter: 'lower', zh: '红：已用时限超过', en: 'Red: of the limit, exceeded' },
]

const judge = byCourse((view, values) => {
  const { ticket, handle, context, at } = view
  const scene = sceneOf(ticket, context, at)
  if (ticket.groupTicketNo === null || handle === null || scene === null) return NEVER
  const { startAt, stoppedAt, limit, deadlineAt, netElapsed } = handle
  const rungs = levelBounds(PARAMETERS, values).flatMap(({ level, bound }) => {
    const ms = Math.ceil((limit * bound) / 100)
    const from = afterPauses(startAt, level === 4 ? ms + 1 : ms, scene.pauses.both)
    return from === null ? [] : [{ level, from }]
  })
  const uploadedAt = ticket.groupResultAt
  const ends: readonly CourseEnd[] = [stoppedAt, uploadedAt].flatMap((end) => (end === null ? [] : [{ at: end, how: 'cleared' as const }]))
  const [allowed, used] = [lengthInWords(limit), lengthInWords(netElapsed)]
  return {
    rungs,
    ends,
    facts: {
      cause: causeOf(ticket, 'group_result'),
      words: inWords(`集团工单时限 ${allowed.zh}，已用 ${used.zh}，结果未上传`, `${used.en} used of the ${allowed.en} for a ticket of the group, no result uploaded`),
      deadlineAt,
      limitMs: limit,
      leftMs: limit - netElapsed,
    },
  }
})

/**
 * A ticket of the group without a result (domain.md 4.3), by C_HANDLE: half of its limit and nine tenths when reached, the limit when exceeded, as AT-27.
 * The upload is `marked` with `group_result_uploaded: true`; where a source does not say that, the completion is the result.
 */
export const GROUP_UNANSWERED: AbnormalRule = {
  id: 'AT-30',
  nameZh: '群发催办',
  nameEn: 'Group ticket unanswered',
  meaningZh: '集团下发的工单已用去过半时限，处理结果仍未上传。',
  meaningEn: 'Half of the time for a ticket of the group is used up or more, and no result has been uploaded.',
  clearsZh: '结果已上传，或工单办结（自动）。',
  clearsEn: 'The result uploaded, or the ticket completed (by itself).',
  source: '[S1][S2]/numbers assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['groupTicketNo'] }],
}
