import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AbnormalParameters, AbnormalRule } from '../../core/domain/abnormal/abnormal-rule.ts'
import { abnormalFaults, ABNORMAL_RULES, activeRules, completedAbnormal, DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import { decidingScope, GROUP, isLaxer, isRuleOn, laxFaults, raisedProvinces, type RuleEdit, type RuleScope, valuesFor, withEdit } from '../../core/domain/abnormal/scopes.ts'
import { judgeTicket } from '../../core/domain/ticket/judge.ts'
import { HOUR } from '../../core/domain/time.ts'
import { onlyRules } from '../support/abnormal.ts'
import { aContext, aFolded, h } from '../support/clock-tickets.ts'

const rule = (id: string) => ABNORMAL_RULES.find((one) => one.id === id) as AbnormalRule
// AT-01 warns earlier with more minutes, AT-02 with fewer hours.
const [NEAR, OVERDUE] = [rule('AT-01'), rule('AT-02')]
const of = (scopes: AbnormalParameters['scopes'], values: AbnormalParameters['values'] = {}, disabledRules: readonly string[] = []): AbnormalParameters => ({
  values, disabledRules, ...(scopes === undefined ? {} : { scopes }),
})
const own = (values: AbnormalParameters['values'], enabledRules: readonly string[] = []) => ({ '32': { values, enabledRules } })

describe('a province beside the group', () => {
  test.each([
    ['stricter, where higher is stricter', NEAR, { A1: 180 }, {}, { A1: 180, A2: 30 }],
    ['laxer, where higher is stricter', NEAR, { A1: 119 }, {}, { A1: 120, A2: 30 }],
    ['stricter, where lower is stricter', OVERDUE, { A3: 12 }, {}, { A2: 0, A3: 12, A4: 72 }],
    ['laxer, where lower is stricter', OVERDUE, { A3: 25 }, {}, { A2: 0, A3: 24, A4: 72 }],
    ['beside the group’s own, one by one', OVERDUE, { A3: 12, A4: 60 }, { A3: 6, A4: 72 }, { A2: 0, A3: 6, A4: 60 }],
  ] as const)('%s', (_, of_, mine, groups, inForce) => {
    const settings = of(own({ [of_.id]: mine }), { [of_.id]: groups })
    expect(valuesFor(of_, settings, '32')).toEqual(inForce)
    expect(valuesFor(of_, settings, '33')).toEqual(valuesFor(of_, settings))
  })

  test('goes by the group’s where the group has overtaken it, and by its own again when the group goes back', () => {
    let settings = withEdit(DEFAULT_ABNORMAL_PARAMETERS, NEAR, '32', { values: { A1: 180 } })
    const inForce = () => valuesFor(NEAR, settings, '32')['A1']
    expect(inForce()).toBe(180)
    const before = settings
    settings = withEdit(settings, NEAR, GROUP, { values: { A1: 240 } })
    expect(inForce()).toBe(240)
    expect(raisedProvinces(before, settings, NEAR)).toEqual([{ scope: '32', name: 'A1', own: 180, now: 240 }])
    expect(raisedProvinces(settings, withEdit(settings, NEAR, GROUP, { values: { A1: 300 } }), NEAR)).toEqual([])
    settings = withEdit(settings, NEAR, GROUP, { values: { A1: null } })
    expect(inForce()).toBe(180)
    expect(settings.values).toEqual({})
  })

  test('switches on what the group has off, and not off what the group has on', () => {
    const off = withEdit(DEFAULT_ABNORMAL_PARAMETERS, NEAR, GROUP, { isOn: false })
    expect([isRuleOn(NEAR, off), isRuleOn(NEAR, off, '32')]).toEqual([false, false])
    const here = withEdit(off, NEAR, '32', { isOn: true })
    expect([isRuleOn(NEAR, here), isRuleOn(NEAR, here, '32'), isRuleOn(NEAR, here, '33')]).toEqual([false, true, false])
    expect(laxFaults(here, NEAR, '32', { isOn: false })).toEqual([])
    expect(withEdit(here, NEAR, '32', { isOn: false })).toEqual(off)
    expect(laxFaults(DEFAULT_ABNORMAL_PARAMETERS, NEAR, '32', { isOn: false })).toEqual([expect.stringMatching(/^AT-01\.isOn: .* \/ .*may not switch it off$/)])
    expect(withEdit(DEFAULT_ABNORMAL_PARAMETERS, NEAR, '32', { isOn: true })).toEqual(DEFAULT_ABNORMAL_PARAMETERS)
  })

  test.each([
    [NEAR, { A1: 120 }, []],
    [NEAR, { A1: 119 }, ['AT-01.A1: 应不小于集团值 120 / at least the group’s value of 120']],
    [OVERDUE, { A3: 24, A4: 73 }, ['AT-02.A4: 应不大于集团值 72 / at most the group’s value of 72']],
    [OVERDUE, { A3: null }, []],
  ] as const)('may not be laxer: %#', (of_, values, faults) => {
    expect(laxFaults(DEFAULT_ABNORMAL_PARAMETERS, of_, '32', { values })).toEqual(faults)
    expect(laxFaults(DEFAULT_ABNORMAL_PARAMETERS, of_, GROUP, { values })).toEqual([])
  })

  test('takes its own value back with null, and what says nothing is not kept', () => {
    const settings = withEdit(withEdit(DEFAULT_ABNORMAL_PARAMETERS, NEAR, '32', { values: { A1: 180, A2: 60 } }), NEAR, '32', { values: { A1: null } })
    expect(settings.scopes).toEqual(own({ 'AT-01': { A2: 60 } }))
    expect(withEdit(settings, NEAR, '32', { values: { A2: null } })).toEqual(DEFAULT_ABNORMAL_PARAMETERS)
  })

  test('is named as the one who decides only where it does', () => {
    const settings = of(own({ 'AT-01': { A1: 180 }, 'AT-02': { A3: 30 } }, ['AT-03']), {}, ['AT-03'])
    expect([NEAR, OVERDUE, rule('AT-03'), rule('AT-04')].map((one) => decidingScope(one, settings, '32'))).toEqual(['32', GROUP, '32', GROUP])
    expect([NEAR, rule('AT-03')].map((one) => decidingScope(one, settings, '33'))).toEqual([GROUP, GROUP])
  })
})

describe('settings with provinces', () => {
  test('are read back as they were, and in the forms that were written before there were any', () => {
    const settings = of(own({ 'AT-01': { A1: 180 } }))
    expect(completedAbnormal(JSON.parse(JSON.stringify(settings)))).toEqual(settings)
    expect(completedAbnormal({ values: { 'AT-01': { A1: 90 } } })).toEqual({ values: { 'AT-01': { A1: 90 } }, disabledRules: [] })
    expect(completedAbnormal({ nearTimeoutMinutes: { A1: 90 }, scopes: settings.scopes ?? {} })).toEqual({ values: { 'AT-01': { A1: 90 } }, disabledRules: [], scopes: settings.scopes })
  })

  test('are refused with the province, the rule and the parameter', () => {
    expect(abnormalFaults(of(own({ 'AT-01': { A1: 0, A9: 1 }, 'AT-99': {} }, ['AT-98'])))).toEqual([
      expect.stringMatching(/^32\.AT-99: /), expect.stringMatching(/^32\.AT-98: /), expect.stringMatching(/^32\.AT-01\.A1: 应为 /), expect.stringMatching(/^32\.AT-01\.A9: /),
    ])
  })

  test('give a province that says nothing the very rules of the group, made once', () => {
    const settings = of(own({ 'AT-01': { A1: 180 } }))
    expect(activeRules(settings, '33')).toBe(activeRules(settings))
    expect(activeRules(settings, '32')).not.toBe(activeRules(settings))
    expect(activeRules(settings, '32')).toBe(activeRules(settings, '32'))
  })

  test('a ticket is judged by the values of its province', () => {
    const settings = { ...onlyRules('AT-01'), ...of(own({ 'AT-01': { A1: 240 } }), {}, onlyRules('AT-01').disabledRules) }
    const level = (provinceCode: string) => judgeTicket(aFolded({ provinceCode }), aContext(), settings, h(48) - 3 * HOUR).level
    expect([level('32'), level('33')]).toEqual([1, 0])
  })
})

test('law: whatever is said and in whatever order, nothing in force in a province is laxer than in the group, nor off where it is on', () => {
  const rules = [NEAR, OVERDUE, rule('AT-17'), rule('AT-10')]
  const edits = fc.array(
    fc.record({
      rule: fc.constantFrom(...rules),
      scope: fc.constantFrom<RuleScope[]>(GROUP, '32', '33'),
      isOn: fc.constantFrom(undefined, true, false),
      values: fc.dictionary(fc.constantFrom('A1', 'A2', 'A3', 'A4', 'attempts'), fc.option(fc.nat(300), { nil: null })),
    }),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(edits, (all) => {
      let settings: AbnormalParameters = DEFAULT_ABNORMAL_PARAMETERS
      for (const { rule: one, scope, isOn, values } of all) {
        const edit: RuleEdit = { ...(isOn === undefined ? {} : { isOn }), values: Object.fromEntries(Object.entries(values).filter(([name]) => one.parameters.some((p) => p.name === name))) }
        const next = withEdit(settings, one, scope, edit)
        if (abnormalFaults(next).length + laxFaults(settings, one, scope, edit).length === 0) settings = next
      }
      for (const one of rules) {
        const group = valuesFor(one, settings)
        for (const scope of ['32', '33', '50']) {
          const here = valuesFor(one, settings, scope)
          for (const parameter of one.parameters) expect(isLaxer(parameter, here[parameter.name] ?? 0, group[parameter.name] ?? 0)).toBe(false)
          if (isRuleOn(one, settings)) expect(isRuleOn(one, settings, scope)).toBe(true)
        }
        expect(valuesFor(one, settings, '50')).toEqual(group)
      }
      expect(completedAbnormal(JSON.parse(JSON.stringify(settings)))).toEqual(settings)
    }),
  )
})
