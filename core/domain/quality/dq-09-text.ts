import { asText, asTruth } from '../ticket/payload.ts'
import { type EventCheck, outcome, SHORTEST_TEXT } from './quality-check.ts'

/** What masking leaves of an identity number. */
const MASKED_ID = '[ID]'
const NOTHING_SAID = /[\s\p{P}\p{S}]/gu

/** What is wrong with a complaint's masked text, or null. */
export function textFault(text: string, isTemplate: boolean): string | null {
  if (text.includes(MASKED_ID)) return '含证件号（已脱敏） / identity number in the text (masked)'
  const said = text.replace(NOTHING_SAID, '')
  if (said.length < SHORTEST_TEXT) return `少于 ${SHORTEST_TEXT} 个字 / fewer than ${SHORTEST_TEXT} characters`
  if (isTemplate || new Set(said).size <= 2) return '只有模板 / only a template'
  return null
}

/** The text says something and gives away nobody; the number itself was masked before anything was stored. */
export const TEXT: EventCheck = {
  id: 'DQ-09',
  nameZh: '投诉内容',
  nameEn: 'Complaint text',
  whatZh: '至少 10 个字，不只是模板，不含完整证件号（入库前已脱敏）',
  whatEn: 'At least 10 characters, not only a template, no full identity number (masked before storing)',
  reaction: 'list',
  weight: 5,
  judgeEvent: ({ type, payload }) =>
    type === 'created' ? [outcome('DQ-09', textFault(asText(payload['content_text']) ?? '', asTruth(payload['is_template']) === true))] : [],
}
