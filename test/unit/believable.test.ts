import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { EVENT_TYPES, TICKET_STATES } from '../../core/domain/vocabulary.ts'
import { ticketHistories, ticketWalks } from '../support/ticket-histories.ts'

test('the histories that laws are tried on hold every type of event, and the walks reach every state and every part of a ticket', () => {
  const types = new Set<string>()
  for (const events of fc.sample(ticketHistories('T1', 14), { numRuns: 400, seed: 1 })) for (const { type } of events) types.add(type)
  expect(EVENT_TYPES.filter((type) => !types.has(type))).toEqual([])

  const [states, said] = [new Set<string>(), new Set<string>()]
  for (const events of fc.sample(ticketWalks({ most: 20 }), { numRuns: 1_000, seed: 2 })) {
    const ticket = foldTicket(events)
    states.add(ticket.status)
    for (const [field, value] of Object.entries(ticket)) if (value !== null && (!Array.isArray(value) || value.length > 0)) said.add(field)
    if (ticket.reopenCount > 0) said.add('reopened')
    if (ticket.surveys.some(({ result }) => result === 'satisfied')) said.add('satisfied')
    if (ticket.refunds.some(({ paidAt, approvedAt }) => paidAt !== null && approvedAt !== null)) said.add('paid')
    if (ticket.repairs.some(({ isSuccess }) => isSuccess)) said.add('repaired')
    if (ticket.legs.some(({ review }) => review === 'passed')) said.add('passed')
    if (ticket.suspensions.some(({ from, to }) => to !== null && to - from > 72 * 3_600_000)) said.add('over the cap')
  }
  expect(TICKET_STATES.filter((state) => !states.has(state))).toEqual([])
  const wanted = [
    ...Object.keys(foldTicket(fc.sample(ticketWalks(), { numRuns: 1, seed: 3 })[0]!)),
    'reopened',
    'satisfied',
    'paid',
    'repaired',
    'passed',
    'over the cap',
  ]
  expect(wanted.filter((field) => !said.has(field))).toEqual([])
})
