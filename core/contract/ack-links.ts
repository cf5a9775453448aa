import { type Static, Type } from 'typebox'
import { ALERT_KINDS, type AlertKind } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** GET /api/v1/ack/:token: what a page was about and how it stands now; nothing of a customer. Instants are epoch milliseconds UTC. */
export const AckLinkShown = Type.Object({
  /** `asks`: it can be acknowledged by this link; else why not. */
  state: Type.Union([Type.Literal('asks'), Type.Literal('answered'), Type.Literal('over'), Type.Literal('used'), Type.Literal('expired')]),
  alertId: Type.String(),
  kind: Type.Unsafe<AlertKind>({ type: 'string', enum: [...ALERT_KINDS] }),
  ruleId: Type.String(),
  /** The colour now, and the one that the page was sent for. */
  severity: Type.Integer(),
  pagedSeverity: Type.Integer(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  phenomenon: Type.String(),
  ticketCount: Type.Integer(),
  customerCount: Type.Integer(),
  openedAt: Type.Number(),
  ackDueAt: Nullable(Type.Number()),
  answeredBy: Nullable(Type.String()),
  answeredAt: Nullable(Type.Number()),
  zone: Type.String(),
})
export type AckLinkShown = Static<typeof AckLinkShown>

/** POST /api/v1/ack/:token. */
export const AckLinkBody = Type.Object({ severity: Type.Integer({ minimum: 1, maximum: 4, description: '页面所示的级别；其间已变则 409 / the colour that was shown; 409 where it has changed' }) }, { additionalProperties: false })
