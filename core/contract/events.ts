import { type Static, Type } from 'typebox'

const Text = (max: number) => Type.String({ minLength: 1, maxLength: max })

/**
 * The event envelope (domain.md 3.3). `event_type` is any string here: an unknown type is quarantined by name, not refused by shape.
 * Payload fields are checked per type by core/intake. Notices (incident.*, call.ended …) name their subject in the payload, not in `ticket_id`.
 */
export const EventEnvelope = Type.Object(
  {
    event_id: Text(200),
    event_type: Text(64),
    ticket_id: Type.Optional(
      Type.Union([Text(200), Type.Null()], { description: '工单事件必填；通知（incident.*、call.ended 等）不填 / needed for ticket events, not for notices' }),
    ),
    occurred_at: Type.String({ minLength: 20, maxLength: 40, description: 'RFC 3339 with zone, for example 2026-06-11T20:10:00+08:00' }),
    source_system: Text(64),
    source_seq: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    province_code: Text(12),
    actor_type: Type.Optional(Type.Union([Type.String({ maxLength: 32 }), Type.Null()])),
    actor_id: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
    unit_id: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    payload: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    schema_version: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
    corrects_event_id: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
  },
  { $id: 'EventEnvelope', additionalProperties: false },
)
export type EventEnvelope = Static<typeof EventEnvelope>

/** What became of one item of a batch, in the order sent. `mend` says what to do. */
export const ItemOutcome = Type.Object({
  index: Type.Integer(),
  event_id: Type.Union([Type.String(), Type.Null()]),
  outcome: Type.Union([Type.Literal('accepted'), Type.Literal('duplicate'), Type.Literal('refused')]),
  code: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
  expected: Type.Optional(Type.String()),
  mend: Type.Optional(Type.String()),
  quarantine_id: Type.Optional(Type.String()),
})
export type ItemOutcome = Static<typeof ItemOutcome>

export const IntakeAnswer = Type.Object({
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  refused: Type.Integer(),
  items: Type.Array(ItemOutcome),
})
export type IntakeAnswer = Static<typeof IntakeAnswer>

export const QuarantinedItem = Type.Object({
  id: Type.String(),
  received_at: Type.Number(),
  source: Type.String(),
  province_code: Type.Union([Type.String(), Type.Null()]),
  item: Type.Unknown(),
  code: Type.String(),
  field: Type.String(),
  expected: Type.String(),
  mend: Type.String(),
  state: Type.Union([Type.Literal('open'), Type.Literal('replayed'), Type.Literal('discarded')]),
})
export type QuarantinedItem = Static<typeof QuarantinedItem>
