import { grouped } from '../grouping.ts'
import type { RegionTree } from '../region.ts'
import type { Severity } from '../vocabulary.ts'
import { type Matter, matterKey } from './matter.ts'
import type { RiskParameters, RiskReading } from './reading.ts'
import type { Finding } from './risk-case.ts'

/** Distinct customers of a matter in the window, in the whole subtree of a node. */
export type CustomersOf = (regionCode: string, matter: Matter) => number

/** The lowest true node below `top` that still holds `share` of its customers; the top itself where none does. */
function chooseNode(top: string, trueBelow: ReadonlySet<string>, tree: RegionTree, customers: (code: string) => number, share: number): string {
  if (trueBelow.size === 0) return top
  const whole = customers(top)
  const depth = (code: string) => tree.chain(code).length
  const fitting = [...trueBelow].filter((code) => whole > 0 && customers(code) / whole >= share)
  fitting.sort((a, b) => depth(b) - depth(a) || customers(b) - customers(a) || (a < b ? -1 : 1))
  return fitting[0] ?? top
}

/** Per rule the highest reading; of equal ones that at the chosen node, else the topmost. */
function membersOf(readings: readonly RiskReading[], chosen: string, tree: RegionTree): RiskReading[] {
  const rank = (reading: RiskReading) => (reading.regionCode === chosen ? 0 : tree.chain(reading.regionCode).length)
  const best = new Map<string, RiskReading>()
  for (const reading of readings) {
    const held = best.get(reading.ruleId)
    if (!held || reading.level > held.level || (reading.level === held.level && rank(reading) < rank(held))) best.set(reading.ruleId, reading)
  }
  return [...best.values()].sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1))
}

/**
 * Joins what is true at one tick into findings (domain.md 5.1): nodes that are true at once and lie within each other are one finding,
 * placed at the lowest of them that holds at least `scopeShare` of the distinct customers of the topmost; its colour is the highest of
 * its members. Nodes that do not lie within each other are findings of their own.
 */
export function chooseFindings(readings: readonly RiskReading[], tree: RegionTree, customersOf: CustomersOf, parameters: RiskParameters): Finding[] {
  const byMatter = grouped(readings.filter(({ level }) => level > 0), ({ matter }) => matterKey(matter))
  const findings: (Finding & { readonly key: string })[] = []
  for (const [key, found] of byMatter) {
    const { matter } = found[0] as RiskReading
    const trueNodes = new Set(found.map((reading) => reading.regionCode))
    const topOf = (code: string) => tree.chain(code).findLast((node) => trueNodes.has(node.code))?.code ?? code
    for (const [top, nested] of grouped(found, ({ regionCode }) => topOf(regionCode))) {
      const trueBelow = new Set(nested.map(({ regionCode }) => regionCode).filter((code) => code !== top))
      const regionCode = chooseNode(top, trueBelow, tree, (code) => customersOf(code, matter), parameters.scopeShare)
      const members = membersOf(nested, regionCode, tree)
      const level = Math.max(...members.map((member) => member.level)) as Severity
      findings.push({ key, matter, regionCode, level, readings: members, customers: customersOf(regionCode, matter) })
    }
  }
  findings.sort((a, b) => (a.key === b.key ? (a.regionCode < b.regionCode ? -1 : 1) : a.key < b.key ? -1 : 1))
  return findings.map(({ key: _, ...finding }) => finding)
}
