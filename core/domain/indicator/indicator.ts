import type { Base, Measure } from '../count/fact.ts'
import type { Instant } from '../time.ts'
import type { WatchSums } from './watch.ts'

/** Sums of cells over one period and one region subtree, by base and measure; `running` is the state at the period's end: all changes before it. */
export interface PeriodSums {
  readonly startAt: Instant
  readonly endAt: Instant
  readonly sum: <B extends Base>(base: B, measure: Measure<B>) => number
  readonly running: (state: Measure<'SNAP'>) => number
  /** False where no data of the period exists at all: then every figure is null, never 0 (domain.md 0.2-4). */
  readonly hasData: boolean
  /** What is counted of the monitoring itself; null where that was not kept (a month frozen before it was). */
  readonly watch: WatchSums | null
}

/** What a value is counted in. */
export const INDICATOR_UNITS = ['tickets', 'percent', 'seconds', 'minutes', 'hours', 'cases'] as const
export type IndicatorUnit = (typeof INDICATOR_UNITS)[number]

/** A published number (domain.md 0.2-5). */
export interface Figure {
  readonly numerator: number | null
  readonly denominator: number | null
  readonly value: number | null
  readonly status: 'ok' | 'no_data' | 'source_unavailable'
}

/** One indicator: one file, one entry in the catalogue. */
export interface Indicator {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  readonly formulaZh: string
  readonly formulaEn: string
  readonly unit: IndicatorUnit
  /** Whether it speaks of complaints, or of the monitoring itself (domain.md 6.10). */
  readonly group: 'service' | 'monitoring'
  readonly direction: 'up' | 'down'
  /** By which date a period is cut: sets of domain.md 6.1; of the monitoring itself the acknowledgement, the end, the reception, the finding and the sending. */
  readonly basis: 'ACC' | 'FIN' | 'DUE' | 'SNAP' | 'EVT' | 'ACK' | 'END' | 'REC' | 'FND' | 'SNT'
  readonly formulaVersion: number
  /** Null where the default is relative to a baseline (domain.md 6.3 "BL"). */
  readonly thresholds: { readonly target: number; readonly warn: number; readonly alarm: number } | null
  readonly compute: (period: PeriodSums) => Figure
}
