import type { RegionLevel } from '../vocabulary.ts'
import type { RiskScene } from './fact-rule.ts'
import type { DayTicket } from './facts.ts'

/** Tickets of one matter in one place. */
export interface DayGroup {
  readonly regionCode: string
  readonly name: string
  readonly tickets: readonly DayTicket[]
  readonly customers: number
}

/** Groups tickets by their node at a level of the tree and by each of their names; those that have no node there, or no name, are left out. In order of place and name. */
export function dayGroups(tickets: readonly DayTicket[], level: RegionLevel, namesOf: (ticket: DayTicket) => readonly string[], { tree }: Pick<RiskScene, 'tree'>): DayGroup[] {
  const groups = new Map<string, { regionCode: string; name: string; tickets: DayTicket[] }>()
  for (const ticket of tickets) {
    const node = tree.atLevel(ticket.regionCode, level)
    if (node === undefined || node.level !== level) continue
    for (const name of namesOf(ticket)) {
      if (name === '') continue
      const key = `${node.code}\u001f${name}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { regionCode: node.code, name, tickets: [ticket] })
      else group.tickets.push(ticket)
    }
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ ...group, customers: new Set(group.tickets.map((ticket) => ticket.customerKey)).size }))
}

/** The phenomenon of most of the tickets; of equally many the first by name. */
export function mainPhenomenon(tickets: readonly Pick<DayTicket, 'phenomenon'>[]): string {
  const counts = new Map<string, number>()
  for (const { phenomenon } of tickets) counts.set(phenomenon, (counts.get(phenomenon) ?? 0) + 1)
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? ''
}
