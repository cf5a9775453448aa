import type { RestatedFact, RestatementShown, RestatementsAnswer } from '../contract/restatement.ts'
import type { RestatementState } from '../domain/count/restatement.ts'
import type { Scope } from '../domain/region.ts'
import { localDate } from '../domain/time.ts'
import { countRestatements, listRestatements } from '../store/restatement-store.ts'
import type { Engine } from './context.ts'
import { readFacts } from './counted.ts'

function shownFacts({ tree, zone }: Engine, text: string | null): RestatedFact[] {
  return readFacts(text ?? '[]').map(({ base, at, regionCode, kind, by, measures }) => {
    const { nameZh, nameEn } = tree.get(regionCode) ?? tree.root
    return { base, day: localDate(at, zone), regionCode, regionNameZh: nameZh, regionNameEn: nameEn, kind, by: { ...by }, measures: { ...measures } }
  })
}

/** The restatement log of a scope, waiting lines first, then from new to old; how many lines are in each state. */
export async function loadRestatements(
  engine: Engine,
  scope: Scope,
  page: { readonly state: RestatementState | null; readonly afterId: string | null; readonly limit: number },
): Promise<RestatementsAnswer> {
  const rows = await listRestatements(engine.pool, scope, page)
  const items = rows.map(({ kind: _, bases, lost, gained, examples, ...row }): RestatementShown => {
    const { nameZh, nameEn } = engine.tree.get(row.provinceCode) ?? engine.tree.root
    return {
      ...row,
      provinceNameZh: nameZh,
      provinceNameEn: nameEn,
      bases: bases.split(',').filter((base) => base !== ''),
      examples: [...examples],
      lost: shownFacts(engine, lost),
      gained: shownFacts(engine, gained),
    }
  })
  return { items, counts: await countRestatements(engine.pool, scope) }
}
