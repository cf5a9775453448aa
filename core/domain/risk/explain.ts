import { colourOf, colourZhOf, type Level, type Severity } from '../vocabulary.ts'
import { holdDownMs } from './judge-case.ts'
import { MINUTE } from '../time.ts'
import type { RiskParameters, RiskReading, Thresholds } from './reading.ts'
import { wordsOf } from './reason.ts'

/** The least value at which each colour is true while all else stays as it is; null where the rule has no such colour. */
export type Needs = Thresholds

/** One reading with what is between it and the next colour, and what would end it. */
export interface ExplainedReading {
  readonly reading: RiskReading
  /** Null where the rule is not about one number (its words tell). */
  readonly needs: Needs | null
  /** The next higher colour that the rule has, or null. */
  readonly next: Severity | null
  /** So much more of `value` would make `next` true; null where unknown or there is none. */
  readonly missing: number | null
  readonly zh: string
  readonly en: string
  readonly clearZh: string
  readonly clearEn: string
}

/** MR-02 and MR-06 need z, x and r at once: the least count that meets all three. */
function surgeNeeds({ baseline, sigma }: RiskReading, { z, x, r }: RiskParameters['appealSurge']): Needs {
  const need = (index: number): number | null => {
    const [zs, xs, rs] = [z[index], x[index], r[index]]
    if (baseline === null || sigma === null || zs == null || xs == null || rs == null) return null
    const base = Math.max(baseline, 1)
    // Rounded up against the same divisions by which the rule judges: a product may round the other way.
    let least = Math.max(0, Math.floor(Math.max(xs, baseline + zs * sigma, rs * base)) - 1)
    while (least < xs || (least - baseline) / sigma < zs || least / base < rs) least += 1
    return least
  }
  return [need(0), need(1), need(2), need(3)]
}

function needsOf(reading: RiskReading, parameters: RiskParameters): Needs | null {
  if (reading.reason.why === 'threshold') return reading.reason.thresholds
  if (reading.reason.why === 'surge') return surgeNeeds(reading, reading.ruleId === 'MR-06' ? parameters.appealSurge : parameters.surge)
  return null
}

function clearOf(reading: RiskReading, needs: Needs | null, parameters: RiskParameters): { zh: string; en: string } {
  const { level, value } = reading
  if (level === 0) return { zh: '该规则此刻不成立，无需解除', en: 'The rule is not true at this instant: there is nothing to clear' }
  const minutes = Math.round(holdDownMs(level, parameters) / MINUTE)
  const own = needs?.[level - 1] ?? null
  const least = needs?.find((need) => need !== null) ?? null
  const waitZh = level <= 2 ? '' : '；降低颜色须经人批准'
  const waitEn = level <= 2 ? '' : '; a lower colour waits for a person’s approval'
  if (own === null || least === null) {
    return {
      zh: `条件须连续 ${minutes} 分钟不成立（所述事实不再成立）${waitZh}`,
      en: `The condition has to be false for ${minutes} min without interruption (what the words name no longer holds)${waitEn}`,
    }
  }
  return {
    zh: `数值须由 ${value} 降到 ${own} 以下方离开${colourZhOf(level)}，降到 ${least} 以下方全部解除，并连续保持 ${minutes} 分钟${waitZh}`,
    en: `The value has to fall from ${value} below ${own} to leave ${colourOf(level)}, and below ${least} to clear altogether, and stay there for ${minutes} min${waitEn}`,
  }
}

/** Explains a reading by the parameters by which it was judged (domain.md 5.1, 5.2, 5.3.1). */
export function explainReading(reading: RiskReading, parameters: RiskParameters): ExplainedReading {
  const needs = needsOf(reading, parameters)
  const nextPlace = needs === null ? -1 : needs.findIndex((need, index) => need !== null && index >= reading.level)
  const next = nextPlace < 0 ? null : ((nextPlace + 1) as Severity)
  const missing = next === null ? null : Math.max(0, (needs?.[next - 1] ?? 0) - reading.value)
  const words = wordsOf(reading, parameters)
  const level: Level = reading.level
  const state = level === 0 ? { zh: '不成立', en: 'not true' } : { zh: `达到${colourZhOf(level)}`, en: `reaches ${colourOf(level)}` }
  const ahead = next === null ? { zh: '', en: '' } : { zh: `，距${colourZhOf(next)}（${needs?.[next - 1]}）还差 ${missing}`, en: `, ${missing} short of ${colourOf(next)} (${needs?.[next - 1]})` }
  const noBase = reading.reason.why === 'no_baseline' ? { zh: `，可用的历史时段只有 ${reading.reason.usable} 个，无基线`, en: `; only ${reading.reason.usable} past windows are usable, so there is no baseline` } : { zh: '', en: '' }
  const clear = clearOf(reading, needs, parameters)
  return { reading, needs, next, missing, zh: `${words.zh}：${state.zh}${ahead.zh}${noBase.zh}`, en: `${words.en}: ${state.en}${ahead.en}${noBase.en}`, clearZh: clear.zh, clearEn: clear.en }
}
