import { isWithin, type RegionNode } from '../core/domain/region.ts'
import type { FeedRow } from '../core/contract/wall.ts'
import type { StoredFeedRow } from '../core/store/feed-store.ts'
import { seesAlerts, type Principal } from './access.ts'

/** Everybody who sees the same rows: one place in the tree, with or without single alerts. */
export interface Audience {
  /** Name of the socket room. */
  readonly room: string
  readonly code: string
  readonly path: string
  readonly seesAlerts: boolean
}

/** The audience that this caller belongs to. */
export function audienceOf(principal: Principal): Audience {
  const { code, path } = principal.region
  return { room: `scope:${path}${seesAlerts(principal) ? '' : ':figures'}`, code, path, seesAlerts: seesAlerts(principal) }
}

/** The room of one person, for the rows that are for him alone. */
export const roomOf = (userId: string): string => `user:${userId}`

/**
 * Whether a row is for an audience. Rows of one person are for no audience. Figures: of its own node and the direct children, which are what a
 * wall shows; a `day` row, which holds nothing, also from above.
 */
export function reaches(row: Pick<StoredFeedRow, 'topic' | 'regionCode' | 'regionPath' | 'userId'>, audience: Audience, parentOf: (code: string) => string | null): boolean {
  if (row.userId !== null) return false
  if (row.topic === 'day') return isWithin(row.regionPath, audience.path) || isWithin(audience.path, row.regionPath)
  if (!isWithin(row.regionPath, audience.path)) return false
  if (row.topic === 'figures') return row.regionCode === audience.code || parentOf(row.regionCode) === audience.code
  return audience.seesAlerts && (row.topic === 'alert' || row.topic === 'timeline')
}

/** A parent by code, from the tree. */
export const parents = (get: (code: string) => RegionNode | undefined) => (code: string): string | null => get(code)?.parentCode ?? null

/** A row as it goes over the wire: without where it belongs and for whom. */
export const onTheWire = ({ seq, at, topic, payload }: StoredFeedRow): FeedRow => ({ seq, at, topic, payload }) as FeedRow
