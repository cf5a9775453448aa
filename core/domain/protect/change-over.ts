import { DAY, type Instant } from '../time.ts'

/** The longest stretch over which rules look for the same customer (domain.md 8.1 `refund_90d`): how long a new key runs beside the old one. */
export const CHANGE_OVER = 90 * DAY

/** When a key was first and last in force, by its id. */
export interface KeyUse {
  readonly keyId: string
  readonly firstUsedAt: Instant
  readonly lastUsedAt: Instant
}

/**
 * The id of a key that was taken out of force too early, or null: one that was in force within the last 90 days and is not now, while the
 * identity key (`inForce[0]`) has been in force, as first or as next, for less than 90 days or never. Tickets before and after such a change
 * are not known to be of one customer (domain.md 8.4 "30-day rules must hash with both during change-over").
 */
export function lostKey(uses: readonly KeyUse[], inForce: readonly string[], now: Instant): string | null {
  const identity = uses.find(({ keyId }) => keyId === inForce[0])
  if (identity !== undefined && now - identity.firstUsedAt >= CHANGE_OVER) return null
  const lost = uses.filter(({ keyId, lastUsedAt }) => !inForce.includes(keyId) && now - lastUsedAt < CHANGE_OVER)
  return lost.sort((a, b) => b.lastUsedAt - a.lastUsedAt)[0]?.keyId ?? null
}
