import { expect, test } from 'vitest'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { parametersOfRules } from '../../web/desk/case-parameters.ts'
import { factLines } from '../../web/desk/facts.ts'
import { formatReading } from '../../web/format/number.ts'
import { en } from '../../web/i18n/en.ts'
import { zh } from '../../web/i18n/zh.ts'

const PARAMETERS = DEFAULT_RISK_PARAMETERS as unknown as Record<string, unknown>
const shown = (...ruleIds: string[]) => Object.keys(parametersOfRules(PARAMETERS, ruleIds))
const COMMON = ['tickSeconds', 'windowMinutes', 'kinds', 'scopeShare', 'joinGapHours', 'relapseHours', 'flapping', 'holdDownMinutes']

test('a case shows the parameters that its rules go by, and no others', () => {
  expect(shown()).toEqual(COMMON)
  expect(shown('MR-01').toSorted()).toEqual([...COMMON, 'batch'].toSorted())
  expect(shown('MR-06').toSorted()).toEqual([...COMMON, 'appealSurge', 'surge'].toSorted())
  for (const { id } of RISK_RULES) expect(shown(id).length, id).toBeGreaterThan(COMMON.length)
  expect(shown(...RISK_RULES.map(({ id }) => id)).toSorted()).toEqual(Object.keys(PARAMETERS).filter((name) => name !== 'disabledRules').toSorted())
})

test('each under a name, in both languages', () => {
  const keys = factLines(parametersOfRules(PARAMETERS, RISK_RULES.map(({ id }) => id))).map(({ key }) => key)
  const isNamed = (words: unknown, key: string) => typeof key.split('.').reduce<unknown>((held, part) => (held as Record<string, unknown> | undefined)?.[part], words) === 'string'
  for (const words of [zh.why.parameter, en.why.parameter]) expect(keys.filter((key) => !isNamed(words, key))).toEqual([])
})

test('an alert of a ticket keeps all of its own', () => {
  expect(parametersOfRules({ A1: 120, A2: 30 }, ['AT-01'])).toEqual({ A1: 120, A2: 30 })
})

test('a rate is not shown rounded up to the threshold that it lies below', () => {
  expect([formatReading(320), formatReading(59.99), formatReading(23_000)]).toEqual(['320', '59.99', '23,000'])
})
