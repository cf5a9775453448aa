import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import type { GroupedFacts } from '../../core/domain/risk/fact-grouping.ts'
import type { FactRule } from '../../core/domain/risk/fact-rule.ts'
import { type DayTicket, type KeywordFact, NO_FACTS, type RiskFacts } from '../../core/domain/risk/facts.ts'
import { isSameMemory, judgeCase, nextClock } from '../../core/domain/risk/judge-case.ts'
import { type Matter, matterKey, phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters, type RiskReading } from '../../core/domain/risk/reading.ts'
import { type Look, type ReplayedCase, ReplayedCases } from '../../core/domain/risk/replayed-cases.ts'
import { ReplayedCircles } from '../../core/domain/risk/replayed-circles.ts'
import type { CaseMemory } from '../../core/domain/risk/risk-case.ts'
import { RuleInTime } from '../../core/domain/risk/rule-in-time.ts'
import { chooseFindings } from '../../core/domain/risk/scope.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import type { Level, Severity } from '../../core/domain/vocabulary.ts'
import { GATHERINGS } from '../../core/engine/replay-gather.ts'
import { RISK_TREE as tree } from '../support/risk-tree.ts'

const T = 100 * DAY
const TICK = 5 * MINUTE
const SPAN = 12 * HOUR
const COLOURS: Readonly<Record<string, Severity>> = { 'KW-REG': 2, 'KW-LAW': 1, 'KW-FRD': 1, 'KW-SAF': 3, 'KW-PRV': 1, 'KW-GRP': 2 }
const OWN: Readonly<Record<string, string>> = { 'MR-10': 'KW-SAF', 'MR-11': 'KW-PRV', 'MR-12': 'KW-FRD', 'MR-14': 'KW-GRP' }
const OPENING = ['KW-REG', 'KW-LAW', 'KW-FRD']

/** Everything passes within hours, so that hold-downs, relapses, flapping and joining all come to their ends. */
const parameters = (hours: number, joinGapHours: number, windowMinutes: number, isApart: boolean): RiskParameters => {
  const { keyword, redLine, billing } = DEFAULT_RISK_PARAMETERS
  const scopes = { '32': { values: { 'keyword.sameMatter': 2, 'redLine.customers': [1, 2, 3, 4], holdDownMinutes: [15, 15, 20, 20] }, enabledRules: [] } }
  return {
    ...DEFAULT_RISK_PARAMETERS,
    keyword: { ...keyword, hours, sameMatter: 3, emergency: { customers: 2, minutes: 30 }, privacy: { ...keyword.privacy, customers: [1, 2, 3, null] }, fraud: [1, 2, 3, 4] },
    redLine: { ...redLine, hours, customers: [2, 3, 4, 5] },
    billing: { ...billing, hours, customers: [2, 3, 4, 5] },
    holdDownMinutes: [10, 10, 15, 15],
    relapseHours: 1,
    flapping: { relapses: 2, hours: 3, holdHours: 1 },
    joinGapHours,
    windowMinutes,
    ...(isApart ? { scopes } : {}),
  }
}
const settings = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 1 }), fc.constantFrom(5, 60), fc.boolean()).map(([...of]) => parameters(...of))

const places = fc.oneof({ weight: 12, arbitrary: fc.constantFrom('320505', '320500', '320100', '330100') }, { weight: 1, arbitrary: fc.constantFrom('32', '00', 'unknown') })
// On a tick, on a look between ticks, and between those.
const times = fc.oneof(fc.nat(9 * 12).map((tick) => T + tick * TICK), fc.nat(9 * 720).map((step) => T + step * 5 * SECOND), fc.nat(9 * HOUR).map((ms) => T - HOUR + ms))

interface WordFact extends KeywordFact {
  readonly wrongAt: Instant | null
}

/** Tickets with one or two words, most of them of the category that the rule goes by. */
function wordsFor(ruleId: string): fc.Arbitrary<readonly WordFact[]> {
  const category = fc.oneof({ weight: 3, arbitrary: fc.constant(OWN[ruleId] ?? 'KW-REG') }, { weight: 2, arbitrary: fc.constantFrom(...Object.keys(COLOURS)) })
  const wrongAfter = fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(3 * HOUR) }, { weight: 1, arbitrary: fc.nat(36).map((ticks) => ticks * TICK) })
  const hits = fc.array(fc.record({ category, isEmergency: fc.boolean(), wrongAfter }), { minLength: 1, maxLength: 2 })
  const ticket = fc.record({ customer: fc.nat(5), phenomenon: fc.constantFrom('P', 'Q'), regionCode: places, acceptedAt: times, hits })
  return fc.array(ticket, { maxLength: 30 }).map((all) =>
    all.flatMap(({ customer, hits: mine, ...told }, no) =>
      mine.map(({ category: code, isEmergency, wrongAfter: after }, place) => ({
        ...told, ticketKey: `t${no}`, customerKey: `c${customer}`, category: code, zh: code, en: code, word: `w${place}`, colour: COLOURS[code] ?? 1, opensCase: OPENING.includes(code), isEmergency,
        wrongAt: after === null ? null : told.acceptedAt + after,
      })),
    ),
  )
}
const tickets: fc.Arbitrary<DayTicket> = fc
  .record({
    ticket: fc.nat(1_000_000), customer: fc.nat(5), phenomenon: fc.constantFrom('携出', '业务变更', '退费', '宽带慢'), product: fc.constantFrom('', '视频彩铃'), regionCode: places, acceptedAt: times,
    words: fc.subarray(['KW-MNP', 'KW-LOC', 'KW-UNK'], { maxLength: 2 }),
  })
  .map(({ ticket, customer, ...rest }) => ({ ...rest, ticketKey: `t${ticket}`, customerKey: `c${customer}` }))

type Fact = WordFact | DayTicket
const isWord = (fact: Fact): fact is WordFact => 'wrongAt' in fact
/** As the gathering has it: told anew here, so that the replay is not held against itself. */
const stands = (fact: Fact, at: Instant, { keyword }: RiskParameters) =>
  fact.acceptedAt < at && (!isWord(fact) || (fact.acceptedAt >= at - keyword.hours * HOUR && (fact.wrongAt === null || at < fact.wrongAt)))

/** Ticks, and between them looks where a fact came or went. */
function looksOf(facts: readonly Fact[], isPrompt: boolean): { readonly at: Instant; readonly look: Look }[] {
  const ticks = Array.from({ length: SPAN / TICK + 1 }, (_, index) => T + index * TICK)
  const steps = isPrompt ? facts.flatMap((fact) => [fact.acceptedAt, ...(isWord(fact) && fact.wrongAt !== null ? [fact.wrongAt] : [])]).map((at) => (Math.floor(at / (5 * SECOND)) + 1) * 5 * SECOND) : []
  const looks = [...new Set(steps)].filter((at) => at > T && at <= T + SPAN && at % TICK !== 0)
  return [...ticks.map((at) => ({ at, look: 'all' as const })), ...looks.map((at) => ({ at, look: 'prompt' as const }))].sort((a, b) => a.at - b.at)
}

interface Story {
  readonly rule: FactRule
  readonly facts: readonly Fact[]
  readonly parameters: RiskParameters
}

/** Every case, by everything that is known of it. */
const course = (cases: readonly ReplayedCase[]) => cases.map(({ openedBy: _, ...one }) => one)
const factsAt = ({ rule, facts, parameters: held }: Story, at: Instant): RiskFacts => ({ ...NO_FACTS, [rule.grouping?.facts ?? '']: facts.filter((fact) => stands(fact, at, held)) })

function judgingEveryLook(story: Story): readonly ReplayedCase[] {
  const cases = new ReplayedCases(tree, story.parameters)
  for (const { at, look } of looksOf(story.facts, story.rule.isPrompt)) {
    const readings = readFacts([story.rule], factsAt(story, at), { tickAt: at, parameters: story.parameters, tree })
    cases.tick(at, chooseFindings(readings, tree, () => 0, story.parameters), look)
  }
  return cases.all
}

function begun({ rule, parameters: held }: Story): RuleInTime {
  const how = GATHERINGS[rule.id]
  if (how?.by !== 'ticket' || rule.grouping === undefined) throw new Error(`${rule.id} is not read in groups`)
  return new RuleInTime({ id: rule.id, grouping: rule.grouping }, { parameters: held, tree }, how.times(held))
}

/** Facts come in stretches, as they are read: those of a stretch before its first look. */
function* arriving(story: Story, everyLooks: number) {
  const looks = looksOf(story.facts, story.rule.isPrompt)
  let readTo = Number.NEGATIVE_INFINITY
  for (let next = 0; next < looks.length; next += everyLooks) {
    const some = looks.slice(next, next + everyLooks)
    const to = some.at(-1)?.at ?? T
    const facts = story.facts.filter(({ acceptedAt }) => acceptedAt >= readTo && acceptedAt < to) as RiskFacts[GroupedFacts]
    readTo = to
    for (const [place, look] of some.entries()) yield { ...look, facts: place === 0 ? facts : [] }
  }
}

function passingOver(story: Story): readonly ReplayedCase[] {
  const [rule, cases] = [begun(story), new ReplayedCircles(tree, story.parameters)]
  for (const { at, look, facts } of arriving(story, 40)) {
    rule.add(facts)
    for (const [name, reading] of rule.look(at)) cases.put(name, reading)
    cases.look(at, look)
  }
  return cases.all
}

const GROUPED = FACT_RULES.filter(({ grouping }) => grouping !== undefined)
const factsOf = ({ id, grouping }: FactRule): fc.Arbitrary<readonly Fact[]> => (grouping?.facts === 'keywords' ? wordsFor(id) : fc.array(tickets, { maxLength: 40 }))
const stories = (rule: FactRule) => fc.record({ rule: fc.constant(rule), facts: factsOf(rule), parameters: settings })
const inWords = (readings: readonly RiskReading[]) => readings.filter(({ level }) => level > 0).map(({ matter, regionCode, level, value }) => `${matterKey(matter)} ${regionCode} ${level} ${value}`).sort()

test('the rules that are read in groups are those over words and tickets of the day, MR-04 and MR-19 among them', () => {
  expect(GROUPED.map(({ id }) => id).sort()).toEqual(['MR-04', 'MR-10', 'MR-11', 'MR-12', 'MR-13', 'MR-14', 'MR-19'])
})

describe.each(GROUPED.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
  law.prop([stories(rule), fc.infiniteStream(fc.nat(1_000))])('says the same of the same facts in whatever order', (story, dice) => {
    const shuffled = story.facts.map((fact) => ({ fact, place: dice.next().value as number })).sort((a, b) => a.place - b.place).map(({ fact }) => fact)
    const read = (facts: readonly Fact[]) => inWords(readFacts([rule], factsAt({ ...story, facts }, T + 4 * HOUR), { tickAt: T + 4 * HOUR, parameters: story.parameters, tree }))
    expect(read(shuffled)).toEqual(read(story.facts))
  })

  law.prop([stories(rule)], { numRuns: 60 })('reads at every look what it reads of all facts, though only groups that have changed are read', (story) => {
    const held = new Map<string, RiskReading>()
    const reading = begun(story)
    for (const { at, facts } of arriving(story, 40)) {
      reading.add(facts)
      for (const [name, one] of reading.look(at)) {
        if (one === null) held.delete(name)
        else held.set(name, one)
      }
      const whole = readFacts([rule], factsAt(story, at), { tickAt: at, parameters: story.parameters, tree })
      expect([at - T, inWords([...held.values()])]).toEqual([at - T, inWords(whole)])
    }
  })

  law.prop([stories(rule)], { numRuns: 150 })('raises, replayed with looks passed over, exactly what it raises with every look judged', (story) => {
    expect(course(passingOver(story))).toEqual(course(judgingEveryLook(story)))
  })
})

/** Readings that come and go anywhere, of matters that join and that do not. */
const MATTERS = [phenomenonMatter('IPTV'), phenomenonMatter('宽带慢'), { kind: 'product', name: 'iptv' }, { kind: 'product', name: 'bundle' }, { kind: 'keyword', name: 'KW:P' }] as const
const PLACES = ['320505', '320500', '320100', '330100', '32', '33', '00', 'unknown'] as const
// Few of them and often, so that they rise, fall and meet.
const names = fc.array(fc.record({ matter: fc.constantFrom(...MATTERS), regionCode: fc.constantFrom(...PLACES) }), { minLength: 1, maxLength: 5 })
const moves = fc.array(
  fc.record({ tick: fc.nat(130), offset: fc.constantFrom(0, 0, 5 * SECOND, 65 * SECOND), which: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }), level: fc.constantFrom<Level>(0, 0, 1, 2, 3, 4) }),
  { maxLength: 50 },
)
const changes = fc.tuple(names, moves).map(([held, all]) => all.flatMap(({ which, ...move }) => [...new Set(which.map((one) => one % held.length))].map((one) => changeOf({ ...move, ...(held[one] as (typeof held)[number]) }))))

interface Change {
  readonly at: Instant
  readonly name: string
  readonly reading: RiskReading
}

function changeOf({ tick, offset, matter, regionCode, level }: { tick: number; offset: number; matter: Matter; regionCode: string; level: Level }): Change {
  const at = T + tick * TICK + offset
  return { at, name: `${matterKey(matter)} ${regionCode}`, reading: { ruleId: 'MR-99', regionCode, matter, tickAt: at, level, value: 1, baseline: null, sigma: null, z: null, r: null, reason: { why: 'said', zh: '', en: '', facts: {} } } }
}

function* lived(all: readonly Change[]) {
  const ticks = Array.from({ length: SPAN / TICK + 1 }, (_, index) => T + index * TICK)
  for (const at of [...new Set([...ticks, ...all.map((one) => one.at)])].sort((a, b) => a - b)) yield { at, look: at % TICK === 0 ? ('all' as const) : ('prompt' as const), now: all.filter((one) => one.at === at) }
}

function bothWays(all: readonly Change[], held: RiskParameters) {
  const [whole, circles, standing] = [new ReplayedCases(tree, held), new ReplayedCircles(tree, held), new Map<string, RiskReading>()]
  for (const { at, look, now } of lived(all)) {
    for (const { name, reading } of now) {
      standing.set(name, reading)
      circles.put(name, reading)
    }
    whole.tick(at, chooseFindings([...standing.values()], tree, () => 0, held), look)
    circles.look(at, look)
  }
  return { apart: course(circles.all), together: course(whole.all) }
}

describe('cases of readings that come and go anywhere', () => {
  law.prop([changes, settings], { numRuns: 500 })('are the same, judged apart and only when something can move, as judged all together at every look', (all, held) => {
    const { apart, together } = bothWays(all, held)
    expect(apart).toEqual(together)
  })

  test.each<[Level, Instant]>([[4, T + 10 * TICK + 65 * SECOND], [1, T + 10 * TICK]])('red read as %i while nothing moves has been true until the last look that sees it', (level, lastTrueAt) => {
    const [here, there] = [{ matter: MATTERS[4], regionCode: '320500' }, { matter: MATTERS[0], regionCode: '330100' }]
    const told = [{ ...here, tick: 0, level: 4 as const }, { ...here, tick: 2, level }, { ...there, tick: 10, offset: 65 * SECOND, level: 2 as const }, { ...here, tick: 11, level: 0 as const }]
    const { apart, together } = bothWays(told.map((one) => changeOf({ offset: 0, ...one })), parameters(1, 1, 60, false))
    expect(apart).toEqual(together)
    expect(apart[0]).toMatchObject({ openedAt: T, lastTrueAt })
  })
})

const memories: fc.Arbitrary<CaseMemory> = fc
  .record({ severity: fc.constantFrom<Severity>(1, 2, 3, 4), since: fc.option(fc.nat(3 * HOUR)), mitigated: fc.option(fc.nat(3 * HOUR)), proposed: fc.option(fc.constantFrom<Severity>(1, 2, 3)), relapses: fc.array(fc.nat(5 * HOUR), { maxLength: 4 }) })
  .map(({ severity, since, mitigated, proposed, relapses }) => ({
    severity, falseSince: since === null ? null : T - since, isMitigated: mitigated !== null, mitigatedAt: mitigated === null ? null : T - mitigated, proposedSeverity: proposed,
    relapses: relapses.map((before) => T - before).sort((a, b) => a - b),
  }))

describe('the clocks of a case', () => {
  law.prop([memories, fc.constantFrom<Level>(0, 1, 2, 3, 4), settings, fc.nat(3 * HOUR)], { numRuns: 2_000 })('what leaves it as it is at one tick leaves it so until the next of its clocks', (memory, level, held, later) => {
    const isLeft = (at: Instant) => isSameMemory(judgeCase(memory, level, at, held).memory, memory)
    fc.pre(isLeft(T))
    const clock = nextClock(memory, T, held)
    fc.pre(clock === null || T + later < clock)
    expect(isLeft(T + later)).toBe(true)
  })
})
