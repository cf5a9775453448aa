import { fc, test as law } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { type BandedText, ClusterBook, MOST_BUCKETS, renamed } from '../../core/domain/near-duplicate/cluster-book.ts'
import { byAge, type ClusterFace, isMedoidDue, medoidOf, MOST_SAMPLED, type PlacingRule, placeText, sampleOf } from '../../core/domain/near-duplicate/cluster.ts'
import { jaccard } from '../../core/domain/near-duplicate/grams.ts'
import { normaliser } from '../../core/domain/near-duplicate/normalise.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'
import { textReader } from '../../core/domain/near-duplicate/reading.ts'
import { HOUR } from '../../core/domain/time.ts'
import { at } from '../support/builders.ts'
import { someText, T1, T2, T3, T4 } from '../support/similar-texts.ts'

const plain = normaliser([])
const reader = textReader(DEFAULT_NEAR_DUPLICATE)
const RULE: PlacingRule = { similarity: 0.8, leastGrams: 20, window: 24 * HOUR }
const NOON = at('2026-04-13 12:00')

const face = (key: string, text: string, instant = NOON): BandedText => reader.face(key, instant, plain(text))
const clusterOf = (id: string, oldest: BandedText, medoid = oldest): ClusterFace => ({ id, oldest, medoid, firstAt: oldest.at, lastAt: Math.max(oldest.at, medoid.at) })
/** Texts over letters of their own whose grams overlap as asked: `shared` grams of the first `all`. */
const lettersFrom = (first: number, count: number) => String.fromCharCode(...Array.from({ length: count }, (_, index) => 0x4e00 + first + index))

describe('placing a text', () => {
  const one = face('A', T1)

  test('joins the cluster of the same text, opens one beside a merely similar one (T3), and says how near that was', () => {
    expect(placeText(face('B', T2), [clusterOf('1', one)], RULE)).toEqual({ outcome: 'joins', clusterId: '1', to: 'oldest', similarity: 1 })
    expect(placeText(face('C', T3), [clusterOf('1', one)], RULE)).toEqual({ outcome: 'opens', nearest: { clusterId: '1', similarity: 53 / 80 } })
    expect(placeText(face('D', T4), [], RULE)).toEqual({ outcome: 'opens', nearest: null })
  })

  test.each([
    [19, 'too_short'],
    [20, 'opens'],
    [21, 'opens'],
  ])('of %i grams: %s', (count, outcome) => {
    expect(placeText(face('S', lettersFrom(0, count + 2)), [], RULE).outcome).toBe(outcome)
  })

  // 90 grams in the oldest, of which the text shares all but some and has as many of its own: (90 − n) ÷ (90 + n).
  test.each([
    [9, 'joins', 81 / 99],
    [10, 'joins', 0.8],
    [11, 'opens', 79 / 101],
  ])('that differs in %i of 90 grams %s', (differing, outcome, similarity) => {
    const oldest = face('O', lettersFrom(0, 92))
    const text = face('X', lettersFrom(differing, 92))
    expect(jaccard(text.grams, oldest.grams)).toBeCloseTo(similarity, 12)
    expect(placeText(text, [clusterOf('1', oldest)], RULE).outcome).toBe(outcome)
  })

  test.each([
    ['24 h after its last text', 24 * HOUR, 'joins'],
    ['a moment later', 24 * HOUR + 1, 'opens'],
    ['24 h before its first', -24 * HOUR, 'joins'],
    ['a moment earlier', -24 * HOUR - 1, 'opens'],
  ])('%s', (_when, after, outcome) => {
    expect(placeText(face('B', T2, NOON + after), [clusterOf('1', one)], RULE).outcome).toBe(outcome)
  })

  test('joins by the medoid where it is too far from the oldest', () => {
    const [oldest, medoid, text] = [face('O', lettersFrom(0, 92)), face('M', lettersFrom(10, 92)), face('X', lettersFrom(18, 92))]
    expect(placeText(text, [clusterOf('1', oldest, medoid)], RULE)).toMatchObject({ outcome: 'joins', to: 'medoid' })
    expect(placeText(text, [clusterOf('1', oldest)], RULE)).toMatchObject({ outcome: 'opens' })
  })

  const clusters = Array.from({ length: 6 }, (_, index) => clusterOf(String(index), face(`O${index}`, lettersFrom(index * 3, 92), NOON - index), face(`M${index}`, lettersFrom(index * 3 + 5, 92))))
  law.prop([fc.shuffledSubarray(clusters, { minLength: 1 }), fc.nat(30)])('in whatever order its clusters are looked at: the nearest, of equal ones the oldest (law)', (some, shift) => {
    const text = face('X', lettersFrom(shift, 92))
    const inOrder = [...some].sort((a, b) => a.id.localeCompare(b.id))
    const placed = placeText(text, some, RULE)
    expect(placed).toEqual(placeText(text, inOrder, RULE))
    const nearness = (cluster: ClusterFace) => Math.max(jaccard(text.grams, cluster.oldest.grams), jaccard(text.grams, cluster.medoid.grams))
    const most = Math.max(...some.map(nearness))
    const nearest = some.filter((cluster) => nearness(cluster) === most).sort((a, b) => byAge(a.oldest, b.oldest))[0]
    expect(placed).toMatchObject(most >= 0.8 ? { outcome: 'joins', clusterId: nearest?.id } : { outcome: 'opens', nearest: { clusterId: nearest?.id } })
  })
})

describe('the medoid', () => {
  test('is the text nearest to all others, of equally near ones the oldest', () => {
    const [a, b, c] = [face('A', lettersFrom(0, 92)), face('B', lettersFrom(6, 92), NOON + 1), face('C', lettersFrom(12, 92), NOON + 2)]
    expect(medoidOf([a, b, c]).key).toBe('B')
    expect(medoidOf([c, b, a]).key).toBe('B')
    expect(medoidOf([face('Z', T1, NOON + 1), face('B', T2), face('A', T1)]).key).toBe('A')
    expect(medoidOf([a]).key).toBe('A')
  })

  test('is chosen anew at 4, 8, 16 … texts, among an even sample', () => {
    expect(Array.from({ length: 70 }, (_, size) => size).filter(isMedoidDue)).toEqual([4, 8, 16, 32, 64])
    const members = Array.from({ length: 130 }, (_, index) => index)
    expect(sampleOf(members.slice(0, MOST_SAMPLED))).toHaveLength(64)
    expect(sampleOf(members.slice(0, 65)).slice(0, 3)).toEqual([0, 2, 4])
    expect(sampleOf(members)).toHaveLength(44)
  })
})

describe('a book of clusters', () => {
  // Words of a few templates, each text with some of them replaced: near and far ones of several families.
  const worded = fc.record({ template: fc.nat(3), changed: fc.array(fc.nat(21), { maxLength: 9 }), minutes: fc.integer({ min: 0, max: 4_000 }), twist: fc.nat(50) }).map(
    ({ template, changed, minutes, twist }) => {
      const words = Array.from({ length: 22 }, (_, place) => someText(template * 100 + place, 2))
      for (const place of changed) words[place] = someText(9_000 + twist * 50 + place, 2)
      return { text: words.join(''), minutes }
    },
  )

  law.prop([fc.array(worded, { maxLength: 25 })])('never takes in a text that is far from both its oldest text and its medoid, and finds whatever a look at all would (law)', (texts) => {
    const book = new ClusterBook([])
    const naive = new Map<string, ClusterFace>()
    let ids = 0
    for (const [index, { text, minutes }] of texts.entries()) {
      const one = face(`T${String(index).padStart(2, '0')}`, text, NOON + minutes * 60_000)
      const expected = placeText(one, naive.values(), RULE)
      const before = new Map(naive)
      const { placement, cluster } = book.place(one, RULE, () => String(ids++))
      if (expected.outcome === 'joins') {
        expect(placement).toEqual(expected)
        const joined = before.get(expected.clusterId)!
        expect(Math.max(jaccard(one.grams, joined.oldest.grams), jaccard(one.grams, joined.medoid.grams))).toBeGreaterThanOrEqual(0.8)
      } else expect(placement.outcome).toBe(expected.outcome)
      if (cluster !== null) naive.set(cluster.id, cluster)
    }
    expect([...naive.values()].map(({ id }) => book.get(id))).toEqual([...naive.values()])
  })

  test('finds a cluster by its medoid, once it has been named', () => {
    const [oldest, medoid, text] = [face('O', lettersFrom(0, 92)), face('M', lettersFrom(10, 92), NOON + 1), face('X', lettersFrom(18, 92), NOON + 2)]
    const book = new ClusterBook([])
    book.place(oldest, RULE, () => '1')
    book.place(medoid, RULE, () => '2')
    expect(book.get('1')).toMatchObject({ size: 2, oldest, medoid: oldest, firstAt: NOON, lastAt: NOON + 1 })
    const before = new ClusterBook([book.get('1')])
    expect(before.place(text, RULE, () => '3').placement.outcome).toBe('opens')
    book.put(renamed(book.get('1'), { medoid }))
    expect(book.place(text, RULE, () => '3').placement).toMatchObject({ outcome: 'joins', clusterId: '1', to: 'medoid' })
    // So far from the oldest that its bands alone would not lead here.
    const [farMedoid, far] = [face('F', lettersFrom(120, 92), NOON + 3), face('Y', lettersFrom(126, 92), NOON + 4)]
    expect(new ClusterBook([book.get('1')]).place(far, RULE, () => '4').placement).toEqual({ outcome: 'opens', nearest: null })
    book.put(renamed(book.get('1'), { medoid: farMedoid }))
    expect(book.place(far, RULE, () => '5').placement).toMatchObject({ outcome: 'joins', clusterId: '1', to: 'medoid' })
    expect(() => book.get('3')).toThrow('no cluster 3 in the book')
  })
})

describe('a cluster that stays open', () => {
  test('is found where its newest texts lie, for as long as one joins each day', () => {
    const book = new ClusterBook([])
    for (let day = 0; day < 12; day++) book.place(face(`D${String(day).padStart(2, '0')}`, day % 2 === 0 ? T1 : T2, NOON + day * 20 * HOUR), RULE, () => String(day))
    const { size, buckets, keys } = book.get('0')
    expect([size, buckets.length, keys.length]).toEqual([12, MOST_BUCKETS, MOST_BUCKETS * 32])
    expect(book.place(face('L', T1, NOON + (11 * 20 + 24) * HOUR), RULE, () => 'new').placement).toMatchObject({ outcome: 'joins', clusterId: '0' })
    expect(book.place(face('N', T1, NOON + (11 * 20 + 49) * HOUR), RULE, () => 'new').placement).toEqual({ outcome: 'opens', nearest: null })
  })
})
