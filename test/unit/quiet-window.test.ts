import { describe, expect, test } from 'vitest'
import { hides, isHeard, quietFaults, type QuietAlert, type QuietWindow, stands } from '../../core/domain/alert/quiet-window.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { T } from '../support/alert-builders.ts'

const [product = '', [phenomenon = ''] = []] = Object.entries(DEFAULT_RISK_PARAMETERS.outage.phenomena)[0] ?? []
const WINDOW: QuietWindow = { id: '1', kind: 'maintenance', regionPath: '/00/32/320500/', product, ruleIds: [], from: T, to: T + 2 * HOUR, endedAt: null }
const ALERT: QuietAlert = { kind: 'risk', ruleId: 'MR-01', severity: 3, regionPath: '/00/32/320500/320501/', matter: { kind: 'phenomenon', name: phenomenon } }
const hidden = (alert: Partial<QuietAlert> = {}, window: Partial<QuietWindow> = {}, at = T) => hides({ ...WINDOW, ...window }, { ...ALERT, ...alert }, DEFAULT_RISK_PARAMETERS, at)

describe('a window of announced work', () => {
  test('hides what lies in its region, is about its product and in its time, from its first instant to before its last', () => {
    expect([T - 1, T, T + 2 * HOUR - 1, T + 2 * HOUR].map((at) => hidden({}, {}, at))).toEqual([false, true, true, false])
    expect(hidden({ regionPath: '/00/32/320500/' })).toBe(true)
    expect(hidden({ regionPath: '/00/32/' })).toBe(false)
    expect(hidden({ regionPath: '/00/32/320100/' })).toBe(false)
    expect(hidden({ matter: { kind: 'product', name: product } })).toBe(true)
    expect(hidden({ matter: { kind: 'product', name: 'another' } })).toBe(false)
    expect(hidden({ matter: { kind: 'phenomenon', name: '计费及收费' } })).toBe(false)
    expect(hidden({ matter: { kind: 'phenomenon', name: '计费及收费' } }, { product: null })).toBe(true)
  })

  test('that was ended early hides nothing from then on', () => {
    expect([T, T + HOUR - 1, T + HOUR].map((at) => stands({ ...WINDOW, endedAt: T + HOUR }, at))).toEqual([true, true, false])
  })

  test('lets through MR-07 when red, MR-10, MR-17 and tickets of AT-13, AT-14, AT-25 (7.4, 4.1-6)', () => {
    expect([1, 2, 3, 4].map((severity) => hidden({ ruleId: 'MR-07', severity: severity as 1 }))).toEqual([true, true, true, false])
    for (const ruleId of ['MR-10', 'MR-17', 'AT-13', 'AT-14', 'AT-25']) expect(isHeard(WINDOW, { ruleId, severity: 1 }), ruleId).toBe(true)
    expect(hidden({ ruleId: 'MR-01', severity: 4 })).toBe(true)
  })
})

describe('a silence', () => {
  test('hides only the rules that it names, and never what is red', () => {
    const silence = { kind: 'silence', ruleIds: ['MR-02'], product: null } as const
    expect([hidden({ ruleId: 'MR-02' }, silence), hidden({ ruleId: 'MR-01' }, silence), hidden({ ruleId: 'MR-02', severity: 4 }, silence)]).toEqual([true, false, false])
  })
})

test('a window is refused that ends before it begins, is past, too long, begun too long ago, or silences everything', () => {
  const faults = (window: Partial<QuietWindow>) => quietFaults({ ...WINDOW, ...window }, T).map((fault) => fault.slice(0, fault.indexOf(':')))
  expect(faults({})).toEqual([])
  expect(faults({ to: T })).toEqual(['to', 'to'])
  expect(faults({ to: T + 30 * DAY })).toEqual([])
  expect(faults({ to: T + 30 * DAY + 1 })).toEqual(['to'])
  expect(faults({ from: T - DAY })).toEqual([])
  expect(faults({ from: T - DAY - 1 })).toEqual(['from'])
  expect(faults({ kind: 'silence', product: null })).toEqual(['ruleIds'])
  expect(faults({ kind: 'silence', product: null, ruleIds: ['MR-02'] })).toEqual([])
})
