import { type Static, Type } from 'typebox'
import { INDICATOR_UNITS } from '../domain/indicator/indicator.ts'
import { RESTATEMENT_CAUSES } from '../domain/count/restatement.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

const Unit = Type.Unsafe<(typeof INDICATOR_UNITS)[number]>({ type: 'string', enum: [...INDICATOR_UNITS] })
export type FigureUnit = Static<typeof Unit>

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

/** Lines of the restatement log that are held back from a period's figures. */
export const HeldBack = Type.Object({ waiting: Type.Integer(), rejected: Type.Integer() })
export type HeldBack = Static<typeof HeldBack>

/** What is known by now minus what is published, each part by itself; null where both are the same. */
export const Adjustment = Nullable(
  Type.Object({ numerator: Nullable(Type.Number()), denominator: Nullable(Type.Number()), value: Nullable(Type.Number()) }),
)
export type Adjustment = Static<typeof Adjustment>

/** Who restated a published figure, when and why: the lines of one cause that a steward confirmed at once. */
export const KpiDecision = Type.Object({
  at: Type.Number(),
  by: Type.String(),
  /** Masked. */
  reason: Type.String(),
  cause: Type.Unsafe<(typeof RESTATEMENT_CAUSES)[number]>({ type: 'string', enum: [...RESTATEMENT_CAUSES] }),
  lines: Type.Integer(),
})
export type KpiDecision = Static<typeof KpiDecision>

const RESTATED = {
  restated: HeldBack,
  /** What the figure said when it was first published (the watermark after the period's end), where confirmed restatements have moved it since; null: as it was. */
  first: Nullable(Type.Pick(PublishedFigure, ['numerator', 'denominator', 'value', 'status'])),
  adjustment: Adjustment,
  /** What moved the figure since, or of a frozen month its adjustment; newest first, at most five. */
  decisions: Type.Array(KpiDecision),
}

export const KpiWeek = Type.Object({
  /** `2026-W47` */
  week: Type.String(),
  startAt: Type.Number(),
  endAt: Type.Number(),
  /** False for the current week: its figure covers [startAt, dataAsOf) and is marked incomplete. */
  isComplete: Type.Boolean(),
  /** Of a week that ended longer ago than the watermark: without the restatements that wait or were rejected. */
  figure: PublishedFigure,
  ...RESTATED,
  /** The ISO week of the same number a year before; `no_data` where nothing was stored then. */
  lastYear: PublishedFigure,
})

export const KpiSeries = Type.Object({
  id: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
  formulaZh: Type.String(),
  formulaEn: Type.String(),
  unit: Unit,
  /** `monitoring`: of the monitoring itself (alerts, the feed), not of complaints. */
  group: Type.Union([Type.Literal('service'), Type.Literal('monitoring')]),
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

export const KpiMonth = Type.Object({
  /** `2026-05` */
  month: Type.String(),
  startAt: Type.Number(),
  endAt: Type.Number(),
  isComplete: Type.Boolean(),
  /** `frozen`: as it stood at `frozenAt`, for ever; before that `provisional`. */
  status: Type.Union([Type.Literal('provisional'), Type.Literal('frozen')]),
  frozenAt: Nullable(Type.Number()),
  /** When it freezes, or did: the end of the 5th working day of the next month. */
  freezesAt: Type.Number(),
  figure: PublishedFigure,
  ...RESTATED,
})

export const KpiMonthsAnswer = Type.Object(
  {
    regionCode: Type.String(),
    regionNameZh: Type.String(),
    regionNameEn: Type.String(),
    zone: Type.String(),
    dataAsOf: Type.Number(),
    series: Type.Array(
      Type.Object({
        id: Type.String(),
        nameZh: Type.String(),
        nameEn: Type.String(),
        unit: Unit,
        basis: Type.String(),
        months: Type.Array(KpiMonth),
      }),
    ),
  },
  { $id: 'KpiMonthsAnswer' },
)
export type KpiMonthsAnswer = Static<typeof KpiMonthsAnswer>
