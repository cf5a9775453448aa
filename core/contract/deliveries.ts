import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** States of deliveries as the log groups them: `waiting` is whatever has no end yet. */
export const DELIVERY_GROUPS = ['waiting', 'sent', 'delivered', 'failed', 'refused', 'cancelled'] as const
export type DeliveryGroup = (typeof DELIVERY_GROUPS)[number]

const Group = Type.Unsafe<DeliveryGroup>({ type: 'string', enum: [...DELIVERY_GROUPS] })

const Logged = Type.Object({
  id: Type.String(),
  alertId: Type.String(),
  ruleId: Type.String(),
  severity: Type.Integer({ minimum: 1, maximum: 4, description: '预警此刻的级别 / the colour of the alert as of now' }),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  step: Type.Integer({ minimum: 0 }),
  /** 0: the step itself; later calls of it count up. */
  round: Type.Integer({ minimum: 0 }),
  channel: Type.String(),
  target: Type.String({ description: '被通知人，或接口的主机名 / the person told, or the host of an endpoint' }),
  group: Group,
  dueAt: Type.Number(),
  sentAt: Nullable(Type.Number()),
  deliveredAt: Nullable(Type.Number()),
  readAt: Nullable(Type.Number()),
  outcome: Nullable(Type.String({ description: '结果或未发原因 / what became of it, or why it was not sent' })),
})
export type LoggedDelivery = Static<typeof Logged>

/** GET /api/v1/deliveries: what people and endpoints of the reader's scope were told, the newest first. Instants are epoch milliseconds UTC. */
export const Deliveries = Type.Object({
  asOf: Type.Number(),
  /** Of the whole time asked for, whichever group and channel was chosen. */
  totals: Type.Object({ waiting: Type.Integer(), sent: Type.Integer(), delivered: Type.Integer(), failed: Type.Integer(), refused: Type.Integer(), cancelled: Type.Integer() }),
  items: Type.Array(Logged),
  next: Nullable(Type.String({ description: '下一页的 before；空：已到末尾 / `before` of the next page; null at the end' })),
})
export type Deliveries = Static<typeof Deliveries>

export const DeliveriesQuery = Type.Object({
  hours: Type.Integer({ minimum: 1, maximum: 744, default: 24, description: '最近多少小时 / of the last so many hours' }),
  group: Type.Optional(Group),
  channel: Type.Optional(Type.String({ pattern: '^[a-z_]{1,20}$' })),
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
})
