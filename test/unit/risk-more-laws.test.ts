import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CASE_RULES, FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import type { RiskScene } from '../../core/domain/risk/fact-rule.ts'
import { type CaseFact, type ConfirmedFact, type DayTicket, type DisputedTicket, type KeyTicket, type KeywordFact, NO_FACTS, type OfficialTicket, type OpinionFact, type RiskFacts, type TemplateText, type VulnerableTicket } from '../../core/domain/risk/facts.ts'
import { phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { RISK_TREE as tree } from '../support/risk-tree.ts'

const T = 100 * DAY
const scene: RiskScene = { tickAt: T, parameters: DEFAULT_RISK_PARAMETERS, tree }

const who = { ticketKey: fc.nat(60).map((no) => `t${no}`), customerKey: fc.nat(40).map((no) => `c${no}`), regionCode: fc.constantFrom('320505', '320500', '320100', '33') }
const about = { ...who, phenomenon: fc.constantFrom('账单', '携出', DEFAULT_RISK_PARAMETERS.redLine.phenomena[0] ?? '', DEFAULT_RISK_PARAMETERS.billing.phenomena[0] ?? '') }
const lately = fc.constantFrom(T - 1, T - HOUR, T - 23 * HOUR, T - 6 * DAY, T - 25 * DAY)
const agent = fc.constantFrom('H-001', 'H-002', '')

/** What may be added to the facts of a tick, and which rules must not fall by it. */
const ADDED: { readonly [Name in keyof RiskFacts]?: readonly [fc.Arbitrary<RiskFacts[Name][number]>, readonly string[]] } = {
  templateTexts: [
    // One cluster, two thirds of it from one province: beside another, larger one nobody would see it fall, and its place changes with what is added.
    fc.record<TemplateText>({ ...about, customerKey: fc.nat(300).map((no) => `c${no}`), regionCode: fc.constantFrom('320505', '320100', '33'), cluster: fc.constant('k1'), isByWords: fc.constant(false), kind: fc.constant('appeal'), contactKey: fc.constant(null), addressKey: fc.constant(null), isProxy: fc.boolean() }),
    ['MR-03'],
  ],
  keyTickets: [fc.record<KeyTicket>({ ...about, acceptedAt: lately, closedAt: fc.constantFrom(null, T - 1), expeditesAt: fc.array(fc.constantFrom(T - HOUR, T - 3 * HOUR, T - 6 * HOUR), { maxLength: 4 }), skipLevelContact: fc.nat(3) }), ['MR-05']],
  officialTickets: [fc.record<OfficialTicket>({ ...about, channel: fc.constant('gov_12345'), acceptedAt: lately, closedAt: fc.constantFrom(null, T - 1), orderedAt: fc.constantFrom(null, T - 2) }), ['MR-08']],
  opinions: [
    fc.record<OpinionFact>({ opinionId: fc.nat(5).map((no) => `O${no}`), regionCode: who.regionCode, medium: fc.constant('m'), topic: fc.constant('t'), phenomenon: fc.constantFrom('', '账单'), reach: fc.constantFrom(null, 5, 10_000, 100_000), spread: fc.constantFrom(null, 'local', 'provincial', 'national', 'regulator') }),
    ['MR-09'],
  ],
  keywords: [
    fc.constantFrom<readonly [string, 1 | 2 | 3, boolean]>(['KW-MED', 2, true], ['KW-LAW', 1, true], ['KW-FRD', 1, true], ['KW-SAF', 3, false], ['KW-PRV', 1, false], ['KW-GRP', 2, false]).chain(([category, colour, opensCase]) =>
      fc.record<KeywordFact>({ ...about, category: fc.constant(category), zh: fc.constant(category), en: fc.constant(category), word: fc.constantFrom('v', 'w'), colour: fc.constant(colour), opensCase: fc.constant(opensCase), isEmergency: fc.constant(category === 'KW-SAF'), acceptedAt: fc.constantFrom(T - MINUTE, T - 2 * HOUR, T - 23 * HOUR) }),
    ),
    ['MR-04', 'MR-10', 'MR-11', 'MR-12', 'MR-14'],
  ],
  dayTickets: [fc.record<DayTicket>({ ...about, product: fc.constantFrom('a', 'a', 'b', ''), acceptedAt: fc.constantFrom(T - 1, T - 23 * HOUR), words: fc.subarray(['KW-UNK', 'KW-MNP']) }), ['MR-13', 'MR-19']],
  confirmed: [
    fc.record<ConfirmedFact>({
      alertId: fc.nat(4).map(String), matter: fc.constantFrom(phenomenonMatter(DEFAULT_RISK_PARAMETERS.billing.phenomena[0] ?? ''), { kind: 'keyword', name: 'KW-PRV:x' }, { kind: 'keyword', name: 'KW-GRP:x' }, { kind: 'keyword', name: 'KW-SAF:t1' }),
      regionCode: fc.constant('320500'), users: fc.constantFrom(0, 1, 5, 30, 100, 1_000, 10_000), rules: fc.constant([]),
    }),
    ['MR-10', 'MR-11', 'MR-13', 'MR-14'],
  ],
  vulnerableTickets: [fc.record<VulnerableTicket>({ ...about, acceptedAt: lately, agent, isInMedia: fc.boolean() }), ['MR-15']],
  cases: [fc.record<CaseFact>({ alertId: fc.nat(30).map(String), matter: fc.constantFrom(phenomenonMatter('账单'), { kind: 'product', name: 'broadband' }), provinceCode: fc.constantFrom('32', '33', '34', null), severity: fc.constantFrom(0, 1, 2, 3, 4) }), ['MR-18']],
  disputedTickets: [fc.record<DisputedTicket>({ ...about, agent }), ['MR-21']],
}

const highest = (ruleId: string, facts: RiskFacts): number => Math.max(0, ...readFacts([...FACT_RULES, ...CASE_RULES], facts, scene).filter((reading) => reading.ruleId === ruleId).map(({ level }) => level))

test.each(Object.entries(ADDED).flatMap(([name, [one, rules]]) => rules.map((ruleId) => [ruleId, name, one as fc.Arbitrary<unknown>] as const)))('law: %s falls by nothing that is added to its %s, and reads the same twice and in whatever order they come', (ruleId, name, one) => {
  let seen = 0
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60, size: 'max' }), fc.array(one, { maxLength: 8 }), (first, more) => {
      // A ticket stands once in the facts of a tick.
      const named = (all: readonly unknown[]) => all.map((fact, place) => (typeof fact === 'object' && fact !== null && 'ticketKey' in fact && name !== 'keywords' ? { ...fact, ticketKey: `t${place}` } : fact))
      const facts = (all: readonly unknown[]): RiskFacts => ({ ...NO_FACTS, [name]: named(all) })
      const before = highest(ruleId, facts(first))
      if (before > 0) seen += 1
      expect(highest(ruleId, facts([...first, ...more]))).toBeGreaterThanOrEqual(before)
      expect(highest(ruleId, facts(first))).toBe(before)
      expect(highest(ruleId, facts(first.toReversed()))).toBe(before)
    }),
    { numRuns: 200 },
  )
  // Of a rule that nothing ever made true it would hold anyway.
  expect(seen).toBeGreaterThan(0)
})
