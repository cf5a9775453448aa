import type { RegionLevel } from './vocabulary.ts'

/** One node of the regional tree (domain.md 2.1). The tree is data: nothing in code knows how many provinces there are. */
export interface RegionNode {
  readonly code: string
  readonly parentCode: string | null
  readonly level: RegionLevel
  readonly nameZh: string
  readonly nameEn: string
  readonly shortZh: string
  /** Codes from the root to the node, each followed by a slash: `/00/32/320500/`. A subtree is a prefix. */
  readonly path: string
  /** Place of the node on its parent's tile map, or null when it has none. */
  readonly tile: { readonly col: number; readonly row: number } | null
}

export interface RegionTree {
  readonly root: RegionNode
  get(code: string): RegionNode | undefined
  /** The node and its ancestors, nearest first; empty for an unknown code. */
  chain(code: string): readonly RegionNode[]
  children(code: string): readonly RegionNode[]
  /** The ancestor-or-self at `level`, or the finest ancestor above it when the branch has no such level. */
  atLevel(code: string, level: RegionLevel): RegionNode | undefined
  all(): readonly RegionNode[]
}

/** Whether `inner` lies in the subtree of `outer` (or is it). Both are paths. */
export const isWithin = (inner: string, outer: string): boolean => inner.startsWith(outer)

/** Whether one region lies within the other. Both are paths. */
export const overlaps = (a: string, b: string): boolean => isWithin(a, b) || isWithin(b, a)

/** The codes of a path, from the root down. */
export const codesOfPath = (path: string): string[] => path.split('/').filter((code) => code !== '')

/** The code of the node that a path leads to; undefined for `/`. */
export const codeOfPath = (path: string): string | undefined => codesOfPath(path).at(-1)

/** The path of the finest node that holds all these paths; `/` where there are none. */
export function commonPath(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map(codesOfPath)
  const parting = first.findIndex((code, depth) => others.some((codes) => codes[depth] !== code))
  return `/${first.slice(0, parting < 0 ? undefined : parting).map((code) => `${code}/`).join('')}`
}

const DEPTH: Readonly<Record<RegionLevel, number>> = { group: 0, province: 1, city: 2, district: 3, branch: 4, grid: 5 }
export const depthOf = (level: RegionLevel): number => DEPTH[level]

/** Every node hangs on the root: a ring of parents would hang in the air, and walks up it would never end. */
function assertConnected(root: RegionNode, childrenOf: ReadonlyMap<string, readonly RegionNode[]>, nodes: readonly RegionNode[]): void {
  const reached = new Set([root.code])
  for (const code of reached) for (const child of childrenOf.get(code) ?? []) reached.add(child.code)
  const loose = nodes.find((node) => !reached.has(node.code))
  if (loose) throw new Error(`region ${loose.code}: its parents form a ring and never reach ${root.code}`)
}

/** Builds the tree from rows in any order. Throws when there is not exactly one root, a code comes twice, a parent is missing or parents form a ring. */
export function buildRegionTree(nodes: readonly RegionNode[]): RegionTree {
  const byCode = new Map<string, RegionNode>()
  const childrenOf = new Map<string, RegionNode[]>()
  for (const node of nodes) {
    if (byCode.has(node.code)) throw new Error(`region ${node.code} is in the tree twice`)
    byCode.set(node.code, node)
  }
  const roots = nodes.filter((node) => node.parentCode === null)
  const root = roots[0]
  if (!root || roots.length !== 1) throw new Error(`a region tree needs exactly one root, found ${roots.length}`)
  for (const node of nodes) {
    if (node.parentCode === null) continue
    if (!byCode.has(node.parentCode)) throw new Error(`region ${node.code}: parent ${node.parentCode} is not in the tree`)
    const list = childrenOf.get(node.parentCode) ?? []
    list.push(node)
    childrenOf.set(node.parentCode, list)
  }
  assertConnected(root, childrenOf, nodes)
  // Asked of the same few places over and over: of each that there is, walked once.
  const chains = new Map<string, readonly RegionNode[]>()
  const chain = (code: string): readonly RegionNode[] => {
    const known = chains.get(code)
    if (known !== undefined) return known
    const list: RegionNode[] = []
    for (let node = byCode.get(code); node; node = node.parentCode === null ? undefined : byCode.get(node.parentCode)) list.push(node)
    if (list.length > 0) chains.set(code, list)
    return list
  }
  return {
    root,
    get: (code) => byCode.get(code),
    chain,
    children: (code) => childrenOf.get(code) ?? [],
    atLevel: (code, level) => {
      let node = byCode.get(code)
      while (node && DEPTH[node.level] > DEPTH[level]) node = node.parentCode === null ? undefined : byCode.get(node.parentCode)
      return node
    },
    all: () => nodes,
  }
}

/**
 * Who may see what: a subtree of the regional tree. Every store read takes one (invariant 14).
 * The brand keeps a bare object from passing as a scope; `scopeOf` in core/domain/access.ts and `ENGINE_SCOPE` make them.
 */
export interface Scope {
  readonly regionCode: string
  readonly path: string
  readonly __scope: unique symbol
}
