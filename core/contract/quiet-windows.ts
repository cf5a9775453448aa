import { type Static, Type } from 'typebox'
import { QUIET_KINDS, type QuietKind } from '../domain/alert/quiet-window.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Kind = Type.Unsafe<QuietKind>({ type: 'string', enum: [...QUIET_KINDS], description: 'maintenance 公告的维护，silence 静默 / announced work, a silence' })
const RuleIds = Type.Array(Type.String({ pattern: '^(AT|MR)-\\d{2}$' }), { maxItems: 51, uniqueItems: true, description: '仅这些规则；空为全部 / only these rules; empty: all' })
const Instant = Type.Number({ minimum: 0, maximum: 4_102_444_800_000 })

/** A window of announced work, or a silence, with what it hides now. Instants are epoch milliseconds UTC. */
export const QuietWindowShown = Type.Object({
  id: Type.String(),
  kind: Kind,
  state: Type.Union([Type.Literal('stands'), Type.Literal('to_come'), Type.Literal('over')]),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  product: Nullable(Type.String()),
  ruleIds: Type.Array(Type.String()),
  from: Type.Number(),
  to: Type.Number(),
  reason: Type.String(),
  owner: Type.String(),
  createdAt: Type.Number(),
  createdByName: Type.String(),
  endedAt: Nullable(Type.Number()),
  endedByName: Nullable(Type.String()),
  hidden: Type.Integer(),
})
export type QuietWindowShown = Static<typeof QuietWindowShown>

/** GET /api/v1/quiet-windows. */
export const QuietWindows = Type.Object({ mayChange: Type.Boolean(), products: Type.Array(Type.String()), items: Type.Array(QuietWindowShown) })
export type QuietWindows = Static<typeof QuietWindows>

/** POST /api/v1/quiet-windows. */
export const QuietOrder = Type.Object(
  {
    kind: Kind,
    region: Type.String({ minLength: 1, maxLength: 20, description: '区域代码 / a region code' }),
    product: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 40, description: '产品；缺省为全部 / a product; all when left out' }))),
    ruleIds: RuleIds,
    from: Instant,
    to: Instant,
    owner: Type.String({ minLength: 2, maxLength: 100, pattern: '\\S', description: '负责的单位或岗位 / the unit or post that answers for it' }),
    reason: Type.String({ minLength: 2, maxLength: 300, pattern: '\\S', description: '为何 / why' }),
  },
  { additionalProperties: false },
)
export type QuietOrder = Static<typeof QuietOrder>

export const QuietPreviewBody = Type.Object({ kind: Kind, region: QuietOrder.properties.region, product: QuietOrder.properties.product, ruleIds: RuleIds }, { additionalProperties: false })

/** POST /api/v1/quiet-windows/preview: what it would have hidden of the last days. */
export const QuietPreview = Type.Object({
  days: Type.Integer(),
  raised: Type.Integer(),
  hidden: Type.Integer(),
  byColour: Type.Array(Type.Object({ severity: Type.Integer(), count: Type.Integer() })),
  /** There were more than were looked at. */
  isCut: Type.Boolean(),
})
export type QuietPreview = Static<typeof QuietPreview>
