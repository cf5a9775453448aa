import type { RegionTree } from '../region.ts'
import { ROLE_NAMES } from '../role-names.ts'
import { MINUTE } from '../time.ts'
import type { Role } from '../vocabulary.ts'
import type { Holder, Position, Reached } from './position.ts'

/** What the history says of a step that was taken. */
export interface StepTaken {
  /** Counted from 0. */
  readonly step: number
  readonly lateMs: number
  readonly via: Reached['via']
  readonly holders: readonly Holder[]
  readonly webhooks: number
  /** A later call for the step: a reminder while nobody answers, or of a handling limit that is over; the step itself when left out. */
  readonly as?: 'reminder' | 'handling' | 'handover'
}

const AS = {
  reminder: { zh: '再次提醒', en: 'Reminder' },
  handling: { zh: '处理超时通知', en: 'Handling overdue' },
  handover: { zh: '交班转知', en: 'Change of shift' },
} as const

const VIA = {
  step: { zh: '', en: '' },
  next_step: { zh: '（本步岗位空缺，转下一步）', en: ' (this step vacant, next step called)' },
  last_resort: { zh: '（各步岗位空缺，转兜底岗位）', en: ' (all steps vacant, last resort called)' },
  nobody: { zh: '', en: '' },
} as const

/** One line in both languages: which step, how late, whom (by role, never by name), how many endpoints. */
export function stepInWords({ step, lateMs, via, holders, webhooks, as }: StepTaken): string {
  const late = Math.floor(lateMs / MINUTE)
  const zh = `${as === undefined ? `第 ${step + 1} 步` : AS[as].zh}${late > 0 ? `（迟 ${late} 分钟）` : ''}`
  const en = `${as === undefined ? `Step ${step + 1}` : AS[as].en}${late > 0 ? ` (${late} min late)` : ''}`
  const counts = new Map<Role, number>()
  for (const holder of holders) counts.set(holder.role, (counts.get(holder.role) ?? 0) + 1)
  const people = (language: 'zh' | 'en') => [...counts].map(([role, count]) => `${ROLE_NAMES[role][language]} × ${count}`)
  const hooks = webhooks === 0 ? [] : [{ zh: `回调 × ${webhooks}`, en: `webhook × ${webhooks}` }]
  const whoZh = [...people('zh'), ...hooks.map((hook) => hook.zh)].join('、') || '无人可通知'
  const whoEn = [...people('en'), ...hooks.map((hook) => hook.en)].join(', ') || 'nobody to call'
  return `${zh}${VIA[via].zh}：${whoZh} / ${en}${VIA[via].en}: ${whoEn}`
}

/** The vacant positions in one line: a fault of the configuration, told in the history (domain.md 4.4). */
export function vacancyInWords(vacant: readonly Position[], tree: RegionTree): string {
  const zh = vacant.map(({ role, regionCode }) => `${tree.get(regionCode)?.nameZh ?? regionCode}${ROLE_NAMES[role].zh}`).join('、')
  const en = vacant.map(({ role, regionCode }) => `${ROLE_NAMES[role].en} of ${tree.get(regionCode)?.nameEn ?? regionCode}`).join(', ')
  return `配置：岗位空缺：${zh} / Configuration: vacant position: ${en}`
}

/** What the history of an alert says when the ticket's people are paged by another one (domain.md 4.1-3). */
export const coveredInWords = (by: string): string =>
  `本工单人员由预警 #${by} 统一通知 / The ticket's people are paged by alert #${by}`

/** What it says when the alert carries its ticket from now on, and what ran for another goes on; `from` is null where that had been answered. */
export const takenOverInWords = (from: string | null): string =>
  from === null
    ? '本工单级别改由本预警决定，未另行通知 / This alert now sets the ticket\'s level; nobody is paged for it'
    : `接续预警 #${from} 的升级流程，未另行通知 / Goes on with the ladder of alert #${from}; nobody is paged for it`

/** What it says when an acknowledgement that was still owed leaves less time than the colour's own limit (domain.md 4.4). */
export const shorterInWords = (): string =>
  '本工单前一级别的确认期限先到，以先到者为准 / The acknowledgement owed at the ticket\'s former level ends sooner and holds'

const OVER = {
  raise: { zh: '处理时限已过，未报方案，升为上一级别', en: 'handling limit over without a plan: raised to the next level' },
  stalled: { zh: '处理时限已过，未报方案：停滞', en: 'handling limit over without a plan: stalled' },
  next_step: { zh: '处理时限已过，未报方案：停滞，通知下一步岗位', en: 'handling limit over without a plan: stalled, the next step is called' },
  supervised: { zh: '处理时限已过，未报方案：列入督办', en: 'handling limit over without a plan: supervised' },
} as const

/** What the history says when a handling limit has passed without a plan. */
export const handlingOverInWords = (as: keyof typeof OVER): string => `${OVER[as].zh} / ${OVER[as].en}`
