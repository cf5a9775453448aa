import { parse } from 'csv-parse/sync'
import { buildRegionTree, depthOf, type RegionNode } from '../domain/region.ts'
import { REGION_LEVELS, type RegionLevel } from '../domain/vocabulary.ts'

/** A region file that cannot be used; one line of the message per fault, each with its line in the file. */
export class RegionFileError extends Error {
  override readonly name = 'RegionFileError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`区域文件有误 / the region file cannot be used:\n  ${faults.join('\n  ')}`)
    this.faults = faults
  }
}

interface Line {
  readonly number: number
  readonly row: Readonly<Record<string, string>>
}

function readLines(text: string): Line[] {
  let rows: { info: { lines: number }; record: Record<string, string> }[]
  try {
    rows = parse(text, { bom: true, columns: (head: string[]) => head.map((name) => name.trim()), info: true, skip_empty_lines: true, trim: true })
  } catch (error) {
    throw new RegionFileError([error instanceof Error ? error.message : String(error)])
  }
  return rows.map(({ info, record }) => ({ number: info.lines, row: record }))
}

const isLevel = (word: string): word is RegionLevel => (REGION_LEVELS as readonly string[]).includes(word)

function faultsOf({ number, row }: Line, seen: ReadonlyMap<string, number>): string[] {
  const faults: string[] = []
  const code = row['code'] ?? ''
  const fault = (zh: string, en: string) => faults.push(`第 ${number} 行 / line ${number}: ${zh} / ${en}`)
  // Codes are the steps of a path: a slash in one would put it into another subtree.
  if (!/^[0-9A-Za-z_-]{1,12}$/.test(code)) fault(`代码“${code}”应为 1–12 位字母数字`, `code "${code}" is not 1–12 letters and digits`)
  else if (seen.get(code) !== number) fault(`代码 ${code} 重复`, `code ${code} occurs twice`)
  if (!isLevel(row['level'] ?? ''))
    fault(`层级“${row['level'] ?? ''}”应为 ${REGION_LEVELS.join('、')} 之一`, `level is not one of ${REGION_LEVELS.join(', ')}`)
  if (!(row['name_zh'] || row['name'])) fault('缺少名称 name_zh', 'name_zh (or name) is empty')
  for (const field of ['tile_col', 'tile_row']) if (!/^-?\d{0,3}$/.test(row[field] ?? '')) fault(`${field} 应为整数`, `${field} is not an integer`)
  return faults
}

/** The codes from the root to the node; null for a parent that is missing, coarser-than-child violated, or a circle. */
function pathOf(code: string, lines: ReadonlyMap<string, Line>): string | null {
  const codes: string[] = []
  for (let at: string = code; at !== ''; ) {
    const row = lines.get(at)?.row
    if (row === undefined || codes.includes(at)) return null
    const parent = lines.get(row['parent_code'] ?? '')?.row
    if (parent !== undefined && depthOf(parent['level'] as RegionLevel) >= depthOf(row['level'] as RegionLevel)) return null
    codes.unshift(at)
    at = row['parent_code'] ?? ''
  }
  return `/${codes.join('/')}/`
}

/**
 * Reads a regional tree from CSV: `code,parent_code,level,name_zh` (or `name`), and where present `name_en,short_zh,tile_col,tile_row`.
 * @throws RegionFileError naming every faulty line: bad or double codes, unknown levels, missing parents, circles, not exactly one root.
 */
export function parseRegionCsv(text: string): RegionNode[] {
  const lines = readLines(text)
  const first = new Map<string, number>()
  for (const { number, row } of lines) if (!first.has(row['code'] ?? '')) first.set(row['code'] ?? '', number)
  const faults = lines.flatMap((line) => faultsOf(line, first))
  if (faults.length > 0) throw new RegionFileError(faults)
  const byCode = new Map(lines.map((line) => [line.row['code'] as string, line]))
  const nodes = lines.map(({ number, row }): RegionNode => {
    const code = row['code'] as string
    const path = pathOf(code, byCode)
    if (path === null)
      faults.push(
        `第 ${number} 行 / line ${number}: ${code} 的上级缺失、成环或层级不高于它 / the parents of ${code} are missing, circular, or not above it`,
      )
    const name = (row['name_zh'] || row['name']) as string
    const tile = row['tile_col'] && row['tile_row'] ? { col: Number(row['tile_col']), row: Number(row['tile_row']) } : null
    return {
      code,
      parentCode: row['parent_code'] || null,
      level: row['level'] as RegionLevel,
      nameZh: name,
      nameEn: row['name_en'] || row['name'] || name,
      shortZh: row['short_zh'] || name,
      path: path ?? '/',
      tile,
    }
  })
  const roots = nodes.filter((node) => node.parentCode === null)
  if (faults.length === 0 && roots.length !== 1)
    faults.push(`应恰有一个根节点，实有 ${roots.length} 个 / exactly one node has no parent; found ${roots.length}`)
  if (faults.length > 0) throw new RegionFileError(faults)
  buildRegionTree(nodes)
  return nodes
}
