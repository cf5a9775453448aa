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
  readonly via: Reached['via'] | 'paged_by'
  readonly holders: readonly Holder[]
  readonly webhooks: number
  /** The alert by which the ticket's people are paged instead. */
  readonly pagedBy: string | null
}

const VIA = {
  step: { zh: '', en: '' },
  next_step: { zh: '（本步岗位空缺，转下一步）', en: ' (this step vacant, next step called)' },
  last_resort: { zh: '（各步岗位空缺，转兜底岗位）', en: ' (all steps vacant, last resort called)' },
  nobody: { zh: '', en: '' },
} as const

/** One line in both languages: which step, how late, whom (by role, never by name), how many endpoints. */
export function stepInWords({ step, lateMs, via, holders, webhooks, pagedBy }: StepTaken): string {
  const late = Math.floor(lateMs / MINUTE)
  const zh = `第 ${step + 1} 步${late > 0 ? `（迟 ${late} 分钟）` : ''}`
  const en = `Step ${step + 1}${late > 0 ? ` (${late} min late)` : ''}`
  if (via === 'paged_by') return `${zh}：本工单人员由预警 #${pagedBy} 统一通知 / ${en}: the ticket's people are paged by alert #${pagedBy}`
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
