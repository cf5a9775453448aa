import { mayAcknowledge } from '../access.ts'
import type { AlertKind, Severity } from '../vocabulary.ts'
import type { HandlingOver, Ladder, LadderSet, LadderStep, Reminder } from './ladder.ts'

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

const said = (name: string, zh: string, en: string): string => `${name}: ${zh} / ${en}`

function stepFaults(step: LadderStep, before: LadderStep | undefined, name: string): string[] {
  const faults: string[] = []
  if (!(step.afterMinutes >= 0)) faults.push(said(name, 'afterMinutes 须不小于 0', 'afterMinutes must be 0 or more'))
  if (before !== undefined && step.afterMinutes <= before.afterMinutes) faults.push(said(name, '须晚于上一步', 'must come after the step before'))
  const hasNight = before !== undefined && (step.nightMinutes ?? before.nightMinutes) !== undefined
  if (hasNight && !((step.nightMinutes ?? step.afterMinutes) > (before.nightMinutes ?? before.afterMinutes))) faults.push(said(name, '夜间须晚于上一步', 'must come after the step before at night, too'))
  if (step.targets.length === 0) faults.push(said(name, '没有通知任何岗位', 'names nobody'))
  if (step.channels.length === 0) faults.push(said(name, '没有渠道', 'names no channel'))
  return faults
}

function answerFaults({ steps }: Ladder, kind: AlertKind, severity: Severity, name: string): string[] {
  const silent = steps.flatMap(({ targets }, index) => {
    // A skip-level target is called for some tickets only: the others need somebody, too.
    const always = targets.filter(({ onlyFor }) => onlyFor === undefined)
    return targets.length > 0 && !always.some(({ role }) => mayAcknowledge(role, kind, severity)) ? [index + 1] : []
  })
  return silent.map((step) => said(`${name} step ${step}`, '所通知的岗位都无权确认', 'none of those called may acknowledge'))
}

function reminderFaults(reminder: Reminder | null, name: string): string[] {
  if (reminder === null) return []
  const faults: string[] = []
  if (!(reminder.everyMinutes >= 1)) faults.push(said(name, '提醒间隔须至少 1 分钟', 'reminders need at least 1 minute between them'))
  if (reminder.channels.length === 0) faults.push(said(name, '提醒没有渠道', 'reminders name no channel'))
  return faults
}

function overFaults(over: HandlingOver, kind: AlertKind, severity: Severity, name: string): string[] {
  if (over.kind === 'raise') {
    if (kind === 'risk') return [said(name, '案件颜色只随规则或人员升级，处理超时不可用 raise', 'the colour of a case rises by rules and people only: raise is for tickets')]
    return severity === 4 ? [said(name, 'A4 之上没有级别', 'there is no level above A4')] : []
  }
  if (over.kind !== 'supervised') return []
  const faults: string[] = []
  if (over.targets.length === 0 || over.channels.length === 0) faults.push(said(name, '督办须有岗位与渠道', 'supervision needs people and channels'))
  if (over.everyMinutes !== null && !(over.everyMinutes >= 1)) faults.push(said(name, '督办通报间隔须至少 1 分钟', 'supervision is told again after at least 1 minute'))
  return faults
}

function faultsOf(ladder: Ladder, kind: AlertKind, severity: Severity): string[] {
  const name = `${kind} ${severity}`
  const faults: string[] = []
  if (ladder.steps.length === 0) faults.push(said(name, '至少要有一步', 'at least one step is needed'))
  if (!(ladder.handleMinutes > 0)) faults.push(said(name, 'handleMinutes 须大于 0', 'handleMinutes must be above 0'))
  for (const field of ['ackMinutes', 'ackNightMinutes'] as const) {
    const minutes = ladder[field]
    if (minutes !== null && minutes !== undefined && !(minutes > 0)) faults.push(said(name, `${field} 须大于 0`, `${field} must be above 0`))
  }
  if (ladder.ackMinutes === null && ladder.reminder !== null) faults.push(said(name, '无需确认则无可提醒', 'where nothing is to be acknowledged there is nothing to remind of'))
  const steps = ladder.steps.flatMap((step, index) => stepFaults(step, ladder.steps[index - 1], `${name} step ${index + 1}`))
  return [
    ...faults,
    ...steps,
    ...(ladder.ackMinutes === null ? [] : answerFaults(ladder, kind, severity, name)),
    ...reminderFaults(ladder.reminder, name),
    ...overFaults(ladder.handlingOver, kind, severity, name),
  ]
}

/** What makes a set of ladders unfit to be put in force, in both languages; empty when nothing does. A ladder that calls nobody who may answer is never accepted. */
export function ladderFaults(ladders: LadderSet): readonly string[] {
  const { from, to } = ladders.night
  const night = from === to ? [said('night', '起止不可相同', 'must not begin and end at the same minute')] : []
  return [...night, ...(['risk', 'abnormal'] as const).flatMap((kind) => SEVERITIES.flatMap((severity) => faultsOf(ladders[kind][severity], kind, severity)))]
}
