import type { AlertCard } from '../../core/contract/alerts.ts'
import type { NodeFigures, NodeInfo } from '../../core/contract/wall.ts'
import { isCounted } from '../alert/severity.ts'
import { childOf, type RegionParents } from '../live/region-tree.ts'

/** One tile: a child of the scope, what it counts, the worst colour below it. */
export interface RegionTile {
  readonly node: NodeInfo
  readonly figures: NodeFigures | null
  /** 0: nothing open. Risk cases only; a single late ticket does not colour a province. */
  readonly severity: number
  readonly cases: number
  readonly needsAck: boolean
}

export interface RegionTiles {
  readonly placed: readonly RegionTile[]
  readonly columns: number
  readonly rows: number
  /** Children without a place on the map. */
  readonly others: readonly RegionTile[]
}

/** The tiles of the scope's children with the worst open case in each one's subtree. */
export function regionTiles(
  children: readonly NodeInfo[],
  figures: ReadonlyMap<string, NodeFigures>,
  alerts: Iterable<AlertCard>,
  regions: RegionParents,
): RegionTiles {
  const codes = new Set(children.map((node) => node.code))
  const worst = new Map<string, { severity: number; cases: number; needsAck: boolean }>()
  for (const card of alerts) {
    const child = card.kind === 'risk' && isCounted(card) ? childOf(card.regionCode, codes, regions) : null
    if (child === null) continue
    const entry = worst.get(child) ?? { severity: 0, cases: 0, needsAck: false }
    worst.set(child, { severity: Math.max(entry.severity, card.severity), cases: entry.cases + 1, needsAck: entry.needsAck || card.needsAck })
  }
  const tiles = children.map((node) => ({ node, figures: figures.get(node.code) ?? null, ...(worst.get(node.code) ?? { severity: 0, cases: 0, needsAck: false }) }))
  const placed = tiles.filter((tile) => tile.node.tile !== null)
  const most = (pick: (tile: { col: number; row: number }) => number) => placed.reduce((max, { node }) => Math.max(max, node.tile ? pick(node.tile) + 1 : 0), 1)
  return { placed, columns: most(({ col }) => col), rows: most(({ row }) => row), others: tiles.filter((tile) => tile.node.tile === null) }
}

export interface FeedTally {
  readonly live: number
  readonly stale: readonly RegionTile[]
  readonly never: readonly RegionTile[]
}

/** How the feeds stand; tiles that have no feed of their own (cities) are in none of the three. */
export function tallyFeeds(tiles: readonly RegionTile[]): FeedTally {
  const of = (state: string) => tiles.filter((tile) => tile.figures?.feed?.state === state)
  return { live: of('live').length, stale: of('stale'), never: of('never') }
}
