import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** A published number with all that domain.md 0.2-5 asks for. */
export const PublishedFigure = Type.Object({
  numerator: Nullable(Type.Number()),
  denominator: Nullable(Type.Number()),
  value: Nullable(Type.Number()),
  status: Type.Union([Type.Literal('ok'), Type.Literal('no_data'), Type.Literal('source_unavailable')]),
  dataAsOf: Type.Number(),
  formulaVersion: Type.Integer(),
})
export type PublishedFigure = Static<typeof PublishedFigure>

export const KpiWeek = Type.Object({
  /** `2026-W47` */
  week: Type.String(),
  startAt: Type.Number(),
  endAt: Type.Number(),
  /** False for the current week: its figure covers [startAt, dataAsOf) and is marked incomplete. */
  isComplete: Type.Boolean(),
  figure: PublishedFigure,
  /** The ISO week of the same number a year before; `no_data` where nothing was stored then. */
  lastYear: PublishedFigure,
})

export const KpiSeries = Type.Object({
  id: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  formulaZh: Type.String(),
  formulaEn: Type.String(),
  unit: Type.Union([Type.Literal('tickets'), Type.Literal('percent')]),
  direction: Type.Union([Type.Literal('up'), Type.Literal('down')]),
  basis: Type.String(),
  thresholds: Nullable(Type.Object({ target: Type.Number(), warn: Type.Number(), alarm: Type.Number() })),
  weeks: Type.Array(KpiWeek),
})

export const KpiAnswer = Type.Object(
  {
    regionCode: Type.String(),
    regionNameZh: Type.String(),
    regionNameEn: Type.String(),
    zone: Type.String(),
    dataAsOf: Type.Number(),
    regions: Type.Array(Type.Object({ code: Type.String(), nameZh: Type.String(), nameEn: Type.String(), level: Type.String() })),
    series: Type.Array(KpiSeries),
  },
  { $id: 'KpiAnswer' },
)
export type KpiAnswer = Static<typeof KpiAnswer>
