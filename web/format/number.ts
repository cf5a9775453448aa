import type { FigureUnit } from '../../core/contract/kpi.ts'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const one = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const two = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** A count with thousands separators; both languages print it alike. */
export const formatCount = (value: number): string => whole.format(value)

/** A ratio or z with one decimal. */
export const formatOne = (value: number): string => one.format(value)

/** What a rule read: counts whole, a rate with two decimals, never rounded onto its threshold. */
export const formatReading = (value: number): string => (Number.isInteger(value) ? whole : two).format(value)

const SYMBOLS: Readonly<Partial<Record<FigureUnit, string>>> = { percent: '%', seconds: ' s', minutes: ' min', hours: ' h' }

/** A published figure: counts whole, percentages and mean times with two decimals and their sign, which is the same in both languages. */
export function formatFigure(value: number, unit: FigureUnit): string {
  const isMean = unit === 'percent' || unit === 'minutes' || unit === 'hours'
  return `${isMean ? two.format(value) : formatReading(value)}${SYMBOLS[unit] ?? ''}`
}

/** Whether a figure is a plain count: a numerator without a denominator. */
export const isCount = (unit: FigureUnit): boolean => unit === 'tickets' || unit === 'cases'

/** A difference with its sign, also the plus; zero has none. The minus is U+2212, as wide as the plus. */
export function formatSigned(value: number, format: (value: number) => string): string {
  const text = format(Math.abs(value))
  if (value === 0 || text === format(0)) return format(0)
  return value > 0 ? `+${text}` : `\u2212${text}`
}
