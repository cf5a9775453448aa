import { type Static, Type } from 'typebox'
import type { ScopeGrounds } from '../domain/risk/scope-grounds.ts'
import { AlertCard } from './alerts.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Texts = (description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200, default: [], description })

/** One node of a case's place with what is linked from its subtree. */
export const CasePlace = Type.Object({
  code: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  level: Type.String(),
  /** Steps below the case's own place; 0 is that place itself. */
  depth: Type.Integer(),
  tickets: Type.Integer(),
  /** Distinct customers. */
  customers: Type.Integer(),
})
export type CasePlace = Static<typeof CasePlace>

/** Why a case sits at its place, by its customers now; `part` is the place below that decides (domain.md 5.1). */
export const CaseGrounds = Type.Object({
  kind: Type.Unsafe<ScopeGrounds['kind']>({ type: 'string', enum: ['by_hand', 'no_customers', 'lowest', 'spread', 'not_true_below'] }),
  part: Nullable(Type.String()),
  partCustomers: Type.Integer(),
  customers: Type.Integer(),
  /** 0 to 1: what a lower place has to hold of the customers. */
  share: Type.Number(),
})
export type CaseGrounds = Static<typeof CaseGrounds>

/** The latest reading of one of a case's rules, where it was taken, and the thresholds that it was held against. */
export const CaseMember = Type.Object({
  ruleId: Type.String(),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  tickAt: Type.Number(),
  level: Type.Integer(),
  value: Type.Number(),
  baseline: Nullable(Type.Number()),
  /** Blue to red; null where the rule has no such level, or as a whole where it is not judged by one number. */
  thresholds: Nullable(Type.Array(Nullable(Type.Number()))),
})
export type CaseMember = Static<typeof CaseMember>

/** What is done about a case, by whom, until when (domain.md 5.1, 7.7). */
export const CaseMeasure = Type.Object({
  id: Type.String(),
  what: Type.String(),
  owner: Type.String(),
  dueAt: Type.Number(),
  doneAt: Nullable(Type.Number()),
  doneByName: Nullable(Type.String()),
  recordedAt: Type.Number(),
  recordedByName: Type.String(),
})
export type CaseMeasure = Static<typeof CaseMeasure>

/** One wording of what is said in public about a case; the highest version holds (domain.md 5.1). */
export const CaseLine = Type.Object({ version: Type.Integer(), text: Type.String(), statedAt: Type.Number(), statedByName: Type.String() })
export type CaseLine = Static<typeof CaseLine>

/** What a case has beside its alert. Instants are epoch milliseconds UTC. */
export const CaseDetail = Type.Object(
  {
    alertId: Type.String(),
    /** The case that it was split from by hand, and the one that it went into. */
    splitFrom: Nullable(Type.String()),
    mergedInto: Nullable(Type.String()),
    places: Type.Array(CasePlace),
    grounds: CaseGrounds,
    phenomena: Type.Array(Type.Object({ name: Type.String(), tickets: Type.Integer(), customers: Type.Integer() })),
    members: Type.Array(CaseMember),
    measures: Type.Array(CaseMeasure),
    /** Newest first. */
    lines: Type.Array(CaseLine),
    /** People confirmed to be affected, or null. */
    confirmedUsers: Nullable(Type.Number()),
  },
  { $id: 'CaseDetail' },
)
export type CaseDetail = Static<typeof CaseDetail>

export const MergeCandidates = Type.Object({ items: Type.Array(AlertCard) })
export type MergeCandidates = Static<typeof MergeCandidates>

const Reason = Type.String({ maxLength: 500, description: '理由 / why' })

export const MergeBody = Type.Object({ into: Type.String({ pattern: '^[0-9]{1,18}$', description: '并入的案件 / the case that it goes into' }), reason: Reason }, { additionalProperties: false })

export const SplitBody = Type.Object(
  {
    regions: Texts('区域代码 / codes of regions'),
    phenomena: Texts('现象 / phenomena'),
    ruleIds: Texts('规则 / rules'),
    ticketKeys: Texts('工单 / tickets'),
    reason: Reason,
  },
  { additionalProperties: false },
)
export type SplitBody = Static<typeof SplitBody>

export const MeasureBody = Type.Object(
  {
    what: Type.String({ minLength: 1, maxLength: 500, description: '措施 / what is done' }),
    owner: Type.String({ minLength: 1, maxLength: 100, description: '责任单位或岗位 / the unit or post whose it is' }),
    dueAt: Type.Number({ minimum: 0, maximum: 4_102_444_800_000, description: '期限，毫秒 / due, epoch ms' }),
  },
  { additionalProperties: false },
)
export type MeasureBody = Static<typeof MeasureBody>

export const LineBody = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 2000, description: '统一口径 / the words' }),
    version: Type.Integer({ minimum: 0, description: '所依据的版本，尚无时为 0 / the version it is made from, 0 where there is none' }),
  },
  { additionalProperties: false },
)
