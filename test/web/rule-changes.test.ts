import { expect, test } from 'vitest'
import type { RuleShown } from '../../core/contract/rules.ts'
import { changesOf, laxer } from '../../web/rules/changes.ts'

const parameter = (name: string, value: number, stricter: 'lower' | 'higher', usual = value) => ({ name, unit: 'minutes', default: usual, value, least: 0, most: 999, stricter, zh: name, en: name })
const RULE = { isOn: true, parameters: [parameter('A1', 120, 'higher'), parameter('A2', 30, 'lower', 20)] } as unknown as RuleShown

test('a form changes what differs, in the order of the rule; what is left empty stays', () => {
  expect(changesOf(RULE, true, { A1: 120, A2: 30 })).toEqual([])
  expect(changesOf(RULE, false, { A2: 10, A1: 90 })).toEqual([{ name: 'isOn', from: true, to: false }, { name: 'A1', from: 120, to: 90 }, { name: 'A2', from: 30, to: 10 }])
  expect(changesOf(RULE, true, { A1: '', A2: 0 })).toEqual([{ name: 'A2', from: 30, to: 0 }])
})

test('laxer is what goes beyond the default to its laxer side', () => {
  const of = (values: Record<string, number>) => laxer(RULE, changesOf(RULE, true, values))
  expect([of({ A1: 119 }), of({ A1: 121 }), of({ A2: 21 }), of({ A2: 19 })]).toEqual([['A1'], [], ['A2'], []])
})
