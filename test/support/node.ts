import type { RegionNode } from '../../core/domain/region.ts'
import type { RegionLevel } from '../../core/domain/vocabulary.ts'

/** A node of a region tree, called by its code. */
export const node = (code: string, parentCode: string | null, level: RegionLevel, path: string): RegionNode => ({
  code, parentCode, level, nameZh: code, nameEn: code, shortZh: code, path, tile: null,
})
