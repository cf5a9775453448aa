import { grouped } from '../grouping.ts'
import { commonRegion } from '../notice/incident.ts'
import type { RegionTree } from '../region.ts'

/** Items of one name in one province, with the lowest node that holds them all. */
export interface PlacedGroup<T> {
  readonly regionCode: string
  readonly name: string
  readonly tickets: readonly T[]
}

/** Groups tickets by province and name, in that order; one that lies above provinces has none and is left out. */
export function placedGroups<T extends { readonly regionCode: string }>(tickets: readonly T[], nameOf: (ticket: T) => string, tree: RegionTree): PlacedGroup<T>[] {
  const placed = tickets.filter(({ regionCode }) => tree.atLevel(regionCode, 'province')?.level === 'province')
  const provinceOf = (ticket: T) => tree.atLevel(ticket.regionCode, 'province')?.code ?? ''
  const groups = [...grouped(placed, (ticket) => `${provinceOf(ticket)}\u001f${nameOf(ticket)}`)].sort(([a], [b]) => (a < b ? -1 : 1))
  return groups.map(([, mine]) => {
    const [first] = mine as [T]
    const codes = mine.map(({ regionCode }) => tree.atLevel(regionCode, 'city')?.code ?? regionCode)
    return { regionCode: commonRegion(codes, provinceOf(first), tree).code, name: nameOf(first), tickets: mine }
  })
}
