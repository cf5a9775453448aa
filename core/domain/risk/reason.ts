import { clockTime, type Instant, MINUTE, type Zone } from '../time.ts'
import { colourOf, colourZhOf } from '../vocabulary.ts'
import { riskRule } from './catalogue.ts'
import type { RiskParameters, RiskReading } from './reading.ts'
import type { CaseDecision } from './risk-case.ts'

const round = (value: number | null) => (value === null ? '–' : value.toFixed(2))

/** The numbers of one reading, true or not, Chinese and English. */
export function wordsOf(reading: RiskReading, parameters: RiskParameters): { zh: string; en: string } {
  const minutes = parameters.windowMinutes
  const rule = riskRule(reading.ruleId)
  const head = { zh: `${reading.ruleId} ${rule?.nameZh ?? ''}`, en: `${reading.ruleId} ${rule?.nameEn.toLowerCase() ?? ''}` }
  if (reading.reason.why === 'said') return { zh: `${head.zh}：${reading.reason.zh}`, en: `${head.en}: ${reading.reason.en}` }
  if (reading.reason.why === 'threshold') {
    const { thresholds } = reading.reason
    // Of what is not true: what the lowest colour would need.
    const threshold = reading.level === 0 ? thresholds.find((one) => one !== null) : thresholds[reading.level - 1]
    return {
      zh: `${head.zh}：${minutes} 分钟内 ${reading.value} 位客户（阈值 ${threshold ?? '–'}）`,
      en: `${head.en}: ${reading.value} customers in ${minutes} min (threshold ${threshold ?? '–'})`,
    }
  }
  const spanZh = reading.ruleId === 'MR-06' ? '24 小时' : `${minutes} 分钟`
  const spanEn = reading.ruleId === 'MR-06' ? '24 h' : `${minutes} min`
  return {
    zh: `${head.zh}：${spanZh}内 ${reading.value} 件，基线 ${round(reading.baseline)}，z=${round(reading.z)}，r=${round(reading.r)}`,
    en: `${head.en}: ${reading.value} tickets in ${spanEn}, baseline ${round(reading.baseline)}, z=${round(reading.z)}, r=${round(reading.r)}`,
  }
}

/** The numbers of true readings in words, Chinese and English in one text. */
export function readingsInWords(readings: readonly RiskReading[], parameters: RiskParameters): string {
  const words = readings.filter((reading) => reading.level > 0).map((reading) => wordsOf(reading, parameters))
  if (words.length === 0) return '条件均不成立 / no condition is true'
  return `${words.map((word) => word.zh).join('；')} / ${words.map((word) => word.en).join('; ')}`
}

function moved(decision: Exclude<CaseDecision, { kind: 'stay' }>): { zh: string; en: string } {
  if (decision.kind === 'upgrade') return { zh: `升级为${colourZhOf(decision.to)}`, en: `Raised to ${colourOf(decision.to)}` }
  if (decision.kind === 'relapse') {
    const raised = decision.raised ? { zh: '，短时内再次复发，升一级', en: ', a colour higher after its second relapse' } : { zh: '', en: '' }
    const held = decision.holdUntil === null ? { zh: '', en: '' } : { zh: '；反复波动，保持打开，所用规则待调整', en: '; it flaps and is kept open, its rules want tuning' }
    return { zh: `条件再次成立，以${colourZhOf(decision.to)}恢复${raised.zh}${held.zh}`, en: `The condition is true again; back as ${colourOf(decision.to)}${raised.en}${held.en}` }
  }
  const minutes = Math.round(decision.heldForMs / MINUTE)
  if (decision.kind === 'mitigate')
    return { zh: `原条件已连续 ${minutes} 分钟不成立，转为已缓解`, en: `The condition has been false for ${minutes} min; mitigated` }
  const held = {
    zh: `${colourZhOf(decision.from)}条件已连续 ${minutes} 分钟不成立`,
    en: `The condition of ${colourOf(decision.from)} has been false for ${minutes} min`,
  }
  if (decision.kind === 'downgrade') return { zh: `${held.zh}，降为${colourZhOf(decision.to)}`, en: `${held.en}; lowered to ${colourOf(decision.to)}` }
  return { zh: `${held.zh}，建议降为${colourZhOf(decision.to)}，待批准`, en: `${held.en}; lowering to ${colourOf(decision.to)} is proposed and waits for approval` }
}

/** Why a case moves, with the numbers that decided, Chinese and English in one text. */
export function decisionInWords(
  decision: Exclude<CaseDecision, { kind: 'stay' }>,
  readings: readonly RiskReading[],
  parameters: RiskParameters,
): string {
  const words = moved(decision)
  return `${words.zh} / ${words.en}. ${readingsInWords(readings, parameters)}`
}

/** Of what was true in the past only: when, and by which numbers at its height. */
export function lateInWords(
  { best, firstTrueAt, lastTrueAt }: { readonly best: RiskReading; readonly firstTrueAt: Instant; readonly lastTrueAt: Instant },
  parameters: RiskParameters,
  zone: Zone,
): string {
  const words = wordsOf(best, parameters)
  const [from, to] = [clockTime(firstTrueAt, zone), clockTime(lastTrueAt, zone)]
  return `迟到数据补判：${from} 至 ${to} 条件成立，现已解除。${words.zh} / Found in late data: true from ${from} to ${to}, over by now. ${words.en}`
}
