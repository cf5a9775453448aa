import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import type { Ticket } from '../ticket.ts'
import { earliest, limited, type Scene } from './reading.ts'

const NOT_ASKED: ReadonlySet<string> = new Set(['unreachable', 'duplicate'])

/**
 * Whether a completed ticket is to be surveyed, as far as its facts tell (domain.md 3.7-7): not what was closed at acceptance, appeals, group
 * tickets, the supervision line, the unreachable, duplicates. A black list or a leader's control shows as a skipped survey.
 */
export function isSurveyEligible(ticket: Ticket): boolean {
  if (ticket.kind !== 'complaint' || ticket.legs.length === 0 || ticket.channel === 'province_supervision') return false
  if (ticket.groupTicketNo !== null || ticket.sourceCategory.startsWith('group_')) return false
  return ticket.resultCode === null || !NOT_ASKED.has(ticket.resultCode)
}

/** C_SURVEY: completed → survey sent (or skipped, or archived); then each survey's answer window, its place in the list as subject. */
export function readSurvey(scene: Scene, into: ClockReading[]): void {
  const { ticket, at, context } = scene
  const { completedAt, surveys, archivedAt } = ticket
  if (completedAt === null) return
  const since = surveys.findIndex((survey) => (survey.sentAt ?? survey.endedAt ?? 0) >= completedAt)
  const sent = surveys[since]
  if (sent !== undefined || isSurveyEligible(ticket)) {
    const stoppedAt = earliest(sent?.sentAt ?? sent?.endedAt, archivedAt)
    into.push(limited(at, { clock: 'C_SURVEY', startAt: completedAt, stoppedAt }, context.limits.surveySend * MINUTE))
  }
  if (sent === undefined) return
  for (const [index, { sentAt, endedAt }] of surveys.entries()) {
    if (index < since || sentAt === null) continue
    const run = { clock: 'C_SURVEY', subject: String(index), startAt: sentAt, stoppedAt: earliest(endedAt, archivedAt) } as const
    into.push(limited(at, run, context.limits.surveyAnswer * MINUTE))
  }
}

/** C_REPAIR_SAT: each satisfaction repair, opened → closed; stands still while suspended. A reopening takes the matter back into handling. */
export function readRepairs(scene: Scene, into: ClockReading[]): void {
  const { ticket, at, context, pauses } = scene
  for (const [index, repair] of ticket.repairs.entries()) {
    const reopening = ticket.closedGaps.find((gap) => gap.to !== null && gap.to > repair.openedAt)
    const stoppedAt = earliest(repair.closedAt, reopening?.to, ticket.archivedAt, ticket.mergedAt, ticket.cancelledAt)
    const run = { clock: 'C_REPAIR_SAT', subject: String(index), startAt: repair.openedAt, stoppedAt, pauses: pauses.suspensions } as const
    into.push(limited(at, run, context.limits.satisfactionRepair * MINUTE))
  }
}
