import { type Static, Type } from 'typebox'
import { MATTER_KINDS } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Matter = Type.Object({ kind: Type.Unsafe<(typeof MATTER_KINDS)[number]>({ type: 'string', enum: [...MATTER_KINDS] }), name: Type.String() })

/** POST /api/v1/backtests: what a rule with these parameters would have raised. */
export const BacktestBody = Type.Object(
  {
    rule: Type.String({ pattern: '^MR-[0-9]{2}$', description: '规则编号 / id of the rule' }),
    set: Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), { default: {}, description: '按路径更改的参数，如 {"batch.city": [8, 25, 80, 250]} / parameters by their paths' }),
    from: Type.String({ minLength: 20, maxLength: 40, description: 'RFC 3339' }),
    to: Type.String({ minLength: 20, maxLength: 40, description: 'RFC 3339' }),
  },
  { additionalProperties: false },
)
export type BacktestBody = Static<typeof BacktestBody>

/** What would have been raised, beside what was. Instants are epoch milliseconds UTC; days are local. */
export const BacktestAnswer = Type.Object({
  ruleId: Type.String(),
  from: Type.Number(),
  to: Type.Number(),
  ticks: Type.Integer(),
  /** What was set otherwise, and the version of the settings that it was set in. */
  set: Type.Record(Type.String(), Type.Unknown()),
  version: Type.Integer(),
  replayed: Type.Array(
    Type.Object({
      matter: Matter, regionCode: Type.String(), openedAt: Type.Number(), lastTrueAt: Type.Number(), mitigatedAt: Nullable(Type.Number()),
      highest: Type.Integer({ minimum: 1, maximum: 4 }), pages: Type.Integer(),
      /** The alert that was raised about the same, and how many minutes earlier this would have come; negative: later. */
      alertId: Nullable(Type.String()), minutesEarlier: Nullable(Type.Number()),
    }),
  ),
  /** Raised then, and not by these parameters. */
  missed: Type.Array(Type.Object({ alertId: Type.String(), matter: Matter, regionCode: Type.String(), severity: Type.Integer(), firstTrueAt: Type.Number() })),
  raised: Type.Integer(),
  byDay: Type.Array(Type.Object({ day: Type.String(), replayed: Type.Integer(), raised: Type.Integer() })),
  /** Of what was raised and would be again: closed as true, called false. */
  precision: Type.Object({ right: Type.Integer(), wrong: Type.Integer(), share: Nullable(Type.Number()) }),
  pages: Type.Integer(),
  /** Shifts of twelve hours. */
  pagesPerShift: Type.Number(),
  /** The middle of how many minutes earlier; null where nothing is found on both sides. */
  medianMinutesEarlier: Nullable(Type.Number()),
})
export type BacktestAnswer = Static<typeof BacktestAnswer>
