import { useI18n } from 'vue-i18n'
import type { SettingShown } from '../../core/contract/settings.ts'
import { formatReading } from '../format/number.ts'
import { inOneLine } from '../rules/risk-values.ts'
import { clockOf } from './values.ts'

/** So many minutes and more are told in hours too, where they are whole ones. */
const IN_HOURS_FROM = 120

/** The words of settings: names, sentences, ranges, and values with their units. */
export function useValueWords() {
  const { t } = useI18n()

  function plain({ form, unit }: SettingShown, value: number): string {
    if (form === 'time_of_day') return clockOf(value)
    const number = formatReading(value)
    if (unit === null) return number
    const text = t(`settings.unit.${unit}`, { count: number })
    return unit === 'minutes' && value >= IN_HOURS_FROM && value % 60 === 0 ? t('settings.inHours', { text, hours: formatReading(value / 60) }) : text
  }

  /** A value in words, with its unit. */
  function shown(field: SettingShown, value: unknown): string {
    if (typeof value === 'boolean') return t(value ? 'rules.on' : 'rules.off')
    if (typeof value === 'number') return plain(field, value)
    const line = inOneLine(value)
    return line === '' ? t('settings.empty') : line
  }

  return {
    shown,
    nameOf: (kind: string, { name }: Pick<SettingShown, 'name'>) => t(`settings.${kind}.${name}.name`),
    aboutOf: (kind: string, { name }: Pick<SettingShown, 'name'>) => t(`settings.${kind}.${name}.about`),
    rangeOf: (field: SettingShown) => (field.least === null || field.most === null ? '' : t('rules.range', { least: plain(field, field.least), most: plain(field, field.most) })),
  }
}
