import { type Instant, MINUTE } from '../../time.ts'
import type { ClockReading, LimitReason } from '../clock-reading.ts'
import type { Leg } from '../parts.ts'
import { after, NATURAL, type TimeKind } from '../worked-time.ts'
import { dayWindow } from './dispatch.ts'
import { handleDeadline } from './handle.ts'
import { pausedBetween } from './pauses.ts'
import { earliest, limited, prolongation, type Scene } from './reading.ts'

/** A unit that suspends by itself outside the day shift: its own clocks run in the window only. The customer's C_HANDLE goes on. */
function kindOf(scene: Scene, leg: Leg): TimeKind {
  const { autoSuspendUnits } = scene.context.limits
  return leg.unitId !== null && autoSuspendUnits.length > 0 && autoSuspendUnits.includes(leg.unitId) ? dayWindow(scene) : NATURAL
}

/** The main stay that lasted at an instant, if any. */
const mainLegAt = (scene: Scene, when: Instant): Leg | undefined =>
  scene.ticket.legs.find(
    (leg) => !leg.isAssist && leg.finish !== 'recalled' && leg.receivedAt <= when && (leg.finishedAt === null || leg.finishedAt > when),
  )

/** An assistant gets what is left of the main limit at its request less a margin, at least so much (domain.md 3.6 C_DEPT), ms. */
function assistLimit(scene: Scene, leg: Leg): number {
  const { assistLeast, assistMargin } = scene.context.limits
  const main = mainLegAt(scene, leg.receivedAt)
  const deadline = main === undefined ? handleDeadline(scene, leg.receivedAt) : legDeadline(scene, main, leg.receivedAt)
  return Math.max(assistLeast * MINUTE, deadline - leg.receivedAt - assistMargin * MINUTE)
}

function legLimit(scene: Scene, leg: Leg): { readonly limit: number; readonly reason: LimitReason } {
  const own = leg.isAssist ? assistLimit(scene, leg) : scene.context.limits.leg * MINUTE
  const isGiven = leg.limitMinutes !== null && leg.limitMinutes * MINUTE < own
  const limit = isGiven ? (leg.limitMinutes ?? 0) * MINUTE : own
  const kind = kindOf(scene, leg)
  const more = prolongation(scene, { startAt: leg.receivedAt, limit, kind, pauses: scene.pauses.suspensions, legId: leg.legId })
  return { limit: limit + more, reason: isGiven ? 'given' : 'standard' }
}

function legDeadline(scene: Scene, leg: Leg, when: Instant): Instant {
  const kind = kindOf(scene, leg)
  return after(kind, leg.receivedAt, legLimit(scene, leg).limit + pausedBetween(kind, scene.pauses.suspensions, leg.receivedAt, when))
}

/** C_DEPT: each stay with a unit, received → replied, returned or moved on; stands still while suspended. A recalled stay is void. */
export function readLegs(scene: Scene, into: ClockReading[]): void {
  for (const leg of scene.ticket.legs) {
    if (leg.finish === 'recalled') continue
    const { limit, reason } = legLimit(scene, leg)
    const stoppedAt = earliest(leg.finishedAt, scene.endAt)
    const pauses = scene.pauses.suspensions
    const run = { clock: 'C_DEPT', subject: leg.legId, startAt: leg.receivedAt, stoppedAt, kind: kindOf(scene, leg), pauses, reason } as const
    into.push(limited(scene.at, run, limit))
  }
}
