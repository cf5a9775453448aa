import type { CaseMember } from '../../core/contract/cases.ts'

/** One threshold of a rule: its colour and number, and whether the value has reached it. */
export interface ThresholdMark {
  readonly severity: number
  readonly at: number
  readonly isReached: boolean
}

/** The thresholds that a reading was held against, blue to red, colours without one left out; empty where it is not judged by one number. */
export const thresholdMarks = ({ value, thresholds }: Pick<CaseMember, 'value' | 'thresholds'>): readonly ThresholdMark[] =>
  (thresholds ?? []).flatMap((at, index) => (at === null ? [] : [{ severity: index + 1, at, isReached: value >= at }]))
