import { type Static, Type } from 'typebox'

const InstantMs = Type.Union([Type.Number(), Type.Null()])

/** A mass incident within the caller's scope (domain.md 3.1, 3.4); instants in epoch ms. */
export const IncidentInfo = Type.Object({
  incidentId: Type.String(),
  sourceSystem: Type.String(),
  provinceCode: Type.String(),
  regionCodes: Type.Array(Type.String(), { description: '范围内的受影响区域 / its regions within your scope' }),
  product: Type.String(),
  cause: Type.Union([Type.String(), Type.Null()]),
  state: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  usersAffected: Type.Union([Type.Integer(), Type.Null()], { description: '整个群障最近一次上报的用户数 / of the whole incident, as last told' }),
  usersAffectedMost: Type.Union([Type.Integer(), Type.Null()]),
  startedAt: InstantMs,
  expectedRestoreAt: InstantMs,
  restoredAt: InstantMs,
  closedAt: InstantMs,
  lastEventAt: Type.Number(),
  /** C_OUTAGE_RESTORE as of the answer; null without a start. */
  restoreDeadlineAt: InstantMs,
  isOverdue: Type.Boolean({ description: 'C_OUTAGE_RESTORE：自实际开始超过 2 小时 / more than 2 h since the real start' }),
})
export type IncidentInfo = Static<typeof IncidentInfo>

/** A subscriber base (domain.md 2.2-6). */
export const UserBaseInfo = Type.Object({
  month: Type.String(),
  regionCode: Type.String(),
  productLine: Type.String(),
  subscribers: Type.Integer(),
  reportedAt: Type.Number(),
  sourceSystem: Type.String(),
})
export type UserBaseInfo = Static<typeof UserBaseInfo>
