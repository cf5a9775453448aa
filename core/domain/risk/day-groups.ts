import type { RegionLevel } from '../vocabulary.ts'
import { type FactGrouping, type GroupScene, groupName, partsOfGroup } from './fact-grouping.ts'
import type { RiskScene } from './fact-rule.ts'
import type { DayTicket } from './facts.ts'
import type { RiskReading } from './reading.ts'

/** Tickets of one matter in one place. */
export interface DayGroup {
  readonly regionCode: string
  readonly name: string
  readonly tickets: readonly DayTicket[]
  readonly customers: number
}

/** What a rule makes of tickets of the day. */
export interface DayRule {
  readonly level: RegionLevel
  /** Of a ticket; those that are empty are left out. */
  readonly namesOf: (ticket: DayTicket, scene: GroupScene) => readonly string[]
  /** Tickets accepted before this are too old. */
  readonly since: (scene: RiskScene) => number
  readonly read: (group: DayGroup, scene: RiskScene) => RiskReading
}

/** Tickets by their node at a level of the tree and by each of their names; those that have no node there are left out. */
export function dayGrouping({ level, namesOf, since, read }: DayRule): FactGrouping<'dayTickets'> {
  return {
    facts: 'dayTickets',
    groupsOf(ticket, scene) {
      const node = scene.tree.atLevel(ticket.regionCode, level)
      if (node === undefined || node.level !== level) return []
      return namesOf(ticket, scene).filter((name) => name !== '').map((name) => groupName(node.code, name))
    },
    readGroup(all, group, scene) {
      const from = since(scene)
      const [tickets, customers]: [DayTicket[], Set<string>] = [[], new Set()]
      for (const ticket of all) {
        if (ticket.acceptedAt < from) continue
        tickets.push(ticket)
        customers.add(ticket.customerKey)
      }
      if (tickets.length === 0) return null
      const [regionCode, name] = partsOfGroup(group)
      return read({ regionCode, name, tickets, customers: customers.size }, scene)
    },
  }
}

/** The phenomenon of most of the tickets; of equally many the first by name. */
export function mainPhenomenon(tickets: readonly Pick<DayTicket, 'phenomenon'>[]): string {
  const counts = new Map<string, number>()
  for (const { phenomenon } of tickets) counts.set(phenomenon, (counts.get(phenomenon) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? ''
}
