import { useI18n } from 'vue-i18n'
import { ApiFailure } from '../api/request.ts'
import { useWords } from './words.ts'

/** Says a failed call in the reader's language. */
export function useFailure() {
  const { t, locale } = useI18n()
  const { either } = useWords()

  function say(failure: unknown): string {
    if (!(failure instanceof ApiFailure)) return t('error.generic', { status: '' })
    if (failure.status === 0) return t('error.network')
    if (failure.detail) return locale.value === 'zh' ? failure.detail.messageZh : failure.detail.messageEn
    if (failure.status === 403) return t('error.forbidden')
    if (failure.status === 404) return t('error.notFound')
    return t('error.generic', { status: failure.status })
  }

  function mend(failure: unknown): string | null {
    const text = failure instanceof ApiFailure ? failure.detail?.mend : undefined
    if (!text) return failure instanceof ApiFailure && failure.status === 403 ? t('error.forbiddenHint') : null
    return t('error.mend', { text: either(text) })
  }

  return { say, mend }
}
