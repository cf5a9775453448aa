import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildRegionTree, isWithin, overlaps } from '../../core/domain/region.ts'
import { type AssignableCase, type Assignment, assign } from '../../core/domain/risk/assign.ts'
import { takesIn } from '../../core/domain/risk/by-hand.ts'
import { byJoinOrder } from '../../core/domain/risk/joining.ts'
import { isJoined, joinedWith, type Matter } from '../../core/domain/risk/matter.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters } from '../../core/domain/risk/reading.ts'
import type { Finding } from '../../core/domain/risk/risk-case.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Level, Severity } from '../../core/domain/vocabulary.ts'
import { node } from '../support/node.ts'

const tree = buildRegionTree([
  node('00', null, 'group', '/00/'),
  ...['32', '33'].flatMap((province) => [
    node(province, '00', 'province', `/00/${province}/`),
    ...['01', '05'].flatMap((city) => [
      node(`${province}${city}`, province, 'city', `/00/${province}/${province}${city}/`),
      node(`${province}${city}9`, `${province}${city}`, 'district', `/00/${province}/${province}${city}/${province}${city}9/`),
    ]),
  ]),
])
const CODES = [...tree.all().map(({ code }) => code), 'gone']
const PARAMETERS: RiskParameters = { ...DEFAULT_RISK_PARAMETERS, outage: { ...DEFAULT_RISK_PARAMETERS.outage, phenomena: { broadband: ['slow', 'down', ''], bundle: ['down', 'down', 'mobile'], none: [] } } }
const NOW = 100 * HOUR

const matter = fc.oneof(
  fc.constantFrom('slow', 'down', 'mobile', 'bill', '').map((name): Matter => ({ kind: 'phenomenon', name })),
  fc.constantFrom('broadband', 'bundle', 'none', 'unknown').map((name): Matter => ({ kind: 'product', name })),
  fc.constantFrom('KW:slow', 'slow').map((name): Matter => ({ kind: 'keyword', name })),
)
const code = fc.constantFrom(...CODES)
const pathOf = (regionCode: string) => tree.get(regionCode)?.path ?? ''
const claim = fc.record({ matter, regionPath: code.map(pathOf), ruleIds: fc.subarray(['MR-01', 'MR-02', 'MR-04']) })
const liveCase = fc.record({
  matter, regionCode: code, claims: fc.array(claim, { maxLength: 2 }), splitFrom: fc.constantFrom(null, null, null, '1'),
  openedAt: fc.integer({ min: 90, max: 95 }).map((hour) => hour * HOUR), lastTrueAt: fc.constantFrom(NOW - 10 * MINUTE, NOW - 3 * HOUR, NOW - 3 * HOUR - MINUTE),
  mitigatedAt: fc.constantFrom(null, null, NOW - HOUR, NOW - 3 * HOUR),
})
const finding = fc.record({ matter, regionCode: code, level: fc.integer({ min: 1, max: 4 }).map((level) => level as Severity), ruleId: fc.constantFrom('MR-01', 'MR-02', 'MR-04') })

/** What domain.md 5.1 says of joining, case by case and finding by finding. */
function plainly(live: readonly AssignableCase[], findings: readonly Finding[]): Assignment<AssignableCase> {
  const standing = new Map(live.map((held) => [held.alertId, { held, findings: [] as Finding[], mergedSeverity: 0 as Level }]))
  const merges = new Map<string, { from: AssignableCase; into: AssignableCase }>()
  const fresh: Finding[] = []
  for (const one of findings) {
    const path = pathOf(one.regionCode)
    const what = { matter: one.matter, regionPath: path, ruleIds: one.readings.map(({ ruleId }) => ruleId) }
    const [into, ...others] = live.filter((held) => !merges.has(held.alertId) && takesIn(held, what, NOW, PARAMETERS)).sort(byJoinOrder)
    if (into === undefined) fresh.push(one)
    else {
      standing.get(into.alertId)?.findings.push(one)
      const span = isWithin(into.regionPath, path) ? path : into.regionPath
      for (const from of others) if (from.mitigatedAt === null && isWithin(from.regionPath, span)) merges.set(from.alertId, { from, into })
    }
  }
  let groups: Finding[][] = []
  for (const one of fresh) {
    const isMine = (group: readonly Finding[]) => group.some((other) => isJoined(other.matter, one.matter, PARAMETERS) && overlaps(pathOf(other.regionCode), pathOf(one.regionCode)))
    groups = [...groups.filter((group) => !isMine(group)), [...groups.filter(isMine).flat(), one]]
  }
  return { standing, fresh: groups.map((group) => group.map((one) => ({ ...one, regionPath: pathOf(one.regionCode) }))), merges: [...merges.values()] }
}

test('law: findings join, open and merge cases as they would if each were held against every case and every other', () => {
  let [joined, merged, grouped] = [0, 0, 0]
  fc.assert(
    fc.property(fc.array(liveCase, { maxLength: 14 }), fc.array(finding, { maxLength: 14 }), (cases, found) => {
      const live = cases.map((held, index) => ({ ...held, alertId: String(index + 1), regionPath: pathOf(held.regionCode) }))
      const findings = found.map(({ ruleId, ...one }): Finding => ({ ...one, customers: 1, readings: [{ ruleId, regionCode: one.regionCode, matter: one.matter, tickAt: NOW, level: one.level, value: 1, baseline: null, sigma: null, z: null, r: null, reason: { why: 'no_baseline', usable: 0 } }] }))
      const expected = plainly(live, findings)
      expect(assign(tree, PARAMETERS, NOW, live, findings)).toEqual(expected)
      joined += [...expected.standing.values()].filter((one) => one.findings.length > 0).length
      merged += expected.merges.length
      grouped += expected.fresh.filter((group) => group.length > 1).length
    }),
    { numRuns: 500 },
  )
  expect(Math.min(joined, merged, grouped)).toBeGreaterThan(20)
})

test('law: the matters that join one are those of which that is said', () => {
  fc.assert(
    fc.property(matter, matter, (a, b) => {
      const isListed = joinedWith(a, PARAMETERS).some(({ kind, name }) => kind === b.kind && name === b.name)
      expect(isListed).toBe(isJoined(a, b, PARAMETERS))
    }),
    { numRuns: 500 },
  )
})

test('a thousand cases at once cost a tick no more than their number: each finding meets its own', () => {
  const many = 1_000
  let asked = 0
  const counted = (name: string): Matter => ({ kind: 'keyword', get name() { asked += 1; return name } })
  const live = Array.from({ length: many }, (_, index): AssignableCase => ({ alertId: String(index), matter: counted(`KW:${index}`), regionCode: '32', regionPath: '/00/32/', claims: [], splitFrom: null, openedAt: NOW - HOUR, lastTrueAt: NOW, mitigatedAt: null }))
  const findings = live.map(({ matter: { name } }): Finding => ({ matter: { kind: 'keyword', name }, regionCode: '32', level: 1, customers: 1, readings: [] }))
  asked = 0
  const { standing, fresh } = assign(tree, PARAMETERS, NOW, live, findings)
  expect([fresh.length, [...standing.values()].filter((one) => one.findings.length === 1).length]).toEqual([0, many])
  expect(asked).toBeLessThan(10 * many)
})
