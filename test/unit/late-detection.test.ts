import { fc, test as law } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { buildRegionTree } from '../../core/domain/region.ts'
import { type KnownCase, lateEpisodes, type TickFindings } from '../../core/domain/risk/late-detection.ts'
import { phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import type { Finding } from '../../core/domain/risk/risk-case.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { node } from '../support/node.ts'

const tree = buildRegionTree([
  node('00', null, 'group', '/00/'),
  node('44', '00', 'province', '/00/44/'),
  node('440100', '44', 'city', '/00/44/440100/'),
  node('440300', '44', 'city', '/00/44/440300/'),
])
const T = 1_000 * HOUR
const scene = { tree, parameters: DEFAULT_RISK_PARAMETERS }
const finding = (level: Severity, regionCode = '440100', name = 'P'): Finding => ({
  matter: phenomenonMatter(name), regionCode, level, customers: 10,
  readings: [{ ruleId: 'MR-01', regionCode, matter: phenomenonMatter(name), tickAt: T, level, value: 10, baseline: null, sigma: null, z: null, r: null, reason: { why: 'no_baseline', usable: 0 } }],
})
/** Findings by the minute after T. */
const ticks = (said: Readonly<Record<number, readonly Finding[]>>, until = 90): TickFindings[] =>
  Array.from({ length: until / 5 + 1 }, (_, place) => ({ tickAt: T + place * 5 * MINUTE, findings: said[place * 5] ?? [] }))
const shown = (said: TickFindings[], known: KnownCase[] = []) =>
  lateEpisodes(said, known, scene).map(({ matter, regionCode, severity, firstTrueAt, lastTrueAt }) => [matter.name, regionCode, severity, (firstTrueAt - T) / MINUTE, (lastTrueAt - T) / MINUTE])
const known = (from: number, to: number, more: Partial<KnownCase> = {}): KnownCase => ({
  matter: phenomenonMatter('P'), regionPath: '/00/44/440100/', firstTrueAt: T + from * MINUTE, lastTrueAt: T + to * MINUTE, ...more,
})

const BRIEF = ticks({ 10: [finding(1)], 15: [finding(2)], 20: [finding(1)], 25: [finding(1)] })

test('joins the ticks at which a condition was true, by its highest colour', () => {
  expect(shown(BRIEF)).toEqual([['P', '440100', 2, 10, 25]])
  expect(shown(ticks({}))).toEqual([])
  expect(lateEpisodes(BRIEF, [], scene)[0]?.readings).toHaveLength(4)
})

test('leaves out what is still true at the last tick', () => {
  expect(shown(ticks({ 10: [finding(1)], 90: [finding(1)] }))).toEqual([])
  expect(shown(ticks({ 85: [finding(1)] }))).toEqual([['P', '440100', 1, 85, 85]])
})

test('leaves out what people have been told of: same matter, one place within the other, windows at most 2 h apart', () => {
  expect(shown(BRIEF, [known(40, 60)])).toEqual([])
  expect(shown(BRIEF, [known(-400, 10 - 180)])).toEqual([])
  expect(shown(BRIEF, [known(-400, 10 - 181)])).toHaveLength(1)
  expect(shown(BRIEF, [known(25 + 180, 400)])).toEqual([])
  expect(shown(BRIEF, [known(25 + 181, 400)])).toHaveLength(1)
  expect(shown(BRIEF, [known(10, 25, { regionPath: '/00/44/' })])).toEqual([])
  expect(shown(BRIEF, [known(10, 25, { regionPath: '/00/44/440300/' })])).toHaveLength(1)
  expect(shown(BRIEF, [known(10, 25, { matter: phenomenonMatter('Q') })])).toHaveLength(1)
})

test('two places are two, until one finding spans both; the gravest first', () => {
  const apart = { 10: [finding(1), finding(3, '440300')], 15: [finding(1)] }
  expect(shown(ticks(apart))).toEqual([['P', '440300', 3, 10, 10], ['P', '440100', 1, 10, 15]])
  expect(shown(ticks({ ...apart, 20: [finding(1, '44')] }))).toEqual([['P', '44', 3, 10, 20]])
})

law.prop([fc.array(fc.tuple(fc.nat(18), fc.constantFrom('440100', '440300', '44'), fc.constantFrom<Severity>(1, 2, 3, 4)), { maxLength: 12 })])('the order within a tick says nothing', (list) => {
  const of = (entries: typeof list) => ticks(Object.fromEntries(Array.from({ length: 19 }, (_, place) => [place * 5, entries.filter(([tick]) => tick === place).map(([, code, level]) => finding(level, code))])))
  expect(shown(of(list))).toEqual(shown(of([...list].reverse())))
})
