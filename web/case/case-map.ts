import type { CasePlace } from '../../core/contract/cases.ts'
import type { NodeInfo } from '../../core/contract/wall.ts'
import { childOf, type RegionParents } from '../live/region-tree.ts'
import { regionTiles } from '../wall/region-tiles.ts'

/** One tile of a case's map: what of the case lies there. */
export interface CaseTile {
  readonly node: NodeInfo
  readonly tickets: number
  readonly customers: number
  /** The case sits here, or at a place within. */
  readonly isHere: boolean
}

/** The reader's tiles with what of the case lies in each: of the case's own places, and of the tile that the case lies within. */
export function caseTiles(children: readonly NodeInfo[], places: readonly CasePlace[], regions: RegionParents) {
  const top = places.find(({ depth }) => depth === 0)
  const home = top === undefined ? null : childOf(top.code, new Set(children.map(({ code }) => code)), regions)
  const of = ({ node }: { readonly node: NodeInfo }): CaseTile => {
    const isHere = node.code === home
    const place = isHere ? top : places.find(({ code }) => code === node.code)
    return { node, tickets: place?.tickets ?? 0, customers: place?.customers ?? 0, isHere }
  }
  const { placed, others, columns, rows } = regionTiles(children, new Map(), [], regions)
  return { placed: placed.map(of), others: others.map(of), columns, rows, home }
}

/** A part of a whole in percent, one decimal, cut off: 69.96 is not told as 70. */
export const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : Math.floor((part / whole) * 1_000 + 1e-9) / 10)
