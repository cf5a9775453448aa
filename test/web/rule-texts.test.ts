import { expect, test } from 'vitest'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { en } from '../../web/i18n/en.ts'
import { RULE_TEXTS } from '../../web/i18n/rules.ts'
import { zh } from '../../web/i18n/zh.ts'

test('the browser calls every rule of the catalogue as the catalogue does, in both languages', () => {
  const all = [...ABNORMAL_RULES, ...RISK_RULES]
  const told = all.map(({ id }) => [id, RULE_TEXTS[id]])
  const meant = all.map(({ id, nameZh, nameEn, meaningZh, meaningEn }) => [
    id, { zh: { name: nameZh, meaning: meaningZh }, en: { name: nameEn, meaning: meaningEn } },
  ])
  expect(told).toEqual(meant)
  expect(Object.keys(RULE_TEXTS)).toEqual(all.map(({ id }) => id))
})

test('and has a word for every parameter that an alert is stamped with', () => {
  const names = [...new Set(ABNORMAL_RULES.flatMap(({ parameters }) => parameters.map(({ name }) => name)))]
  for (const words of [zh.why.parameter, en.why.parameter]) expect(names.filter((name) => !(name in words))).toEqual([])
})
