import type { MergeFault } from '../../core/domain/risk/by-hand.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import type { MergeRefusal } from '../../core/engine/case-merge.ts'
import type { SplitRefusal } from '../../core/engine/case-split.ts'
import { presentable, shownName } from '../../core/engine/intake-hygiene.ts'
import { Refusal, refusals } from '../errors.ts'
import { refused } from './alerts.ts'

/** An alert that is no risk case. */
export const notACase = () =>
  new Refusal(409, 'not_a_case', '该预警不是重大风险案件', 'This alert is no risk case', { mend: '选择重大风险案件 / choose a risk case' })

/** Somebody stated other words meanwhile. */
export const staleLine = () =>
  new Refusal(409, 'newer_version', '统一口径已有更新的版本', 'There is a newer line-to-take', { field: 'version', mend: '刷新后在最新版本上修改 / load again and change the newest version' })

/** Words that are read far and wide; refused where they hold a number or an address of a person (domain.md 8.4). */
export function impersonal(field: string, text: string): string {
  const clean = presentable(text).trim()
  if (clean === '') throw new Refusal(422, 'empty_text', '内容不能为空', 'Some text is needed', { field, expected: '非空文字 / some text' })
  if (maskText(clean) === clean) return clean
  throw new Refusal(422, 'personal_data', '内容含有号码或地址等个人信息', 'The text holds a number or an address of a person', {
    field, expected: '不含个人信息的文字 / text without personal data', mend: '删去号码，改写为单位、岗位或范围 / leave the number out; name the unit, the post or the scope',
  })
}

const FAULTS: Readonly<Record<MergeFault, readonly [zh: string, en: string, mend: string]>> = {
  same_case: ['案件不能并入自身', 'A case cannot go into itself', '选择另一案件 / choose another case'],
  ended: ['其中一个案件已结束', 'One of the two cases has ended', '刷新后选择未结束的案件 / look again and choose a live one'],
  members_stay: ['跨省案件的成员留在各省，不并入', 'The members of a case over provinces stay with their provinces', '在集团案件上写明原因、措施与口径 / state cause, measures and words on the case of the group'],
  other_province: ['两个案件不属同一省', 'The two cases are of different provinces', '并入同省案件或集团案件 / merge into a case of the province or of the group'],
  mitigated: ['仍在进行的案件不能并入已缓解的案件', 'What is still true cannot go into what is over', '反过来合并 / merge the other way round'],
}

/** Why a case was not merged. */
export function notMerged(refusal: MergeRefusal): Refusal {
  if (refusal.why === 'move') return refused(refusal.refusal)
  if (refusal.why === 'fault') {
    const [zh, en, mend] = FAULTS[refusal.fault]
    return new Refusal(409, refusal.fault, zh, en, { field: 'into', mend })
  }
  return refusal.which === 'from'
    ? refusals.notFound()
    : new Refusal(404, 'case_not_found', '要并入的案件不存在，或不在您的管辖范围内', 'The case to merge into does not exist, or is not in your scope', { field: 'into', mend: '从可并入的案件中选择 / choose one of the candidates' })
}

/** Why a case was not split. */
export function notSplit(refusal: SplitRefusal): Refusal {
  switch (refusal.why) {
    case 'move':
      return refused(refusal.refusal)
    case 'unknown':
      return refusals.notFound()
    case 'nothing_chosen':
      return new Refusal(422, refusal.why, '未选择要拆出的内容', 'Nothing is chosen', { field: 'regions', expected: '区域、现象、规则或工单至少一项 / at least one region, phenomenon, rule or ticket' })
    case 'nothing_left':
      return new Refusal(409, refusal.why, '所选即全部，拆出后原案件为空', 'That is all of the case; nothing would be left', { mend: '少选一些 / choose less' })
    case 'not_of_case':
      return new Refusal(422, refusal.why, '所选内容不属于该案件', 'What is chosen is not of this case', {
        field: refusal.field, expected: `${shownName(refusal.value)}: 该案件之内 / of this case`, mend: '见 GET /cases/:id / see GET /cases/:id',
      })
  }
}
