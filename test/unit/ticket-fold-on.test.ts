import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldHistory, foldOn, foldTicket } from '../../core/domain/ticket/fold.ts'
import { compareEvents } from '../../core/domain/ticket/history.ts'
import { packMemory, packTicket, unpackState } from '../../core/domain/ticket/pack.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { anEvent, at } from '../support/builders.ts'
import { ticketHistories } from '../support/ticket-histories.ts'

const START = at('2026-06-01 09:00')

/** Through the database and back: what is stored is JSON text. */
const stored = (state: ReturnType<typeof foldHistory>) => unpackState(JSON.parse(JSON.stringify(packTicket(state.ticket))), packMemory(state))

describe('a fold that is gone on with', () => {
  test('gives what folding the whole history gives, wherever it is cut and however often it was stored', () => {
    let goneOn = 0
    fc.assert(
      fc.property(ticketHistories('T1', 14), fc.boolean(), fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }), (any, isOrderly, cuts) => {
        // Anything a feed may send, or the same events one after the other, which is what most feeds send.
        const events = isOrderly ? any.map((event, index) => ({ ...event, correctsEventId: null, occurredAt: START + index * MINUTE })) : any
        const ordered = [...events].sort(compareEvents)
        const parts: TicketEvent[][] = []
        for (let from = 0, turn = 0; from < ordered.length; turn++) {
          const size = cuts[turn % cuts.length] as number
          parts.push(ordered.slice(from, from + size))
          from += size
        }
        let seen: TicketEvent[] = parts[0] ?? []
        let state = foldHistory(seen)
        for (const part of parts.slice(1)) {
          seen = [...seen, ...part]
          const next = foldOn(stored(state), part)
          if (next !== null) goneOn += 1
          state = next ?? foldHistory(seen)
          expect(state.ticket).toEqual(foldTicket(seen))
          expect(stored(state).ticket).toEqual(state.ticket)
        }
      }),
      { numRuns: 600 },
    )
    expect(goneOn).toBeGreaterThan(200)
  })

  test('is refused for an event that lies among those before, for one at the same instant, and for a correction', () => {
    const state = () => foldHistory([anEvent('created'), anEvent('dispatched', { occurredAt: START + 10 * MINUTE })])
    expect(foldOn(state(), [anEvent('claimed', { occurredAt: START + 5 * MINUTE })])).toBeNull()
    expect(foldOn(state(), [anEvent('claimed', { occurredAt: START + 10 * MINUTE })])).toBeNull()
    expect(foldOn(state(), [anEvent('claimed', { occurredAt: START + 11 * MINUTE, correctsEventId: 'x' })])).toBeNull()
    expect(foldOn(state(), [anEvent('claimed', { occurredAt: START + 11 * MINUTE })])?.ticket.status).toBe('processing')
  })

  test('is refused where the ticket was never created, or an earlier correction may still find its original', () => {
    const later = anEvent('claimed', { occurredAt: START + 20 * MINUTE })
    expect(foldOn(foldHistory([anEvent('dispatched')]), [later])).toBeNull()
    expect(foldOn(foldHistory([anEvent('created'), anEvent('replied', { occurredAt: START + MINUTE, correctsEventId: 'y' })]), [later])).toBeNull()
  })

  test('starts anew when another version of the fold made what is stored', () => {
    const state = foldHistory([anEvent('created')])
    expect(unpackState(packTicket(state.ticket), packMemory(state)?.replace(/"v":\d+/u, '"v":0') ?? null).memory).toBeNull()
  })

  test('stores nothing of what a ticket does not say', () => {
    const packed = JSON.stringify(packTicket(foldTicket([anEvent('created')])))
    expect(packed).not.toContain('[]')
    expect(packed).not.toContain('null,"voidedAt"')
    expect(packed.length).toBeLessThan(900)
  })
})
