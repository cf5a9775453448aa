import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** A silent trial of a rule. Instants are epoch milliseconds UTC; `endedAt` is null while it runs. */
export const RuleTrialShown = Type.Object({
  id: Type.String(),
  ruleId: Type.String(),
  scope: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  /** Numbers by name of an abnormal rule, values by path of a risk rule. */
  values: Type.Record(Type.String(), Type.Unknown()),
  reason: Type.String(),
  owner: Type.String(),
  startedBy: Type.String(),
  startedAt: Type.Number(),
  endsAt: Type.Number(),
  endedAt: Nullable(Type.Number()),
  stoppedBy: Nullable(Type.String()),
  mayStop: Type.Boolean(),
})
export type RuleTrialShown = Static<typeof RuleTrialShown>

/** GET /api/v1/rule-trials: newest first. */
export const RuleTrialList = Type.Object({ items: Type.Array(RuleTrialShown) })
export type RuleTrialList = Static<typeof RuleTrialList>

/** POST /api/v1/abnormal-rules/:id/trials: values left out are those in force in the scope. */
export const RuleTrialStart = Type.Object(
  {
    scope: Type.Optional(Type.String({ maxLength: 12, description: '省代码；不填为集团 / a province; the group when left out' })),
    values: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.Integer())),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '为何试运行 / why' }),
    owner: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: '负责人登录名，缺省为本人 / login of who answers for it; the caller when left out' })),
    endsAt: Type.Number({ description: '结束时间，epoch 毫秒，至多 90 天后 / end, epoch ms, at most 90 days ahead' }),
  },
  { additionalProperties: false },
)
export type RuleTrialStart = Static<typeof RuleTrialStart>

/** POST /api/v1/risk-rules/:id/trials: values by path; those left out are those in force in the scope. */
export const RiskTrialStart = Type.Object({ ...RuleTrialStart.properties, values: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.Unknown())) }, { additionalProperties: false })
export type RiskTrialStart = Static<typeof RiskTrialStart>

/** Tickets, or for a risk rule matters in places, under one heading: found by the trial, raised by the rule in force. */
const TrialLine = Type.Object({ key: Type.String(), trial: Type.Integer(), live: Type.Integer() })

/** GET /api/v1/rule-trials/:id: in tickets of the reader's scope, of a risk rule in times that a matter was true in a place of it, in the time that the trial has run. What facts have disproved is on neither side. */
export const RuleTrialResult = Type.Object({
  trial: RuleTrialShown,
  asOf: Type.Number(),
  onlyTrial: Type.Integer(),
  both: Type.Integer(),
  onlyLive: Type.Integer(),
  holding: Type.Integer(),
  byLevel: Type.Array(TrialLine),
  byDay: Type.Array(TrialLine),
})
export type RuleTrialResult = Static<typeof RuleTrialResult>
