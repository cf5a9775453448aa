import * as fc from 'fast-check'
import type { AlertCard } from '../../core/contract/alerts.ts'
import { type FeedRow, LIVE_VERSION, type NodeFigures, type NodeInfo, type WallSnapshot } from '../../core/contract/wall.ts'
import { ALERT_STATES } from '../../core/domain/vocabulary.ts'

export const node = (code: string, parentCode: string | null = null): NodeInfo => ({
  code, parentCode, level: parentCode === null ? 'group' : 'province', nameZh: `地${code}`, nameEn: `P${code}`, shortZh: code, tile: null,
})

export const card = (given: Partial<AlertCard> & { id: string }): AlertCard => ({
  kind: 'risk', ruleId: 'MR-02', severity: 2, state: 'open', regionCode: '32', regionNameZh: '江苏', regionNameEn: 'Jiangsu', ticketNo: null, ticketKey: null, isPaging: false, phenomenon: '宽带上不了网', matterKind: 'phenomenon',
  ticketCount: 1, customerCount: 1, openedAt: 1_000, severitySince: 1_000, nextDueAt: null, nextDueWhat: null, ackedAt: null, ackedByName: null, needsAck: true,
  suppressedBy: null, proposedSeverity: null, isLateDetected: false, isStalled: false, version: 1, ...given,
})

export const figures = (regionCode: string, acceptedToday: number): NodeFigures => ({
  regionCode, asOf: 1_000, formulaVersion: 1, acceptedToday, baselineToday: null, baselineBasis: 'weeks', baselineDays: 0, open: 0, overdue: 0, feed: null,
})

export const snapshotOf = (given: Partial<WallSnapshot> = {}): WallSnapshot => ({
  version: LIVE_VERSION, seq: 0, serverTime: 0, zone: 'Asia/Shanghai', isDemo: false, scope: node('00'), children: [node('32', '00'), node('33', '00')],
  figures: [], curve: { dayStartAt: 0, stepMs: 1_800_000, today: [], baseline: [] }, alerts: [], engineBeatAt: 0, ...given,
})

const CODES = ['00', '32', '33']
const IDS = ['1', '2', '3', '4']

/** What a row says, without its place in the feed. */
export type Fact =
  | { readonly topic: 'figures'; readonly payload: NodeFigures }
  | { readonly topic: 'alert'; readonly payload: AlertCard }
  | { readonly topic: 'timeline'; readonly payload: { readonly alertId: string } }
  | { readonly topic: 'day'; readonly payload: Record<string, never> }

export const someFact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ topic: fc.constant('figures' as const), payload: fc.tuple(fc.constantFrom(...CODES), fc.nat(999)).map(([code, count]) => figures(code, count)) }) },
  { weight: 4, arbitrary: fc.record({ topic: fc.constant('alert' as const), payload: fc.record({ id: fc.constantFrom(...IDS), severity: fc.integer({ min: 1, max: 4 }), state: fc.constantFrom(...ALERT_STATES), version: fc.nat(50) }).map(card) }) },
  fc.record({ topic: fc.constant('timeline' as const), payload: fc.record({ alertId: fc.constantFrom(...IDS) }) }),
)

/** The far side's feed: facts numbered in order, and the snapshot as of any seq, by the plainest definition (the last word on each key). */
export class Feed {
  readonly rows: FeedRow[] = []
  #seq = 0

  add(fact: Fact, gap = 1): FeedRow {
    this.#seq += gap
    const row = { seq: this.#seq, at: this.#seq, ...fact } as FeedRow
    this.rows.push(row)
    return row
  }

  get seq(): number {
    return this.#seq
  }

  after(seq: number): FeedRow[] {
    return this.rows.filter((row) => row.seq > seq)
  }

  snapshot(at = this.#seq): WallSnapshot {
    const known = this.rows.filter((row) => row.seq <= at)
    const lastFigures = new Map(known.flatMap((row) => (row.topic === 'figures' ? [[row.payload.regionCode, row.payload] as const] : [])))
    const lastCards = new Map(known.flatMap((row) => (row.topic === 'alert' ? [[row.payload.id, row.payload] as const] : [])))
    const live = ['open', 'acknowledged', 'handling', 'mitigated', 'suppressed']
    return snapshotOf({ seq: at, figures: [...lastFigures.values()], alerts: [...lastCards.values()].filter((one) => live.includes(one.state)) })
  }
}
