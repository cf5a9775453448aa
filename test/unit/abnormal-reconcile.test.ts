import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AbnormalVerdict } from '../../core/domain/abnormal/abnormal-rule.ts'
import { OVERDUE } from '../../core/domain/abnormal/at-02-overdue.ts'
import { type AbnormalAction, type KnownAlert, reconcileAbnormal } from '../../core/domain/abnormal/reconcile.ts'
import { ALERT_STATES, type AlertState, type Level, LIVE_ALERT_STATES, type Severity } from '../../core/domain/vocabulary.ts'

const verdict = (ruleId: string, level: Level, why: AbnormalVerdict['why'] = level > 0 ? 'true' : 'never_true', cause = 'c1'): AbnormalVerdict => ({
  ruleId,
  level,
  why,
  facts: { cause },
  nextChangeAt: null,
})
const alert = (state: AlertState, more: Partial<KnownAlert> = {}): KnownAlert => ({ alertId: 'a1', ruleId: 'AT-02', severity: 2, state, ...more })
const reconcile = (known: readonly KnownAlert[], verdicts: readonly AbnormalVerdict[], linkedCaseId: string | null = null) =>
  reconcileAbnormal(known, verdicts, { linkedCaseId }).map((action) => ({ ...action, facts: undefined }))

const base = { alertId: 'a1', ruleId: 'AT-02' }

describe('a condition that holds', () => {
  test('opens one alert per rule', () => {
    expect(reconcileAbnormal([], [verdict('AT-01', 0), verdict('AT-02', 2)], { linkedCaseId: null })).toEqual([
      { action: 'open', ruleId: 'AT-02', severity: 2, facts: { cause: 'c1' }, suppressedBy: null },
    ])
  })

  test.each(LIVE_ALERT_STATES.filter((state) => state !== 'suppressed'))('opens no second one while one is %s', (state) => {
    expect(reconcile([alert(state)], [verdict('AT-02', 2)])).toEqual(state === 'mitigated' ? [{ ...base, action: 'relapse' }] : [])
  })

  test('comes back to one that was mitigated, at its new level, and under the case that speaks for it', () => {
    expect(reconcile([alert('mitigated')], [verdict('AT-02', 3)], null)).toMatchObject([{ ...base, action: 'relapse' }, { ...base, action: 'upgrade', severity: 3 }])
    expect(reconcile([alert('mitigated')], [verdict('AT-02', 2)], 'c9')).toMatchObject([{ ...base, action: 'relapse' }, { ...base, action: 'suppress', caseId: 'c9' }])
  })

  test.each(LIVE_ALERT_STATES.filter((state) => state !== 'mitigated'))('raises one that is %s, and takes back a level that the facts disprove', (state) => {
    const caseId = state === 'suppressed' ? 'c9' : null
    expect(reconcile([alert(state)], [verdict('AT-02', 3)], caseId)).toMatchObject([{ ...base, action: 'upgrade', severity: 3 }])
    expect(reconcile([alert(state, { severity: 4 })], [verdict('AT-02', 3)], caseId)).toMatchObject([
      { ...base, action: 'downgrade', severity: 3, reason: 'never_true' },
    ])
    expect(reconcile([alert(state, { severity: 4, floor: 4 })], [verdict('AT-02', 3)], caseId)).toEqual([])
  })
})

describe('a condition that does not hold', () => {
  test.each([
    ['cleared', { action: 'auto_resolve', reason: 'cleared' }],
    ['absorbed', { action: 'auto_resolve', reason: 'absorbed' }],
    ['never_true', { action: 'retract', reason: 'never_true' }],
  ] as const)('%s ends every live alert', (why, expected) => {
    for (const state of LIVE_ALERT_STATES) expect(reconcile([alert(state)], [verdict('AT-02', 0, why)])).toMatchObject([{ ...base, ...expected }])
  })

  test('mitigated leaves every live alert to a person, once', () => {
    for (const state of LIVE_ALERT_STATES)
      expect(reconcile([alert(state)], [verdict('AT-02', 0, 'mitigated')])).toEqual(state === 'mitigated' ? [] : [{ ...base, action: 'mitigate' }])
    expect(reconcile([alert('resolved', { endedBy: 'engine' })], [verdict('AT-02', 0, 'mitigated')])).toEqual([])
  })

  test('an alert that the engine resolved is still retracted when late facts disprove it (S-6)', () => {
    const absorbed = alert('resolved', { endedBy: 'engine' })
    expect(reconcile([absorbed], [verdict('AT-02', 0, 'never_true')])).toMatchObject([{ ...base, action: 'retract' }])
    expect(reconcile([absorbed], [verdict('AT-02', 0, 'cleared')])).toEqual([])
  })

  test('what a person has ended is not touched', () => {
    for (const state of ['resolved', 'closed', 'false_positive', 'merged'] as const) {
      for (const why of ['cleared', 'absorbed', 'never_true'] as const)
        expect(reconcile([alert(state, { endedBy: 'person' })], [verdict('AT-02', 0, why)])).toEqual([])
    }
  })
})

describe('re-arming (4.1-5)', () => {
  const ended = (state: AlertState, endedBy: 'engine' | 'person') => alert(state, { endedBy, cause: 'c1' })

  test('what a person has ended does not fire again on the same fact', () => {
    for (const state of ['resolved', 'closed', 'false_positive'] as const)
      expect(reconcile([ended(state, 'person')], [verdict('AT-02', 2)])).toEqual([])
  })

  test('it does on another fact, or when it becomes worse', () => {
    expect(reconcile([ended('closed', 'person')], [verdict('AT-02', 2, 'true', 'c2')])).toMatchObject([{ action: 'open', severity: 2 }])
    expect(reconcile([ended('closed', 'person')], [verdict('AT-02', 3)])).toMatchObject([{ action: 'open', severity: 3 }])
  })

  test('what the engine has ended fires again when it is true again', () => {
    for (const state of ['resolved', 'retracted'] as const)
      expect(reconcile([ended(state, 'engine')], [verdict('AT-02', 2)])).toMatchObject([{ action: 'open' }])
  })
})

describe('a linked case (4.1-6)', () => {
  test('opens alerts as suppressed and suppresses those nobody has answered', () => {
    expect(reconcile([], [verdict('AT-01', 1)], 'c9')).toMatchObject([{ action: 'open', suppressedBy: 'c9' }])
    expect(reconcile([alert('open')], [verdict('AT-02', 2)], 'c9')).toMatchObject([{ ...base, action: 'suppress', caseId: 'c9' }])
    expect(reconcile([alert('acknowledged')], [verdict('AT-02', 2)], 'c9')).toEqual([])
    expect(reconcile([alert('suppressed')], [verdict('AT-02', 2)], 'c9')).toEqual([])
  })

  test('when it ends, what still holds pages and what does not ends', () => {
    expect(reconcile([alert('suppressed')], [verdict('AT-02', 2)])).toMatchObject([{ ...base, action: 'unsuppress' }])
    expect(reconcile([alert('suppressed')], [verdict('AT-02', 0, 'cleared')])).toMatchObject([{ ...base, action: 'auto_resolve' }])
  })

  test('raises the level first, so that nobody is paged at the old one', () => {
    expect(reconcile([alert('suppressed')], [verdict('AT-02', 4)]).map(({ action }) => action)).toEqual(['upgrade', 'unsuppress'])
  })

  test('does not silence a rule that is never suppressed', () => {
    const rule = { ...OVERDUE, id: 'AT-25', suppressedByCase: false }
    expect(reconcileAbnormal([], [verdict('AT-25', 3)], { linkedCaseId: 'c9' }, [rule])).toMatchObject([{ action: 'open', suppressedBy: null }])
  })
})

test('alerts of a rule without a verdict are left alone', () => {
  expect(reconcile([alert('open', { ruleId: 'AT-99' })], [verdict('AT-02', 0)])).toEqual([])
})

/** What the transition table makes of the actions, as far as reconciling sees it. */
function apply(known: readonly KnownAlert[], actions: readonly AbnormalAction[]): KnownAlert[] {
  const after = known.map((one) => {
    let next: KnownAlert = one
    for (const action of actions) {
      if (action.action === 'open' || action.alertId !== one.alertId) continue
      if (action.action === 'upgrade' || action.action === 'downgrade') next = { ...next, severity: action.severity }
      if (action.action === 'suppress') next = { ...next, state: 'suppressed' }
      if (action.action === 'unsuppress') next = { ...next, state: 'open' }
      if (action.action === 'auto_resolve') next = { ...next, state: 'resolved', endedBy: 'engine' }
      if (action.action === 'mitigate') next = { ...next, state: 'mitigated' }
      if (action.action === 'relapse') next = { ...next, state: 'open' }
      if (action.action === 'retract') next = { ...next, state: 'retracted', endedBy: 'engine' }
    }
    return next
  })
  const opened = actions.filter((action) => action.action === 'open')
  return [
    ...after,
    ...opened.map(
      ({ ruleId, severity, suppressedBy, facts }, index): KnownAlert => ({
        alertId: `new${known.length + index}`,
        ruleId,
        severity,
        state: suppressedBy === null ? 'open' : 'suppressed',
        cause: String(facts['cause']),
      }),
    ),
  ]
}

test('law: after its actions nothing is left to do, and one alert at most is live per rule, at the level that holds now whatever it was before', () => {
  const anAlert = fc.record({
    state: fc.constantFrom(...ALERT_STATES),
    severity: fc.constantFrom<Severity>(1, 2, 3, 4),
    endedBy: fc.constantFrom<'engine' | 'person'>('engine', 'person'),
    cause: fc.constantFrom('c1', 'c2'),
  })
  const aVerdict = fc.tuple(
    fc.constantFrom<Level>(0, 1, 2, 3, 4),
    fc.constantFrom<AbnormalVerdict['why']>('cleared', 'absorbed', 'mitigated', 'never_true'),
    fc.constantFrom('c1', 'c2'),
  )
  fc.assert(
    fc.property(fc.array(anAlert, { maxLength: 4 }), aVerdict, fc.constantFrom(null, 'c9'), (specs, [level, why, cause], linkedCaseId) => {
      let hasLive = false
      const known = specs.flatMap(({ state, severity, endedBy, cause: of }, index): KnownAlert[] => {
        const isLive = LIVE_ALERT_STATES.includes(state)
        if (isLive && hasLive) return []
        hasLive ||= isLive
        return [{ alertId: `a${index}`, ruleId: 'AT-02', severity, state, cause: of, ...(isLive ? {} : { endedBy }) }]
      })
      const verdicts = [verdict('AT-02', level, level > 0 ? 'true' : why, cause)]
      const after = apply(known, reconcileAbnormal(known, verdicts, { linkedCaseId }))
      expect(reconcileAbnormal(after, verdicts, { linkedCaseId })).toEqual([])
      expect(after.filter(({ state }) => LIVE_ALERT_STATES.includes(state)).length).toBeLessThanOrEqual(1)
      for (const one of after) if (LIVE_ALERT_STATES.includes(one.state) && one.state !== 'mitigated') expect(one.severity).toBe(level)
    }),
    { numRuns: 1_000 },
  )
})
