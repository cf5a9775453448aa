import { buildRegionTree, type RegionNode, type RegionTree } from '../domain/region.ts'
import type { RegionLevel } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

interface RegionRow {
  code: string
  parentCode: string | null
  level: RegionLevel
  nameZh: string
  nameEn: string
  shortZh: string
  path: string
  tileCol: number | null
  tileRow: number | null
}

/** The regional tree as stored; throws when none has been imported. */
export async function loadRegionTree(sql: Sql): Promise<RegionTree> {
  const { rows } = await sql.query<RegionRow>(
    `select code, parent_code as "parentCode", level, name_zh as "nameZh", name_en as "nameEn", short_zh as "shortZh", path, tile_col as "tileCol",
            tile_row as "tileRow" from region order by path`,
  )
  return buildRegionTree(
    rows.map(({ tileCol, tileRow, ...node }) => ({ ...node, tile: tileCol === null || tileRow === null ? null : { col: tileCol, row: tileRow } })),
  )
}

/** Writes nodes in any order, replacing what is stored under their codes; nodes that are not given stay. Returns how many were written. */
export async function importRegions(tx: Tx, nodes: readonly RegionNode[]): Promise<number> {
  if (nodes.length === 0) return 0
  const { rowCount } = await tx.query(
    `insert into region (code, parent_code, level, name_zh, name_en, short_zh, path, tile_col, tile_row)
     select code, parent_code, level, name_zh, name_en, short_zh, path, tile_col::integer, tile_row::integer
       from unnest(${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => column(`$${index}`)).join(', ')})
         as i (code, parent_code, level, name_zh, name_en, short_zh, path, tile_col, tile_row)
     on conflict (code) do update set parent_code = excluded.parent_code, level = excluded.level, name_zh = excluded.name_zh, name_en = excluded.name_en,
       short_zh = excluded.short_zh, path = excluded.path, tile_col = excluded.tile_col, tile_row = excluded.tile_row`,
    [
      joined(nodes.map((node) => node.code)),
      joined(nodes.map((node) => node.parentCode)),
      joined(nodes.map((node) => node.level)),
      joined(nodes.map((node) => node.nameZh)),
      joined(nodes.map((node) => node.nameEn)),
      joined(nodes.map((node) => node.shortZh)),
      joined(nodes.map((node) => node.path)),
      joined(nodes.map((node) => node.tile?.col ?? null)),
      joined(nodes.map((node) => node.tile?.row ?? null)),
    ],
  )
  return rowCount ?? 0
}

/** Whether a region tree has been imported. */
export async function hasRegions(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ has: boolean }>('select exists (select from region) as has')
  return rows[0]?.has === true
}
