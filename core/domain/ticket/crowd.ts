import type { CustomerKeys } from '../protect/customer-key.ts'
import { DAY, type Instant } from '../time.ts'
import type { KinFacts } from './customer-history.ts'

/** Tickets of one key are counted by stretches of this length, by acceptance, from the epoch on. */
export const CROWD_SPAN = 30 * DAY

/**
 * More tickets than these of one key in one stretch are not one customer's: the key is a placeholder, or that of a whole organisation, and says nothing of who
 * complains. Far above whoever complains by habit (more than four in 30 days, domain.md AT-05).
 */
export const MOST_KIN = 200

/** The stretch that an acceptance lies in. */
export const crowdSpanOf = (acceptedAt: Instant): number => Math.floor(acceptedAt / CROWD_SPAN)

const FIELDS = [
  ['c', 'customer'],
  ['p', 'product'],
  ['n', 'contact'],
] as const

/** The rows a ticket is found by: its keys with what they are keys of. Keys of two fields never meet. */
export const kinKeys = (keys: CustomerKeys): string[] => FIELDS.flatMap(([mark, field]) => keys[field].map((key) => `${mark}${key}`))

/** The same facts without the keys that are not counted; `isCounted` says it of a key as {@link kinKeys} writes it. */
export function withCountedKeys<T extends KinFacts>(facts: T, isCounted: (kinKey: string) => boolean): T {
  if (kinKeys(facts.keys).every(isCounted)) return facts
  const counted = (mark: string, keys: readonly string[]) => keys.filter((key) => isCounted(`${mark}${key}`))
  const { customer, product, contact } = facts.keys
  return { ...facts, keys: { customer: counted('c', customer), product: counted('p', product), contact: counted('n', contact) } }
}
