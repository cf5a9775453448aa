import { rollUp } from '../count/roll-up.ts'
import type { LoadedCalendar } from '../calendar.ts'
import { grouped } from '../grouping.ts'
import type { RegionNode, RegionTree } from '../region.ts'
import type { Instant, Zone } from '../time.ts'
import { type BaselineScope, isUsable, type PastWindow } from './baseline.ts'
import { leastTicketsAt } from './catalogue.ts'
import { covers, type Matter } from './matter.ts'
import type { RiskParameters } from './reading.ts'
import type { BaselineValues } from './surge.ts'

/** Tickets of one phenomenon at one node of the tree, its subtree left out. */
export interface PlacedCount {
  readonly regionCode: string
  readonly phenomenon: string
  readonly n: number
}

/** A place and a phenomenon to be looked at closely. */
export interface Candidate {
  readonly node: RegionNode
  readonly phenomenon: string
  readonly tickets: number
}

/** The one place that is asked about, and its phenomenon; null: each that has tickets there. */
export interface Focus {
  readonly node: RegionNode
  readonly phenomenon: string | null
}

/** Tickets by phenomenon and node, subtrees included. */
export type SubtreeCounts = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Sums of subtrees, by phenomenon. */
export function byPhenomenon(sums: readonly PlacedCount[], tree: RegionTree): Map<string, Map<string, number>> {
  return new Map([...grouped(sums, ({ phenomenon }) => phenomenon)].map(([phenomenon, list]) => [phenomenon, rollUp(list, tree)]))
}

/** What is asked about, whatever it has. */
export function focusedCandidates(counts: SubtreeCounts, { node, phenomenon }: Focus): Candidate[] {
  const phenomena = phenomenon === null ? [...counts.keys()].filter((name) => (counts.get(name)?.get(node.code) ?? 0) > 0) : [phenomenon]
  return phenomena.map((name) => ({ node, phenomenon: name, tickets: counts.get(name)?.get(node.code) ?? 0 }))
}

/** Places with tickets enough for some rule, and the places of live cases whatever they have. */
export function findCandidates(
  counts: SubtreeCounts,
  live: readonly { readonly matter: Matter; readonly mitigatedAt: Instant | null; readonly regionCode: string }[],
  parameters: RiskParameters,
  tree: RegionTree,
): Candidate[] {
  const found = new Map<string, Candidate>()
  const add = (node: RegionNode | undefined, phenomenon: string) => {
    if (node === undefined) return
    const tickets = counts.get(phenomenon)?.get(node.code) ?? 0
    found.set(`${phenomenon}\u001f${node.code}`, { node, phenomenon, tickets })
  }
  for (const [phenomenon, nodes] of counts) {
    for (const [code, tickets] of nodes) {
      const node = tree.get(code)
      if (node !== undefined && tickets >= leastTicketsAt(node.level, parameters)) add(node, phenomenon)
    }
  }
  for (const { matter, mitigatedAt, regionCode } of live) {
    if (mitigatedAt !== null) continue
    if (matter.kind === 'phenomenon') add(tree.get(regionCode), matter.name)
    else for (const phenomenon of counts.keys()) if (covers(matter, phenomenon, parameters)) add(tree.get(regionCode), phenomenon)
  }
  return [...found.values()]
}

/** What the usable past windows held; `count` is asked for usable ones only. */
export function usablePast(
  windows: readonly PastWindow[],
  scope: BaselineScope,
  days: { readonly zone: Zone; readonly calendar: LoadedCalendar },
  count: (place: number, window: PastWindow) => number,
): BaselineValues {
  const values = (basis: PastWindow['basis']) =>
    windows.flatMap((window, place) => (window.basis === basis && isUsable(window, scope, days.zone, days.calendar) ? [count(place, window)] : []))
  return { weeks: values('weeks'), days: values('days') }
}
