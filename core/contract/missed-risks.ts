import { type Static, Type } from 'typebox'
import { MISS_FINDERS } from '../domain/risk/missed.ts'

export { MISS_FINDERS } from '../domain/risk/missed.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Finder = Type.Unsafe<(typeof MISS_FINDERS)[number]>({ type: 'string', enum: [...MISS_FINDERS], description: '监管 regulator；媒体 press；管理层 management' })

/** POST /api/v1/missed-risks. */
export const MissedRiskBody = Type.Object(
  {
    region: Type.String({ minLength: 1, maxLength: 12, description: '区域代码 / region code' }),
    foundAt: Type.String({ minLength: 20, maxLength: 40, description: 'RFC 3339；何时被发现 / when it was found' }),
    foundBy: Finder,
    matter: Type.String({ minLength: 2, maxLength: 500, description: '何事；入库前脱敏 / what happened; masked before it is kept' }),
    ruleId: Type.Optional(Type.String({ pattern: '^MR-[0-9]{2}$', description: '本应报出的规则 / the rule that ought to have raised it' })),
  },
  { additionalProperties: false },
)

/** POST /api/v1/missed-risks/{id}/withdraw. */
export const WithdrawBody = Type.Object({ reason: Type.String({ minLength: 2, maxLength: 500 }) }, { additionalProperties: false })

/** A risk that others found and no rule had raised. Instants are epoch milliseconds UTC; texts are masked. */
export const MissedRisk = Type.Object({
  id: Type.String(),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  foundAt: Type.Number(),
  foundBy: Finder,
  matter: Type.String(),
  ruleId: Nullable(Type.String()),
  recordedAt: Type.Number(),
  recordedByName: Type.String(),
  withdrawnAt: Nullable(Type.Number()),
  withdrawnReason: Nullable(Type.String()),
})
export type MissedRisk = Static<typeof MissedRisk>

export const MissedRisks = Type.Object({ items: Type.Array(MissedRisk) })
export type MissedRisks = Static<typeof MissedRisks>
