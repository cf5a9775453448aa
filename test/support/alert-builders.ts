import type { Actor, Alert } from '../../core/domain/alert/alert.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { type AlertState, LIVE_ALERT_STATES, type Role } from '../../core/domain/vocabulary.ts'

/** 2026-06-11 20:00 in Shanghai. */
export const T = Date.UTC(2026, 5, 11, 12)

/** A yellow case of city 320500, open since T, answered by nobody. */
export const ALERT: Alert = {
  id: '1',
  kind: 'risk',
  ruleId: 'MR-01',
  ruleVersion: 1,
  ladderVersion: 1,
  ticketKey: null,
  regionCode: '320500',
  regionPath: '/00/32/320500/',
  severity: 2,
  state: 'open',
  facts: {},
  openedAt: T,
  severitySince: T,
  ackedAt: null,
  ackedBy: null,
  ackedSeverity: null,
  ackDueAt: T + 15 * MINUTE,
  handleDueAt: null,
  mitigatedAt: null,
  endedAt: null,
  relapseCount: 0,
  isLateDetected: false,
  suppressedBy: null,
  quietBy: null,
  mergedInto: null,
  proposedSeverity: null,
  handlers: [],
  approvals: [],
  isReviewOwed: false,
  version: 1,
}

export const ENGINE: Actor = { kind: 'engine' }

/** Somebody with a role, of province 32 unless said otherwise. */
export const person = (role: Role, userId = role as string, regionPath = '/00/32/'): Actor => ({
  kind: 'user',
  userId,
  name: userId,
  role,
  regionPath,
})

/** An alert as it would stand in a state after an ordinary life: answered by `first` where people have been at it. */
export function inState(state: AlertState, changes: Partial<Alert> = {}): Alert {
  const isAnswered = ['acknowledged', 'handling', 'resolved', 'closed'].includes(state)
  const isEnded = !LIVE_ALERT_STATES.includes(state)
  return {
    ...ALERT,
    state,
    ...(isAnswered
      ? { ackedAt: T + MINUTE, ackedBy: 'first', ackedSeverity: changes.severity ?? ALERT.severity, handlers: ['first'], handleDueAt: T + HOUR }
      : {}),
    ...(state === 'mitigated' ? { mitigatedAt: T + HOUR } : {}),
    ...(isEnded ? { endedAt: T + HOUR, handleDueAt: null } : {}),
    ...(state === 'suppressed' ? { suppressedBy: '9' } : {}),
    ...changes,
  }
}
