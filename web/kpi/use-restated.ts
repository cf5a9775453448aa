import { useI18n } from 'vue-i18n'
import { formatCount, formatFigure, formatSigned, isCount } from '../format/number.ts'
import { formatTime } from '../format/time.ts'
import type { KpiMonth, KpiSeries, KpiWeek } from './series.ts'

type Unit = KpiSeries['unit']
/** A published figure with what restatements have to do with it. */
type Published = Pick<KpiWeek, 'figure' | 'first' | 'adjustment' | 'restated' | 'decisions'>

/** Words for figures, and for what restated them. */
export function useRestated() {
  const { t } = useI18n()

  /** A numerator or a denominator, or the sign for none. */
  const count = (value: number | null) => (value === null ? t('unknown.value') : formatCount(value))

  /** The value, in words where there is none. */
  function valueText({ status, value }: Pick<KpiWeek['figure'], 'status' | 'value'>, unit: Unit): string {
    if (status === 'source_unavailable') return t('kpi.statusText.source_unavailable')
    return status === 'ok' && value !== null ? formatFigure(value, unit) : t('kpi.noData')
  }

  /** The value with numerator and denominator, where it has both. */
  function wholeText(figure: Pick<KpiWeek['figure'], 'status' | 'value' | 'numerator' | 'denominator'>, unit: Unit): string {
    const { numerator, denominator } = figure
    const text = valueText(figure, unit)
    return numerator === null || denominator === null ? text : `${text} (${formatCount(numerator)}/${formatCount(denominator)})`
  }

  /** By how much a value that is no plain count differs. */
  function differenceText(value: number, unit: Unit): string {
    return unit === 'percent' ? t('kpi.points', { value: formatSigned(value, (one) => one.toFixed(2)) }) : formatSigned(value, (one) => formatFigure(one, unit))
  }

  function adjustmentText({ numerator, denominator, value }: NonNullable<KpiWeek['adjustment']>, unit: Unit): string {
    const [n, d] = [formatSigned(numerator ?? 0, formatCount), formatSigned(denominator ?? 0, formatCount)]
    if (isCount(unit)) return n
    const points = value === null ? '' : `${differenceText(value, unit)} `
    return `${points}(${n}/${d})`
  }

  const decisionText = ({ at, by, reason, cause, lines }: Published['decisions'][number], zone: string) =>
    t('kpi.decision', { time: formatTime(at, zone, 'day_minute'), who: by, cause: t(`data.causes.${cause}`), count: formatCount(lines), reason })

  /** What restated a figure, by whom, when and why, and what is kept out of it, a line each; none where nothing is. */
  function restatedLines(published: Published, unit: Unit, zone: string): string[] {
    const { first, figure, adjustment, restated, decisions } = published
    const { waiting, rejected } = restated
    return [
      ...(first === null ? [] : [t('kpi.restatedFrom', { first: wholeText(first, unit), now: wholeText(figure, unit) })]),
      ...decisions.map((decision) => decisionText(decision, zone)),
      ...(adjustment === null ? [] : [t('kpi.adjustment', { by: adjustmentText(adjustment, unit) })]),
      ...(adjustment === null || waiting + rejected === 0 ? [] : [t('kpi.heldBack', { waiting: formatCount(waiting), rejected: formatCount(rejected) })]),
    ]
  }

  /** What a month with its adjustment comes to by now; null where nothing is to be added. */
  function adjustedText({ figure, adjustment }: KpiMonth, unit: Unit): string | null {
    if (adjustment === null) return null
    const plus = (a: number | null, b: number | null) => (a === null && b === null ? null : (a ?? 0) + (b ?? 0))
    const [numerator, denominator, value] = [plus(figure.numerator, adjustment.numerator), plus(figure.denominator, adjustment.denominator), plus(figure.value, adjustment.value)]
    return wholeText({ status: adjustment.value === null && !isCount(unit) ? 'no_data' : figure.status, numerator, denominator, value }, unit)
  }

  return { count, valueText, differenceText, wholeText, adjustmentText, restatedLines, adjustedText, decisionText }
}
