/** What is old and when months freeze, as configuration, kind `restatement` (domain.md 3.8, Appendix A). */
export interface RestatementSettings {
  /** Facts older than this are restated, not just counted anew; hours. */
  readonly watermarkHours: number
  /** Months freeze at the end of this working day of the next month. */
  readonly freezeWorkday: number
}

/** The defaults of domain.md Appendix A. */
export const DEFAULT_RESTATEMENT: RestatementSettings = { watermarkHours: 72, freezeWorkday: 5 }

const wholeFault = (field: string, value: number, least: number, most: number): string[] =>
  Number.isInteger(value) && value >= least && value <= most ? [] : [`${field}: 应为 ${least}–${most} 的整数 / expected a whole number from ${least} to ${most}`]

/** What is wrong with the settings, named by field; nothing when they are sound. */
export const restatementFaults = ({ watermarkHours, freezeWorkday }: RestatementSettings): string[] => [
  ...wholeFault('watermarkHours', watermarkHours, 1, 24 * 31),
  ...wholeFault('freezeWorkday', freezeWorkday, 1, 15),
]
