import { expect, it } from 'vitest'
import type { CasePlace } from '../../core/contract/cases.ts'
import type { NodeInfo } from '../../core/contract/wall.ts'
import { regionParents } from '../../web/live/region-tree.ts'
import { caseTiles, shareOf } from '../../web/case/case-map.ts'

const node = (code: string, parentCode: string | null, level: string, tile: NodeInfo['tile'] = null): NodeInfo => ({ code, parentCode, level, nameZh: code, nameEn: code, shortZh: code, tile })
const provinces = [node('32', '00', 'province', { col: 6, row: 3 }), node('44', '00', 'province', { col: 5, row: 6 }), node('99', '00', 'province')]
const cities = [node('320100', '32', 'city'), node('320500', '32', 'city')]
const tree = regionParents([node('00', null, 'group'), ...provinces, ...cities])
const place = (code: string, depth: number, customers: number): CasePlace => ({ code, nameZh: code, nameEn: code, level: 'city', depth, tickets: customers + 1, customers })
const seen = (children: readonly NodeInfo[], places: readonly CasePlace[]) => {
  const { placed, others } = caseTiles(children, places, tree)
  return [...placed, ...others].map(({ node: { code }, customers, isHere }) => [code, customers, isHere])
}

it('a case in a city marks its province for the group, and its city for the province', () => {
  const places = [place('320500', 0, 40)]
  expect(seen(provinces, places)).toEqual([['32', 40, true], ['44', 0, false], ['99', 0, false]])
  expect(seen(cities, places)).toEqual([['320100', 0, false], ['320500', 40, true]])
})

it('a case of the whole shows what lies in each part, and sits in none of them', () => {
  expect(seen(provinces, [place('00', 0, 50), place('32', 1, 30), place('44', 1, 20)])).toEqual([['32', 30, false], ['44', 20, false], ['99', 0, false]])
  expect(seen(cities, [place('32', 0, 55), place('320100', 1, 15)])).toEqual([['320100', 15, false], ['320500', 0, false]])
})

it('keeps the shape of the map, and those without a place beside it', () => {
  const { placed, others, columns, rows } = caseTiles(provinces, [], tree)
  expect([placed.length, others.length, columns, rows]).toEqual([2, 1, 7, 7])
})

it('cuts a share off, so that what is under the threshold is never told as on it', () => {
  expect([shareOf(6_996, 10_000), shareOf(7, 10), shareOf(2, 3), shareOf(0, 0), shareOf(29, 100)]).toEqual([69.9, 70, 66.6, 0, 29])
})
