import { fieldFaults, numberField, type SettingField } from '../setting-field.ts'

/** What is old and when months freeze, as configuration, kind `restatement` (domain.md 3.8, Appendix A). */
export interface RestatementSettings {
  /** Facts older than this are restated, not just counted anew; hours. */
  readonly watermarkHours: number
  /** Months freeze at the end of this working day of the next month. */
  readonly freezeWorkday: number
}

/** The defaults of domain.md Appendix A. */
export const DEFAULT_RESTATEMENT: RestatementSettings = { watermarkHours: 72, freezeWorkday: 5 }

export const RESTATEMENT_FIELDS: readonly SettingField<keyof RestatementSettings>[] = [numberField('whole', 'watermarkHours', 'hours', 1, 24 * 31), numberField('whole', 'freezeWorkday', 'working_days', 1, 15)]

/** What is wrong with the settings, named by field; nothing when they are sound. */
export const restatementFaults = (settings: RestatementSettings): string[] => fieldFaults(RESTATEMENT_FIELDS, settings as unknown as Readonly<Record<string, unknown>>)
