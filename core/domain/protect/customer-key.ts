const hashOf = (payload: Readonly<Record<string, unknown>>, key: string): string | null => {
  const value = payload[key]
  return typeof value === 'string' && value !== '' ? value : null
}

/**
 * Who counts as one customer in a distinct count: the customer's key, else the hashed product number, else the hashed contact number,
 * else the ticket itself (domain.md 0.2-7). Takes a payload that protectPayload has been over.
 */
export function customerKeyOf(protectedPayload: Readonly<Record<string, unknown>>, ticketKey: string): string {
  return (
    hashOf(protectedPayload, 'customer_key') ?? hashOf(protectedPayload, 'product_no_key') ?? hashOf(protectedPayload, 'contact_no_key') ?? ticketKey
  )
}

const KEY_FIELDS = { customer: 'customer_key', product: 'product_no_key', contact: 'contact_no_key' } as const

/**
 * The keyed hashes a payload holds of the customer, the product number and the contact number: the present key's first, then the coming
 * one's while keys change over (domain.md 8.4). Takes a payload that protectPayload has been over.
 */
export function customerKeysOf(protectedPayload: Readonly<Record<string, unknown>>): { customer: string[]; product: string[]; contact: string[] } {
  const keysOf = (field: string) => [field, `${field}_next`].flatMap((name) => hashOf(protectedPayload, name) ?? [])
  return { customer: keysOf(KEY_FIELDS.customer), product: keysOf(KEY_FIELDS.product), contact: keysOf(KEY_FIELDS.contact) }
}
