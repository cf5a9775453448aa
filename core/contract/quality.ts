import { type Static, Type } from 'typebox'
import { MAPPED_FIELDS } from '../domain/dictionary/dictionary.ts'
import { TICKET_KINDS } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const words = <T extends string>(list: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...list] })

/** An instant up to the year 9999, epoch ms. */
const At = Type.Number({ minimum: 0, maximum: 253_402_300_799_000 })

/** A local day of the deployment's zone. */
export const LocalDay = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: '本地日 YYYY-MM-DD / local day' })

const Sum = { checked: Type.Integer(), failed: Type.Integer() }

export const QualityAnswer = Type.Object(
  {
    from: Type.String(),
    to: Type.String(),
    zone: Type.String(),
    dataAsOf: Type.Number(),
    checks: Type.Array(
      Type.Object({
        id: Type.String(),
        nameZh: Type.String(),
        nameEn: Type.String(),
        whatZh: Type.String(),
        whatEn: Type.String(),
        reaction: Type.String(),
        weight: Type.Number(),
      }),
    ),
    provinces: Type.Array(Type.Object({ code: Type.String(), nameZh: Type.String(), nameEn: Type.String() })),
    days: Type.Array(
      Type.Object({
        provinceCode: Type.String(),
        day: Type.String(),
        /** 100 − Σ weight × failure rate. */
        score: Nullable(Type.Number()),
        state: words(['good', 'watch', 'poor', 'no_data']),
        checks: Type.Array(
          Type.Object({
            id: Type.String(),
            ...Sum,
            rate: Nullable(Type.Number()),
            parts: Type.Array(Type.Object({ dimension: Type.String(), ...Sum })),
          }),
        ),
      }),
    ),
    reconciliations: Type.Array(
      Type.Object({
        provinceCode: Type.String(),
        day: Type.String(),
        kind: Type.String(),
        sourceCount: Type.Integer(),
        ours: Type.Integer(),
        reportedAt: Type.Number(),
        state: words(['agrees', 'differs', 'yellow']),
      }),
    ),
  },
  { $id: 'QualityAnswer' },
)
export type QualityAnswer = Static<typeof QualityAnswer>

export const QualityFinding = Type.Object({
  id: Type.String(),
  checkId: Type.String(),
  provinceCode: Type.String(),
  day: Type.String(),
  subject: Type.String({ description: '工单键、来源/事件号或 #隔离区编号 / ticket key, source/event id, or #quarantine id' }),
  dimension: Type.String(),
  detail: Type.String(),
  foundAt: Type.Number(),
  clearedAt: Nullable(Type.Number()),
})
export type QualityFinding = Static<typeof QualityFinding>

export const MappingBody = Type.Object(
  {
    sourceSystem: Type.String({ minLength: 1, maxLength: 64 }),
    field: words(MAPPED_FIELDS),
    sourceCode: Type.String({ minLength: 1, maxLength: 100 }),
    code: Type.String({ minLength: 1, maxLength: 100 }),
    regionCode: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 12,
        description: '适用的省或集团；缺省为本人所在 / province or group it is for; your own when left out',
      }),
    ),
    effectiveFrom: Type.Optional(
      Type.Number({ minimum: 0, maximum: 253_402_300_799_000, description: '缺省：一直以来 / left out: since ever (epoch ms)' }),
    ),
    effectiveTo: Type.Optional(Nullable(At)),
    reason: Type.String({ minLength: 1, maxLength: 300 }),
  },
  { additionalProperties: false },
)
export type MappingBody = Static<typeof MappingBody>

export const MappingShown = Type.Object({
  id: Type.String(),
  sourceSystem: Type.String(),
  field: words(MAPPED_FIELDS),
  sourceCode: Type.String(),
  code: Type.String(),
  regionCode: Type.String(),
  effectiveFrom: Type.Number(),
  effectiveTo: Nullable(Type.Number()),
  createdBy: Type.String(),
  reason: Type.String(),
  createdAt: Type.Number(),
  /** Refused items that have gone in, and those still refused. */
  replayed: Type.Integer(),
  stillRefused: Type.Integer(),
  /** Codes of stored events that were mended. */
  corrected: Type.Integer(),
  finishedAt: Nullable(Type.Number()),
})
export type MappingShown = Static<typeof MappingShown>

export const UnmappedCodeShown = Type.Object({
  sourceSystem: Type.String(),
  field: words(MAPPED_FIELDS),
  sourceCode: Type.String(),
  provinceCode: Type.String(),
  events: Type.Integer(),
})
export type UnmappedCodeShown = Static<typeof UnmappedCodeShown>

export const UnitBody = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 64 }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    regionCode: Type.String({ minLength: 1, maxLength: 12 }),
    unitType: Type.String({ minLength: 1, maxLength: 32 }),
    deptCode: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 16 }))),
    validFrom: Type.Optional(Nullable(At)),
    validTo: Type.Optional(Nullable(At)),
  },
  { additionalProperties: false },
)

export const ReconciliationBody = Type.Object(
  {
    province: Type.String({ minLength: 1, maxLength: 12 }),
    day: LocalDay,
    counts: Type.Object(Object.fromEntries(TICKET_KINDS.map((kind) => [kind, Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9 }))])), {
      additionalProperties: false,
    }),
  },
  { additionalProperties: false },
)

export const CodeShown = Type.Object({ code: Type.String(), zh: Type.String(), en: Type.String() })

/** Open entries per reason. */
export const QuarantineSummary = Type.Object({
  items: Type.Array(Type.Object({ code: Type.String(), field: Type.String(), provinceCode: Nullable(Type.String()), open: Type.Integer() })),
})
export type QuarantineSummary = Static<typeof QuarantineSummary>
