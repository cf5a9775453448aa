import type { AlertCard } from '../../core/contract/alerts.ts'
import type { Colour, Severity } from '../../core/domain/vocabulary.ts'

/** Worst first: the order of every list and strip. */
export const SEVERITIES: readonly Severity[] = [4, 3, 2, 1]

const COLOUR_OF: Readonly<Record<Severity, Colour>> = { 1: 'blue', 2: 'yellow', 3: 'orange', 4: 'red' }

export const COLOURS_WORST_FIRST: readonly Colour[] = SEVERITIES.map((severity) => COLOUR_OF[severity])

/** A number off the wire as a colour; out of range counts as the nearest colour. */
export const colourOfNumber = (severity: number): Colour => COLOUR_OF[Math.min(4, Math.max(1, Math.round(severity))) as Severity]

/** Whether the card counts on screens: not one that a mass case or a window has suppressed (domain.md 4.1-6). */
export const isCounted = (card: AlertCard): boolean => card.state !== 'suppressed'

export interface ColourTally {
  readonly severity: Severity
  readonly cases: number
  readonly tickets: number
  readonly needsAck: number
}

/** Open cases and abnormal tickets per colour, worst first, and how many of both wait for an answer: of one card per ticket, so that tickets are counted and not their alerts. */
export function tallyByColour(cards: Iterable<AlertCard>): readonly ColourTally[] {
  const tally = new Map(SEVERITIES.map((severity) => [severity, { cases: 0, tickets: 0, needsAck: 0 }]))
  for (const card of cards) {
    const entry = tally.get(card.severity as Severity)
    if (!entry || !isCounted(card)) continue
    if (card.kind === 'risk') entry.cases += 1
    else entry.tickets += 1
    if (card.needsAck) entry.needsAck += 1
  }
  return SEVERITIES.map((severity) => ({ severity, ...(tally.get(severity) ?? { cases: 0, tickets: 0, needsAck: 0 }) }))
}
