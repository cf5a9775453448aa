import { positionOf } from '../escalation/position.ts'
import type { RelationTarget } from '../escalation/ladder.ts'
import { depthOf, type RegionTree } from '../region.ts'
import type { Role } from '../vocabulary.ts'

/** The posts that a measure may be given to: each is a position, whose people may acknowledge its alert (domain.md 2.4, 7.7). */
const OWNERS: readonly RelationTarget[] = [
  { role: 'duty_leader', at: 'province' },
  { role: 'duty_manager', at: 'province' },
  { role: 'province_center_director', at: 'province' },
  { role: 'province_cs_dept', at: 'province' },
  { role: 'dept_owner', at: 'province' },
  { role: 'city_owner', at: 'city' },
  { role: 'group_ops', at: 'group' },
  { role: 'group_cs_dept', at: 'group' },
]

/** The posts that there are for a case at `regionCode`: a city's only where the case lies in one; at the root the group's own alone. */
export function ownersAt(regionCode: string, tree: RegionTree): readonly RelationTarget[] {
  const level = tree.get(regionCode)?.level
  const isGroup = level !== undefined && depthOf(level) === 0
  if (isGroup) return [{ role: 'group_ops', at: 'group' }, { role: 'group_cs_dept', at: 'group' }, { role: 'dept_owner', at: 'group' }]
  return OWNERS.filter((target) => positionOf(target, regionCode, tree) !== null)
}

/** The post that a role means for a case at `regionCode`; null where there is none such. */
export const ownerOf = (role: Role, regionCode: string, tree: RegionTree): RelationTarget | null => ownersAt(regionCode, tree).find((target) => target.role === role) ?? null
