import { type Static, Type } from 'typebox'
import { CHECK_MEASURES, CHECK_RESULTS } from '../domain/abnormal/check.ts'
import { ALERT_KINDS, ALERT_STATES, MATTER_KINDS } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Literals = <const T extends readonly string[]>(values: T) => Type.Union(values.map((value) => Type.Literal(value))) as unknown as ReturnType<
  typeof Type.Unsafe<T[number]>
>

/** One alert or case as lists, the wall and the socket carry it. Instants are epoch milliseconds UTC. */
export const AlertCard = Type.Object(
  {
    id: Type.String(),
    kind: Literals(ALERT_KINDS),
    ruleId: Type.String(),
    severity: Type.Integer({ minimum: 1, maximum: 4 }),
    state: Literals(ALERT_STATES),
    regionCode: Type.String(),
    regionNameZh: Type.String(),
    regionNameEn: Type.String(),
    /** The ticket number for abnormal tickets, else null. */
    ticketNo: Nullable(Type.String()),
    /** What the alerts of one ticket share and `/tickets/:key` is asked by; null for a case. */
    ticketKey: Nullable(Type.String()),
    /** A ladder runs for it: by it people are paged for the whole ticket (domain.md 4.1-3). */
    isPaging: Type.Boolean(),
    /** Phenomenon L2 of a case or ticket; empty when unknown. Of a case about something else its product or item. */
    phenomenon: Type.String(),
    /** What a case is about; null for a ticket. */
    matterKind: Nullable(Literals(MATTER_KINDS)),
    ticketCount: Type.Integer(),
    customerCount: Type.Integer(),
    openedAt: Type.Number(),
    severitySince: Type.Number(),
    /** When the next thing happens by itself: the next ladder step while un-acked, else the handling limit; null when nothing is due. */
    nextDueAt: Nullable(Type.Number()),
    nextDueWhat: Nullable(Type.Union([Type.Literal('ack'), Type.Literal('step'), Type.Literal('handle')])),
    ackedAt: Nullable(Type.Number()),
    ackedByName: Nullable(Type.String()),
    /** True when the present colour has not been answered (never acked, or upgraded since). */
    needsAck: Type.Boolean(),
    suppressedBy: Nullable(Type.String()),
    proposedSeverity: Nullable(Type.Integer()),
    /** Late data showed that it had been true; it began mitigated. */
    isLateDetected: Type.Boolean(),
    /** Its handling limit passed without a plan (domain.md 7.2). */
    isStalled: Type.Boolean(),
    version: Type.Integer(),
  },
  { $id: 'AlertCard' },
)
export type AlertCard = Static<typeof AlertCard>

export const TimelineEntry = Type.Object({
  id: Type.String(),
  at: Type.Number(),
  actorKind: Type.Union([Type.Literal('user'), Type.Literal('engine')]),
  actorName: Nullable(Type.String()),
  move: Type.String(),
  fromState: Nullable(Type.String()),
  toState: Type.String(),
  fromSeverity: Nullable(Type.Integer()),
  toSeverity: Type.Integer(),
  reason: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
})
export type TimelineEntry = Static<typeof TimelineEntry>

export const CaseReading = Type.Object({
  ruleId: Type.String(),
  tickAt: Type.Number(),
  level: Type.Integer(),
  value: Type.Number(),
  baseline: Nullable(Type.Number()),
  z: Nullable(Type.Number()),
  r: Nullable(Type.Number()),
})

export const LinkedTicket = Type.Object({
  ticketKey: Type.String(),
  ticketNo: Type.String(),
  status: Type.String(),
  regionCode: Type.String(),
  phenomenon: Type.String(),
  acceptedAt: Nullable(Type.Number()),
  /** The earliest of all running deadlines, and the clock that sets it (domain.md 3.6). */
  deadlineAt: Nullable(Type.Number()),
  deadlineClock: Nullable(Type.Object({ zh: Type.String(), en: Type.String() })),
  isOverdue: Type.Boolean(),
  /** Masked text; null for roles without ticket rights (exec, admin: domain.md 2.4, 8.4). */
  contentText: Nullable(Type.String()),
  customerShort: Nullable(Type.String()),
})

export const DeliveryRow = Type.Object({
  step: Type.Integer(),
  channel: Type.String(),
  target: Type.String(),
  state: Type.String(),
  dueAt: Type.Number(),
  sentAt: Nullable(Type.Number()),
  deliveredAt: Nullable(Type.Number()),
  outcome: Nullable(Type.String()),
})

/** Whether a handled alert was right, as a checker found (domain.md B.5). */
export const AlertCheck = Type.Object({
  result: Literals(CHECK_RESULTS),
  measure: Nullable(Literals(CHECK_MEASURES)),
  note: Type.String(),
  checkedAt: Type.Number(),
  checkedByName: Type.String(),
})
export type AlertCheck = Static<typeof AlertCheck>

export const AlertDetail = Type.Object(
  {
    card: AlertCard,
    facts: Type.Record(Type.String(), Type.Unknown()),
    parameters: Type.Record(Type.String(), Type.Unknown()),
    ruleVersion: Type.Integer(),
    ladderVersion: Type.Integer(),
    timeline: Type.Array(TimelineEntry),
    readings: Type.Array(CaseReading),
    tickets: Type.Array(LinkedTicket),
    /** All linked tickets; `tickets` holds at most the newest 200. */
    ticketTotal: Type.Integer(),
    deliveries: Type.Array(DeliveryRow),
    /** Moves that the asking person may make now. */
    allowedMoves: Type.Array(Type.String()),
    check: Nullable(AlertCheck),
    /** The asking person may check it now. */
    mayCheck: Type.Boolean(),
  },
  { $id: 'AlertDetail' },
)
export type AlertDetail = Static<typeof AlertDetail>

/** One rule that a ticket breaks. */
export const TicketRule = Type.Object({
  alertId: Type.String(),
  ruleId: Type.String(),
  severity: Type.Integer({ minimum: 1, maximum: 4 }),
  state: Literals(ALERT_STATES),
})
export type TicketRule = Static<typeof TicketRule>

/** One card of a ticket with all its rules, highest first, or of a case; the card's severity is the ticket's level (domain.md 4.1-3). */
export const TicketCard = Type.Object({ ...AlertCard.properties, rules: Type.Optional(Type.Array(TicketRule)) })
export type TicketCard = Static<typeof TicketCard>

export const AlertList = Type.Object({ items: Type.Array(TicketCard), asOf: Type.Number(), seq: Type.Number() })
export type AlertList = Static<typeof AlertList>

/** Body of POST /api/v1/alerts/:id/moves. */
export const MoveBody = Type.Object(
  {
    move: Type.Union([
      Type.Literal('ack'),
      Type.Literal('handle_start'),
      Type.Literal('note'),
      Type.Literal('resolve'),
      Type.Literal('close'),
      Type.Literal('mark_false_positive'),
      Type.Literal('downgrade'),
      Type.Literal('approve_downgrade'),
      Type.Literal('refuse_downgrade'),
      Type.Literal('reopen_alert'),
    ]),
    reason: Type.String({ maxLength: 2000, default: '' }),
    toSeverity: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
    client: Type.Optional(Type.String({ maxLength: 32 })),
  },
  { additionalProperties: false },
)
export type MoveBody = Static<typeof MoveBody>
