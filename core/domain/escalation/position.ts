import { depthOf, type RegionTree } from '../region.ts'
import type { Role } from '../vocabulary.ts'
import type { Ladder, RelationTarget } from './ladder.ts'

/** A role at one node of the tree: whoever holds it now is called. */
export interface Position {
  readonly role: Role
  readonly regionCode: string
}

/** Who stands in at the root of the tree for a province's role (domain.md 7.2: "Group cases use the same table with …"). */
const GROUP_STAND_IN: Readonly<Partial<Record<Role, Role>>> = {
  duty_agent: 'group_ops',
  duty_leader: 'group_ops',
  duty_manager: 'group_ops',
  province_center_director: 'group_cs_dept',
  province_cs_dept: 'group_cs_dept',
}

/** Who is called when a whole ladder has nobody: the managers on duty of the province, then of the group (domain.md 4.4: never a silent stop). */
const LAST_RESORT: readonly RelationTarget[] = [
  { role: 'duty_manager', at: 'province' },
  { role: 'group_ops', at: 'group' },
]

/**
 * The position that a relation target means for an alert at `regionCode`: the alert's ancestor-or-self at the target's level. A target
 * below the alert's own level has no place in it (null), save that the group's own people stand in for a province's.
 */
export function positionOf(target: RelationTarget, regionCode: string, tree: RegionTree): Position | null {
  const node = tree.atLevel(regionCode, target.at)
  if (node === undefined) return null
  if (node.level === target.at) return { role: target.role, regionCode: node.code }
  const isGroup = depthOf(node.level) === 0
  const standIn = target.at === 'province' && isGroup ? (GROUP_STAND_IN[target.role] ?? target.role) : null
  return standIn === null ? null : { role: standIn, regionCode: node.code }
}

const keyOf = (position: Position) => `${position.role}@${position.regionCode}`

/** The distinct positions of some targets, in their order. */
export function positionsOf(targets: readonly RelationTarget[], regionCode: string, tree: RegionTree): readonly Position[] {
  const positions = targets.map((target) => positionOf(target, regionCode, tree)).filter((position) => position !== null)
  return [...new Map(positions.map((position) => [keyOf(position), position])).values()]
}

/** Where a step's call goes: its own positions, else the next step's at once, and so on, at last the last resort (domain.md 4.4). */
export interface Calling {
  readonly via: 'step' | 'next_step' | 'last_resort'
  readonly positions: readonly Position[]
}

/** The order in which to look for somebody when `step` fires. Each entry is asked only when the one before it has nobody at all. */
export function callingOrder(ladder: Ladder, step: number, regionCode: string, tree: RegionTree): readonly Calling[] {
  const later = ladder.steps.slice(step).map(
    (planned, index): Calling => ({
      via: index === 0 ? 'step' : 'next_step',
      positions: positionsOf(planned.targets, regionCode, tree),
    }),
  )
  return [...later, { via: 'last_resort', positions: positionsOf(LAST_RESORT, regionCode, tree) }]
}

/**
 * Why a person is called: he holds the role of a position without a roster; it is his turn, or a change of the roster made it his; he stands in for the one who
 * is away; or nobody is on and everybody of the role is called (domain.md 7.6).
 */
export type CalledAs = 'role' | 'rotation' | 'override' | 'swap' | 'deputy' | 'gap'

/** A person who is called at a position now. */
export interface Holder extends Position {
  readonly userId: string
  readonly name: string
  readonly why: CalledAs
}

/** Whom a step reaches, and which positions were vacant on the way. */
export interface Reached {
  readonly via: Calling['via'] | 'nobody'
  readonly holders: readonly Holder[]
  readonly vacant: readonly Position[]
}

/** Picks the first calling that somebody holds; a person who holds two positions is named once. */
export function reach(order: readonly Calling[], holders: readonly Holder[]): Reached {
  const held = new Set(holders.map(keyOf))
  const vacant: Position[] = []
  for (const calling of order) {
    vacant.push(...calling.positions.filter((position) => !held.has(keyOf(position))))
    const found = calling.positions.flatMap((position) => holders.filter((holder) => keyOf(holder) === keyOf(position)))
    if (found.length > 0) return { via: calling.via, holders: [...new Map(found.map((holder) => [holder.userId, holder])).values()], vacant }
  }
  return { via: 'nobody', holders: [], vacant }
}
