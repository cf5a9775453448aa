import { createI18n } from 'vue-i18n'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type Locale = 'zh' | 'en'
const KEY = 'tocsin.language'

const isLocale = (value: string | null): value is Locale => value === 'zh' || value === 'en'

/** `?lang=` of the address, else the choice kept in this browser, else Chinese. */
function firstLocale(): Locale {
  const asked = new URLSearchParams(location.search).get('lang')
  if (isLocale(asked)) return asked
  const kept = localStorage.getItem(KEY)
  return isLocale(kept) ? kept : 'zh'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLocale(),
  fallbackLocale: 'zh',
  messages: { zh, en },
})

function show(locale: Locale): void {
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en'
  document.title = `${i18n.global.t('product')} · ${i18n.global.t('tagline')}`
}

/** Switches every word on the page, without a reload, and keeps the choice in this browser. */
export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale
  localStorage.setItem(KEY, locale)
  show(locale)
}

show(i18n.global.locale.value as Locale)
