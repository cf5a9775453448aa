import { type Static, Type } from 'typebox'
import { SIDES } from '../domain/oncall/handover.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Listed = Type.Object({
  ticketKey: Type.String(),
  ticketNo: Type.String(),
  kind: Type.String(),
  phenomenon: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  at: Type.Number({ description: '时限或恢复时刻 / its limit, or when it resumes' }),
})
const Tickets = Type.Object({ total: Type.Integer(), items: Type.Array(Listed) })
const Alert = Type.Object({
  alertId: Type.String(),
  isCase: Type.Boolean({ description: '有案件页 / has a page of a case' }),
  ruleId: Type.String(),
  severity: Type.Integer({ minimum: 1, maximum: 4 }),
  state: Type.String(),
  subject: Type.String({ description: '现象或工单号；空：规则名 / phenomenon or number of the ticket; empty: the name of the rule' }),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  ackDueAt: Nullable(Type.Number({ description: '原确认时限，交班不重计 / the original limit, which a handover does not start anew' })),
  ackedByName: Nullable(Type.String()),
  /** Who answers for what is acknowledged: he who took it, he and the incoming shift, or the incoming shift. */
  charge: Nullable(Type.Unsafe<'person' | 'both' | 'shift'>({ type: 'string', enum: ['person', 'both', 'shift'] })),
  lastMeasure: Nullable(Type.String()),
  nextReportAt: Nullable(Type.Number()),
})
export type HandoverAlert = Static<typeof Alert>

/** What a shift hands over (domain.md 7.6). Instants are epoch milliseconds UTC; no customer, no text of a ticket. */
export const HandoverRecord = Type.Object({
  asOf: Type.Number(),
  cases: Type.Array(Alert),
  unacked: Type.Array(Alert),
  grave: Type.Array(Alert, { description: 'A3、A4 工单 / tickets at A3 and A4' }),
  deadlines: Tickets,
  appeals: Tickets,
  resuming: Tickets,
  silent: Type.Array(Type.Object({ nameZh: Type.String(), nameEn: Type.String(), since: Type.Number() })),
  windows: Type.Array(Type.Object({ kind: Type.String(), regionCode: Type.String(), from: Type.Number(), to: Type.Number(), reason: Type.String() })),
})
export type HandoverRecord = Static<typeof HandoverRecord>

const Person = Type.Object({ userId: Type.String(), name: Type.String(), role: Type.String() })
const Signature = Nullable(Type.Object({ name: Type.String(), at: Type.Number() }))

export const HandoverShown = Type.Object({
  id: Type.String(),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  at: Type.Number(),
  until: Type.Number(),
  outgoing: Type.Array(Person),
  incoming: Type.Array(Person),
  signed: Type.Object({ outgoing: Signature, incoming: Signature }),
  isUnconfirmed: Type.Boolean(),
  alertId: Nullable(Type.String()),
})
export type HandoverShown = Static<typeof HandoverShown>

/** GET /api/v1/handovers. */
export const Handovers = Type.Object({ asOf: Type.Number(), items: Type.Array(HandoverShown) })
export type Handovers = Static<typeof Handovers>

/** GET /api/v1/handovers/{id}: a draft with the figures of now, or the record as it was signed. */
export const HandoverDetail = Type.Object({
  ...HandoverShown.properties,
  notes: Type.String(),
  record: HandoverRecord,
  isFrozen: Type.Boolean(),
  /** What the reader may sign now. */
  maySign: Type.Array(Type.Unsafe<(typeof SIDES)[number]>({ type: 'string', enum: [...SIDES] })),
  /** Whether the outgoing side has to say something: an orange or red case is open. */
  needsText: Type.Boolean(),
})
export type HandoverDetail = Static<typeof HandoverDetail>

/** POST /api/v1/handovers/{id}/sign. */
export const SignBody = Type.Object(
  {
    side: Type.Unsafe<(typeof SIDES)[number]>({ type: 'string', enum: [...SIDES], description: 'outgoing 交班；incoming 接班' }),
    notes: Type.Optional(Type.String({ maxLength: 4000, description: '交班说明，入库前脱敏；有橙、红案件时必填 / notes of the outgoing side, masked; needed while an orange or red case is open' })),
  },
  { additionalProperties: false },
)
