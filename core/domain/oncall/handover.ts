import { HOUR, type Instant, MINUTE } from '../time.ts'
import type { Role } from '../vocabulary.ts'

/** The record can be read this long before the change, and be signed this long before it (domain.md 7.6 names no times; docs/adr/0033). */
export const DRAFT_BEFORE = HOUR
export const SIGN_BEFORE = 30 * MINUTE
/** A record that is not signed by both sides this long after the change is an alert (domain.md 7.6). */
export const UNCONFIRMED_AFTER = 30 * MINUTE
/** What of the time to come a record lists. */
export const DEADLINES_AHEAD = 12 * HOUR
export const APPEAL_WORKDAYS = 3

export const SIDES = ['outgoing', 'incoming'] as const
export type Side = (typeof SIDES)[number]

/** Somebody on a shift. */
export interface ShiftPerson {
  readonly userId: string
  readonly name: string
  readonly role: Role
}

export interface Signature {
  readonly userId: string
  readonly at: Instant
}

/** A change of shift with who goes, who comes and who has signed. */
export interface Handover {
  readonly at: Instant
  readonly outgoing: readonly ShiftPerson[]
  readonly incoming: readonly ShiftPerson[]
  readonly signed: Readonly<Record<Side, Signature | null>>
}

export type SignRefusal = 'too_early' | 'not_of_side' | 'already_signed' | 'text_required'

/**
 * Why somebody may not sign a side; null when he may. Whoever is on both shifts may sign both. Where a side has nobody (no roster, a gap) whoever may run the
 * desk (`runsDesk`) signs it. Who hands over while an orange or red case is open has to say something (domain.md 7.6).
 */
export function signRefusal(handover: Handover, side: Side, person: { readonly userId: string; readonly runsDesk: boolean }, text: { readonly notes: string; readonly hasGrave: boolean }, now: Instant): SignRefusal | null {
  if (now < handover.at - SIGN_BEFORE) return 'too_early'
  const people = handover[side]
  const isOfSide = people.length === 0 ? person.runsDesk : people.some(({ userId }) => userId === person.userId)
  if (!isOfSide) return 'not_of_side'
  if (handover.signed[side] !== null) return 'already_signed'
  return side === 'outgoing' && text.hasGrave && text.notes.trim() === '' ? 'text_required' : null
}

export const isConfirmed = ({ signed }: Pick<Handover, 'signed'>): boolean => signed.outgoing !== null && signed.incoming !== null

/** Whether it is late enough to tell the duty manager that nobody has confirmed (domain.md 7.6; S-12: at 20:30:00). */
export const isUnconfirmed = (handover: Pick<Handover, 'at' | 'signed'>, now: Instant): boolean => !isConfirmed(handover) && now >= handover.at + UNCONFIRMED_AFTER

/** Who answers for an alert that somebody has acknowledged: he, he and the incoming shift together, or the incoming shift. Never nobody (domain.md 7.6). */
export type Charge = { readonly kind: 'person'; readonly userId: string } | { readonly kind: 'both'; readonly userId: string; readonly since: Instant } | { readonly kind: 'shift'; readonly since: Instant }

/** Who answers for what `ackedBy` took at `ackedAt`, by the changes of shift of his place: it goes over when the incoming side of the change at which he leaves signs. */
export function chargeOf(ackedBy: string, ackedAt: Instant, handovers: readonly Handover[], now: Instant): Charge {
  const has = (people: readonly ShiftPerson[]) => people.some(({ userId }) => userId === ackedBy)
  const left = handovers.filter(({ at, outgoing, incoming }) => at > ackedAt && at <= now && has(outgoing) && !has(incoming)).toSorted((a, b) => a.at - b.at)[0]
  if (left === undefined) return { kind: 'person', userId: ackedBy }
  const over = left.signed.incoming
  return over === null || over.at > now ? { kind: 'both', userId: ackedBy, since: left.at } : { kind: 'shift', since: over.at }
}
