import type { Instant } from '../time.ts'

/** A ticket as customers are counted by it. */
export interface CountedTicket {
  readonly acceptedAt: Instant
  readonly customerKey: string
}

/** Distinct customers of a window that only moves forward over tickets in time order: each ticket is looked at twice, however often the window is asked for. */
export class SlidingCustomers {
  readonly #tickets: CountedTicket[] = []
  readonly #inside = new Map<string, number>()
  #first = 0
  #next = 0

  /** Tickets come in time order, before the window reaches them. */
  push(ticket: CountedTicket): void {
    this.#tickets.push(ticket)
  }

  /** How many customers have a ticket in `[from, to)`; neither end may lie before that of an earlier call. */
  countIn(from: Instant, to: Instant): number {
    for (let ticket = this.#tickets[this.#next]; ticket !== undefined && ticket.acceptedAt < to; ticket = this.#tickets[(this.#next += 1)])
      this.#inside.set(ticket.customerKey, (this.#inside.get(ticket.customerKey) ?? 0) + 1)
    for (let ticket = this.#tickets[this.#first]; this.#first < this.#next && ticket !== undefined && ticket.acceptedAt < from; ticket = this.#tickets[(this.#first += 1)]) {
      const left = (this.#inside.get(ticket.customerKey) ?? 0) - 1
      if (left <= 0) this.#inside.delete(ticket.customerKey)
      else this.#inside.set(ticket.customerKey, left)
    }
    return this.#inside.size
  }
}
