import { expect, test } from 'vitest'
import type { RestatedFact } from '../../core/contract/restatement.ts'
import { movesOf } from '../../web/data/moves.ts'

const fact = (base: string, day: string, by: Record<string, string> = {}): RestatedFact => ({
  base, day, regionCode: '320500', regionNameZh: '苏州市', regionNameEn: 'Suzhou', kind: 'complaint', by, measures: {},
})

test('lost and gained facts stand side by side, base by base, with the cuts in which they differ', () => {
  const [lost, gained] = [fact('ACC', '2026-06-01', { channel: 'a', phenomenon: 'x' }), fact('ACC', '2026-06-01', { channel: 'a', phenomenon: 'y' })]
  expect(movesOf({ lost: [lost], gained: [gained] })).toEqual([{ base: 'ACC', from: lost, to: gained, fromCut: [['phenomenon', 'x']], toCut: [['phenomenon', 'y']] }])
})

test('a fact finds the one of its own day first; what has no other side counts nowhere there', () => {
  const [early, late, fin] = [fact('EVT', '2026-06-01'), fact('EVT', '2026-06-02'), fact('FIN', '2026-06-03')]
  expect(movesOf({ lost: [late, fin], gained: [early, late] }).map(({ base, from, to }) => [base, from?.day ?? null, to?.day ?? null])).toEqual([
    ['EVT', '2026-06-02', '2026-06-02'],
    ['FIN', '2026-06-03', null],
    ['EVT', null, '2026-06-01'],
  ])
})
