import { useI18n } from 'vue-i18n'
import type { Code } from '../../core/domain/dictionary/dictionary.ts'
import { formatTime } from '../format/time.ts'
import { useWords } from '../frame/words.ts'
import { useLive } from '../live/use-live.ts'

/** The words of a dictionary's codes: fields, names, and when they are in use. */
export function useCodeWords() {
  const { t, locale } = useI18n()
  const { word } = useWords()
  const live = useLive()

  function when(at: number): string {
    const zone = live.state.value?.zone ?? 'UTC'
    const minute = formatTime(at, zone, 'minute')
    return minute === '00:00' ? formatTime(at, zone, 'day') : `${formatTime(at, zone, 'day')} ${minute}`
  }

  /** From when to when a code is in use; nothing where it always is. */
  function useOf({ validFrom, validTo }: Code): string {
    if (validFrom !== undefined && validTo !== undefined) return t('settings.code.between', { from: when(validFrom), to: when(validTo) })
    if (validFrom !== undefined) return t('settings.code.since', { from: when(validFrom) })
    return validTo === undefined ? '' : t('settings.code.until', { to: when(validTo) })
  }

  const name = ({ zh, en }: Code) => (locale.value === 'zh' ? zh : en)
  /** What a code has beside its names. */
  const moreOf = ({ parent, products, isSkipLevel }: Code) => [
    ...(parent === undefined ? [] : [t('settings.code.under', { parent })]),
    ...(products === undefined ? [] : [t('settings.code.of', { products: products.join(t('card.ruleSeparator')) })]),
    ...(isSkipLevel === true ? [t('settings.code.skip')] : []),
  ]

  return {
    fieldName: (field: string) => word('data.dimension', field),
    name,
    useOf,
    moreOf,
    /** A code in one line. */
    lineOf: (value: unknown) => {
      const code = value as Code
      return [`${code.code} ${code.zh} / ${code.en}`, ...moreOf(code), useOf(code)].filter((text) => text !== '').join(t('settings.code.comma'))
    },
  }
}
