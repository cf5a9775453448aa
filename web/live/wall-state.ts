import type { AlertCard } from '../../core/contract/alerts.ts'
import type { DayCurve, FeedRow, NodeFigures, NodeInfo, WallSnapshot } from '../../core/contract/wall.ts'
import type { AlertState } from '../../core/domain/vocabulary.ts'

/** What a wall or desk shows: a function of one snapshot and the feed rows after it (design invariant 11). */
export interface WallState {
  readonly seq: number
  readonly version: number
  readonly zone: string
  readonly isDemo: boolean
  readonly scope: NodeInfo
  readonly children: readonly NodeInfo[]
  readonly curve: DayCurve
  readonly figures: ReadonlyMap<string, NodeFigures>
  readonly alerts: ReadonlyMap<string, AlertCard>
}

/** Whether a card in this state is still somebody's work; a `Record`, so that a new state does not compile until it is judged here. */
const IS_LIVE: Readonly<Record<AlertState, boolean>> = {
  open: true,
  acknowledged: true,
  handling: true,
  mitigated: true,
  suppressed: true,
  resolved: false,
  closed: false,
  false_positive: false,
  merged: false,
  retracted: false,
}

/** Whether an alert in `state` stays on the live list (domain.md 7.1). */
export const isLive = (state: AlertState): boolean => IS_LIVE[state]

/** The state a snapshot stands for; it replaces whatever was known before. */
export function fromSnapshot(snapshot: WallSnapshot): WallState {
  return {
    seq: snapshot.seq,
    version: snapshot.version,
    zone: snapshot.zone,
    isDemo: snapshot.isDemo,
    scope: snapshot.scope,
    children: snapshot.children,
    curve: snapshot.curve,
    figures: new Map(snapshot.figures.map((figures) => [figures.regionCode, figures])),
    alerts: new Map(snapshot.alerts.filter((card) => isLive(card.state)).map((card) => [card.id, card])),
  }
}

export interface Applied {
  readonly state: WallState
  /** The rows that were new, in order: what listeners (a detail pane, notices) may act on exactly once. */
  readonly rows: readonly FeedRow[]
  /** True when a row asks for a new snapshot (midnight, new configuration). */
  readonly wantsSnapshot: boolean
}

/** Brings `state` up to date with rows in feed order; a row at or below `state.seq` changes nothing. */
export function applyRows(state: WallState, rows: readonly FeedRow[]): Applied {
  const fresh: FeedRow[] = []
  let seq = state.seq
  let figures: Map<string, NodeFigures> | undefined
  let alerts: Map<string, AlertCard> | undefined
  let wantsSnapshot = false
  for (const row of rows) {
    if (row.seq <= seq) continue
    seq = row.seq
    fresh.push(row)
    if (row.topic === 'figures') {
      figures ??= new Map(state.figures)
      figures.set(row.payload.regionCode, row.payload)
    } else if (row.topic === 'alert') {
      alerts ??= new Map(state.alerts)
      if (isLive(row.payload.state)) alerts.set(row.payload.id, row.payload)
      else alerts.delete(row.payload.id)
    } else if (row.topic === 'day') {
      wantsSnapshot = true
    }
  }
  if (fresh.length === 0) return { state, rows: fresh, wantsSnapshot: false }
  return { state: { ...state, seq, figures: figures ?? state.figures, alerts: alerts ?? state.alerts }, rows: fresh, wantsSnapshot }
}
