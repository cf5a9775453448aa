import type { KpiAnswer, KpiMonthsAnswer } from '../../core/contract/kpi.ts'

/** One indicator over the weeks, and one of its weeks. */
export type KpiSeries = KpiAnswer['series'][number]
export type KpiWeek = KpiSeries['weeks'][number]
/** The same indicator over the months, and one of them. */
export type KpiMonths = KpiMonthsAnswer['series'][number]
export type KpiMonth = KpiMonths['months'][number]
