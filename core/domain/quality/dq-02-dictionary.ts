import type { EventCheck } from './quality-check.ts'

/** Codes exist in the dictionary valid when the event occurred; each code is one fact, by field (domain.md 8.2 DQ-02). */
export const KNOWN_CODES: EventCheck = {
  id: 'DQ-02',
  nameZh: '代码在字典中',
  nameEn: 'Codes in the dictionary',
  whatZh: '代码在业务发生时的字典中存在；区域、省份在区域树中',
  whatEn: 'Codes are in the dictionary in force when the event occurred; places are in the regional tree',
  reaction: 'flag',
  weight: 10,
  judgeEvent: ({ codes }) =>
    codes.judged.map((field) => {
      const unknown = codes.unknown.find((one) => one.field === field)
      return { checkId: 'DQ-02', dimension: field, checked: 1, failed: unknown === undefined ? 0 : 1, detail: unknown?.sourceCode ?? '' }
    }),
}
