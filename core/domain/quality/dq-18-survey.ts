import { asInteger, asText, isUnknown } from '../ticket/payload.ts'
import { type EventCheck, outcome } from './quality-check.ts'

const SOLVED: ReadonlySet<string> = new Set(['yes', 'no', 'unclear'])

/** An answer's score is 1–10 and `solved` one of its three words. */
export const SURVEY_VALUES: EventCheck = {
  id: 'DQ-18',
  nameZh: '测评取值',
  nameEn: 'Survey values',
  whatZh: '评分 1–10，是否解决 ∈ {yes, no, unclear}',
  whatEn: 'Score 1–10, solved one of yes, no, unclear',
  reaction: 'flag',
  weight: 1,
  judgeEvent: ({ type, payload }) => {
    if (type !== 'survey_answered') return []
    const score = asInteger(payload['score'])
    const solved = isUnknown(payload['solved']) ? null : asText(payload['solved'])
    if (score === null || score < 1 || score > 10) return [outcome('DQ-18', 'score')]
    return [outcome('DQ-18', solved !== null && SOLVED.has(solved) ? null : 'solved')]
  },
}
