import type { Opinion } from '../notice/opinion.ts'
import type { Fact } from './fact.ts'

/** What an opinion item adds to EVT, by its detection (domain.md K-10): one, however often it is reposted. */
export function factsOfOpinion({ detectedAt, regionCode, phenomenonL1, phenomenonL2 }: Opinion): readonly Fact<'EVT'>[] {
  if (detectedAt === null) return []
  const by = {
    ...(phenomenonL1 === '' ? {} : { phenomenon_l1: phenomenonL1 }),
    ...(phenomenonL2 === '' ? {} : { phenomenon: phenomenonL2 }),
  }
  return [{ base: 'EVT', at: detectedAt, regionCode, kind: 'opinion_item', by, measures: { opinion_items: 1 } }]
}
