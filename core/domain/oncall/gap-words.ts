import type { Position } from '../escalation/position.ts'
import type { RegionTree } from '../region.ts'
import { ROLE_NAMES } from '../role-names.ts'
import { clockTime, type Zone } from '../time.ts'
import type { GapStage, RosterGap } from './gaps.ts'

/** Both languages of what somebody has to mend. */
export interface GapWords {
  readonly textZh: string
  readonly textEn: string
}

/** A position as people call it. */
export function positionInWords({ role, regionCode }: Position, tree: RegionTree): { readonly zh: string; readonly en: string } {
  const node = tree.get(regionCode)
  return { zh: `${node?.nameZh ?? regionCode}${ROLE_NAMES[role].zh}`, en: `${ROLE_NAMES[role].en} of ${node?.nameEn ?? regionCode}` }
}

const STAGES: Readonly<Record<GapStage, { readonly zh: string; readonly en: string }>> = {
  hour: { zh: '一小时内无人值班', en: 'nobody is on within the hour' },
  quarter: { zh: '一刻钟内仍无人值班', en: 'still nobody is on within a quarter of an hour' },
  open: { zh: '当前无人值班，升级时改为通知该岗位全体人员', en: 'nobody is on now; steps call everybody of the position' },
}

/** Which gap, how near, and the mend (domain.md 7.6); names nobody. */
export function gapInWords(position: Position, { from, to }: RosterGap, stage: GapStage, tree: RegionTree, zone: Zone): GapWords {
  const [name, said] = [positionInWords(position, tree), STAGES[stage]]
  const span = `${clockTime(from, zone)}–${clockTime(to, zone)}`
  return {
    textZh: `${name.zh}：${said.zh}（${span}）；请在排班页安排`,
    textEn: `${name.en}: ${said.en} (${span}); put somebody on the roster`,
  }
}

/** A position at which a step found nobody at all (domain.md 4.4). */
export function vacantInWords(position: Position, tree: RegionTree): GapWords {
  const name = positionInWords(position, tree)
  return { textZh: `${name.zh}：岗位空缺，升级时无人可通知；请建账户或安排排班`, textEn: `${name.en}: vacant, a step found nobody to call; make an account or a roster` }
}
