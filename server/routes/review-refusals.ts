import type { ReviewField } from '../../core/domain/review/content.ts'
import { ROLE_NAMES } from '../../core/domain/role-names.ts'
import type { ReviewRefusal, SignRefusal } from '../../core/engine/reviews.ts'
import { Refusal, refusals } from '../errors.ts'

const FIELDS: Readonly<Record<ReviewField, readonly [zh: string, en: string]>> = {
  earlier: ['能否更早', 'could it have told earlier'], late: ['是否迟报', 'did it tell late'], falseAlarm: ['是否误报', 'did it tell what was not so'], behaviour: ['系统表现', 'how the system behaved'],
  causes: ['原因树', 'the tree of causes'], right: ['做得好的', 'what went right'], wrong: ['做得不好的', 'what went wrong'], refunds: ['退费情况', 'refunds'], rules: ['规则或阈值调整', 'changes of rule or threshold'],
  line: ['统一口径', 'the line-to-take'], noMeasures: ['无措施的理由', 'why no measure is taken'], metOn: ['会议日期', 'the day of the meeting'], departments: ['参会部门', 'the departments'], minutes: ['会议结论', 'what the meeting decided'],
  measures: ['整改措施或无措施的理由', 'measures, or why none is taken'],
}

function incomplete(missing: readonly ReviewField[]): Refusal {
  const first = missing[0]
  return new Refusal(422, 'incomplete', `复盘尚缺：${missing.map((field) => FIELDS[field][0]).join('、')}`, `The review does not say yet: ${missing.map((field) => FIELDS[field][1]).join('; ')}`, {
    ...(first === undefined ? {} : { field: `content.${first}` }), mend: '补齐后保存新版本再签 / fill them in, keep a new version and sign that',
  })
}

function notSigned(refusal: SignRefusal): Refusal {
  switch (refusal.why) {
    case 'not_signer': {
      const zh = refusal.signers.map((role) => ROLE_NAMES[role].zh).join('、')
      const en = refusal.signers.map((role) => ROLE_NAMES[role].en).join(', ')
      return new Refusal(403, 'role_may_not', `须由${zh}签字`, `To be signed by: ${en}`, { mend: '由该岗位的人签字 / somebody of that post signs' })
    }
    case 'same_person':
      return new Refusal(403, 'same_person', '您已签过，另一个签字须由另一人给出', 'You have signed already: the other signature is another person’s', { mend: '由另一人签字 / another person signs' })
    case 'own_case':
      return new Refusal(403, 'separation_of_duty', '橙色、红色案件的复盘不能由处置该案件的人签字', 'Nobody signs the review of an orange or red case that he handled himself', { mend: '由另一人签字 / another person signs' })
    case 'no_version':
      return new Refusal(409, 'no_version', '尚无可签的版本', 'There is no version to sign yet', { field: 'version', mend: '先保存一版 / keep a version first' })
    case 'incomplete':
      return incomplete(refusal.missing)
  }
}

/** Why a review was not written or signed. */
export function reviewRefused(refusal: ReviewRefusal | SignRefusal): Refusal {
  switch (refusal.why) {
    case 'unknown':
      return refusals.notFound()
    case 'role_may_not':
      return new Refusal(403, refusal.why, '您的角色无权填写复盘', 'Your role may not write reviews', {})
    case 'not_open':
      return new Refusal(409, refusal.why, '该复盘已签完或已撤回，不能再改', 'This review is signed, or withdrawn: it is not changed any more', { mend: '刷新后查看 / look again' })
    case 'no_owner':
      return new Refusal(422, refusal.why, '该案件所在区域没有这个岗位', 'There is no such post where the case lies', { field: 'ownerRole', expected: '见 review.owners / see review.owners', mend: '选择列出的岗位 / choose one of those listed' })
    case 'in_past':
      return new Refusal(422, refusal.why, '完成日期已过', 'That day is over', { field: 'dueOn', expected: '今天或以后 / today or later', mend: '改为今天或以后 / name today or a later day' })
    case 'no_such_day':
      return new Refusal(422, refusal.why, '没有这一天', 'There is no such day', { field: 'dueOn', expected: 'YYYY-MM-DD', mend: '改正日期 / correct the date' })
    case 'newer_version':
      return new Refusal(409, refusal.why, `已有更新的版本（第 ${refusal.version} 版）`, `There is a newer version (${refusal.version})`, { field: 'basedOn', mend: '刷新后在最新版本上修改或签字 / load again and change or sign the newest version' })
    default:
      return notSigned(refusal)
  }
}
