import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { byJoinOrder, mayJoin } from '../../core/domain/risk/joining.ts'
import { judgeCase } from '../../core/domain/risk/judge-case.ts'
import { phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import type { CaseDecision, CaseMemory } from '../../core/domain/risk/risk-case.ts'
import { atLocal, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { Level, Severity } from '../../core/domain/vocabulary.ts'

const PARAMETERS = DEFAULT_RISK_PARAMETERS
const TICK = 5 * MINUTE
const at = (hour: number, minute: number): Instant => atLocal('2026-06-11', hour * HOUR + minute * MINUTE, 'Asia/Shanghai')

const fresh = (severity: Severity): CaseMemory => ({ severity, falseSince: null, isMitigated: false, mitigatedAt: null, proposedSeverity: null, relapses: [] })

/** Judges one level per tick from `from` on; a person's approval is an `approve` in the list. */
function run(start: CaseMemory, from: Instant, levels: readonly (Level | null)[]): (CaseDecision & { at: Instant })[] {
  let memory = start
  return levels.map((level, index) => {
    const tickAt = from + index * TICK
    const decision = judgeCase(memory, level, tickAt, PARAMETERS)
    memory = decision.memory
    return { ...decision, at: tickAt }
  })
}

const moves = (decisions: readonly (CaseDecision & { at: Instant })[]) =>
  decisions
    .filter((decision) => decision.kind !== 'stay')
    .map((decision) => [decision.kind, (decision.at - at(20, 0)) / MINUTE, 'to' in decision ? decision.to : null])

const many = (level: Level | null, count: number) => Array<Level | null>(count).fill(level)

describe('a case between ticks', () => {
  test('lives the end of S-1: orange until 21:35, false from 21:40, mitigated at 22:40', () => {
    // 20:20 blue (opens), 20:25 yellow, 20:30–21:35 orange, 21:40, 21:45 yellow, 21:50, 21:55 blue, nothing from 22:00.
    const levels: Level[] = [2, ...(many(3, 14) as Level[]), 2, 2, 1, 1, ...(many(0, 12) as Level[])]
    const decisions = run(fresh(1), at(20, 25), levels)
    expect(moves(decisions)).toEqual([
      ['upgrade', 25, 2],
      ['upgrade', 30, 3],
      ['mitigate', 160, null],
    ])
    expect(decisions.find((decision) => decision.at === at(21, 40))?.memory).toMatchObject({ severity: 3, falseSince: at(21, 40) })
    expect(decisions.at(-1)?.memory).toMatchObject({ severity: 3, isMitigated: true, mitigatedAt: at(22, 40) })
  })

  test.each([
    ['blue falls to nothing after 30 min', 1, [...many(0, 7)], [['mitigate', 30, null]]],
    [
      'yellow falls to blue after 30 min, and blue has a hold-down of its own',
      2,
      [...many(1, 7), ...many(0, 7)],
      [
        ['downgrade', 30, 1],
        ['mitigate', 65, null],
      ],
    ],
    ['yellow falls to nothing after 30 min though blue was true until a tick before', 2, [...many(1, 6), 0], [['mitigate', 30, null]]],
    ['29 minutes are not 30', 2, many(1, 6), []],
    ['the hold-down begins anew when the colour is true once more', 2, [...many(1, 6), 2, ...many(1, 6)], []],
    ['orange is proposed down after 60 min and keeps its colour', 3, many(1, 20), [['propose', 60, 1]]],
    [
      'a proposal is repeated only when it changes',
      3,
      [...many(1, 14), 2, 2, 1],
      [
        ['propose', 60, 1],
        ['propose', 70, 2],
        ['propose', 80, 1],
      ],
    ],
    [
      'red is proposed down, and mitigated once nothing is true',
      4,
      [...many(2, 13), 0],
      [
        ['propose', 60, 2],
        ['mitigate', 65, null],
      ],
    ],
    ['red jumps up from blue at once', 1, [4], [['upgrade', 0, 4]]],
    ['no data neither releases nor counts', 1, [0, ...many(null, 40), ...many(0, 6)], [['mitigate', 230, null]]],
    ['no data does not raise', 1, many(null, 20), []],
  ] as [string, Severity, (Level | null)[], unknown[]][])('%s', (_name, severity, levels, expected) => {
    expect(moves(run(fresh(severity), at(20, 0), levels))).toEqual(expected)
  })

  test('withdraws a proposal when the present colour is true again', () => {
    const decisions = run(fresh(3), at(20, 0), [...many(1, 13), 3])
    expect(decisions.at(-2)?.memory.proposedSeverity).toBe(1)
    expect(decisions.at(-1)).toMatchObject({ kind: 'stay', memory: { proposedSeverity: null, falseSince: null, severity: 3 } })
  })

  test.each([
    ['the same colour within two hours', 2, 120, 2, { kind: 'relapse', to: 2 }],
    ['a lower colour: the last approved one stays', 3, 5, 1, { kind: 'relapse', to: 3 }],
    ['a higher colour', 1, 60, 3, { kind: 'relapse', to: 3 }],
    ['a minute later than two hours', 2, 121, 2, { kind: 'stay' }],
    ['nothing', 2, 60, 0, { kind: 'stay' }],
    ['no data', 2, 60, null, { kind: 'stay' }],
  ] as [string, Severity, number, Level | null, object][])('comes back from mitigated on %s', (_name, severity, minutes, level, expected) => {
    const memory = { ...fresh(severity), isMitigated: true, mitigatedAt: at(20, 0) }
    expect(judgeCase(memory, level, at(20, 0) + minutes * MINUTE, PARAMETERS)).toMatchObject(expected)
  })

  test('starts the hold-down at a relapse below the colour shown', () => {
    const memory = { ...fresh(3), isMitigated: true, mitigatedAt: at(20, 0) }
    const decisions = run(memory, at(20, 30), [1, ...many(0, 12)])
    expect(moves(decisions)).toEqual([
      ['relapse', 30, 3],
      ['mitigate', 90, null],
    ])
  })
})

describe('a case that flaps (domain.md 7.4: 3 relapses in 6 h, open for 6 h)', () => {
  const back = (relapses: readonly Instant[], tickAt: Instant, severity: Severity = 2) => judgeCase({ ...fresh(severity), isMitigated: true, mitigatedAt: tickAt - HOUR, relapses }, severity, tickAt, PARAMETERS)
  const T = at(12, 0)

  test.each([
    ['the first', [], null],
    ['the second', [T - HOUR], null],
    ['the third, 6 h after the first', [T - 6 * HOUR, T - HOUR], T + 6 * HOUR],
    ['the third, 6 h and a millisecond after the first', [T - 6 * HOUR - 1, T - HOUR], null],
  ] as [string, Instant[], Instant | null][])('at %s relapse', (_name, before, holdUntil) => {
    expect(back(before, T)).toMatchObject({ kind: 'relapse', holdUntil, memory: { relapses: [...before, T] } })
  })

  test('is not mitigated before the 6 h are over, though nothing is true, and is then', () => {
    const memory = { ...fresh(2), relapses: [T - 2 * HOUR, T - HOUR, T], falseSince: T + HOUR }
    expect(judgeCase(memory, 0, T + 6 * HOUR - 1, PARAMETERS).kind).toBe('stay')
    expect(judgeCase(memory, 0, T + 6 * HOUR, PARAMETERS)).toMatchObject({ kind: 'mitigate', heldForMs: 5 * HOUR })
  })

  test('may still be lowered by what is true', () => {
    const memory = { ...fresh(2), relapses: [T - 2 * HOUR, T - HOUR, T], falseSince: T + HOUR }
    expect(judgeCase(memory, 1, T + 2 * HOUR, PARAMETERS)).toMatchObject({ kind: 'downgrade', to: 1 })
  })

  test.each([
    ['its first relapse leaves the colour', [], 2, 2, false],
    ['its second raises it by one', [T - 2 * HOUR], 2, 3, true],
    ['its second, more than 6 h after the first, does not', [T - 6 * HOUR - 1], 2, 2, false],
    ['its third does not raise it again', [T - 3 * HOUR, T - 2 * HOUR], 3, 3, false],
    ['red stays red', [T - 2 * HOUR], 4, 4, false],
  ] as [string, Instant[], Severity, Severity, boolean][])('%s (7.5)', (_name, before, severity, to, raised) => {
    expect(back(before, T, severity)).toMatchObject({ kind: 'relapse', to, raised })
  })
})

const severities = fc.constantFrom<Severity>(1, 2, 3, 4)
const levels = fc.constantFrom<Level>(0, 1, 2, 3, 4)
const histories = fc.array(levels, { maxLength: 60 })

describe('the case machine', () => {
  law.prop([severities, histories])('changes nothing when the same tick comes twice', (severity, history) => {
    let memory = fresh(severity)
    history.forEach((level, index) => {
      const tickAt = at(20, 0) + index * TICK
      memory = judgeCase(memory, level, tickAt, PARAMETERS).memory
      const again = judgeCase(memory, level, tickAt, PARAMETERS)
      expect(again.kind).toBe('stay')
      expect(again.memory).toEqual(memory)
    })
  })

  law.prop([severities, histories])('never lowers a colour of which the condition was true within the hold-down', (severity, history) => {
    let memory = fresh(severity)
    history.forEach((level, index) => {
      const tickAt = at(20, 0) + index * TICK
      const decision = judgeCase(memory, level, tickAt, PARAMETERS)
      const before = memory.severity
      if (decision.kind === 'downgrade' || decision.kind === 'mitigate' || decision.kind === 'propose') {
        const held = (PARAMETERS.holdDownMinutes[before - 1] ?? 0) * MINUTE
        const recent = history.slice(Math.max(0, index - held / TICK), index + 1)
        expect(recent.length).toBe(held / TICK + 1)
        expect(Math.max(...recent)).toBeLessThan(before)
      }
      if (decision.kind === 'downgrade') expect(before).toBeLessThanOrEqual(2)
      memory = decision.memory
    })
  })

  law.prop([severities, fc.array(fc.boolean(), { minLength: 10, maxLength: 80 })])(
    'does not flap between two levels faster than the hold-down',
    (high, swings) => {
      const low = (high - 1) as Level
      const history = swings.map((up, index) => (index % 5 === 0 || up ? high : low))
      expect(run(fresh(high), at(20, 0), history).every((decision) => decision.kind === 'stay')).toBe(true)
    },
  )

  law.prop([severities, histories, fc.nat(59), levels])(
    'never shows a lower colour because a level was higher at one tick',
    (severity, history, place, level) => {
      const raised = history.map((held, index) => (index === place ? (Math.max(held, level) as Level) : held))
      const shown = (list: readonly Level[]) => run(fresh(severity), at(20, 0), list)[Math.min(place, list.length - 1)]?.memory.severity ?? severity
      expect(shown(raised)).toBeGreaterThanOrEqual(shown(history))
    },
  )
})

describe('joining', () => {
  const held = { matter: phenomenonMatter('P'), regionPath: '/00/32/320500/', openedAt: at(20, 20), lastTrueAt: at(20, 20), mitigatedAt: null }
  test.each([
    ['the same place', held, 'P', '/00/32/320500/', at(20, 25), true],
    ['the province above', held, 'P', '/00/32/', at(20, 25), true],
    ['a district below', held, 'P', '/00/32/320500/320501/', at(20, 25), true],
    ['the city beside', held, 'P', '/00/32/320100/', at(20, 25), false],
    ['a code that only begins alike', { ...held, regionPath: '/00/3/' }, 'P', '/00/32/', at(20, 25), false],
    ['another phenomenon', held, 'Q', '/00/32/320500/', at(20, 25), false],
    ['a window that begins two hours after the last one', held, 'P', '/00/32/320500/', at(23, 20), true],
    ['a window that begins later', held, 'P', '/00/32/320500/', at(23, 25), false],
    ['mitigated two hours ago', { ...held, mitigatedAt: at(20, 50) }, 'P', '/00/32/320500/', at(22, 50), true],
    ['mitigated longer ago', { ...held, mitigatedAt: at(20, 50) }, 'P', '/00/32/320500/', at(22, 55), false],
  ])('%s', (_name, live, phenomenon, regionPath, tickAt, expected) => {
    expect(mayJoin(live, phenomenonMatter(phenomenon), regionPath, tickAt, PARAMETERS)).toBe(expected)
  })

  test('prefers a case that is not mitigated, then the oldest', () => {
    const cases = [
      { ...held, mitigatedAt: at(20, 0), openedAt: 1 },
      { ...held, openedAt: 3 },
      { ...held, openedAt: 2 },
    ]
    expect(cases.sort(byJoinOrder).map((item) => item.openedAt)).toEqual([2, 3, 1])
  })
})
