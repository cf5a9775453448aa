import { isValid, type Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'

/** Kinds whose texts are held against each other; counted apart (domain.md 5.2 MR-03: complaints, appeals). */
export const TEXT_KINDS = ['complaint', 'appeal'] as const
export type TextKind = (typeof TEXT_KINDS)[number]

/** What of a ticket decides which cluster its text belongs to, and for whom it counts there. */
export interface TextFacts {
  readonly kind: TextKind
  readonly acceptedAt: Instant
  readonly provinceCode: string
  readonly regionCode: string
  readonly channel: string
  /** Keyed hashes; null where the ticket has none. */
  readonly customerKey: string
  readonly contactKey: string | null
  readonly addressKey: string | null
  readonly isProxy: boolean
  /** As stored, masked. */
  readonly text: string
}

const kindOf = ({ kind }: Ticket): TextKind | undefined => TEXT_KINDS.find((one) => one === kind)

/** Null for a ticket whose text counts nowhere: of another kind, not accepted, voided, merged, a test, or without a text. */
export function textFactsOf(ticket: Ticket): TextFacts | null {
  const kind = kindOf(ticket)
  if (kind === undefined || ticket.acceptedAt === null || ticket.contentText === '' || !isValid(ticket)) return null
  return {
    kind,
    acceptedAt: ticket.acceptedAt,
    provinceCode: ticket.provinceCode,
    regionCode: ticket.regionCode,
    channel: ticket.channel,
    customerKey: ticket.customerKey,
    contactKey: ticket.customerKeys.contact[0] ?? null,
    addressKey: ticket.sourceAddressKey,
    isProxy: ticket.isProxy,
    text: ticket.contentText,
  }
}

/** Whether two readings of a ticket say the same of its text. */
export function isSameText(a: TextFacts | null, b: TextFacts | null): boolean {
  if (a === null || b === null) return a === b
  return (Object.keys(a) as (keyof TextFacts)[]).every((field) => a[field] === b[field])
}
