import { isSameText, type TextFacts } from '../domain/near-duplicate/text-facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { insertTextChecks } from '../store/text-check-store.ts'

/** A ticket that is being written: what its text was, and what it is. */
export interface TextNote {
  readonly ticketKey: string
  readonly before: TextFacts | null
  readonly after: TextFacts | null
}

/**
 * Puts, in the transaction that writes tickets, those in line whose text is new or says something else now (domain.md 5.3.2); they are looked at
 * after the commit (core/engine/cluster-texts.ts). Most batches write one row a complaint, and nothing for all that comes after it.
 */
export async function noteTexts(tx: Tx, notes: readonly TextNote[]): Promise<void> {
  const checks: { ticketKey: string; acceptedAt: Instant }[] = []
  for (const { ticketKey, before, after } of notes) {
    const facts = after ?? before
    if (facts !== null && !isSameText(before, after)) checks.push({ ticketKey, acceptedAt: facts.acceptedAt })
  }
  await insertTextChecks(tx, checks)
}
