import type { KpiAnswer } from '../../core/contract/kpi.ts'

/** One indicator over the weeks, and one of its weeks. */
export type KpiSeries = KpiAnswer['series'][number]
export type KpiWeek = KpiSeries['weeks'][number]
