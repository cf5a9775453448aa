import { describe, expect, test } from 'vitest'
import { buildRegionTree, codeOfPath, commonPath, isWithin, overlaps, type RegionNode } from '../../core/domain/region.ts'
import { aRegionTree } from '../support/builders.ts'

const node = (code: string, parentCode: string | null, level: RegionNode['level'] = 'city'): RegionNode => ({
  code,
  parentCode,
  level,
  nameZh: code,
  nameEn: code,
  shortZh: code,
  path: `/${code}/`,
  tile: null,
})

describe('the tree', () => {
  const tree = aRegionTree()

  test('knows the way up, nearest first', () => {
    expect(tree.chain('320501').map(({ code }) => code)).toEqual(['320501', '320500', '32', '00'])
    expect(tree.chain('999')).toEqual([])
  })

  test.each([
    ['320501', 'city', '320500'],
    ['320501', 'district', '320501'],
    ['320501', 'grid', '320501'],
    ['320501', 'group', '00'],
    ['32', 'city', '32'],
    ['999', 'city', undefined],
  ] as const)('%s seen at level %s is %s', (code, level, expected) => {
    expect(tree.atLevel(code, level)?.code).toBe(expected)
  })

  test('is the same whatever the order of its rows', () => {
    const other = buildRegionTree([...tree.all()].reverse())
    expect(other.chain('330101').map(({ code }) => code)).toEqual(['330101', '330100', '33', '00'])
    expect(
      other
        .children('00')
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['32', '33'])
  })

  test('a subtree is a prefix of paths', () => {
    expect(isWithin('/00/32/320500/', '/00/32/')).toBe(true)
    expect(isWithin('/00/32/', '/00/32/320500/')).toBe(false)
    expect(isWithin('/00/320/', '/00/32/')).toBe(false)
  })
})

test.each([
  ['no root', [], 'exactly one root, found 0'],
  ['two roots', [node('a', null), node('b', null)], 'exactly one root, found 2'],
  ['a parent that is missing', [node('a', null), node('b', 'x')], 'parent x is not in the tree'],
  ['a code that comes twice', [node('a', null), node('b', 'a'), node('b', 'a')], 'b is in the tree twice'],
  ['a ring', [node('a', null), node('b', 'c'), node('c', 'b')], 'form a ring'],
  ['a node that is its own parent', [node('a', null), node('b', 'b')], 'form a ring'],
])('refuses %s', (_, nodes, message) => {
  expect(() => buildRegionTree(nodes)).toThrow(message)
})

describe('paths', () => {
  const CITY = '/00/32/320500/'
  const DISTRICT = '/00/32/320500/320501/'

  test.each([
    [[DISTRICT], DISTRICT, '320501'],
    [[CITY], CITY, '320500'],
    [[CITY, DISTRICT], CITY, '320500'],
    [[CITY, '/00/32/320100/'], '/00/32/', '32'],
    [[DISTRICT, '/00/32/320100/', CITY], '/00/32/', '32'],
    [[CITY, '/00/33/330100/'], '/00/', '00'],
    [['/00/33/330100/330101/', '/00/32/320100/'], '/00/', '00'],
    [[], '/', undefined],
  ])('%j lie in %s, whose code is %s', (paths, expected, code) => {
    expect([commonPath(paths), commonPath([...paths].reverse()), codeOfPath(expected)]).toEqual([expected, expected, code])
  })

  test('a place below one that is shared by name only is not shared', () => {
    expect(commonPath(['/00/a/x/', '/00/b/x/'])).toBe('/00/')
  })

  test.each([
    [CITY, CITY, true],
    [CITY, DISTRICT, true],
    [CITY, '/00/', true],
    [CITY, '/00/32/320100/', false],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect([overlaps(a, b), overlaps(b, a)]).toEqual([expected, expected])
  })
})
