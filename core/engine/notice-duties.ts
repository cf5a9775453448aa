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
import { compareNotices } from '../domain/notice/standing.ts'
import { foldUserBase } from '../domain/notice/user-base.ts'
import type { RegionTree } from '../domain/region.ts'
import type { SubjectRow, Subjects } from '../store/notice-tables.ts'
import { writeFacts } from './counted.ts'
import type { Stretch } from './load-histories.ts'

/** What the engine does with the notices of one kind. */
interface NoticeDuty<S> {
  readonly fold: (notices: readonly Notice[]) => S
  /** Where the subject lies; several only for incidents. */
  readonly regionCodes: (subject: S) => readonly string[]
  /** What it is counted as; `held` is what its row keeps besides (notice-tables.ts). */
  readonly facts: (subject: S, tree: RegionTree, held: string) => readonly Fact[]
}

const atRegion = (subject: { readonly regionCode: string }) => [subject.regionCode]
const atProvince = (subject: { readonly provinceCode: string }) => [subject.provinceCode]
const uncounted = () => []

const NOTICE_DUTIES: { readonly [K in NoticeKind]: NoticeDuty<Subjects[K]> } = {
  incident: { fold: foldIncident, regionCodes: ({ regionCodes }) => regionCodes, facts: factsOfIncident },
  call: { fold: foldCall, regionCodes: atRegion, facts: (call, _tree, held) => factsOfCall(call, held === 'true') },
  user_base: { fold: foldUserBase, regionCodes: atRegion, facts: uncounted },
  opinion: { fold: foldOpinion, regionCodes: atRegion, facts: factsOfOpinion },
  shift: { fold: foldShift, regionCodes: atRegion, facts: uncounted },
  calendar: { fold: foldToldSetting, regionCodes: atProvince, facts: uncounted },
  config: { fold: foldToldSetting, regionCodes: atProvince, facts: uncounted },
}

/** The path of the lowest node that holds these regions, and the path of each: the province's where the tree does not know one. */
function pathsOf(
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

/** A subject's notices, and what its row is to know besides. */
export interface SubjectNotices {
  readonly subjectKey: string
  /** Those that name it, in any order. */
  readonly own: readonly Notice[]
  /** Those that stand, in order; undefined: corrections have emptied it. */
  readonly standing: readonly Notice[] | undefined
  /** What its row keeps besides (notice-tables.ts). */
  readonly held: string
  /** A stretch that holds all its notices. */
  readonly stretch: Stretch
}

/** The row of a subject: the fold of its notices, where it lies, what it is counted as. */
export function subjectRowOf<K extends NoticeKind>(kind: K, { subjectKey, own, standing, held, stretch }: SubjectNotices, tree: RegionTree): SubjectRow<Subjects[K]> {
  const duty = NOTICE_DUTIES[kind]
  // Of a subject that corrections have emptied the row shows what was said before, to nobody.
  const subject = duty.fold(standing ?? [...own].sort(compareNotices))
  const facts = standing === undefined ? [] : duty.facts(subject, tree, held)
  const paths = pathsOf(duty.regionCodes(subject), subject.provinceCode, tree)
  return { subjectKey, subject, ...paths, isVoid: standing === undefined, counted: writeFacts(facts), firstEventAt: stretch.from, lastEventAt: stretch.to }
}
