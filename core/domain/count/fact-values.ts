import type { Ticket } from '../ticket/ticket.ts'
import { CUBES } from './cubes.ts'
import { type Base, DIMENSIONS, type Dimension, type Fact } from './fact.ts'

const NAMED_STARS = 4

/**
 * The customer's tier, the highest that fits: `vip`, `key` (key person of a business customer), `star7` … `star4` (the named levels, domain.md
 * 1.1), `standard`; empty where the source knows no level.
 */
export function tierOf({ isVip, isKeyPerson, star }: Pick<Ticket, 'isVip' | 'isKeyPerson' | 'star'>): string {
  if (isVip) return 'vip'
  if (isKeyPerson) return 'key'
  if (star >= NAMED_STARS) return `star${star}`
  return star < 0 ? '' : 'standard'
}

/** The phenomenon a ticket counts under: the second level, or the first where the source gave no second. */
export const countingPhenomenon = ({ phenomenonL1, phenomenonL2 }: Pick<Ticket, 'phenomenonL1' | 'phenomenonL2'>): string =>
  phenomenonL2 || phenomenonL1

const VALUE_OF: Readonly<Partial<Record<Dimension, (ticket: Ticket) => string>>> = {
  source: (ticket) => ticket.sourceCategory,
  channel: (ticket) => ticket.channel,
  urgency: (ticket) => ticket.urgency,
  product: (ticket) => ticket.productL1,
  phenomenon_l1: (ticket) => ticket.phenomenonL1,
  phenomenon: countingPhenomenon,
  tier: tierOf,
  urban_rural: (ticket) => ticket.urbanRural,
  cause: (ticket) => ticket.qualification?.causes[0] ?? '',
  liability: (ticket) => ticket.qualification?.liability ?? '',
  stage: (ticket) => ticket.appeal?.stage ?? '',
}

/** The dimensions that some cube of the base is cut by: a fact says nothing else, so that it changes with nothing else. */
const CUTS_OF: ReadonlyMap<string, readonly Dimension[]> = new Map(
  Object.entries(CUBES).map(([base, cubes]) => [base, DIMENSIONS.filter((dimension) => cubes.some(({ by }) => by === dimension))]),
)
const NONE: readonly Dimension[] = []

/** What a fact of the base is cut by: the ticket's values and those of the thing that is counted; empty ones are left out. */
export function valuesOf(base: Base, ticket: Ticket, unit: string, surveyMode: string): Fact['by'] {
  const by: Partial<Record<Dimension, string>> = {}
  for (const dimension of CUTS_OF.get(base) ?? NONE) {
    const value = dimension === 'unit' ? unit : dimension === 'survey_mode' ? surveyMode : VALUE_OF[dimension]?.(ticket)
    if (value) by[dimension] = value
  }
  return by
}
