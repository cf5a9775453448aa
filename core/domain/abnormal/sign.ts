import type { ClockLimits } from '../ticket/limits.ts'
import type { Ticket } from '../ticket/ticket.ts'
import { MINUTE } from '../time.ts'
import type { TicketKind } from '../vocabulary.ts'
import type { AbnormalParameters, AbnormalRule } from './abnormal-rule.ts'
import { GROUP, valuesFor } from './scopes.ts'

/**
 * Something that a ticket shows, by all that is known of it, wherever a rule was ever true of it, and that the store can look for without reading the ticket.
 * All that is given holds. It may show too much, never too little: a back-test reads no ticket without one (docs/adr/0022).
 */
export interface Sign {
  readonly kinds?: readonly TicketKind[]
  /** One of these says something: a field of the ticket that is not as it is on a ticket of which nothing is known, the customer's other tickets, or a word of the dictionary. */
  readonly shows?: readonly (keyof Ticket | 'customerHistory' | 'keywords')[]
  /** It was with units so often, or more often: legs of any sort. */
  readonly legs?: number
  /** A unit replied without a word. */
  readonly hasEmptyReply?: true
  /** A star of so much, or more, 1 to 7. */
  readonly star?: number
  /** From its acceptance to its end, or to the end of what is looked at, so long or longer, ms of natural time; 0 where it ended before it was accepted. */
  readonly openFor?: number
  /** That instant is so long after the acceptance, ms, or later, or is not known. */
  readonly late?: { readonly field: 'firstDispatchedAt' | 'firstContactedAt'; readonly by: number }
}

/** The shortest limit that C_HANDLE has without one given by the source, ms. */
export const shortestHandling = ({ handleMinutes, handleHighValueMinutes }: ClockLimits): number => Math.min(handleMinutes, handleHighValueMinutes) * MINUTE

/** Signs that differ in nothing but how long the ticket was open are one, the shorter. */
function merged(signs: readonly Sign[]): readonly Sign[] {
  const byRest = new Map<string, Sign>()
  for (const sign of signs) {
    const { openFor, ...rest } = sign
    const name = JSON.stringify([rest, openFor === undefined])
    const held = byRest.get(name)
    if (held === undefined || (openFor ?? 0) < (held.openFor ?? 0)) byRest.set(name, sign)
  }
  return [...byRest.values()]
}

/** Of which a ticket shows one at least wherever the rule was ever true of it: by the values of the group and of each province, and all versions of the limits. */
export function signsOf(rule: AbnormalRule, parameters: AbnormalParameters, limits: readonly ClockLimits[]): readonly Sign[] {
  const values = [GROUP, ...Object.keys(parameters.scopes ?? {})].map((scope) => valuesFor(rule, parameters, scope))
  return merged(limits.flatMap((one) => values.flatMap((own) => rule.signs(own, one))))
}
