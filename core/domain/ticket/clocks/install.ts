import { MINUTE } from '../../time.ts'
import type { ClockReading } from '../clock-reading.ts'
import type { ClockLimits } from '../limits.ts'
import { visitOverAt } from '../visit.ts'
import { earliest, limited, type Scene } from './reading.ts'

/**
 * C_PROVISION: created (fee paid) → work finished on site; stands still while the customer himself postpones (a suspension), and from a completion to its
 * reopening, which takes back that the work was finished (domain.md 3.6 Reopen).
 */
export function readProvision(scene: Scene, into: ClockReading[]): void {
  const { ticket, acceptedAt, at, context, endAt, pauses } = scene
  const reopenedAt = ticket.closedGaps.at(-1)?.to ?? Number.NEGATIVE_INFINITY
  const finished = ticket.appointments.findLast(({ finishedAt }) => finishedAt !== null && finishedAt >= reopenedAt)
  const stoppedAt = earliest(finished?.finishedAt, endAt)
  into.push(limited(at, { clock: 'C_PROVISION', startAt: acceptedAt, stoppedAt, pauses: pauses.both }, context.limits.provision * MINUTE))
}

type StageLimit = Extract<keyof ClockLimits, 'stageFee' | 'stageResource' | 'stageData'>

/** Stages with a limit of ours; an outside line or a home visit goes by contract (domain.md 3.6 C_STAGE). */
const STAGE_LIMITS: Readonly<Record<string, StageLimit>> = {
  fee: 'stageFee',
  resource: 'stageResource',
  data: 'stageData',
  data_config: 'stageData',
}

/** C_STAGE: each stage of an installation, entered → left; its place in the list as subject. */
export function readStages({ ticket, at, context, endAt, pauses }: Scene, into: ClockReading[]): void {
  for (const [index, stage] of ticket.stages.entries()) {
    const key = STAGE_LIMITS[stage.stage]
    if (key === undefined) continue
    const stoppedAt = earliest(stage.leftAt, endAt)
    const run = { clock: 'C_STAGE', subject: String(index), startAt: stage.enteredAt, stoppedAt, pauses: pauses.both } as const
    into.push(limited(at, run, context.limits[key] * MINUTE))
  }
}

/**
 * C_APPOINT: each agreed visit, end of its window → arrived, 30 min of grace; one that was replaced ends when the next was agreed, and a completion ends it
 * for good: who reopens the ticket agrees on another.
 */
export function readAppointments({ ticket, at, context, endAt }: Scene, into: ClockReading[]): void {
  for (const [index, appointment] of ticket.appointments.entries()) {
    if (appointment.windowEnd === null) continue
    const replacedAt = appointment.replacedBy === null ? null : ticket.appointments[index + 1]?.setAt
    const stoppedAt = earliest(appointment.arrivedAt, appointment.finishedAt, replacedAt, visitOverAt(ticket, appointment), endAt)
    const run = { clock: 'C_APPOINT', subject: String(index), startAt: appointment.windowEnd, stoppedAt } as const
    into.push(limited(at, run, context.limits.appointmentGrace * MINUTE))
  }
}
