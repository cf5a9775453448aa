import { describe, expect, test } from 'vitest'
import { type ConfirmedFact, type KeywordFact, NO_FACTS } from '../../core/domain/risk/facts.ts'
import { KEYWORD_RULES } from '../../core/domain/risk/keyword-rules.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { DAY, MINUTE } from '../../core/domain/time.ts'
import type { Level, Severity } from '../../core/domain/vocabulary.ts'
import { RISK_TREE as tree } from '../support/risk-tree.ts'

const T = 100 * DAY
const COLOURS: Readonly<Record<string, Severity>> = { 'KW-REG': 2, 'KW-MED': 2, 'KW-STF': 2, 'KW-SAF': 3 }
const OWN: readonly string[] = ['KW-SAF', 'KW-PRV', 'KW-GRP', 'KW-MIN', 'KW-ELD']

/** Hits of one category in `count` tickets of as many customers. */
const hits = (category: string, count: number, more: Partial<KeywordFact> = {}): KeywordFact[] =>
  Array.from({ length: count }, (_, index) => ({
    ticketKey: `t${index}`, customerKey: `c${index}`, category, zh: category, en: category, word: 'w', colour: COLOURS[category] ?? 1,
    opensCase: !OWN.includes(category), isEmergency: false, phenomenon: 'P', regionCode: '320505', acceptedAt: T - MINUTE, ...more,
  }))
const confirmed = (group: string, users: number): ConfirmedFact => ({ alertId: '1', matter: { kind: 'keyword', name: `${group}:P` }, regionCode: '320500', users, rules: [] })
const read = (keywords: readonly KeywordFact[], told: readonly ConfirmedFact[] = []) =>
  readFacts(KEYWORD_RULES, { ...NO_FACTS, keywords, confirmed: told }, { tickAt: T, parameters: DEFAULT_RISK_PARAMETERS, tree })
const said = (ruleId: string, keywords: readonly KeywordFact[], told: readonly ConfirmedFact[] = []) =>
  read(keywords, told).filter((reading) => reading.ruleId === ruleId).map(({ regionCode, matter, level }) => `${regionCode} ${matter.name} ${level}`)
const highest = (ruleId: string, keywords: readonly KeywordFact[], told: readonly ConfirmedFact[] = []): Level =>
  Math.max(0, ...read(keywords, told).filter((reading) => reading.ruleId === ruleId).map(({ level }) => level)) as Level

describe('MR-04', () => {
  test.each<[string, number, Level]>([
    ['KW-LAW', 1, 1], ['KW-LAW', 2, 1], ['KW-LAW', 3, 2],
    ['KW-MED', 1, 2], ['KW-MED', 2, 2], ['KW-MED', 3, 3],
    ['KW-FRD', 1, 1], ['KW-FRD', 3, 2],
    ['KW-SAF', 3, 0], ['KW-PRV', 3, 0], ['KW-GRP', 3, 0], ['KW-MIN', 3, 0],
  ])('%s in %i tickets', (category, count, level) => {
    expect(highest('MR-04', hits(category, count))).toBe(level)
  })

  test('a ticket of two categories is one reading at the graver colour', () => {
    expect(said('MR-04', [...hits('KW-REG', 1), ...hits('KW-MED', 1), ...hits('KW-LAW', 1)])).toEqual(['320500 KW:P 2'])
  })

  test('two words of one category in a ticket are one ticket', () => {
    expect(highest('MR-04', [...hits('KW-MED', 2), ...hits('KW-MED', 2, { word: 'v' })])).toBe(2)
  })

  test('three tickets of three categories, of two phenomena or of two cities stay as they are', () => {
    expect(highest('MR-04', [...hits('KW-REG', 2), ...hits('KW-MED', 2)])).toBe(2)
    expect(said('MR-04', [...hits('KW-MED', 2), ...hits('KW-MED', 2, { phenomenon: 'Q' }), ...hits('KW-MED', 2, { regionCode: '320100' })])).toEqual([
      '320100 KW:P 2', '320500 KW:P 2', '320500 KW:Q 2',
    ])
  })

  test('a ticket that names no city counts where it is', () => {
    expect(said('MR-04', hits('KW-MED', 1, { regionCode: '32' }))).toEqual(['32 KW:P 2'])
  })
})

describe('MR-10', () => {
  test('each ticket is a case of its own, orange', () => {
    expect(said('MR-10', hits('KW-SAF', 2))).toEqual(['320500 KW-SAF:t0 3', '320500 KW-SAF:t1 3'])
  })

  test.each<[number, Level]>([[2, 3], [3, 4]])('emergency numbers that %i customers of a city cannot reach', (count, level) => {
    expect(highest('MR-10', hits('KW-SAF', count, { isEmergency: true }))).toBe(level)
  })

  test('of an hour ago, of one customer or of several cities they are not down', () => {
    expect(highest('MR-10', hits('KW-SAF', 3, { isEmergency: true, acceptedAt: T - 60 * MINUTE }))).toBe(4)
    expect(highest('MR-10', hits('KW-SAF', 3, { isEmergency: true, acceptedAt: T - 60 * MINUTE - 1 }))).toBe(3)
    expect(highest('MR-10', hits('KW-SAF', 3, { isEmergency: true, customerKey: 'c' }))).toBe(3)
    expect(highest('MR-10', [...hits('KW-SAF', 2, { isEmergency: true }), ...hits('KW-SAF', 3, { isEmergency: true, regionCode: '320100' }).slice(2)])).toBe(3)
  })

  test.each<[number, Level]>([[0, 3], [1, 4]])('%i persons confirmed hurt', (users, level) => {
    expect(highest('MR-10', hits('KW-SAF', 1), [confirmed('KW-SAF', users)])).toBe(level)
  })
})

describe('MR-11, MR-12, MR-14', () => {
  test.each<[string, string, number, Level]>([
    ['MR-11', 'KW-PRV', 1, 1], ['MR-11', 'KW-PRV', 2, 1], ['MR-11', 'KW-PRV', 3, 2], ['MR-11', 'KW-PRV', 300, 2],
    ['MR-12', 'KW-FRD', 2, 0], ['MR-12', 'KW-FRD', 3, 1], ['MR-12', 'KW-FRD', 9, 1], ['MR-12', 'KW-FRD', 10, 2],
    ['MR-12', 'KW-FRD', 29, 2], ['MR-12', 'KW-FRD', 30, 3], ['MR-12', 'KW-FRD', 99, 3], ['MR-12', 'KW-FRD', 100, 4],
    ['MR-14', 'KW-GRP', 1, 2], ['MR-14', 'KW-GRP', 2, 2], ['MR-14', 'KW-GRP', 3, 3], ['MR-14', 'KW-GRP', 50, 3],
  ])('%s: %s of %i customers', (ruleId, category, count, level) => {
    expect(highest(ruleId, hits(category, count))).toBe(level)
  })

  test('count customers, not tickets', () => {
    expect(highest('MR-12', hits('KW-FRD', 3, { customerKey: 'c' }))).toBe(0)
    expect(highest('MR-11', hits('KW-PRV', 3, { customerKey: 'c' }))).toBe(1)
  })

  test.each<[string, string, number, Level]>([
    ['MR-11', 'KW-PRV', 0, 0], ['MR-11', 'KW-PRV', 1, 3], ['MR-11', 'KW-PRV', 999, 3], ['MR-11', 'KW-PRV', 1_000, 4],
    ['MR-14', 'KW-GRP', 4, 0], ['MR-14', 'KW-GRP', 5, 3], ['MR-14', 'KW-GRP', 29, 3], ['MR-14', 'KW-GRP', 30, 4],
    ['MR-11', 'KW-GRP', 5_000, 0], ['MR-14', 'KW-PRV', 5_000, 0],
  ])('%s: a case of %s with %i persons confirmed', (ruleId, group, users, level) => {
    expect(highest(ruleId, [], [confirmed(group, users)])).toBe(level)
  })
})
