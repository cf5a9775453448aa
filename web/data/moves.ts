import type { RestatedFact, RestatementShown } from '../../core/contract/restatement.ts'

type Cut = readonly (readonly [dimension: string, value: string])[]

/** Where something counted and where it counts now; null: nowhere. Of the cuts only those in which the two differ. */
export interface Move {
  readonly base: string
  readonly from: RestatedFact | null
  readonly to: RestatedFact | null
  readonly fromCut: Cut
  readonly toCut: Cut
}

const differing = (one: RestatedFact | null, other: RestatedFact | null): Cut =>
  one === null || other === null ? [] : Object.entries(one.by).filter(([dimension, value]) => other.by[dimension] !== value)

/** Lost and gained facts of a line side by side, base by base: each lost one with the gained one of the same day, else with the next. */
export function movesOf({ lost, gained }: Pick<RestatementShown, 'lost' | 'gained'>): Move[] {
  const left = [...gained]
  const take = (fits: (fact: RestatedFact) => boolean): RestatedFact | null => {
    const index = left.findIndex(fits)
    return index < 0 ? null : (left.splice(index, 1)[0] ?? null)
  }
  const pairs = lost.map((from) => ({ from, to: take((fact) => fact.base === from.base && fact.day === from.day) ?? take((fact) => fact.base === from.base) }))
  return [...pairs, ...left.map((to) => ({ from: null, to }))].map(({ from, to }) => ({
    base: from?.base ?? to?.base ?? '',
    from,
    to,
    fromCut: differing(from, to),
    toCut: differing(to, from),
  }))
}
