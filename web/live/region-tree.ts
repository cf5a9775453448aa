import type { NodeInfo } from '../../core/contract/wall.ts'

/** The caller's part of the regional tree: who hangs below whom. */
export interface RegionParents {
  readonly parents: ReadonlyMap<string, string | null>
}

export const NO_REGIONS: RegionParents = { parents: new Map() }

/** Builds the lookup from GET /regions. */
export const regionParents = (nodes: readonly NodeInfo[]): RegionParents => ({ parents: new Map(nodes.map((node) => [node.code, node.parentCode])) })

/**
 * Which of the `children` a node belongs to: itself or its ancestor among them; null for the scope's own node and for unknown codes.
 * Codes are never taken apart: what hangs below what is data.
 */
export function childOf(code: string, children: ReadonlySet<string>, { parents }: RegionParents): string | null {
  const seen = new Set<string>()
  for (let at: string | null | undefined = code; at && !seen.has(at); at = parents.get(at)) {
    if (children.has(at)) return at
    seen.add(at)
  }
  return null
}
