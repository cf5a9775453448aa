import { describe, expect, test } from 'vitest'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { TRANSITIONS } from '../../core/domain/ticket/transitions.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, MINUTE } from '../../core/domain/time.ts'
import { EVENT_TYPES, type EventType, TICKET_STATES, type TicketState } from '../../core/domain/vocabulary.ts'
import { anEvent, at, CREATED_PAYLOAD } from '../support/builders.ts'

const START = at('2026-06-01 09:00')

type Step = EventType | readonly [EventType, Readonly<Record<string, unknown>>]

/** Events a minute apart from 09:00, the first of them `created`. */
const history = (steps: readonly Step[], kind = 'complaint'): TicketEvent[] => [
  anEvent('created', { payload: { ...CREATED_PAYLOAD, kind } }),
  ...steps.map((step, index) => {
    const [type, payload] = typeof step === 'string' ? [step, {}] : step
    return anEvent(type, { occurredAt: START + (index + 1) * MINUTE, payload })
  }),
]

/** A way into every state. */
const WAYS: Readonly<Record<TicketState, readonly Step[]>> = {
  new: [],
  dispatched: ['dispatched'],
  processing: ['dispatched', 'claimed'],
  suspended: ['dispatched', 'claimed', 'suspended'],
  replied: ['dispatched', 'claimed', 'replied'],
  confirming: ['dispatched', 'claimed', 'replied', 'review_passed'],
  completed: ['dispatched', 'claimed', 'replied', 'completed'],
  surveying: ['completed', 'survey_sent'],
  repairing: ['completed', 'repair_opened'],
  archived: ['completed', 'archived'],
  cancelled: ['cancelled'],
  voided: ['voided'],
  merged: ['merged'],
}

/** The matrix of domain.md 3.5, as written there: columns new … archived; `=` stays, `<` the state before, `.` refused. */
const COLUMNS: readonly TicketState[] = [
  'new',
  'dispatched',
  'processing',
  'suspended',
  'replied',
  'confirming',
  'completed',
  'surveying',
  'repairing',
  'archived',
]
const MATRIX: readonly (readonly [event: Step, row: string])[] = [
  ['dispatched', 'dispatched . dispatched . . . . . . .'],
  ['claimed', 'processing processing . . . . . . . .'],
  ['released', '. . dispatched . . . . . . .'],
  ['transferred', '. dispatched dispatched . . . . . . .'],
  ['reassigned', '. dispatched dispatched . . . . . . .'],
  ['returned', '. new new . . . . . . .'],
  ['recalled', '. new new . . . . . . .'],
  ['suspended', '. suspended suspended . . suspended . . . .'],
  ['resumed', '. . . < . . . . . .'],
  ['replied', '. . replied . . . . . . .'],
  ['review_passed', '. . . . confirming . . . . .'],
  ['review_failed', '. . . . dispatched dispatched . . . .'],
  ['redispatched', '. . . . dispatched dispatched . . . .'],
  ['customer_replied', '= = = = = = . . = .'],
  ['completed', 'completed completed completed . completed completed . . . .'],
  ['survey_sent', '. . . . . . surveying . . .'],
  [['survey_answered', { score: 9, solved: 'yes' }], '. . . . . . . completed . .'],
  [['survey_answered', { score: 8, solved: 'yes' }], '. . . . . . . = . .'],
  [['survey_answered', { score: 10, solved: 'unclear' }], '. . . . . . . = . .'],
  ['survey_expired', '. . . . . . . completed . .'],
  ['survey_skipped', '. . . . . . . completed . .'],
  ['repair_opened', '. . . . . . repairing repairing . .'],
  ['repair_closed', '. . . . . . . . completed .'],
  ['reopened', '. . . . . . processing processing processing processing'],
  ['archived', '. . . . . . archived archived . .'],
  ['cancelled', 'cancelled cancelled cancelled cancelled cancelled cancelled . . . .'],
  ['merged', 'merged merged merged merged merged merged . . . .'],
  ['voided', 'voided voided voided voided voided voided voided voided . voided'],
]

const CASES = MATRIX.flatMap(([event, row]) =>
  row.split(' ').map((cell, column) => {
    const state = COLUMNS[column] as TicketState
    return { event, state, legal: cell !== '.', to: cell === '.' || cell === '=' ? state : cell === '<' ? 'processing' : (cell as TicketState) }
  }),
)

describe('the matrix', () => {
  test.each(TICKET_STATES)('has a way into %s', (state) => {
    expect(foldTicket(history(WAYS[state]))).toMatchObject({ status: state, qualityFlags: [] })
  })

  test.each(CASES)('$event in $state leads to $to (legal: $legal)', ({ event, state, legal, to }) => {
    const before = history(WAYS[state])
    const events = history([...WAYS[state], event])
    const ticket = foldTicket(events)
    expect(ticket.status).toBe(to)
    expect(ticket.qualityFlags).toMatchObject(legal ? [] : [{ flag: 'illegal_transition', eventId: events.at(-1)!.eventId }])
    expect(ticket.eventCount).toBe(before.length + 1)
  })

  test('nothing leaves the ends', () => {
    for (const state of ['cancelled', 'voided', 'merged'] as const) {
      for (const [event] of MATRIX) {
        const ticket = foldTicket(history([...WAYS[state], event]))
        expect([state, ticket.status, ticket.qualityFlags.length]).toEqual([state, state, 1])
      }
    }
  })

  test('covers every row that the table has', () => {
    const covered = new Set(MATRIX.map(([event]) => (typeof event === 'string' ? event : event[0])))
    expect(Object.keys(TRANSITIONS).filter((name) => !covered.has(name as EventType))).toEqual(['survey_answered_bad'])
  })

  test('an event without a row is kept and counted in any state and moves nothing', () => {
    const silent = EVENT_TYPES.filter((type) => type !== 'created' && TRANSITIONS[type] === undefined)
    expect(silent.length).toBeGreaterThan(20)
    for (const state of TICKET_STATES) {
      const before = foldTicket(history(WAYS[state]))
      const payload = { field: 'age_band', new: '30-40' }
      const after = foldTicket(history([...WAYS[state], ...silent.map((type) => [type, payload] as const)]))
      expect(after).toMatchObject({ status: state, qualityFlags: [], eventCount: before.eventCount + silent.length, completedAt: before.completedAt })
    }
  })
})

describe('an illegal step', () => {
  test('changes no fact of the ticket but its count, its last instant and its flag', () => {
    const before = foldTicket(history(WAYS.completed))
    for (const [event] of MATRIX) {
      const after = foldTicket(history([...WAYS.completed, event]))
      if (after.qualityFlags.length === 0) continue
      // A reply that reached the customer has reached him, and a survey that was left out was left out.
      const { eventCount: _, lastEventAt: __, qualityFlags: ___, customerReplies: ____, surveys: _____, ...facts } = after
      expect(before).toMatchObject(facts)
    }
  })

  test('a reply that reached the customer after completion is kept as a fact all the same (S-5)', () => {
    const ticket = foldTicket(history([...WAYS.completed, 'customer_replied']))
    expect(ticket).toMatchObject({ status: 'completed', customerReplies: [{ at: START + 5 * MINUTE }] })
    expect(ticket.qualityFlags.map(({ flag }) => flag)).toEqual(['illegal_transition'])
  })
})

describe('suspension', () => {
  test.each(['dispatched', 'processing', 'confirming'] as const)('resumes into %s, where it was', (state) => {
    expect(foldTicket(history([...WAYS[state], 'suspended', 'resumed'])).status).toBe(state)
  })

  test.each(['cancelled', 'voided', 'merged'] as const)('ends when the ticket is %s', (end) => {
    const ticket = foldTicket(history([...WAYS.suspended, end]))
    expect(ticket.suspensions).toMatchObject([{ from: START + 3 * MINUTE, to: START + 4 * MINUTE }])
  })
})

describe('reopening', () => {
  const reopenedAfter = (ms: number) =>
    foldTicket([
      anEvent('created'),
      anEvent('completed', { occurredAt: START + DAY }),
      anEvent('archived', { occurredAt: START + DAY + MINUTE }),
      anEvent('reopened', { occurredAt: START + DAY + ms }),
    ])

  test('7 days after completion it is legal and withdraws the completion', () => {
    expect(reopenedAfter(7 * DAY)).toMatchObject({
      status: 'processing',
      completedAt: null,
      reopenCount: 1,
      qualityFlags: [],
      closedGaps: [{ from: START + DAY, to: START + 8 * DAY }],
    })
  })

  test('a millisecond later it is a matter for a new ticket', () => {
    expect(reopenedAfter(7 * DAY + 1)).toMatchObject({ status: 'archived', completedAt: START + DAY, reopenCount: 0, closedGaps: [] })
  })

  test('the last standing completion counts', () => {
    const ticket = foldTicket(history(['completed', 'reopened', 'completed', 'reopened', 'replied', 'completed']))
    expect(ticket).toMatchObject({
      completedAt: START + 6 * MINUTE,
      reopenCount: 2,
      closedGaps: [
        { from: START + MINUTE, to: START + 2 * MINUTE },
        { from: START + 3 * MINUTE, to: START + 4 * MINUTE },
      ],
    })
  })
})

describe('fault and installation', () => {
  test.each([
    ['fault', 'fault_cleared'],
    ['install', 'onsite_finished'],
  ] as const)('a %s ends with %s', (kind, end) => {
    expect(foldTicket(history(['dispatched', 'claimed', 'onsite_arrived', end], kind))).toMatchObject({
      status: 'completed',
      completedAt: START + 4 * MINUTE,
      qualityFlags: [],
    })
    expect(foldTicket(history(['dispatched', 'claimed', 'onsite_arrived', end]))).toMatchObject({
      status: 'processing',
      completedAt: null,
      qualityFlags: [],
    })
  })
})

test('units and handlers follow the steps', () => {
  const path: readonly (readonly [Step, string | null, string | null])[] = [
    [['dispatched', { to_unit: 'U1', leg_id: 'L1' }], 'U1', null],
    [['claimed', { leg_id: 'L1', handler_id: 'H1' }], 'U1', 'H1'],
    [['transferred', { from_unit: 'U1', to_unit: 'U2', leg_id: 'L1', new_leg_id: 'L2' }], 'U2', null],
    [['claimed', { leg_id: 'L2', handler_id: 'H2' }], 'U2', 'H2'],
    [['released', { leg_id: 'L2' }], 'U2', null],
    [['returned', { leg_id: 'L2', from_unit: 'U2', reason_code: 'wrong_unit' }], null, null],
    [['dispatched', { to_unit: 'U3', leg_id: 'L3' }], 'U3', null],
  ]
  path.forEach(([, unitId, handlerId], index) => {
    expect(foldTicket(history(path.slice(0, index + 1).map(([step]) => step)))).toMatchObject({ unitId, handlerId, qualityFlags: [] })
  })
  expect(foldTicket(history(path.map(([step]) => step))).firstDispatchedAt).toBe(START + MINUTE)
})

test('a merged ticket names its parent by its full key', () => {
  const ticket = foldTicket(history([['merged', { parent_ticket_id: 'T0' }]]))
  expect(ticket).toMatchObject({ status: 'merged', mergedAt: START + MINUTE, parentTicketKey: '32:eoms:T0' })
})
