import { personalFieldOf } from './protect.ts'

/** Under which keys a ticket's customer, product and contact number are known: each list the identity first, then the coming key while there is one. */
export interface CustomerKeys {
  readonly customer: readonly string[]
  readonly product: readonly string[]
  readonly contact: readonly string[]
}

const allOf = (payload: Readonly<Record<string, unknown>>, name: string): readonly string[] =>
  [payload[name], payload[`${name}_next`]].flat().filter((value): value is string => typeof value === 'string' && value !== '')

/**
 * Every key of the people and numbers in a payload that protectPayload has been over, as stored. What was stored while two keys were in force
 * carries both, so it matches what came before and what comes after (domain.md 8.4 "30-day rules must hash with both during change-over").
 */
export function customerKeysOf(protectedPayload: Readonly<Record<string, unknown>>): CustomerKeys {
  return {
    customer: allOf(protectedPayload, 'customer_key'),
    product: allOf(protectedPayload, 'product_no_key'),
    contact: allOf(protectedPayload, 'contact_no_key'),
  }
}

/** The keys of who of the staff did it, as stored: none where the source says nobody, or only a mask. */
export const agentKeysOf = (protectedPayload: Readonly<Record<string, unknown>>): readonly string[] => allOf(protectedPayload, 'agent_key')

/**
 * Who counts as one customer in a distinct count: the customer's key, else the hashed product number, else the hashed contact number,
 * else the ticket itself (domain.md 0.2-7). Of several the first, which is the identity.
 */
export const customerKeyAmong = ({ customer, product, contact }: CustomerKeys, ticketKey: string): string =>
  customer[0] ?? product[0] ?? contact[0] ?? ticketKey

const KINDS: ReadonlyMap<string | null, keyof CustomerKeys> = new Map([
  ['customer', 'customer'],
  ['product_no', 'product'],
  ['contact_no', 'contact'],
] as const)

/** Which of a ticket's keys a correction of this field replaces, and by what; null where the field is none that a customer is known by. */
export function correctedKeysOf(protectedPayload: Readonly<Record<string, unknown>>): { readonly kind: keyof CustomerKeys; readonly keys: readonly string[] } | null {
  const { field } = protectedPayload
  const kind = typeof field === 'string' ? KINDS.get(personalFieldOf(field)) : undefined
  return kind === undefined ? null : { kind, keys: allOf(protectedPayload, 'new_key') }
}

/** Whether two lists of keys of one kind (customer, product or contact) name the same one: any key in common. Empty lists match nothing. */
export function keysMatch(a: readonly string[], b: readonly string[]): boolean {
  return a.some((key) => b.includes(key))
}
