import fc from 'fast-check'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { TRANSITIONS } from '../../core/domain/ticket/transitions.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import { EVENT_TYPES, type EventType, type TicketState } from '../../core/domain/vocabulary.ts'
import { believable, KEYED_CUSTOMERS, pickBy, type Surroundings } from './believable.ts'
import { anEvent, at, CREATED_PAYLOAD } from './builders.ts'

const START = at('2026-05-29 09:00')
const WHERE: Surroundings = { regions: ['320501', '320502', '320101'], customers: KEYED_CUSTOMERS }

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

const seeds = fc.array(fc.nat(999), { minLength: 6, maxLength: 6 })

const payloadOf = (type: EventType): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof({ weight: 1, arbitrary: oddPayloadOf(type) }, { weight: 1, arbitrary: seeds.map((numbers) => believable(type, pickBy(numbers), WHERE)) })

const oddPayloadOf = (type: EventType): fc.Arbitrary<Record<string, unknown>> => {
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
const jumbles = (ticketNo: string, most: number): fc.Arbitrary<TicketEvent[]> =>
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

/** What one step of a walk is decided by. */
interface Step {
  readonly isFree: boolean
  readonly numbers: readonly number[]
  readonly gap: number
  readonly sourceSeq: number | null
  readonly corrects: number | null
}

/** To the instant of the limits, and just beside it. */
const GAPS = [10 * MINUTE, 0, MINUTE, 2 * HOUR, 5 * HOUR, DAY, DAY + 1, 3 * DAY + HOUR, 7 * DAY, 7 * DAY + 1] as const
const STATE_TYPES = EVENT_TYPES.filter((type) => TRANSITIONS[type] !== undefined || type === 'fault_cleared' || type === 'onsite_finished')
const ENDS: ReadonlySet<EventType> = new Set(['cancelled', 'voided', 'merged', 'archived'])

const steps = (most: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      isFree: fc.integer({ min: 0, max: 9 }).map((n) => n >= 6),
      numbers: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }),
      gap: fc.constantFrom(...GAPS),
      sourceSeq: fc.constantFrom(null, null, 1, 2),
      corrects: fc.option(fc.nat(most), { freq: 10 }),
    }),
    { minLength: 0, maxLength: most },
  )

/** The next step of a ticket that goes as it should. */
const COURSE: Readonly<Partial<Record<TicketState, EventType>>> = {
  new: 'dispatched',
  dispatched: 'claimed',
  processing: 'replied',
  suspended: 'resumed',
  replied: 'review_passed',
  confirming: 'completed',
  completed: 'survey_sent',
  surveying: 'survey_answered',
  repairing: 'repair_closed',
}

/** What follows what, whatever the state. */
const FOLLOWS: Readonly<Partial<Record<EventType, EventType>>> = {
  refund_requested: 'refund_approved',
  refund_approved: 'refund_paid',
  extension_requested: 'extension_approved',
  assist_requested: 'assist_replied',
  stage_entered: 'stage_left',
  supervised: 'supervision_answered',
  appointment_set: 'onsite_arrived',
  onsite_arrived: 'onsite_finished',
}

/** A step that the state allows, an end of the ticket seldom; or anything. */
function typeOf({ isFree, numbers: [first = 0, second = 0] }: Step, so: readonly TicketEvent[]): EventType {
  const answer = FOLLOWS[so.at(-1)?.type ?? 'created']
  if (answer !== undefined && second % 2 === 1) return answer
  if (isFree) return EVENT_TYPES[first % EVENT_TYPES.length] as EventType
  const { status } = foldTicket(so)
  const next = COURSE[status]
  if (next !== undefined && second % 3 === 1) return next
  const legal = STATE_TYPES.filter(
    (type) => (TRANSITIONS[type]?.[status] !== undefined || TRANSITIONS[type] === undefined) && (!ENDS.has(type) || second % 8 === 0),
  )
  return legal.length === 0 ? 'marked' : (legal[first % legal.length] as EventType)
}

/** What a walk starts with and how its customers and places are called. */
export interface WalkChoice {
  readonly ticketNo?: string
  readonly most?: number
  readonly start?: Instant
  readonly where?: Surroundings
}

/**
 * A ticket that walks from state to state as tickets do, every type of event with what sources say of it: stays with units, suspensions over the
 * cap, reopenings within 7 days, at them and beyond, surveys, repairs, refunds, visits; now and then a step that is not allowed, a correction
 * of an event, two events at one instant.
 */
export const ticketWalks = ({ ticketNo = 'T1', most = 14, start = START, where = WHERE }: WalkChoice = {}): fc.Arbitrary<TicketEvent[]> =>
  fc.tuple(fc.array(fc.nat(999), { minLength: 10, maxLength: 10 }), steps(most)).map(([numbers, walk]) => {
    const events = [
      anEvent('created', { ticketNo, eventId: `${ticketNo}-0`, occurredAt: start, payload: believable('created', pickBy(numbers), where) }),
    ]
    let at = start
    for (const step of walk) {
      at += step.gap
      const corrects = step.corrects === null || step.corrects >= events.length ? null : (events[step.corrects] as TicketEvent)
      const type = corrects?.type ?? typeOf(step, events)
      events.push(
        anEvent(type, {
          ticketNo,
          eventId: `${ticketNo}-${events.length}`,
          occurredAt: at,
          sourceSeq: step.sourceSeq,
          actorId: step.numbers[2]! % 2 === 0 ? 'a' : 'b',
          actorType: step.numbers[3]! % 4 === 0 ? 'data_steward' : 'agent',
          unitId: 'U1',
          payload: believable(type, pickBy(step.numbers.slice(4)), where),
          correctsEventId: corrects?.eventId ?? null,
        }),
      )
    }
    return events
  })

/** Jumbles of events and walks of a ticket, half and half. */
export const ticketHistories = (ticketNo = 'T1', most = 12): fc.Arbitrary<TicketEvent[]> =>
  fc.oneof(jumbles(ticketNo, most), ticketWalks({ ticketNo, most }))

/** The same events in another order, some of them twice. */
export const shuffled = (events: readonly TicketEvent[]): fc.Arbitrary<TicketEvent[]> =>
  fc
    .subarray([...events])
    .chain((again) => fc.shuffledSubarray([...events, ...again.map((event) => ({ ...event }))], { minLength: events.length + again.length }))
