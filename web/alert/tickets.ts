import type { AlertCard } from '../../core/contract/alerts.ts'

/** A card as screens show it: a case, or a ticket with all the rules it breaks. */
export interface ShownCard extends AlertCard {
  /** The live alerts of the ticket, the one that stands for it first; of a case itself alone. */
  readonly rules: readonly AlertCard[]
}

const ASKING: readonly string[] = ['open', 'acknowledged', 'handling']
const rank = ({ state }: AlertCard) => (ASKING.includes(state) ? 0 : state === 'mitigated' ? 1 : 2)
const standing = ({ isPaging, needsAck }: AlertCard) => (isPaging ? 0 : needsAck ? 2 : 1)
const compareIds = (a: string, b: string) => a.length - b.length || (a < b ? -1 : Number(a > b))

/** The order within a ticket, as on the server (core/domain/alert/ticket-level.ts): the first stands for the ticket, its colour is the ticket's level. */
const byStanding = (a: AlertCard, b: AlertCard): number =>
  rank(a) - rank(b) ||
  b.severity - a.severity ||
  standing(a) - standing(b) ||
  a.severitySince - b.severitySince ||
  compareIds(a.id, b.id)

/** What one screen row of a ticket or case goes by, whichever of its alerts stands for it. */
export const cardKey = ({ ticketKey, id }: Pick<AlertCard, 'ticketKey' | 'id'>): string => ticketKey ?? id

/** One card per case and per ticket (domain.md 4.1-3): an alert that joins a ticket changes its card and adds none. */
export function oneCardPerTicket(cards: Iterable<AlertCard>): readonly ShownCard[] {
  const held = new Map<string, AlertCard[]>()
  for (const card of cards) {
    const together = held.get(cardKey(card))
    if (together === undefined) held.set(cardKey(card), [card])
    else together.push(card)
  }
  return [...held.values()].flatMap((together) => {
    const rules = together.toSorted(byStanding)
    const [first] = rules
    return first === undefined ? [] : [{ ...first, rules }]
  })
}

/** A card that stands for itself alone, as in the list of what has ended. */
export const alone = (card: AlertCard): ShownCard => ({ ...card, rules: [card] })
