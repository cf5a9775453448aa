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
