import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildRegionTree } from '../../core/domain/region.ts'
import { parseRegionCsv, RegionFileError } from '../../core/engine/region-file.ts'

const HEAD = 'code,parent_code,level,name_zh,name_en,short_zh,tile_col,tile_row\n'

const faultsOf = (text: string): readonly string[] => {
  try {
    parseRegionCsv(text)
  } catch (error) {
    if (error instanceof RegionFileError) return error.faults
    throw error
  }
  return []
}

describe('a region file', () => {
  test('becomes nodes with their paths, whatever the order of the lines', () => {
    const nodes = parseRegionCsv(
      `\ufeff${HEAD}320500,32,city,苏州市,Suzhou,苏州,3,4\n00,,group,集团,Group,集团,,\n\n32,00,province, 江苏 ,Jiangsu,苏,0,0\n`,
    )
    expect(nodes).toEqual([
      {
        code: '320500',
        parentCode: '32',
        level: 'city',
        nameZh: '苏州市',
        nameEn: 'Suzhou',
        shortZh: '苏州',
        path: '/00/32/320500/',
        tile: { col: 3, row: 4 },
      },
      { code: '00', parentCode: null, level: 'group', nameZh: '集团', nameEn: 'Group', shortZh: '集团', path: '/00/', tile: null },
      {
        code: '32',
        parentCode: '00',
        level: 'province',
        nameZh: '江苏',
        nameEn: 'Jiangsu',
        shortZh: '苏',
        path: '/00/32/',
        tile: { col: 0, row: 0 },
      },
    ])
  })

  test('needs no more than code, parent, level and one name, in CRLF too', () => {
    expect(parseRegionCsv('code,parent_code,level,name\r\n00,,group,United States\r\n01,00,province,"Alabama, the"\r\n')).toMatchObject([
      { nameZh: 'United States', nameEn: 'United States', shortZh: 'United States', tile: null },
      { path: '/00/01/', nameEn: 'Alabama, the' },
    ])
  })

  test('of the project is a tree of one group, its provinces and their cities', () => {
    const nodes = parseRegionCsv(readFileSync(path.resolve(import.meta.dirname, '../../config/regions.cn.csv'), 'utf8'))
    const tree = buildRegionTree(nodes)
    expect(tree.children(tree.root.code).length).toBe(31)
    for (const node of nodes) expect(node.path.endsWith(`/${node.code}/`)).toBe(true)
  })

  const ROOT = '00,,group,集团,,,,\n'
  test.each([
    ['a code with a slash', `${ROOT}3/2,00,province,江苏,,,,\n`, [3]],
    ['a code twice', `${ROOT}32,00,province,江苏,,,,\n32,00,province,江苏,,,,\n`, [4]],
    ['a level that does not exist', `${ROOT}32,00,state,江苏,,,,\n`, [3]],
    ['no name', `${ROOT}32,00,province,,,,,\n`, [3]],
    ['a tile that is no number', `${ROOT}32,00,province,江苏,,,x,1\n`, [3]],
    ['a parent that is missing', `${ROOT}320500,32,city,苏州,,,,\n`, [3]],
    ['a city above its province', `${ROOT}320500,00,city,苏州,,,,\n32,320500,province,江苏,,,,\n`, [4]],
    ['a circle', `${ROOT}32,33,city,江苏,,,,\n33,32,city,浙江,,,,\n`, [3, 4]],
    ['three faults', `${ROOT}3 2,00,province,江苏,,,,\n33,00,land,浙江,,,,\n34,00,province,,,,,\n`, [3, 4, 5]],
  ])('with %s is refused, each line named', (_what, body, lines) => {
    const faults = faultsOf(HEAD + body)
    expect(faults.map((fault) => Number(/line (\d+)/.exec(fault)?.[1]))).toEqual(lines)
  })

  test('without a root, or with two, is refused', () => {
    expect(faultsOf(`${HEAD}00,,group,一,,,,\n01,,group,二,,,,\n`)).toEqual([expect.stringContaining('found 2')])
    expect(faultsOf(HEAD)).toEqual([expect.stringContaining('found 0')])
  })

  test('that is no CSV is refused', () => {
    expect(faultsOf(`${HEAD}00,,group,"集团,,,,\n`)).toHaveLength(1)
    expect(faultsOf(`${HEAD}00,,group\n`)).toHaveLength(1)
  })
})
