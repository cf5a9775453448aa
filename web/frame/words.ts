import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { AlertCard } from '../../core/contract/alerts.ts'
import type { ShownCard } from '../alert/tickets.ts'
import { type Age, ageOf } from '../format/time.ts'
import { DUTY_TEXTS, RULE_TEXTS } from '../i18n/rules.ts'

/** Matters that bear the name of a phenomenon, or of a place of business, and stand beside the case of it. */
const BESIDE_PHENOMENA: readonly string[] = ['key_customer', 'executive', 'agent', 'cross_province']

/** Words that depend on the language and on data: names of places and rules, subjects of cards, ages. */
export function useWords() {
  const { t, te, locale } = useI18n()
  const isZh = computed(() => locale.value === 'zh')
  const place = (node: { readonly nameZh: string; readonly nameEn: string }) => (isZh.value ? node.nameZh : node.nameEn)
  const cardPlace = (card: AlertCard) => (isZh.value ? card.regionNameZh : card.regionNameEn)
  const rule = (ruleId: string) => (RULE_TEXTS[ruleId] ?? DUTY_TEXTS[ruleId])?.[isZh.value ? 'zh' : 'en'] ?? { name: ruleId, meaning: '' }
  const say = (prefix: 'age' | 'ago', age: Age) => t(`${prefix}.${age.unit}`, { count: age.count })
  /** Names and hints that the server keeps in both languages: Chinese, a slash, English. Others are shown as they are. */
  const either = (text: string) => {
    const [zh, en, ...more] = text.split(' / ')
    if (zh === undefined || en === undefined || more.length > 0) return text
    return isZh.value ? zh : en
  }
  /** A word of the dictionary, or the code itself where the dictionary has none yet. */
  const word = (key: string, code: string) => (te(`${key}.${code}`) ? t(`${key}.${code}`) : code)
  const matter = ({ matterKind, phenomenon, ruleId }: Pick<AlertCard, 'matterKind' | 'phenomenon' | 'ruleId'>) => {
    if (matterKind === 'product') return word('productName', phenomenon)
    if (matterKind === 'opinion') return t('matter.opinion', { name: phenomenon })
    if (matterKind === 'keyword') {
      const [group = '', ...rest] = phenomenon.split(':')
      return t('matter.keyword', { group: word('keywordGroup', group), name: rest.at(-1) ?? '' })
    }
    if (ruleId in DUTY_TEXTS) return rule(ruleId).name
    if (matterKind === 'feed' || matterKind === 'appeals' || matterKind === 'hotline' || matterKind === 'backlog') return rule(ruleId).name
    return phenomenon || t('unknown.phenomenon')
  }
  return {
    either,
    place,
    cardPlace,
    matter,
    rule,
    /** What the card is about: the matter of a case, the number of a ticket. */
    subject: (card: AlertCard) => card.ticketNo ?? matter(card),
    /** What a case watches, where its matter alone would read like a case of all customers; else nothing. */
    watched: ({ matterKind, ruleId }: AlertCard) => (matterKind !== null && BESIDE_PHENOMENA.includes(matterKind) ? rule(ruleId).name : ''),
    /** The names of the rules on a card; of several how many, and the level of each. */
    rules: ({ rules }: ShownCard) =>
      rules.length === 1
        ? rules.map(({ ruleId }) => rule(ruleId).name).join('')
        : t('card.rules', { count: rules.length, names: rules.map(({ ruleId, severity }) => `${rule(ruleId).name} A${severity}`).join(t('card.ruleSeparator')) }),
    age: (ms: number, grain: 'second' | 'minute' = 'minute') => say('age', ageOf(ms, grain)),
    ago: (ms: number, grain: 'second' | 'minute' = 'minute') => say('ago', ageOf(ms, grain)),
    word,
  }
}
