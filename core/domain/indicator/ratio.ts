import type { Figure } from './indicator.ts'

/** No data of the period at all: null, never 0 (domain.md 0.2-4, invariant 12). */
export const NO_DATA: Figure = { numerator: null, denominator: null, value: null, status: 'no_data' }

/** numerator ÷ denominator × 100 with two decimals, rounded half up, exact for whole counts; no_data for a denominator of 0 (domain.md 0.2-4). */
export function ratio(numerator: number, denominator: number): Figure {
  if (denominator === 0) return { numerator, denominator, value: null, status: 'no_data' }
  const doubled = numerator * 20_000 + denominator
  const divisor = denominator * 2
  const remainder = ((doubled % divisor) + divisor) % divisor
  return { numerator, denominator, value: (doubled - remainder) / divisor / 100, status: 'ok' }
}

/** A plain count as a figure. */
export const count = (value: number): Figure => ({ numerator: value, denominator: null, value, status: 'ok' })

/** The mean of a sum of seconds over a count, in units of so many seconds with two decimals, rounded half up; no_data where nothing is counted. */
export function mean(seconds: number, counted: number, unitSeconds: number): Figure {
  const { value, status } = ratio(seconds, counted * unitSeconds * 100)
  return { numerator: seconds, denominator: counted, value, status }
}
