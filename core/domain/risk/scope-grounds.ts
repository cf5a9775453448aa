/** A node of a case's place: how deep below it, and its distinct customers. */
export interface PlacedCustomers {
  readonly code: string
  /** 0 is the case's own place. */
  readonly depth: number
  readonly customers: number
}

/**
 * Why a case sits where it does, by the customers that it has now (domain.md 5.1, scope choice): `by_hand` a person has merged or split it; `no_customers` nothing to go by;
 * `lowest` no ticket names a finer place; `spread` no place below holds the share; `not_true_below` one does, but was not true by itself, or held less, when the case was placed.
 */
export interface ScopeGrounds {
  readonly kind: 'by_hand' | 'no_customers' | 'lowest' | 'spread' | 'not_true_below'
  /** The place below that decides: the lowest that holds the share, else the one with the most customers. */
  readonly part: string | null
  readonly partCustomers: number
  readonly customers: number
  /** The share that a lower place has to hold, 0 to 1. */
  readonly share: number
}

/** Says why the case sits at the first of these nodes and not below; the first is its own place. */
export function scopeGrounds(places: readonly PlacedCustomers[], share: number, isByHand: boolean): ScopeGrounds {
  const customers = places.find(({ depth }) => depth === 0)?.customers ?? 0
  const below = places.filter((place) => place.depth > 0 && place.customers > 0)
  const holding = below.filter((place) => place.customers / customers >= share)
  const byDepth = (a: PlacedCustomers, b: PlacedCustomers) => b.depth - a.depth || b.customers - a.customers
  const byCustomers = (a: PlacedCustomers, b: PlacedCustomers) => b.customers - a.customers || a.depth - b.depth
  const part = holding.toSorted(byDepth)[0] ?? below.toSorted(byCustomers)[0]
  const told = { part: part?.code ?? null, partCustomers: part?.customers ?? 0, customers, share }
  if (isByHand) return { kind: 'by_hand', ...told }
  if (customers === 0) return { kind: 'no_customers', ...told }
  if (part === undefined) return { kind: 'lowest', ...told }
  return { kind: holding.length > 0 ? 'not_true_below' : 'spread', ...told }
}
