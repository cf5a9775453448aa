import type { Fact } from '../domain/count/fact.ts'
import { factsOfCall } from '../domain/count/facts-of-call.ts'
import { factsOfIncident } from '../domain/count/facts-of-incident.ts'
import { factsOfOpinion } from '../domain/count/facts-of-opinion.ts'
import { foldCall } from '../domain/notice/call.ts'
import { commonRegion, foldIncident } from '../domain/notice/incident.ts'
import type { Notice, NoticeKind } from '../domain/notice/notice.ts'
import { foldOpinion } from '../domain/notice/opinion.ts'
import { foldToldSetting } from '../domain/notice/setting.ts'
import { foldShift } from '../domain/notice/shift.ts'
import { foldUserBase } from '../domain/notice/user-base.ts'
import type { RegionTree } from '../domain/region.ts'
import type { Subjects } from '../store/notice-tables.ts'

/** What the engine does with the notices of one kind. */
export interface NoticeDuty<S> {
  readonly fold: (notices: readonly Notice[]) => S
  /** Where the subject lies; several only for incidents. */
  readonly regionCodes: (subject: S) => readonly string[]
  /** What it is counted as; `held` is what its row keeps besides (notice-tables.ts). */
  readonly facts: (subject: S, tree: RegionTree, held: string) => readonly Fact[]
}

const atRegion = (subject: { readonly regionCode: string }) => [subject.regionCode]
const atProvince = (subject: { readonly provinceCode: string }) => [subject.provinceCode]
const uncounted = () => []

export const NOTICE_DUTIES: { readonly [K in NoticeKind]: NoticeDuty<Subjects[K]> } = {
  incident: { fold: foldIncident, regionCodes: ({ regionCodes }) => regionCodes, facts: factsOfIncident },
  call: { fold: foldCall, regionCodes: atRegion, facts: (call, _tree, held) => factsOfCall(call, held === 'true') },
  user_base: { fold: foldUserBase, regionCodes: atRegion, facts: uncounted },
  opinion: { fold: foldOpinion, regionCodes: atRegion, facts: factsOfOpinion },
  shift: { fold: foldShift, regionCodes: atRegion, facts: uncounted },
  calendar: { fold: foldToldSetting, regionCodes: atProvince, facts: uncounted },
  config: { fold: foldToldSetting, regionCodes: atProvince, facts: uncounted },
}

/** The path of the lowest node that holds these regions, and the path of each: the province's where the tree does not know one. */
export function pathsOf(
  codes: readonly string[],
  provinceCode: string,
  tree: RegionTree,
): { readonly regionPath: string; readonly regionPaths: readonly string[] } {
  const province = tree.get(provinceCode) ?? tree.root
  return {
    regionPath: commonRegion(codes, provinceCode, tree).path,
    regionPaths: codes.map((code) => tree.get(code)?.path ?? province.path),
  }
}
