import fc from 'fast-check'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { EVENT_TYPES, type EventType } from '../../core/domain/vocabulary.ts'
import { anEvent, at, CREATED_PAYLOAD } from './builders.ts'

const START = at('2026-05-29 09:00')

const corrections = fc.constantFrom(
  { field: 'phenomenon_l1', new: 'billing' },
  { field: 'phenomenon_l2', new: 'charging' },
  { field: 'region', new: '320502' },
  { field: 'star', new: 6 },
  { field: 'star', new: 'six' },
  { field: 'kind', new: 'query' },
  { field: 'is_vip', new: true },
  { field: 'limit_minutes', new: 600 },
  { field: 'test_flag', new: 1 },
  { field: 7, new: null },
)

const payloadOf = (type: EventType): fc.Arbitrary<Record<string, unknown>> => {
  if (type === 'corrected') return corrections
  if (type === 'created')
    return fc.constantFrom(CREATED_PAYLOAD, { ...CREATED_PAYLOAD, star: 5 }, { kind: 'nonsense', region_code: ['x'], limit_minutes: 'soon' })
  if (type === 'survey_answered') return fc.constantFrom({ score: 9, solved: 'yes' }, { score: 3, solved: 'no' })
  return fc.constantFrom({}, { to_unit: 'U1' }, { handler_id: 4711 }, { parent_ticket_id: 'T0' })
}

const FREQUENT: readonly EventType[] = [
  'created',
  'dispatched',
  'claimed',
  'suspended',
  'resumed',
  'replied',
  'completed',
  'reopened',
  'corrected',
  'expedited',
  'cancelled',
  'voided',
]

/** Events of one ticket: few distinct instants, equal sequence numbers, corrections of each other (rings included), anything that a feed may send. */
export const ticketHistories = (ticketNo = 'T1', most = 12): fc.Arbitrary<TicketEvent[]> =>
  fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FREQUENT) }, { weight: 1, arbitrary: fc.constantFrom(...EVENT_TYPES) }).chain((type) =>
        fc.record({
          type: fc.constant(type),
          payload: payloadOf(type),
          minutes: fc.integer({ min: 0, max: 40 }).map((hours) => hours * 150),
          sourceSeq: fc.constantFrom(null, 1, 2, 3),
          actorId: fc.constantFrom(null, 'a', 'b'),
          actorType: fc.constantFrom(null, 'data_steward'),
          corrects: fc.option(fc.integer({ min: 0, max: most }), { freq: 4 }),
          received: fc.integer({ min: 0, max: 1000 }),
        }),
      ),
      { minLength: 0, maxLength: most },
    )
    .map((specs) => [
      anEvent('created', { ticketNo, eventId: `${ticketNo}-0`, occurredAt: START }),
      ...specs.map(({ type, payload, minutes, sourceSeq, actorId, actorType, corrects, received }, index) =>
        anEvent(type, {
          ticketNo,
          eventId: `${ticketNo}-${index + 1}`,
          occurredAt: START + minutes * MINUTE,
          receivedAt: START + (minutes + received) * MINUTE,
          payload,
          sourceSeq,
          actorId,
          actorType,
          correctsEventId: corrects === null ? null : `${ticketNo}-${corrects}`,
        }),
      ),
    ])

/** The same events in another order, some of them twice. */
export const shuffled = (events: readonly TicketEvent[]): fc.Arbitrary<TicketEvent[]> =>
  fc
    .subarray([...events])
    .chain((again) => fc.shuffledSubarray([...events, ...again.map((event) => ({ ...event }))], { minLength: events.length + again.length }))
